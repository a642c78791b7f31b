import { id, prose, type Resource } from '#kit'
import { Project } from '#models/ticketing/project'
import type { RecordOf } from '#models'
import { projectList } from './projects.ts'
import type { Project as Row, ProjectPage } from './vendor.ts'

export const project: Resource<RecordOf<typeof Project>, Row, ProjectPage> = {
  model: Project,
  version: 1,
  read: { ...projectList(100), rows: { kind: 'items' } },
  identity: { remoteId: (row) => id(row.id) },
  fields: {
    name: (row) => prose(row.name),
    description: (row) => prose(row.description),
  },
}
