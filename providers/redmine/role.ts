import { id, prose, word, type Resource } from '#kit'
import { Role } from '#models/ticketing/role'
import type { RecordOf } from '#models'
import { actionsOf } from './roles.ts'
import type { Named, Role as Row } from './vendor.ts'

/** "default" is all issues but the private ones; "own" is what the user wrote or is to do. */
const accessWords = { all: 'ALL', default: 'ALL', own: 'ASSIGNED_ONLY' }

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
