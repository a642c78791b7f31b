import { hash } from 'node:crypto'
import { find, type AttachmentRow, type IssueRow, type JournalRow, type Named, type ProjectRow, type RedmineWorld, type UserRow, type VersionRow } from './world.ts'
import { description, remark, subject } from './words.ts'

/** Rows as Redmine writes them. What is undefined is left out of the JSON, as Redmine leaves it out. */
export const instant = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`
const named = (row: Named | undefined) => (row === undefined ? undefined : { id: row.id, name: row.name })
const person = (world: RedmineWorld, id: number | null) => {
  const row = find(world.users, id)
  return row === undefined ? named(find(world.groups, id)) : { id: row.id, name: `${row.firstname} ${row.lastname}` }
}

export const textOf = (row: IssueRow) => ({ subject: row.subject ?? subject(row.id), description: row.description ?? description(row.id) })

const attachment = (world: RedmineWorld, origin: string) => (row: AttachmentRow) => ({
  id: row.id, filename: row.filename, filesize: row.filesize, content_type: row.content_type, description: '',
  content_url: `${origin}/attachments/download/${row.id}/${encodeURIComponent(row.filename)}`,
  thumbnail_url: row.content_type.startsWith('image/') ? `${origin}/attachments/thumbnail/${row.id}` : undefined,
  author: person(world, row.author_id), created_on: instant(row.created_on),
})

const journal = (world: RedmineWorld) => (row: JournalRow) => ({
  id: row.id, user: person(world, row.user_id), notes: row.notes ?? remark(row.id), created_on: instant(row.created_on), private_notes: row.private_notes, details: row.details,
})

export function issue(world: RedmineWorld, row: IssueRow, origin: string, include: ReadonlySet<string>) {
  const status = find(world.statuses, row.status_id)!
  const custom = world.fields.map(({ id, name, multiple }) => ({ id, name, ...(multiple ? { multiple } : {}), value: row.custom.get(id) ?? (multiple ? [] : '') }))
  return {
    id: row.id,
    project: named(find(world.projects, row.project_id)),
    tracker: named(find(world.trackers, row.tracker_id)),
    status: { id: status.id, name: status.name, is_closed: status.is_closed },
    priority: named(find(world.priorities, row.priority_id)),
    author: person(world, row.author_id),
    assigned_to: person(world, row.assigned_to_id),
    category: named(find(world.categories, row.category_id)),
    fixed_version: named(find(world.versions, row.fixed_version_id)),
    parent: find(world.issues, row.parent_id) === undefined ? undefined : { id: row.parent_id },
    ...textOf(row),
    start_date: instant(row.created_on).slice(0, 10),
    due_date: row.due_date,
    done_ratio: row.done_ratio,
    is_private: row.is_private,
    estimated_hours: row.estimated_hours,
    total_estimated_hours: row.estimated_hours,
    spent_hours: 0,
    total_spent_hours: 0,
    custom_fields: custom.length === 0 ? undefined : custom,
    created_on: instant(row.created_on),
    updated_on: instant(row.updated_on),
    closed_on: row.closed_on === null ? null : instant(row.closed_on),
    attachments: include.has('attachments') ? row.attachments.map(attachment(world, origin)) : undefined,
    // An administrator's workflow leads from everywhere to everywhere.
    allowed_statuses: include.has('allowed_statuses') ? world.statuses.map(({ id, name, is_closed }) => ({ id, name, is_closed })) : undefined,
    journals: include.has('journals') ? row.journals.map(journal(world)) : undefined,
  }
}

/** What an administrator, or the user in person, is shown of a user. */
export function user(world: RedmineWorld, row: UserRow, { whole, detail, include }: { readonly whole: boolean; readonly detail: boolean; readonly include: ReadonlySet<string> }) {
  const inner = (membership: UserRow['memberships'][number]) => ({ id: membership.id, project: named(find(world.projects, membership.project_id)), roles: membership.roles.map((id) => named(find(world.roles, id))) })
  return {
    id: row.id, login: row.login, admin: whole ? row.admin : undefined, firstname: row.firstname, lastname: row.lastname, mail: whole ? row.mail : undefined,
    created_on: instant(row.created_on), updated_on: instant(row.created_on), last_login_on: null, passwd_changed_on: instant(row.created_on),
    avatar_url: row.gravatar ? `https://www.gravatar.com/avatar/${hash('md5', row.mail, 'hex')}?rating=PG&default=identicon` : undefined,
    twofa_scheme: whole ? null : undefined,
    api_key: detail && whole ? row.api_key : undefined,
    status: detail && whole ? row.status : undefined,
    groups: include.has('groups') && whole ? row.groups.map((id) => named(find(world.groups, id))) : undefined,
    memberships: include.has('memberships') ? row.memberships.map(inner) : undefined,
  }
}

export const project = (world: RedmineWorld, row: ProjectRow, include: ReadonlySet<string>) => ({
  id: row.id, name: row.name, identifier: row.identifier, description: row.description, parent: named(find(world.projects, row.parent_id)), status: row.status, is_public: row.is_public, inherit_members: false,
  issue_categories: include.has('issue_categories') ? world.categories.filter(({ project_id }) => project_id === row.id).map(named) : undefined,
  enabled_modules: include.has('enabled_modules') ? row.modules.map((name, index) => ({ id: row.id * 10 + index, name })) : undefined,
  created_on: instant(row.created_on), updated_on: instant(row.updated_on),
})

export const version = (world: RedmineWorld, row: VersionRow) => ({
  id: row.id, project: named(find(world.projects, row.project_id)), name: row.name, description: row.description, status: row.status, due_date: row.due_date, sharing: row.sharing, wiki_page_title: null,
  created_on: instant(row.created_on), updated_on: instant(row.created_on),
})
