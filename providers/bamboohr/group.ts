import { notOffered, prose, word, type Resource } from '#kit'
import { Group } from '#models/hris/group'
import type { RecordOf } from '#models'
import { groupId } from './employees.ts'
import { optionsOf, type OptionRow } from './lists.ts'
import type { List } from './vendor.ts'

export const group: Resource<RecordOf<typeof Group>, OptionRow, readonly List[], List> = {
  model: Group,
  version: 1,
  read: optionsOf('department', 'division'),
  identity: { remoteId: (row) => groupId(row.list, row.id) },
  fields: {
    parent_group: notOffered,
    name: (row) => prose(row.name),
    type: (row) => word({ department: 'DEPARTMENT', division: 'BUSINESS_UNIT' }, row.list),
    is_commonly_used_as_team: (row) => row.list === 'department',
    group_url: notOffered,
  },
}
