import { categoryNames, firstNames, groupNames, lastNames, mix, projectNames } from './words.ts'
import type { AttachmentRow, IssueRow, JournalRow, ProjectRow, RedmineWorld, UserRow } from './world.ts'

const BEGIN = Date.UTC(2024, 0, 8, 8)
const SPAN = 860 * 86_400_000
const HOUR = 3_600_000
const FIRST_USER = 5

const key = (seed: number): string => [1, 2, 3, 4, 5].map((salt) => mix(seed, salt + 90).toString(16).padStart(8, '0')).join('')
const table = (names: readonly string[]) => names.map((name, index) => ({ id: index + 1, name }))
const dayAfter = (ms: number, days: number): string => new Date(ms + days * 86_400_000).toISOString().slice(0, 10)
const chance = (seed: number, salt: number, oneIn: number): boolean => mix(seed, salt) % oneIn === 0

const rights = ['view_issues', 'add_issues', 'edit_issues', 'edit_own_issues', 'add_issue_notes', 'view_private_notes', 'delete_issues', 'manage_categories']

/** The same size gives the same company: people, groups, projects and `size` issues with their threads and files. */
export function grow(size: number): RedmineWorld {
  const projects = growProjects(Math.max(3, Math.min(40, Math.ceil(size / 60))))
  const users = growUsers(Math.max(12, Math.min(400, Math.ceil(size / 8))), projects)
  const firstGroup = FIRST_USER + users.length
  const groups = groupNames.map((name, index) => ({ id: firstGroup + index, name }))
  for (const user of users.filter(({ id }) => id % 3 !== 0)) user.groups = groups.filter((group) => chance(user.id, group.id, 3)).map(({ id }) => id)
  const world: RedmineWorld = {
    users,
    groups,
    projects,
    versions: projects.flatMap((project) => [0, 1].map((step) => ({
      id: (project.id - 1) * 2 + step + 1, name: `${step + 1}.0`, project_id: project.id, description: step === 0 ? '' : 'What customers were promised.', status: step === 0 ? 'closed' as const : 'open' as const,
      due_date: step === 0 ? null : '2026-12-31', sharing: step === 0 ? 'none' as const : 'descendants' as const, created_on: project.created_on + HOUR,
    }))),
    categories: projects.flatMap((project) => categoryNames.slice(0, 2 + (project.id % 5)).map((name) => ({ id: 0, name, project_id: project.id }))).map((row, index) => ({ ...row, id: index + 1 })),
    trackers: table(['Bug', 'Feature', 'Support']),
    statuses: table(['New', 'In Progress', 'Resolved', 'Feedback', 'Closed', 'Rejected']).map((row) => ({ ...row, is_closed: row.id >= 5 })),
    priorities: table(['Low', 'Normal', 'High', 'Urgent', 'Immediate']),
    roles: [
      { id: 3, name: 'Manager', issues_visibility: 'all', permissions: rights },
      { id: 4, name: 'Developer', issues_visibility: 'default', permissions: rights.slice(0, 6) },
      { id: 5, name: 'Reporter', issues_visibility: 'own', permissions: [rights[0]!, rights[1]!, rights[4]!] },
      { id: 6, name: 'Observer', issues_visibility: 'default', permissions: [] },
    ],
    fields: [{ id: 1, name: 'Customer', multiple: false }, { id: 2, name: 'Browsers', multiple: true }],
    issues: [],
    uploads: new Map(),
    nextJournal: 1,
    nextAttachment: 1,
  }
  for (let n = 1; n <= size; n += 1) world.issues.push(growIssue(world, n, size))
  return world
}

function growProjects(count: number): ProjectRow[] {
  return Array.from({ length: count }, (_, index) => {
    const id = index + 1
    const round = Math.floor(index / projectNames.length)
    const name = `${projectNames[index % projectNames.length]!}${round === 0 ? '' : ` ${round + 1}`}`
    return {
      id, name, identifier: `project-${id}`, description: id % 4 === 0 ? null : `Everything about ${name}.`, parent_id: id > 2 && id % 3 === 0 ? id - 2 : null, status: id % 7 === 0 ? 5 : 1,
      is_public: id % 2 === 1, modules: id % 5 === 3 ? ['wiki'] : ['issue_tracking', 'time_tracking'], created_on: BEGIN - 30 * 24 * HOUR + id * HOUR, updated_on: BEGIN - 29 * 24 * HOUR + id * HOUR,
    }
  })
}

