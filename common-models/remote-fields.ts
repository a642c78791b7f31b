/** What vendors have beyond the common models. The store makes these; adapters only name keys and values. */
import { Type } from '@sinclair/typebox'
import { anything, flag, nestedShape, object, objects, oneOf, string, text, texts } from './fields.ts'

export const valueTypes = ['string', 'number', 'date', 'datetime', 'bool', 'list'] as const

export const fieldChoice = (name: string) => nestedShape(name, 'A value that a field may have.', {
  value: anything('The value.'),
  display_name: text('The name that people see.'),
})

export const itemSchema = nestedShape('ItemSchema', 'What the entries of a list are.', {
  item_type: oneOf(valueTypes, 'What one entry is.'),
  item_format: oneOf(valueTypes, 'How it is written.'),
  item_choices: texts('The entries there may be.'),
})

export const remoteFieldClass = nestedShape('RemoteFieldClass', 'A field that the vendor has and the common model has not.', {
  id: Type.String({ format: 'uuid', description: 'Our id of it.' }),
  display_name: text('The name that people see.'),
  remote_key_name: text('The vendor\'s key for it.'),
  description: text('What the field holds.'),
  is_custom: flag('True where the end customer added it.'),
  is_common_model_field: flag('True where the common model has it too.'),
  is_required: flag('True where every record has a value.'),
  field_type: oneOf(valueTypes, 'What the field holds.'),
  field_format: oneOf(valueTypes, 'How it is written.'),
  field_choices: objects(fieldChoice('RemoteFieldClassFieldChoicesItem'), 'The values there may be.'),
  item_schema: object(itemSchema, 'Where the field holds a list: what its entries are.'),
})

export const remoteField = nestedShape('RemoteField', 'A vendor field beyond the common model, with its value on one record.', {
  remote_field_class: Type.Union([Type.String({ format: 'uuid' }), remoteFieldClass], { description: 'The field.' }),
  value: anything('What the record has there.'),
})

export const remoteData = nestedShape('RemoteData', 'What the vendor sent for a record.', {
  path: string('The vendor\'s list that it came from.'),
  data: anything('What was there, untouched.'),
})
