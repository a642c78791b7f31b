import { id, prose, str, type Resource } from '#kit'
import { Team } from '#models/hris/team'
import type { RecordOf } from '#models'
import { employeeList } from './employees.ts'
import { orgUnits, placed, type OrgUnits, type Placed as Row } from './org-units.ts'
import { named, type Employee, type Page } from './vendor.ts'

/** Found where some employee is in them. */
export const team: Resource<RecordOf<typeof Team>, Row, Page<Employee>, Employee, unknown, OrgUnits> = {
  model: Team,
  version: 1,
  read: { ...employeeList, lookups: orgUnits, rows: { kind: 'within', rows: ({ attributes }, { lookups }) => named([attributes.team?.value]).map((one) => placed(one, lookups)) } },
  identity: { remoteId: (row) => id(row.attributes.id), repeats: true },
  fields: {
    name: (row) => prose(row.attributes.name),
    parent_team: (row) => str(row.parent),
  },
}