function growUsers(count: number, projects: readonly ProjectRow[]): UserRow[] {
  const admin: UserRow = { id: 1, login: 'admin', firstname: 'Redmine', lastname: 'Admin', mail: 'admin@example.com', admin: true, status: 1, api_key: key(1), gravatar: false, groups: [], memberships: [], created_on: BEGIN - 60 * 24 * HOUR }
  const people = Array.from({ length: count }, (_, index): UserRow => {
    const id = FIRST_USER + index
    const membership = (project: ProjectRow) => ({ id: id * 100 + project.id, project_id: project.id, roles: chance(id, project.id + 40, 6) ? [3, 4] : [4 + (mix(id, project.id) % 3)] })
    return {
      id, login: `user${id}`, firstname: firstNames[mix(id, 11) % firstNames.length]!, lastname: lastNames[mix(id, 12) % lastNames.length]!, mail: `user${id}@example.com`, admin: false,
      status: id % 17 === 16 ? 3 : id % 23 === 22 ? 2 : 1, api_key: key(id), gravatar: id % 2 === 0, groups: [], memberships: projects.filter((project) => chance(id, project.id + 20, 3)).map(membership), created_on: BEGIN - 50 * 24 * HOUR + index * 7_000,
    }
  })
  return [admin, ...people]
}

function growIssue(world: RedmineWorld, id: number, size: number): IssueRow {
  const of = <T>(rows: readonly T[], salt: number): T => rows[mix(id, salt) % rows.length]!
  const created_on = BEGIN + Math.floor(((id - 1) / size) * SPAN / 1000) * 1000
  const tracked = world.projects.filter(({ modules }) => modules.includes('issue_tracking'))
  const project = of(tracked, 21)
  const person = (salt: number): number => world.users[1 + (mix(id, salt) % (world.users.length - 1))]!.id
  const categories = world.categories.filter(({ project_id }) => project_id === project.id)
  const status_id = 1 + (mix(id, 25) % 6)
  const journals = growJournals(world, id, created_on, person)
  const attachments = growAttachments(world, id, created_on, person)
  const updated_on = Math.max(created_on, ...journals.map((journal) => journal.created_on))
  const custom = new Map<number, string | string[]>([[1, chance(id, 37, 2) ? '' : `Customer ${mix(id, 38) % 50}`], [2, ['Firefox', 'Chrome', 'Safari'].slice(0, mix(id, 39) % 4)]])
  return {
    id, project_id: project.id, tracker_id: of(world.trackers, 22).id, status_id, priority_id: 1 + (mix(id, 23) % 5), author_id: person(24),
    assigned_to_id: chance(id, 26, 4) ? null : chance(id, 27, 6) ? of(world.groups, 28).id : person(29),
    category_id: categories.length === 0 || chance(id, 30, 3) ? null : of(categories, 31).id, fixed_version_id: chance(id, 32, 3) ? (project.id - 1) * 2 + 1 + (mix(id, 33) % 2) : null,
    parent_id: id > 10 && chance(id, 34, 9) ? id - 1 - (mix(id, 35) % 9) : null, subject: null, description: null, due_date: chance(id, 36, 3) ? dayAfter(created_on, 7 + (mix(id, 36) % 60)) : null,
    done_ratio: status_id >= 5 ? 100 : (mix(id, 40) % 10) * 10, estimated_hours: chance(id, 41, 4) ? (mix(id, 41) % 80) / 2 : null, is_private: chance(id, 42, 15), custom,
    created_on, updated_on, closed_on: status_id >= 5 ? updated_on : null, attachments, journals,
  }
}

/** A thread of up to four entries; every third entry is a change of properties without words. */
function growJournals(world: RedmineWorld, issue: number, created_on: number, person: (salt: number) => number): JournalRow[] {
  const count = chance(issue, 50, 2) ? mix(issue, 51) % 5 : 0
  return Array.from({ length: count }, (_, index): JournalRow => {
    const silent = mix(issue, 52 + index) % 3 === 0
    const details = silent ? [{ property: 'attr', name: 'status_id', old_value: '1', new_value: '2' }] : []
    return { id: world.nextJournal++, user_id: person(60 + index), notes: silent ? '' : null, private_notes: chance(issue, 70 + index, 5), details, created_on: created_on + (index + 1) * 5 * HOUR }
  })
}

function growAttachments(world: RedmineWorld, issue: number, created_on: number, person: (salt: number) => number): AttachmentRow[] {
  const kinds = [['screenshot.png', 'image/png'], ['trace.log', 'text/plain'], ['Bericht für März.pdf', 'application/pdf']] as const
  return Array.from({ length: chance(issue, 80, 6) ? 1 + (mix(issue, 81) % 2) : 0 }, (_, index): AttachmentRow => {
    const [filename, content_type] = kinds[mix(issue, 82 + index) % kinds.length]!
    return { id: world.nextAttachment++, filename, filesize: 1024 + (mix(issue, 85) % 90_000), content_type, author_id: person(86), created_on }
  })
}
