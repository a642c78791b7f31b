import { id, notOffered, prose, type Resource } from '#kit'
import { Team } from '#models/hris/team'
import type { RecordOf } from '#models'
import { employeeList } from './employees.ts'
import { named, type Employee, type Entity as Row, type Page } from './vendor.ts'

/** Found where some employee is in them. */
export const team: Resource<RecordOf<typeof Team>, Row, Page<Employee>, Employee> = {
  model: Team,
  version: 1,
  read: { ...employeeList, rows: { kind: 'within', rows: ({ attributes }) => named([attributes.team?.value]) } },
  identity: { remoteId: (row) => id(row.attributes.id), repeats: true },
  fields: {
    name: (row) => prose(row.attributes.name),
    parent_team: notOffered,
  },
}
