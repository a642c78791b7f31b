import { day, id, instant, notOffered, ours, present, prose, type Resource } from '#kit'
import { Ticket } from '#models/ticketing/ticket'
import type { RecordOf } from '#models'
import { versionId } from './collection.ts'
import { issueList } from './issues.ts'
import type { Issue, IssuePage, Named } from './vendor.ts'
import { priorityOf, statusOf } from './words.ts'

/** Users and groups share one range of ids, and an issue does not say which of the two `assigned_to` is: the list of groups does. */
type Row = Issue & { readonly assigned_to_group?: true }
type Groups = { readonly groups: readonly Named[] }

export const ticket: Resource<RecordOf<typeof Ticket>, Row, IssuePage, Issue, Groups> = {
  model: Ticket,
  version: 1,
  read: {
    ...issueList(100, 'attachments'),
    rows: {
      kind: 'beside',
      ask: { path: '/groups.json' },
      needed: (issues) => issues.some((issue) => issue.assigned_to !== undefined),
      rows: ({ groups }, issue) => [groups.some((group) => group.id === issue.assigned_to?.id) ? { ...issue, assigned_to_group: true } : issue],
      // Only an administrator's key may list groups; without one an assignee is taken for a user, which is what Redmine allows by default.
      without: (issue) => [issue],
    },
  },
  identity: { remoteId: (row) => id(row.id) },
  fields: {
    name: (row) => prose(row.subject),
    assignees: (row) => (row.assigned_to_group ? [] : present([id(row.assigned_to?.id)])),
    assigned_teams: (row) => (row.assigned_to_group ? present([id(row.assigned_to?.id)]) : []),
    creator: (row) => id(row.author?.id),
    due_date: (row) => day(row.due_date),
    status: (row) => statusOf(row.status),
    description: (row) => prose(row.description),
    collections: (row) => present([id(row.project?.id), versionId(row.fixed_version)]),
    ticket_type: (row) => prose(row.tracker?.name),
    account: notOffered,
    contact: notOffered,
    parent_ticket: (row) => id(row.parent?.id),
    attachments: (row) => present((row.attachments ?? []).map((file) => id(file.id))),
    access_level: (row) => (row.is_private === undefined ? null : row.is_private ? 'PRIVATE' : 'COLLECTION'),
    permissions: notOffered,
    tags: (row) => present([prose(row.category?.name)]),
    roles: notOffered,
    ticket_url: (row, { baseUrl }) => `${baseUrl}/issues/${row.id}`,
    priority: (row) => priorityOf(row.priority),
    remote_created_at: (row) => instant(row.created_on),
    remote_updated_at: (row) => instant(row.updated_on),
    // Redmine keeps `closed_on` when an issue is opened again.
    completed_at: (row) => (ours(statusOf(row.status)) === 'CLOSED' ? instant(row.closed_on) : null),
  },
  // `cf_1` is what Redmine itself calls the field in filters.
  remoteFields: (row) => (row.custom_fields ?? []).map((field) => ({ key: `cf_${field.id}`, name: field.name, value: field.value ?? null })),
}
