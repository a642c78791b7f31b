import { id, prose, word, type Lookup, type Resource } from '#kit'
import { Role } from '#models/ticketing/role'
import type { RecordOf } from '#models'
import type { Named, Role as Row } from './vendor.ts'

/** Closing and assigning are not permissions in Redmine: they are steps of its workflows. */
const actions = [
  ['VIEW', ['view_issues']],
  ['CREATE', ['add_issues']],
  ['EDIT', ['edit_issues', 'edit_own_issues']],
  ['DELETE', ['delete_issues']],
] as const

/** What may be done with issues, by the words of ours; null where an old version does not say. */
export const actionsOf = ({ permissions }: Row): string[] | null => (permissions === undefined ? null : actions.filter(([, any]) => any.some((permission) => permissions.includes(permission))).map(([action]) => action))

/** "default" is all issues but the private ones; "own" is what the user wrote or is to do. */
const accessWords = { all: 'ALL', default: 'ALL', own: 'ASSIGNED_ONLY' }

/** Every role with its permissions, for those who need them all at once. */
export const roles: Lookup<Row> = {
  ask: () => ({ path: '/roles.json' }),
  entries: (body) => (body as { readonly roles: readonly Named[] }).roles.map((listed) => [String(listed.id), listed]),
  each: { ask: (number) => ({ path: `/roles/${number}.json` }), entry: (body) => (body as { readonly role: Row }).role },
  withheld: 'is_empty',
}

/** https://www.redmine.org/projects/redmine/wiki/Rest_Roles */
export const role: Resource<RecordOf<typeof Role>, Row, { readonly roles: readonly Named[] }, Named, { readonly role: Row }> = {
  model: Role,
  version: 1,
  read: {
    path: '/roles.json',
    items: (page) => page.roles,
    pages: { kind: 'single' },
    rows: { kind: 'each', ask: (listed) => ({ path: `/roles/${listed.id}.json` }), rows: (detail) => [detail.role] },
    incremental: 'full_only',
    deletions: { seenAs: 'missing_from_full_read' },
  },
  identity: { remoteId: (row) => id(row.id) },
  fields: {
    name: (row) => prose(row.name),
    ticket_actions: actionsOf,
    ticket_access: (row) => word(accessWords, row.issues_visibility),
  },
}
