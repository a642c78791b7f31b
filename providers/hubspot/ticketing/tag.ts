import { prose, str, type Resource } from '#kit'
import { Tag } from '#models/ticketing/tag'
import type { RecordOf } from '#models'
import { inOneAnswer } from '../lists.ts'
import type { Property } from '../vendor.ts'

type Option = NonNullable<Property['options']>[number]

/** The categories that tickets are filed under: the choices of a property, which the end customer edits. */
export const tag: Resource<RecordOf<typeof Tag>, Option, Property> = {
  model: Tag,
  version: 1,
  read: {
    path: '/crm/v3/properties/tickets/hs_ticket_category',
    items: (page) => page.options!,
    rows: { kind: 'items' },
    ...inOneAnswer,
  },
  identity: { remoteId: (row) => str(row.value) },
  fields: { name: (row) => prose(row.label) },
}
