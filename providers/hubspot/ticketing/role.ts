import { id, notOffered, prose, type Resource } from '#kit'
import { Role } from '#models/ticketing/role'
import type { RecordOf } from '#models'
import { inOneAnswer } from '../lists.ts'
import { LOGINS } from '../logins.ts'
import type { PermissionSet, PermissionSetPage } from '../vendor.ts'

/** Permission sets, which Enterprise accounts can make: that there is one is told, but not what it allows. */
export const role: Resource<RecordOf<typeof Role>, PermissionSet, PermissionSetPage> = {
  model: Role,
  version: 1,
  read: {
    path: `${LOGINS}/roles`,
    items: (page) => page.results,
    rows: { kind: 'items' },
    ...inOneAnswer,
  },
  identity: { remoteId: (row) => id(row.id) },
  fields: {
    name: (row) => prose(row.name),
    ticket_actions: notOffered,
    ticket_access: notOffered,
  },
}
