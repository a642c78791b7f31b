import { id, notOffered, type Resource } from '#kit'
import { Viewer } from '#models/ticketing/viewer'
import type { RecordOf } from '#models'
import { groupOf, personOf } from './grants.ts'
import { projectList, schemeOf } from './lists.ts'
import type { Grant, Page, Project, Scheme } from './vendor.ts'

/** A grant to see a project. Projects share schemes, and so the ids of grants. */
type Row = Grant & { readonly project: { readonly id: string } }

/** The groups and the people that a project's permission scheme names; holders of roles, and whoever is logged in, are the collection's permissions to tell. */
export const viewer: Resource<RecordOf<typeof Viewer>, Row, Page<Project>, Project, Scheme> = {
  model: Viewer,
  version: 1,
  read: {
    ...projectList(50),
    rows: {
      kind: 'each',
      ask: schemeOf,
      rows: ({ permissions = [] }, project) => permissions.filter(({ permission, holder }) => permission === 'BROWSE_PROJECTS' && (groupOf(holder) ?? personOf(holder)) !== null).map((grant) => ({ ...grant, project: { id: project.id } })),
      without: () => [],
    },
  },
  identity: { remoteId: (row) => (id(row.id) === null ? null : `${row.project.id}-${id(row.id)}`) },
  fields: {
    team: (row) => groupOf(row.holder),
    user: (row) => personOf(row.holder),
    ticket: notOffered,
    collection: (row) => id(row.project.id),
  },
}
