import { id, str, type Resource } from '#kit'
import { CustomObject } from '#models/crm/custom-object'
import type { RecordOf } from '#models'
import { customObjects, recycledCustom, type Classes, type CustomRecord } from '../custom-objects.ts'
import { since } from '../objects.ts'
import type { Page } from '../vendor.ts'

/** Names of standard fields begin with a capital; custom ones, and the parts of a location, end in two underscores and a letter. */
const isFieldName = (name: string): boolean => /^[A-Z]|__[a-z]{1,2}$/.test(name)

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
    fields: (row) => Object.fromEntries(Object.entries(row).filter(([name]) => isFieldName(name))),
  },
}
