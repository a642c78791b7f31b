import { commonModel, flag, object, objects, oneOf, parent, text } from '../model.ts'
import { objectClass } from './object-class.ts'

export const AssociationType = commonModel('crm', 'AssociationType', {
  path: 'custom-object-classes/{custom_object_class_id}/association-types',
  parents: [parent('custom_object_class_id', 'crm.CustomObjectClass', 'source_object_class.id')],
  doc: 'A kind of link that objects of two classes may have.',
  fields: {
    source_object_class: object(objectClass, 'The class that links go from.'),
    target_object_classes: objects(objectClass, 'The classes that they may go to.', { expandable: true }),
    remote_key_name: text('The vendor\'s key for it.'),
    display_name: text('The name that people see.'),
    cardinality: oneOf(['ONE_TO_ONE', 'MANY_TO_ONE', 'MANY_TO_MANY', 'ONE_TO_MANY'], 'How many objects of either side one link type may join.'),
    is_required: flag('True where every object of the class has one.'),
  },
  create: { except: [], required: ['source_object_class', 'target_object_classes', 'remote_key_name'], requestOnly: [] },
})
