/** Whom a record is shared with, and what they may do with it: https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_caseshare.htm */
import { id, present } from '#kit'
import { linksOf, type Link } from './links.ts'
import { groupTypes, idOfA } from './vendor.ts'

/** The shares of cases, and those of their groups that are teams: others stand for a role. */
export const shareLinks: readonly Link[] = [
  { object: 'CaseShare', by: 'CaseId', select: ['Id', 'UserOrGroupId', 'CaseAccessLevel'], size: 25, optional: true },
  { object: 'Group', from: 'CaseShare', by: 'Id', to: 'UserOrGroupId', select: ['Type'], where: [groupTypes()], size: 200 },
]

type Action = 'VIEW' | 'CREATE' | 'EDIT' | 'DELETE'
const ACTIONS: Readonly<Record<string, Action[]>> = { Read: ['VIEW'], Edit: ['VIEW', 'EDIT'], All: ['VIEW', 'EDIT', 'DELETE'] }

export const permissionsOf = (row: { readonly links: unknown }) => {
  const teams = new Set(linksOf(row, 'Group').map(({ Id }) => id(Id)))
  return linksOf(row, 'CaseShare').flatMap(({ Id, UserOrGroupId: who, CaseAccessLevel: level }) => {
    const [user, team] = [idOfA('User', who), idOfA('Group', who)]
    const isTeam = team !== null && teams.has(team)
    if (user === null && !isTeam) return []
    return [{ remote_id: id(Id), effect: 'ALLOWED' as const, actions: ACTIONS[String(level)] ?? [], applied_to_users: present([user]), applied_to_roles: [], applied_to_teams: isTeam ? [team] : [], applied_to_collections: [] }]
  })
}
