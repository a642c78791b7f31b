/** Permission schemes and security levels: who holds what. https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-permission-schemes/ */
import { id, present } from '#kit'
import type { Grant, Holder } from './vendor.ts'

/** The permissions that are about issues, by the words of ours; each comes alone in a grant. */
export const actions: Readonly<Record<string, string>> = { BROWSE_PROJECTS: 'VIEW', CREATE_ISSUES: 'CREATE', EDIT_ISSUES: 'EDIT', DELETE_ISSUES: 'DELETE' }

/** Group, person or role. Other holders (the reporter, a custom field, whoever is logged in) are none that could be named. */
const held = ({ type, value, parameter }: Holder, wanted: string): string[] => (type === wanted ? present([id(value ?? parameter)]) : [])
export const groupOf = (holder: Holder | undefined): string | null => (holder === undefined ? null : held(holder, 'group')[0] ?? null)
export const personOf = (holder: Holder | undefined): string | null => (holder === undefined ? null : held(holder, 'user')[0] ?? null)

export const rolesOf = (holder: Holder | undefined): string[] => (holder === undefined ? [] : held(holder, 'projectRole'))

/** One grant as a rule of ours; null where the holder cannot be named. */
export function ruleOf({ id: grantId, holder = {} }: Pick<Grant, 'id' | 'holder'>, action: string) {
  const [users, roles, teams] = [held(holder, 'user'), rolesOf(holder), held(holder, 'group')]
  if (users.length + roles.length + teams.length === 0) return null
  return { remote_id: id(grantId), effect: 'ALLOWED', actions: [action], applied_to_users: users, applied_to_roles: roles, applied_to_teams: teams, applied_to_collections: [] }
}

/** In an order that stays, whatever the vendor's. */
export const rulesOf = (grants: readonly Grant[]) => grants.toSorted((a, b) => (String(a.id) < String(b.id) ? -1 : 1)).flatMap((grant) => {
  const action = Object.hasOwn(actions, grant.permission ?? '') ? actions[grant.permission!] : undefined
  const rule = action === undefined ? null : ruleOf(grant, action)
  return rule === null ? [] : [rule]
})

/** Who may see a project: the world, whoever has access to Jira, or those who are named. */
export function accessOf(grants: readonly Grant[]): string {
  const seers = new Set(grants.filter(({ permission }) => permission === 'BROWSE_PROJECTS').map(({ holder }) => holder?.type))
  return seers.has('anyone') ? 'PUBLIC' : seers.has('applicationRole') ? 'COMPANY' : 'PRIVATE'
}
