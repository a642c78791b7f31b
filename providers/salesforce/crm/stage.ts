import { str } from '#kit'
import { Stage } from '#models/crm/stage'
import type { RecordOf } from '#models'
import { ofObjects, type ObjectResource } from '../objects.ts'
import type { OpportunityStage } from '../vendor.ts'

/** A handful, those that are out of use among them: old deals still stand in them. */
const list = ofObjects<OpportunityStage>({ OpportunityStage: { read: ['ApiName', 'MasterLabel'], beyond: ['IsActive', 'IsClosed', 'IsWon', 'SortOrder', 'DefaultProbability', 'ForecastCategoryName'] } })

export const stage: ObjectResource<RecordOf<typeof Stage>, OpportunityStage> = {
  model: Stage,
  version: 1,
  ...list,
  read: { ...list.read, incremental: 'full_only', deletions: { seenAs: 'missing_from_full_read' } },
  identity: { remoteId: (row) => str(row.ApiName) },
  fields: { name: (row) => str(row.MasterLabel) },
}
