import { prose, str, word, type Resource } from '#kit'
import { EngagementType } from '#models/crm/engagement-type'
import type { RecordOf } from '#models'
import { activities } from '../activities.ts'
import { inOneAnswer } from '../lists.ts'
import type { Property } from '../vendor.ts'

interface Row { readonly object: string; readonly property: Property }

const kinds = { calls: 'CALL', emails: 'EMAIL', meetings: 'MEETING' }
const names: Readonly<Record<string, string>> = { calls: 'Call', emails: 'Email', meetings: 'Meeting' }

/** There is no list of kinds: each is an object of its own. That the account has it is seen at the property that no activity is without. */
export const engagementType: Resource<RecordOf<typeof EngagementType>, Row, Property, Property> = {
  model: EngagementType,
  version: 1,
  read: {
    path: '/crm/v3/properties',
    segments: Object.keys(activities).map((object) => ({ object })),
    request: ({ object }) => ({ path: `/crm/v3/properties/${String(object)}/hs_timestamp` }),
    items: (page) => [page].filter(({ name }) => name.length > 0),
    rows: { kind: 'within', rows: (property, { segment }) => [{ object: String(segment['object']), property }] },
    ...inOneAnswer,
  },
  identity: { remoteId: (row) => str(row.object) },
  fields: {
    activity_type: (row) => word(kinds, row.object),
    name: (row) => prose(names[row.object] ?? row.object),
  },
}
