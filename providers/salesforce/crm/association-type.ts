import { bool, str, type Resource } from '#kit'
import { AssociationType } from '#models/crm/association-type'
import type { RecordOf } from '#models'
import { classList, describeClass, isOwnName, linkFields, linkId, type ClassList } from '../classes.ts'
import { modelOf, type Description, type Field, type ObjectClass } from '../vendor.ts'

type Row = Field & { readonly of: string }

const sideOf = (name: unknown) => {
  const text = str(name)
  const isCustom = text !== null && isOwnName(text)
  return { id: isCustom ? text : null, origin_type: isCustom ? 'CUSTOM_OBJECT' : text !== null && Object.hasOwn(modelOf, text) ? 'COMMON_MODEL' : 'REMOTE_ONLY_MODEL' }
}

/** A look-up or master-detail field: many records of its class may lead to one of another. */
export const associationType: Resource<RecordOf<typeof AssociationType>, Row, ClassList, ObjectClass, Description> = {
  model: AssociationType,
  version: 1,
  read: {
    ...classList,
    rows: { kind: 'each', ask: ({ name }) => describeClass(name), rows: (description) => linkFields(description).map((field) => ({ ...field, of: description.name })) },
  },
  identity: { remoteId: (row) => linkId(row.of, row.name) },
  fields: {
    source_object_class: (row) => sideOf(row.of),
    target_object_classes: (row) => (Array.isArray(row.referenceTo) ? row.referenceTo as readonly unknown[] : []).map(sideOf),
    remote_key_name: (row) => str(row.name),
    display_name: (row) => str(row.label),
    cardinality: (row) => (row.type === 'reference' ? 'MANY_TO_ONE' : str(row.type)),
    is_required: (row) => { const nillable = bool(row.nillable); return nillable === null ? null : !nillable },
  },
}
