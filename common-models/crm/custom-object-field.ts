import { flag, nestedShape, object, objects, oneOf, text, textsOrNull } from '../model.ts'
import { fieldChoice, valueTypes } from '../remote-fields.ts'

const itemSchema = nestedShape('RemoteFieldClassForCustomObjectClassItemSchema', 'What the entries of a list are.', {
  item_type: text('What one entry is.'),
  item_format: text('How it is written.'),
  item_choices: textsOrNull('The entries there may be.'),
})

export const customObjectField = nestedShape('RemoteFieldClassForCustomObjectClass', 'A field of a class that the end customer made up.', {
  display_name: text('The name that people see.'),
  remote_key_name: text('The vendor\'s key for it.'),
  description: text('What the field holds.'),
  is_required: flag('True where every object has a value.'),
  field_type: oneOf(valueTypes, 'What the field holds.'),
  field_format: oneOf(valueTypes, 'How it is written.'),
  field_choices: objects(fieldChoice('RemoteFieldClassForCustomObjectClassFieldChoicesItem'), 'The values there may be.'),
  item_schema: object(itemSchema, 'Where the field holds a list: what its entries are.'),
}, ['created_at', 'modified_at'])
