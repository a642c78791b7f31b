import { id, notOffered, prose, str, word, type Resource } from '#kit'
import { Group } from '#models/hris/group'
import type { RecordOf } from '#models'
import { employeeList } from './employees.ts'
import { orgUnits, placed, type OrgUnits, type Placed as Row } from './org-units.ts'
import { named, type Employee, type Entity, type Page } from './vendor.ts'

const typeWords = { Department: 'DEPARTMENT', Team: 'TEAM', CostCenter: 'COST_CENTER' }

/** Each kind counts its ids for itself. */
export const groupId = ({ type, attributes }: Entity): string | null => { const own = id(attributes.id); return own === null ? null : `${type}-${own}` }

/** Departments, teams and cost centres have no list of their own: those are found that some employee is in. */
export const group: Resource<RecordOf<typeof Group>, Row, Page<Employee>, Employee, unknown, OrgUnits> = {
  model: Group,
  version: 1,
  read: {
    ...employeeList,
    lookups: orgUnits,
    rows: { kind: 'within', rows: ({ attributes: { department, team, cost_centers } }, { lookups }) => named([department?.value, team?.value, ...cost_centers?.value ?? []]).map((one) => placed(one, lookups)) },
  },
  identity: { remoteId: groupId, repeats: true },
  fields: {
    parent_group: (row) => (str(row.parent) === null ? null : `${row.type}-${str(row.parent)!}`),
    name: (row) => prose(row.attributes.name),
    type: (row) => word(typeWords, row.type),
    is_commonly_used_as_team: (row) => row.type === 'Team',
    group_url: notOffered,
  },
}
