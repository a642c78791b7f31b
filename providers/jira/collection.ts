import { id, notOffered, prose, type Resource } from '#kit'
import { Collection } from '#models/ticketing/collection'
import type { RecordOf } from '#models'
import { accessOf, rulesOf } from './grants.ts'
import { projectList, schemeOf } from './lists.ts'
import { site, type Grant, type Page, type Project, type Scheme } from './vendor.ts'

/** `grants` is missing where the credentials may not see who may do what. */
type Row = Project & { readonly grants?: readonly Grant[] }

export const collection: Resource<RecordOf<typeof Collection>, Row, Page<Project>, Project, Scheme> = {
  model: Collection,
  version: 1,
  read: {
    ...projectList(50),
    rows: {
      kind: 'each',
      ask: schemeOf,
      rows: ({ permissions = [] }, project) => [{ ...project, grants: permissions }],
      without: (project) => [project],
    },
  },
  identity: { remoteId: (row) => id(row.id) },
  fields: {
    name: (row) => prose(row.name),
    description: (row) => prose(row.description),
    access_level: (row) => (row.grants === undefined ? null : accessOf(row.grants)),
    // All that has a key is a project: boards and queues are not in this API.
    collection_type: (row) => (row.key === undefined ? null : 'PROJECT'),
    parent_collection: notOffered,
    permissions: (row) => rulesOf(row.grants ?? []),
    collection_url: (row, { setup }) => (row.key === undefined ? null : `${site(setup)}/browse/${row.key}`),
    remote_created_at: notOffered,
    remote_updated_at: notOffered,
  },
}
