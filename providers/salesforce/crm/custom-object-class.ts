import { notOffered, str, type Resource } from '#kit'
import { CustomObjectClass } from '#models/crm/custom-object-class'
import type { RecordOf } from '#models'
import { classList, describeClass, linkFields, linkId, type ClassList } from '../classes.ts'
import { choicesOf, isRequired, typeOf } from '../fields.ts'
import type { Description, Field, ObjectClass } from '../vendor.ts'

type Row = Pick<Description, 'name' | 'label' | 'labelPlural' | 'fields'>

const formatOf = (field: Field): string => { const type = typeOf(field); return type === 'boolean' ? 'bool' : type }

export const customObjectClass: Resource<RecordOf<typeof CustomObjectClass>, Row, ClassList, ObjectClass, Description> = {
  model: CustomObjectClass,
  version: 1,
  read: {
    ...classList,
    rows: { kind: 'each', ask: ({ name }) => describeClass(name), rows: ({ name, label, labelPlural, fields }) => [{ name, label, labelPlural, fields }] },
  },
  identity: { remoteId: (row) => str(row.name) },
  fields: {
    name: (row) => str(row.name),
    // Kept for administrators, and told by no describe.
    description: notOffered,
    labels: (row) => { const [singular, plural] = [str(row.label), str(row.labelPlural)]; return { ...(singular !== null && { singular }), ...(plural !== null && { plural }) } },
    fields: (row) => row.fields.map((field) => {
      const [type, choices, format] = [typeOf(field), choicesOf(field), formatOf(field)]
      return {
        display_name: str(field.label), remote_key_name: str(field.name), description: str(field.inlineHelpText), is_required: isRequired(field), field_type: format, field_format: format,
        field_choices: choices.map(({ value, name }) => ({ value, display_name: name })),
        item_schema: type === 'list' ? { item_type: 'string', item_format: 'string', item_choices: choices.map(({ value }) => value) } : null,
      }
    }),
    association_types: (row) => linkFields(row).map(({ name, label, relationshipName, referenceTo }) => ({ id: linkId(row.name, name), name, label, relationshipName: relationshipName ?? null, referenceTo: referenceTo ?? [] })),
  },
}
