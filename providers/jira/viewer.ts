import { id, type Resource } from '#kit'
import { Viewer } from '#models/ticketing/viewer'
import type { RecordOf } from '#models'
import { groupOf, personOf } from './grants.ts'
import { guardedList } from './guarded.ts'
import { schemeOf } from './lists.ts'
import type { Grant, Issue, LevelMember, Page, Project, Scheme, SearchPage } from './vendor.ts'

/** Who may see a project, or an issue. Projects share schemes and issues share levels, and so the ids of grants. */
type Row = Pick<Grant, 'id' | 'holder'> & ({ readonly project: { readonly id: string }; readonly issue?: never } | { readonly project?: never; readonly issue: { readonly id: string } })

const isNamed = ({ holder }: Pick<Grant, 'holder'>): boolean => (groupOf(holder) ?? personOf(holder)) !== null

/**
 * The groups and the people that a project's permission scheme names, and those of the security levels that hide single issues.
 * Holders of roles, and whoever is logged in, are the permissions of a collection and of a ticket to tell.
 */
export const viewer: Resource<RecordOf<typeof Viewer>, Row, Page<Project> | SearchPage, Project | Issue, Scheme, { members: LevelMember }> = {
  model: Viewer,
  version: 1,
  read: {
    ...guardedList,
    rows: {
      kind: 'each',
      ask: (item) => ('fields' in item ? null : schemeOf(item)),
      rows: ({ permissions = [] }, { id: project }) => permissions.filter((grant) => grant.permission === 'BROWSE_PROJECTS' && isNamed(grant)).map((grant): Row => ({ ...grant, project: { id: project } })),
      without: (item, { lookups: { members } }) => ('fields' in item ? [...members.values()].filter((member) => member.issueSecurityLevelId === item.fields.security?.id && isNamed(member)).map((member): Row => ({ ...member, issue: { id: item.id } })) : []),
    },
    incremental: 'full_only',
    deletions: { seenAs: 'missing_from_full_read' },
  },
  identity: { remoteId: (row) => (id(row.id) === null ? null : row.issue === undefined ? `${row.project.id}-${id(row.id)}` : `issue-${row.issue.id}-${id(row.id)}`) },
  fields: {
    team: (row) => groupOf(row.holder),
    user: (row) => personOf(row.holder),
    ticket: (row) => id(row.issue?.id),
    collection: (row) => id(row.project?.id),
  },
}
