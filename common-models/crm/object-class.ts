import { nestedShape, oneOf, ref } from '../model.ts'

/** One side of an association type. */
export const objectClass = nestedShape('AssociationSubType', 'A class whose objects may be linked.', {
  id: ref('crm.CustomObjectClass', 'The class.', { expandable: false }),
  origin_type: oneOf(['CUSTOM_OBJECT', 'COMMON_MODEL', 'REMOTE_ONLY_MODEL'], 'Whether the end customer made the class up, a common model covers it, or only the vendor knows it.'),
}, ['created_at', 'modified_at'])
