import { id, notOffered, present, prose, type Resource } from '#kit'
import { Role } from '#models/ticketing/role'
import type { RecordOf } from '#models'
import { actions } from './grants.ts'
import type { Role as Listed, Scheme } from './vendor.ts'

/** A role, and the permissions that any scheme gives to it; null where schemes may not be read. */
type Row = Listed & { readonly permissions: readonly string[] | null }

const ticketActions: Readonly<Record<string, string>> = { ...actions, CLOSE_ISSUES: 'CLOSE', ASSIGN_ISSUES: 'ASSIGN' }

/** Project roles, for which an administrator's credentials are needed. https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-project-roles/#api-rest-api-3-role-get */
export const role: Resource<RecordOf<typeof Role>, Row, readonly Listed[], Listed, unknown, { readonly permissions: readonly string[] }> = {
  model: Role,
  version: 1,
  read: {
    path: '/rest/api/3/role',
    items: (page) => page,
    pages: { kind: 'single' },
    lookups: { permissions: { ask: () => ({ path: '/rest/api/3/permissionscheme', query: { expand: 'permissions' } }), entries: (body) => heldBy((body as { readonly permissionSchemes: readonly Scheme[] }).permissionSchemes), withheld: 'is_empty' } },
    rows: { kind: 'within', rows: (listed, { lookups }) => [{ ...listed, permissions: lookups.permissions.size === 0 ? null : lookups.permissions.get(String(listed.id)) ?? [] }] },
    incremental: 'full_only',
    deletions: { seenAs: 'missing_from_full_read' },
  },
  identity: { remoteId: (row) => id(row.id) },
  fields: {
    name: (row) => prose(row.name),
    ticket_actions: (row) => (row.permissions === null ? null : present(row.permissions.map((permission) => (Object.hasOwn(ticketActions, permission) ? ticketActions[permission]! : null)))),
    ticket_access: notOffered,
  },
}

/** The permissions of each role, over all schemes, in one order whatever theirs is. */
function heldBy(schemes: readonly Scheme[]): Iterable<readonly [string, readonly string[]]> {
  const grants = schemes.flatMap(({ permissions = [] }) => permissions).filter(({ holder }) => holder?.type === 'projectRole')
  return [...Map.groupBy(grants, ({ holder }) => holder!.value ?? holder!.parameter ?? '')].map(([key, held]) => [key, present(held.map(({ permission }) => permission ?? null)).toSorted()] as const)
}
