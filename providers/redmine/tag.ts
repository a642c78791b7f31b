import { id, prose, type Resource } from '#kit'
import { Tag } from '#models/ticketing/tag'
import type { RecordOf } from '#models'
import { projectList } from './projects.ts'
import type { Named, Project, ProjectPage } from './vendor.ts'

type Row = Named & { readonly project: { readonly id: number } }

/** Issue categories, which every project has of its own. Included in the project list, because their own list asks for the right to manage them. */
export const tag: Resource<RecordOf<typeof Tag>, Row, ProjectPage, Project> = {
  model: Tag,
  version: 1,
  read: {
    ...projectList(100, 'issue_categories'),
    rows: { kind: 'within', rows: (project) => (project.issue_categories ?? []).map((category) => ({ ...category, project: { id: project.id } })) },
  },
  identity: { remoteId: (row) => id(row.id) },
  fields: { name: (row) => prose(row.name) },
}
