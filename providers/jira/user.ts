import { bool, id, notOffered, present, prose, type Resource } from '#kit'
import { User } from '#models/ticketing/user'
import type { RecordOf } from '#models'
import { peopleList } from './lists.ts'
import { isCustomer, type Person } from './vendor.ts'

/** Groups come with each person alone. Apps have none, and of those who left none matters any more. https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-users/#api-rest-api-3-user-get */
export const user: Resource<RecordOf<typeof User>, Person, readonly Person[], Person, Person> = {
  model: User,
  version: 1,
  read: {
    ...peopleList(100),
    rows: {
      kind: 'each',
      ask: ({ accountId, accountType, active }) => (accountType === 'atlassian' && active !== false ? { path: '/rest/api/3/user', query: { accountId, expand: 'groups' } } : null),
      rows: (detail) => [detail],
      without: (person) => (isCustomer(person) ? [] : [person]),
    },
  },
  identity: { remoteId: (row) => id(row.accountId) },
  fields: {
    name: (row) => prose(row.displayName),
    email_address: (row) => prose(row.emailAddress),
    is_active: (row) => bool(row.active),
    teams: (row) => present((row.groups?.items ?? []).map((group) => id(group.groupId))),
    roles: notOffered,
    avatar: (row) => prose(row.avatarUrls?.['48x48']),
    collections: notOffered,
    projects: notOffered,
  },
}
