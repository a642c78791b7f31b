import { commonModel, equals, parent, ref } from '../model.ts'

export const Association = commonModel('crm', 'Association', {
  path: 'custom-object-classes/{custom_object_class_id}/custom-objects/{object_id}/associations',
  parents: [parent('custom_object_class_id', 'crm.CustomObjectClass', null), parent('object_id', 'crm.CustomObject', 'source_object')],
  retrievable: false,
  doc: 'A link between two objects.',
  fields: {
    source_object: ref('crm.CustomObject', 'The custom object that the link goes from.', { expandable: false }),
    target_object: ref('crm.CustomObject', 'The object that it goes to: a custom object, or a record of another model.', { expandable: false, among: ['crm.Account', 'crm.Contact', 'crm.Engagement', 'crm.Lead', 'crm.Note', 'crm.Opportunity', 'crm.Task', 'crm.User'] }),
    association_type: ref('crm.AssociationType', 'What the link means.'),
  },
  filters: { association_type_id: equals('association_type', 'Only links of this type.') },
})
