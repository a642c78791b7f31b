import { prose, str, type Resource } from '#kit'
import { CustomObjectClass } from '#models/crm/custom-object-class'
import type { RecordOf } from '#models'
import { fieldClass, isMany } from '../properties.ts'
import { schemaList } from '../schemas.ts'
import type { Property, Schema, SchemaPage } from '../vendor.ts'

const words = { string: 'string', number: 'number', boolean: 'bool', date: 'date', datetime: 'datetime', list: 'list' } as const

const fieldOf = (property: Property, required: readonly string[]) => {
  const { name, description, type, choices } = fieldClass(property, required)
  const field_type = type === null ? null : words[type]
  return {
    display_name: prose(name), remote_key_name: str(property.name), description: prose(description), is_required: required.includes(property.name), field_type, field_format: field_type,
    field_choices: choices.map((choice) => ({ value: choice.value, display_name: prose(choice.name) })),
    item_schema: isMany(property) ? { item_type: 'string', item_format: 'string', item_choices: choices.map(({ value }) => value) } : null,
  }
}

export const customObjectClass: Resource<RecordOf<typeof CustomObjectClass>, Schema, SchemaPage> = {
  model: CustomObjectClass,
  version: 1,
  read: { ...schemaList, rows: { kind: 'items' } },
  identity: { remoteId: (row) => str(row.objectTypeId) },
  fields: {
    name: (row) => prose(row.name),
    description: (row) => prose(row.description),
    labels: ({ labels }) => Object.fromEntries(Object.entries(labels ?? {}).flatMap(([key, label]) => { const text = prose(label); return text === null ? [] : [[key, text]] })),
    fields: ({ properties, requiredProperties = [] }) => properties.filter(({ hubspotDefined }) => hubspotDefined !== true).map((property) => fieldOf(property, requiredProperties)),
    association_types: ({ associations }) => associations.map((association) => ({ ...association })),
  },
}
