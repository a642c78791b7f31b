import { id, present, prose, str, type Resource } from '#kit'
import { User } from '#models/ticketing/user'
import type { RecordOf } from '#models'
import type { User as Row, UserPage } from './vendor.ts'

const PAGE = 25

/** Each project is a collection too, under the same number. */
const memberOf = ({ memberships = [] }: Row): string[] => present(memberships.map(({ project }) => id(project.id)))

/** Needs an administrator's key. Groups and memberships come with each user alone. https://www.redmine.org/projects/redmine/wiki/Rest_Users */
export const user: Resource<RecordOf<typeof User>, Row, UserPage, Row, { readonly user: Row }> = {
  model: User,
  version: 1,
  read: {
    path: '/users.json',
    query: { sort: 'created_on', limit: PAGE },
    // Active, registered, locked: the list shows one status at a time.
    segments: [{ status: 1 }, { status: 2 }, { status: 3 }],
    items: (page) => page.users,
    total: (page) => page.total_count,
    pages: { kind: 'offset', param: 'offset', size: PAGE, done: (page, seen) => seen >= page.total_count },
    rows: { kind: 'each', ask: (listed) => ({ path: `/users/${listed.id}.json`, query: { include: 'memberships,groups' } }), rows: (detail) => [detail.user] },
    incremental: 'full_only',
    deletions: { seenAs: 'missing_from_full_read' },
  },
  identity: { remoteId: (row) => id(row.id) },
  fields: {
    name: (row) => str(present([str(row.firstname), str(row.lastname)]).join(' ')),
    email_address: (row) => prose(row.mail),
    is_active: (row) => (row.status === undefined ? null : row.status === 1),
    teams: (row) => present((row.groups ?? []).map((group) => id(group.id))),
    roles: (row) => present((row.memberships ?? []).flatMap((membership) => membership.roles).map((role) => id(role.id))),
    avatar: (row) => prose(row.avatar_url),
    collections: memberOf,
    projects: memberOf,
  },
}
