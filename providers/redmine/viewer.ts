import { id, notOffered, type Resource } from '#kit'
import { Viewer } from '#models/ticketing/viewer'
import type { RecordOf } from '#models'
import { projectList } from './projects.ts'
import type { Membership as Row, MembershipPage, Project, ProjectPage } from './vendor.ts'

const PAGE = 100

/**
 * The members of a project, people and groups, see it, whether others do or not. Nobody is named for one issue: who watches it sees no more of it than before.
 * https://www.redmine.org/projects/redmine/wiki/Rest_Memberships
 */
export const viewer: Resource<RecordOf<typeof Viewer>, Row, ProjectPage, Project, MembershipPage> = {
  model: Viewer,
  version: 1,
  read: {
    ...projectList(50),
    rows: {
      kind: 'each',
      ask: (project) => ({ path: `/projects/${project.id}/memberships.json`, query: { limit: PAGE } }),
      rows: ({ memberships }) => memberships,
      // Who the members are is a right of its own.
      without: () => [],
      more: { items: (page) => page.memberships, pages: { kind: 'offset', param: 'offset', size: PAGE, done: (page, seen) => seen >= page.total_count } },
    },
  },
  identity: { remoteId: (row) => id(row.id) },
  fields: {
    team: (row) => id(row.group?.id),
    user: (row) => id(row.user?.id),
    ticket: notOffered,
    collection: (row) => id(row.project.id),
  },
}
