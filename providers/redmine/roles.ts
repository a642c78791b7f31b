import { id, present, type Lookup } from '#kit'
import type { Named, Role } from './vendor.ts'

/** Closing and assigning are not permissions in Redmine: they are steps of its workflows. */
const actions = [
  ['VIEW', ['view_issues']],
  ['CREATE', ['add_issues']],
  ['EDIT', ['edit_issues', 'edit_own_issues']],
  ['DELETE', ['delete_issues']],
] as const

/** What may be done with issues, by the words of ours; null where an old version does not say. */
export const actionsOf = ({ permissions }: Role): string[] | null => (permissions === undefined ? null : actions.filter(([, any]) => any.some((permission) => permissions.includes(permission))).map(([action]) => action))

/** Every role with its permissions, for those who need them all at once. */
export const roles: Lookup<Role> = {
  ask: () => ({ path: '/roles.json' }),
  entries: (body) => (body as { readonly roles: readonly Named[] }).roles.map((listed) => [String(listed.id), listed]),
  each: { ask: (number) => ({ path: `/roles/${number}.json` }), entry: (body) => (body as { readonly role: Role }).role },
  withheld: 'is_empty',
}

/** A role may do the same wherever it is held: so each is a rule of every project. */
export const rulesOf = (all: readonly Role[]) => all.toSorted((a, b) => a.id - b.id).flatMap((role) => {
  const allowed = actionsOf(role) ?? []
  return allowed.length === 0 ? [] : [{ remote_id: id(role.id), effect: 'ALLOWED', actions: allowed, applied_to_users: [], applied_to_roles: present([id(role.id)]), applied_to_teams: [], applied_to_collections: [] }]
})
