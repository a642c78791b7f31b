import { id, notOffered, prose, word, type Resource } from '#kit'
import { Opportunity } from '#models/crm/opportunity'
import type { RecordOf } from '#models'
import { opportunityList, type OpportunityTables } from '../opportunities.ts'
import { withOwn, type WithOwn } from '../own-fields.ts'
import { companyOf, pageOf } from '../parties.ts'
import type { Opportunity as Item, Page } from '../vendor.ts'
import { dayOf, decimal, moment } from '../values.ts'

type Row = Item & WithOwn

/** Converted: a sale was made of it, which may still be refused. */
const statusWords = { opportunity: 'OPEN', converted: 'OPEN', won: 'WON', lost: 'LOST', cancelled: 'LOST' }

export const opportunity: Resource<RecordOf<typeof Opportunity>, Row, Page<Item>, Item, unknown, OpportunityTables> = {
  model: Opportunity,
  version: 1,
  read: {
    ...opportunityList('others'),
    rows: { kind: 'within', rows: (item, context) => [withOwn(item, context)] },
    deletions: { seenAs: 'change', absence: 'counts' },
  },
  identity: { remoteId: (row) => id(row.id) },
  fields: {
    name: (row) => prose(row.description) ?? prose(row.number),
    description: (row) => prose(row.comment),
    amount: (row) => { const amount = decimal(row.amount); return amount === null ? null : Math.round(amount) },
    owner: (row) => id(row.employee),
    // A deal may be with a person.
    account: (row, { setup }) => companyOf(row['party.'], setup) ?? id(row.party),
    stage: (row) => id(row.state),
    status: (row) => word(statusWords, row.state),
    last_activity_at: notOffered,
    close_date: (row) => dayOf(row.end_date),
    remote_created_at: (row) => moment(row.create_date),
    opportunity_url: (row, context) => pageOf(context, 'sale.opportunity', row.id),
  },
  remoteFields: (row) => row.own,
  fieldClasses: 'own',
}
