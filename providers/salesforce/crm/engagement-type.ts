import { str, word, type Resource } from '#kit'
import { EngagementType } from '#models/crm/engagement-type'
import type { RecordOf } from '#models'
import { activityWords, engagementTypeId, isDealing } from '../activities.ts'
import { classList, describeClass, type ClassList } from '../classes.ts'
import type { Description, ObjectClass } from '../vendor.ts'

interface Row { readonly object: string; readonly value: string; readonly label: string | null }

/** The subtypes of events and tasks, as the fields that hold them list them. */
export const engagementType: Resource<RecordOf<typeof EngagementType>, Row, ClassList, ObjectClass, Description> = {
  model: EngagementType,
  version: 1,
  read: {
    ...classList,
    items: ({ sobjects }) => sobjects.filter(({ name }) => name === 'Task' || name === 'Event'),
    rows: {
      kind: 'each',
      ask: ({ name }) => describeClass(name),
      rows: ({ name: object, fields }) => (fields.find(({ name }) => name === `${object}Subtype`)?.picklistValues ?? []).filter(({ value }) => object === 'Event' || isDealing(value)).map(({ value, label }) => ({ object, value, label })),
    },
  },
  identity: { remoteId: (row) => engagementTypeId(row.object, row.value) },
  fields: {
    activity_type: (row) => word(activityWords, row.value),
    name: (row) => str(row.label) ?? str(row.value),
  },
}
