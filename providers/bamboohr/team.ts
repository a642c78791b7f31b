import { id, notOffered, prose, type Resource } from '#kit'
import { Team } from '#models/hris/team'
import type { RecordOf } from '#models'
import { optionsOf, type OptionRow } from './lists.ts'
import type { List } from './vendor.ts'

/** What companies mean by teams are their departments. */
export const team: Resource<RecordOf<typeof Team>, OptionRow, readonly List[], List> = {
  model: Team,
  version: 1,
  read: optionsOf('department'),
  identity: { remoteId: (row) => id(row.id) },
  fields: {
    name: (row) => prose(row.name),
    parent_team: notOffered,
  },
}
