import { commonModel, equals, equalsFolded, instant, objects, oneOf, ref, text, url } from '../model.ts'
import { permission } from './permission.ts'

export const Collection = commonModel('ticketing', 'Collection', {
  path: 'collections',
  doc: 'Something that holds tickets: a project, a board, a list, a queue.',
  fields: {
    name: text('The name of the collection.'),
    description: text('What it is for.'),
    access_level: oneOf(['PRIVATE', 'COMPANY', 'PUBLIC', 'PARENT_COLLECTION'], 'Who may see it.'),
    collection_type: oneOf(['LIST', 'PROJECT'], 'What kind of collection it is.'),
    parent_collection: ref('ticketing.Collection', 'The collection that holds this one.'),
    permissions: objects(permission, 'Who may do what with its tickets.', { expandable: true }),
    collection_url: url('Where a person can look at it.'),
    remote_created_at: instant('When it was created at the vendor.'),
    remote_updated_at: instant('When it was last changed at the vendor.'),
  },
  filters: {
    collection_type: equals('collection_type', 'Only collections of this kind.'),
    name: equalsFolded('name', 'Only collections with this name, in any case.'),
    parent_collection_id: equals('parent_collection', 'Only collections inside this one.'),
  },
})
