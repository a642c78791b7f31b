import { day, id, instant, notOffered, present, prose, word, type FieldClass, type Resource } from '#kit'
import { Ticket } from '#models/ticketing/ticket'
import type { RecordOf } from '#models'
import { textOf } from './adf.ts'
import { classesOf } from './custom-fields.ts'
import { rolesOf, ruleOf } from './grants.ts'
import { issueList, levelMembers, searchIssues } from './issues.ts'
import { isDone, priorityWords, statusOf } from './words.ts'
import { customerOf, issueColumns, site, userOf, type Field, type Issue, type LevelMember, type SearchPage } from './vendor.ts'

/** An issue with the names of the custom fields that it fills, and with those who may see its security level. */
type Row = Issue & { readonly names: Readonly<Record<string, string>>; readonly members: readonly LevelMember[] }
type Tables = { readonly custom: FieldClass; readonly members: LevelMember }

export const ticket: Resource<RecordOf<typeof Ticket>, Row, SearchPage, Issue, unknown, Tables> = {
  model: Ticket,
  version: 1,
  read: {
    ...issueList(100),
    request: (variables, { lookups }) => searchIssues(variables, [...issueColumns, ...lookups.custom.keys()]),
    lookups: {
      custom: { ask: () => ({ path: '/rest/api/3/field' }), entries: (body) => classesOf(body as readonly Field[]), withheld: 'fails' },
      members: levelMembers,
    },
    rows: { kind: 'within', rows: (issue, { lookups: { custom, members } }) => [{
      ...issue,
      names: Object.fromEntries([...custom].filter(([key]) => issue.fields[key] !== null && issue.fields[key] !== undefined).map(([key, { name }]) => [key, name])),
      members: [...members.values()].filter(({ issueSecurityLevelId: level }) => level === issue.fields.security?.id),
    }] },
  },
  identity: { remoteId: (row) => id(row.id) },
  fields: {
    name: (row) => prose(row.fields.summary),
    assignees: (row) => present([id(row.fields.assignee?.accountId)]),
    assigned_teams: notOffered,
    creator: (row) => id(userOf(row.fields.creator)),
    due_date: (row) => day(row.fields.duedate),
    status: (row) => statusOf(row.fields.status),
    description: (row) => textOf(row.fields.description),
    collections: (row) => present([id(row.fields.project?.id)]),
    ticket_type: (row) => prose(row.fields.issuetype?.name),
    account: notOffered,
    contact: (row) => id(customerOf(row.fields.reporter)),
    parent_ticket: (row) => id(row.fields.parent?.id),
    attachments: (row) => present((row.fields.attachment ?? []).map((file) => id(file.id))),
    access_level: (row) => (row.fields.security ? 'PRIVATE' : 'COLLECTION'),
    permissions: (row) => row.members.map((member) => ruleOf(member, 'VIEW')).filter((rule) => rule !== null),
    tags: (row) => present((row.fields.labels ?? []).map(prose)),
    roles: (row) => present(row.members.flatMap(({ holder }) => rolesOf(holder))),
    ticket_url: (row, { setup }) => (row.key === undefined ? null : `${site(setup)}/browse/${row.key}`),
    priority: (row) => word(priorityWords, row.fields.priority?.name),
    remote_created_at: (row) => instant(row.fields.created),
    remote_updated_at: (row) => instant(row.fields.updated),
    // Not every workflow sets a resolution; the day on which the category became what it is, is always there.
    completed_at: (row) => (isDone(row.fields.status) ? instant(row.fields.resolutiondate) ?? instant(row.fields.statuscategorychangedate) : null),
  },
  fieldClasses: 'custom',
  remoteFields: (row) => Object.entries(row.names).map(([key, name]) => ({ key, name, value: row.fields[key] })),
}
