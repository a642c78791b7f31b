import { commonModel, dictionary, parent, ref } from '../model.ts'

export const CustomObject = commonModel('crm', 'CustomObject', {
  path: 'custom-object-classes/{custom_object_class_id}/custom-objects',
  parents: [parent('custom_object_class_id', 'crm.CustomObjectClass', 'object_class')],
  doc: 'An object of a class that the end customer made up at the vendor.',
  hasRemoteFields: true,
  fields: {
    object_class: ref('crm.CustomObjectClass', 'The class it belongs to.', { expandable: false }),
    fields: dictionary('Its values, by the keys of the class\'s fields.'),
  },
  create: { except: ['object_class', 'remote_fields'], required: ['fields'] },
})
