import { str, type Resource } from '#kit'
import { Association } from '#models/crm/association'
import { idOf } from '#models'
import type { RecordOf } from '#models'
import { describeClass, isOwnName, linkFields, linkId } from '../classes.ts'
import { customObjects, type Classes, type CustomRecord } from '../custom-objects.ts'
import { modelOf, type Description, type Page } from '../vendor.ts'

interface Row { readonly source: string; readonly class: string; readonly field: string; readonly target: string; readonly model: string }

/** Which of its classes a link that may lead to several leads to, is not said beside the id: such a target stays unknown. */
const modelFor = (referenceTo: readonly string[] | null | undefined): string => {
  const [only, ...more] = referenceTo ?? []
  return only === undefined || more.length > 0 ? '' : isOwnName(only) ? 'crm.CustomObject' : Object.hasOwn(modelOf, only) ? modelOf[only as keyof typeof modelOf] : ''
}

/** Every link field of every record that is filled. One that is emptied later is found missing. */
export const association: Resource<RecordOf<typeof Association>, Row, Page<CustomRecord>, CustomRecord, Description, Classes> = {
  model: Association,
  version: 1,
  read: {
    ...customObjects,
    rows: {
      kind: 'batch', size: 200,
      asks: (records) => [describeClass(records[0]!.attributes.type)],
      rows: ([description], records) => records.flatMap((record) => linkFields(description!).flatMap(({ name, referenceTo }): Row[] => {
        const target = record[name]
        return typeof target === 'string' ? [{ source: record.Id, class: record.attributes.type, field: name, target, model: modelFor(referenceTo) }] : []
      })),
    },
    deletions: { seenAs: 'missing_from_full_read' },
  },
  identity: { remoteId: (row) => linkId(row.source, row.field) },
  fields: {
    source_object: (row) => str(row.source),
    target_object: (row) => (row.model === '' ? null : idOf(row.model as 'crm.Account', row.target)),
    association_type: (row) => linkId(row.class, row.field),
  },
}
