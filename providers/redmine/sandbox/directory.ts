import type { SandboxAnswer, SandboxRequest, SandboxRoute } from '#kit'
import { adminOnly, caller, denied, found, included, part, refused, seesProject } from './access.ts'
import { project as projectOnWire, user as userOnWire, version as versionOnWire } from './wire.ts'
import { find, type ProjectRow, type RedmineWorld, type UserRow } from './world.ts'

const plainNames = (rows: readonly { readonly id: number; readonly name: string }[]) => rows.map(({ id, name }) => ({ id, name }))
const get = (path: string, answer: SandboxRoute<RedmineWorld>['answer']): SandboxRoute<RedmineWorld> => ({ method: 'GET', path, answer })

/** The project that the path names, by id or identifier, for somebody who may see it and whose module is on. */
function inProject(request: SandboxRequest, world: RedmineWorld, go: (project: ProjectRow, who: UserRow | null) => SandboxAnswer, module?: string): SandboxAnswer {
  const who = caller(request, world)
  const project = world.projects.find(({ id, identifier }) => String(id) === request.params['id'] || identifier === request.params['id'])
  if (project === undefined) return refused(404)
  return seesProject(who, project) && (module === undefined || project.modules.includes(module)) ? go(project, who) : denied(who)
}

function projects(request: SandboxRequest, world: RedmineWorld): SandboxAnswer {
  const who = caller(request, world)
  const statuses = (request.query.get('status') ?? '1|5').split('|')
  // This is what Redmine 5.0 does with a word that it does not know here.
  if (statuses.includes('*')) return { status: 500, body: { status: 500, error: 'Internal Server Error' } }
  const include = included(request)
  return part(request, 'projects', world.projects.filter((project) => statuses.includes(String(project.status)) && seesProject(who, project)), (row) => projectOnWire(world, row, include))
}

/** People, and the first group in every second project. */
export const members = (world: RedmineWorld, project: ProjectRow) => [
  ...world.users.flatMap((user) => user.memberships.filter(({ project_id }) => project_id === project.id).map(({ id, roles }) => ({
    id, project: { id: project.id, name: project.name }, user: { id: user.id, name: `${user.firstname} ${user.lastname}` }, roles: plainNames(roles.map((role) => find(world.roles, role)!)),
  }))),
  ...world.groups.slice(0, project.id % 2).map((group) => ({ id: group.id * 100 + project.id, project: { id: project.id, name: project.name }, group: { id: group.id, name: group.name }, roles: plainNames(world.roles.slice(0, 1)) })),
]

export const directoryRoutes: readonly SandboxRoute<RedmineWorld>[] = [
  get('/users/current.json', (request, world) => {
    const who = caller(request, world)
    return who === null ? refused(401) : found({ user: userOnWire(world, who, { whole: true, detail: true, include: included(request) }) })
  }),
  get('/users.json', (request, world) => adminOnly(request, world, () => {
    const status = request.query.get('status') ?? '1'
    const rows = world.users.filter((user) => status === '' || String(user.status) === status)
    if (request.query.get('sort') !== 'created_on') rows.sort((a, b) => (a.login < b.login ? -1 : 1))
    return part(request, 'users', rows, (row) => userOnWire(world, row, { whole: true, detail: false, include: new Set() }))
  })),
  get('/users/:id.json', (request, world) => {
    const who = caller(request, world)
    const row = find(world.users, Number(request.params['id']))
    return row === undefined ? refused(404) : found({ user: userOnWire(world, row, { whole: who?.admin === true || who?.id === row.id, detail: true, include: included(request) }) })
  }),
  get('/groups.json', (request, world) => adminOnly(request, world, () => found({ groups: plainNames(world.groups) }))),
  get('/roles.json', (_, world) => found({ roles: plainNames(world.roles) })),
  get('/roles/:id.json', (request, world) => {
    const role = find(world.roles, Number(request.params['id']))
    if (role === undefined) return refused(404)
    const { id, name, issues_visibility, permissions } = role
    return found({ role: { id, name, assignable: true, issues_visibility, time_entries_visibility: 'all', users_visibility: 'all', permissions } })
  }),
  get('/projects.json', projects),
  get('/projects/:id.json', (request, world) => inProject(request, world, (project) => found({ project: projectOnWire(world, project, included(request)) }))),
  get('/projects/:id/versions.json', (request, world) => inProject(request, world, (project) => {
    const shared = new Set([project.id, ...(project.parent_id === null ? [] : [project.parent_id])])
    const versions = world.versions.filter(({ project_id, sharing }) => project_id === project.id || (shared.has(project_id) && sharing === 'descendants'))
    return found({ versions: versions.map((row) => versionOnWire(world, row)), total_count: versions.length })
  }, 'issue_tracking')),
  get('/projects/:id/issue_categories.json', (request, world) => inProject(request, world, (project, who) => {
    if (who?.admin !== true) return denied(who)
    const rows = world.categories.filter(({ project_id }) => project_id === project.id)
    return found({ issue_categories: rows.map(({ id, name }) => ({ id, project: { id: project.id, name: project.name }, name })), total_count: rows.length })
  }, 'issue_tracking')),
  get('/projects/:id/memberships.json', (request, world) => inProject(request, world, (project, who) => (who === null ? refused(401) : part(request, 'memberships', members(world, project), (row) => row)))),
  get('/issue_statuses.json', (_, world) => found({ issue_statuses: world.statuses })),
  get('/trackers.json', (_, world) => found({ trackers: world.trackers.map(({ id, name }) => ({ id, name, default_status: { id: 1, name: world.statuses[0]!.name }, description: null, enabled_standard_fields: ['assigned_to_id', 'category_id', 'fixed_version_id', 'parent_issue_id', 'start_date', 'due_date', 'estimated_hours', 'done_ratio', 'description'] })) })),
  get('/enumerations/issue_priorities.json', (_, world) => found({ issue_priorities: world.priorities.map(({ id, name }) => ({ id, name, is_default: id === 2, active: true })) })),
  get('/custom_fields.json', (request, world) => adminOnly(request, world, () => found({
    custom_fields: world.fields.map(({ id, name, multiple }) => ({ id, name, customized_type: 'issue', field_format: multiple ? 'list' : 'string', regexp: '', min_length: null, max_length: null, is_required: false, is_filter: true, searchable: false, multiple, default_value: '', visible: true })),
  }))),
]
