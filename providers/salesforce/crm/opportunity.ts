import { day, instant, prose, said, str, type Word } from '#kit'
import { Opportunity } from '#models/crm/opportunity'
import type { RecordOf } from '#models'
import { ofObjects, type ObjectResource } from '../objects.ts'
import { idOfA, recordUrl, whole, type Opportunity as Record } from '../vendor.ts'

const read = ['Name', 'Description', 'Amount', 'OwnerId', 'AccountId', 'StageName', 'IsClosed', 'IsWon', 'LastActivityDate', 'CloseDate', 'CreatedDate'] as const

/** The stage decides, and says by two flags what. */
const status = ({ IsClosed, IsWon, StageName }: Record): string | Word | null =>
  (IsWon === true ? said('WON', StageName) : IsClosed === true ? said('LOST', StageName) : IsClosed === false ? said('OPEN', StageName) : null)

export const opportunity: ObjectResource<RecordOf<typeof Opportunity>, Record> = {
  model: Opportunity,
  version: 1,
  ...ofObjects<Record>({ Opportunity: { read, beyond: ['Type', 'Probability', 'NextStep', 'LeadSource', 'ForecastCategoryName', 'CurrencyIsoCode', 'CampaignId'] } }),
  fields: {
    name: (row) => str(row.Name),
    description: (row) => prose(row.Description),
    amount: (row) => whole(row.Amount),
    owner: (row) => idOfA('User', row.OwnerId),
    account: (row) => idOfA('Account', row.AccountId),
    // A deal names its stage; the stages' ids are of no use to it.
    stage: (row) => str(row.StageName),
    status,
    last_activity_at: (row) => day(row.LastActivityDate),
    close_date: (row) => day(row.CloseDate),
    remote_created_at: (row) => instant(row.CreatedDate),
    opportunity_url: recordUrl,
  },
}
