import { id, notOffered, prose, type Resource } from '#kit'
import { Team } from '#models/ticketing/team'
import type { RecordOf } from '#models'
import { pagedList } from './lists.ts'
import type { Group, Page } from './vendor.ts'

/** Groups of the site. https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-groups/#api-rest-api-3-group-bulk-get */
export const team: Resource<RecordOf<typeof Team>, Group, Page<Group>> = {
  model: Team,
  version: 1,
  read: { ...pagedList<Group>('/rest/api/3/group/bulk', 50), rows: { kind: 'items' } },
  identity: { remoteId: (row) => id(row.groupId) },
  fields: {
    name: (row) => prose(row.name),
    description: notOffered,
  },
}
