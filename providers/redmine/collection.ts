import { id, instant, prose, type Resource } from '#kit'
import { Collection } from '#models/ticketing/collection'
import type { RecordOf } from '#models'
import { projectList } from './projects.ts'
import { roles, rulesOf } from './roles.ts'
import type { Named, Project, ProjectPage, Role, Version } from './vendor.ts'

/** A project, or one of its versions (milestones), each under the key that Redmine's own detail has. */
type Row = { readonly project: Project; readonly roles: readonly Role[]; readonly version?: never } | { readonly project?: never; readonly version: Version }

/** Projects and versions are numbered apart, and both are collections. */
export const versionId = (version: Named | undefined): string | null => {
  const number = id(version?.id)
  return number === null ? null : `version-${number}`
}

/** https://www.redmine.org/projects/redmine/wiki/Rest_Versions */
export const collection: Resource<RecordOf<typeof Collection>, Row, ProjectPage, Project, { readonly versions: readonly Version[] }, { roles: Role }> = {
  model: Collection,
  version: 1,
  read: {
    ...projectList(50, 'enabled_modules'),
    lookups: { roles },
    rows: {
      kind: 'each',
      // Without the module the answer is 403, also to an administrator. Old versions do not list modules: then ask.
      ask: (project) => (project.enabled_modules?.some(({ name }) => name === 'issue_tracking') === false ? null : { path: `/projects/${project.id}/versions.json` }),
      // The list includes versions that other projects share with this one.
      rows: ({ versions }, project, { lookups }) => [{ project, roles: [...lookups.roles.values()] }, ...versions.filter((version) => version.project.id === project.id).map((version) => ({ version }))],
      without: (project, { lookups }) => [{ project, roles: [...lookups.roles.values()] }],
    },
  },
  identity: { remoteId: (row) => (row.version === undefined ? id(row.project.id) : versionId(row.version)) },
  fields: {
    name: (row) => prose((row.version ?? row.project).name),
    description: (row) => prose((row.version ?? row.project).description),
    access_level: (row) => (row.version !== undefined ? 'PARENT_COLLECTION' : row.project.is_public === undefined ? null : row.project.is_public ? 'PUBLIC' : 'PRIVATE'),
    collection_type: (row) => (row.version === undefined ? 'PROJECT' : 'LIST'),
    parent_collection: (row) => (row.version === undefined ? id(row.project.parent?.id) : id(row.version.project.id)),
    permissions: (row) => (row.version === undefined ? rulesOf(row.roles) : []),
    collection_url: (row, { baseUrl }) => (row.version === undefined ? `${baseUrl}/projects/${row.project.identifier}` : `${baseUrl}/versions/${row.version.id}`),
    remote_created_at: (row) => instant((row.version ?? row.project).created_on),
    remote_updated_at: (row) => instant((row.version ?? row.project).updated_on),
  },
}
