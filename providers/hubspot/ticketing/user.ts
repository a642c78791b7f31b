import { id, notOffered, present, str, type Resource } from '#kit'
import { User } from '#models/ticketing/user'
import type { RecordOf } from '#models'
import { logins } from '../logins.ts'
import { loginOf, ownerList, person } from '../owners.ts'
import type { Login, Owner, OwnerPage } from '../vendor.ts'

interface Row extends Owner { readonly roleIds: readonly string[] }

export const user: Resource<RecordOf<typeof User>, Row, OwnerPage, Owner, unknown, { logins: Login }> = {
  model: User,
  version: 1,
  read: { ...ownerList, lookups: { logins }, rows: { kind: 'within', rows: (owner, { lookups }) => [{ ...owner, roleIds: lookups.logins.get(loginOf(owner) ?? '')?.roleIds ?? [] }] } },
  identity: { remoteId: (row) => str(row.id) },
  fields: {
    name: person.name,
    email_address: person.email,
    is_active: person.is_active,
    teams: (row) => present((row.teams ?? []).map((team) => str(team.id))),
    roles: (row) => present((Array.isArray(row.roleIds) ? row.roleIds : []).map(id)),
    avatar: notOffered,
    collections: notOffered,
    projects: notOffered,
  },
}
