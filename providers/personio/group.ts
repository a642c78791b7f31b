import { id, notOffered, prose, word, type Resource } from '#kit'
import { Group } from '#models/hris/group'
import type { RecordOf } from '#models'
import { employeeList } from './employees.ts'
import { named, type Employee, type Entity as Row, type Page } from './vendor.ts'

const typeWords = { Department: 'DEPARTMENT', Team: 'TEAM', CostCenter: 'COST_CENTER' }

/** Each kind counts its ids for itself. */
export const groupId = ({ type, attributes }: Row): string | null => { const own = id(attributes.id); return own === null ? null : `${type}-${own}` }

/** Departments, teams and cost centres have no list of their own: those are found that some employee is in. */
export const group: Resource<RecordOf<typeof Group>, Row, Page<Employee>, Employee> = {
  model: Group,
  version: 1,
  read: { ...employeeList, rows: { kind: 'within', rows: ({ attributes: { department, team, cost_centers } }) => named([department?.value, team?.value, ...cost_centers?.value ?? []]) } },
  identity: { remoteId: groupId, repeats: true },
  fields: {
    parent_group: notOffered,
    name: (row) => prose(row.attributes.name),
    type: (row) => word(typeWords, row.type),
    is_commonly_used_as_team: (row) => row.type === 'Team',
    group_url: notOffered,
  },
}
