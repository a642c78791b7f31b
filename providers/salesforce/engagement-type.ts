import { str, word, type Resource } from '#kit'
import { EngagementType } from '#models/crm/engagement-type'
import type { RecordOf } from '#models'
import { activityWords, engagementTypeId } from './activities.ts'
import type { Description, Field } from './vendor.ts'

interface Row { readonly object: string; readonly value: string; readonly label: string | null }
type Described = Field & { readonly object: string }

/** The subtypes of events and tasks, as the fields that hold them list them. */
export const engagementType: Resource<RecordOf<typeof EngagementType>, Row, Description, Described> = {
  model: EngagementType,
  version: 1,
  read: {
    path: '/sobjects/describe',
    segments: [{ object: 'Task' }, { object: 'Event' }],
    request: ({ object }) => ({ path: `/sobjects/${String(object)}/describe` }),
    items: ({ name, fields }) => fields.filter((field) => field.name === `${name}Subtype`).map((field) => ({ ...field, object: name })),
    pages: { kind: 'single' },
    rows: {
      kind: 'within',
      // "Task" and "Cadence" are things to do.
      rows: ({ object, picklistValues }) => (picklistValues ?? []).filter(({ value }) => object === 'Event' || Object.hasOwn(activityWords, value)).map(({ value, label }) => ({ object, value, label })),
    },
    incremental: 'full_only',
    deletions: { seenAs: 'missing_from_full_read' },
  },
  identity: { remoteId: (row) => engagementTypeId(row.object, row.value) },
  fields: {
    activity_type: (row) => word(activityWords, row.value),
    name: (row) => str(row.label) ?? str(row.value),
  },
}
