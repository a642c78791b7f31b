import { id, prose, type Resource } from '#kit'
import { Project } from '#models/ticketing/project'
import type { RecordOf } from '#models'
import { projectList } from './lists.ts'
import type { Page, Project as Row } from './vendor.ts'

export const project: Resource<RecordOf<typeof Project>, Row, Page<Row>> = {
  model: Project,
  version: 1,
  read: { ...projectList(100), rows: { kind: 'items' } },
  identity: { remoteId: (row) => id(row.id) },
  fields: {
    name: (row) => prose(row.name),
    description: (row) => prose(row.description),
  },
}
