import { id, str, type Resource } from '#kit'
import { CustomObject } from '#models/crm/custom-object'
import type { RecordOf } from '#models'
import { customObjects, recycledCustom, type Classes, type CustomRecord } from './custom-objects.ts'
import { since } from './objects.ts'
import type { Page } from './vendor.ts'

export const customObject: Resource<RecordOf<typeof CustomObject>, CustomRecord, Page<CustomRecord>, CustomRecord, unknown, Classes> = {
  model: CustomObject,
  version: 1,
  read: {
    ...customObjects,
    rows: { kind: 'items' },
    deletions: { seenAs: 'separate_read', absence: 'counts', since, walk: recycledCustom },
  },
  identity: { remoteId: (row) => id(row.Id) },
  fields: {
    object_class: (row) => str(row.attributes.type),
    fields: ({ attributes: _, ...fields }) => fields,
  },
}
