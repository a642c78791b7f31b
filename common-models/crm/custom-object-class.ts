import { commonModel, dictionaries, objects, text, textDictionary } from '../model.ts'
import { customObjectField } from './custom-object-field.ts'

export const CustomObjectClass = commonModel('crm', 'CustomObjectClass', {
  path: 'custom-object-classes',
  doc: 'A class of objects that the end customer made up at the vendor.',
  fields: {
    name: text('The name of the class.'),
    description: text('What its objects are.'),
    labels: textDictionary('The words that people see for one and for many of them.'),
    fields: objects(customObjectField, 'The fields that its objects have.', { expandable: true }),
    association_types: dictionaries('The links that its objects may have, in the vendor\'s own form.'),
  },
})
