import { present, type Looked } from '#kit'
import type { RecordOf } from '#models'
import type { Ticket } from '#models/ticketing/ticket'
import { split } from './vendor.ts'

/** With whom a record was shared beside its owner. https://knowledge.hubspot.com/records/share-records */
export const sharing = ['hs_shared_user_ids', 'hs_shared_team_ids'] as const

/** As they stand in a row: users as the owners that they are. */
export interface Shared { readonly users: readonly string[]; readonly teams: readonly string[] }

export const sharedWith = (p: { readonly [K in (typeof sharing)[number]]?: string | null }, { owners, formerOwners }: Looked<{ owners: string; formerOwners: string }>): Shared =>
  ({ users: present(split(p.hs_shared_user_ids).map((user) => owners.get(user) ?? formerOwners.get(user) ?? null)), teams: split(p.hs_shared_team_ids) })

/** Whoever it is shared with sees it, and does with it what their rights are. */
export const rulesFor = ({ users, teams }: Shared): NonNullable<RecordOf<typeof Ticket>['permissions']> =>
  (users.length + teams.length === 0 ? [] : [{ remote_id: null, effect: 'ALLOWED', actions: ['VIEW'], applied_to_users: [...users], applied_to_roles: [], applied_to_teams: [...teams], applied_to_collections: [] }])
