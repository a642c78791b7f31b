import { ok, route, type SandboxRoute } from '#kit'
import { complaint, cut, page } from './access.ts'
import { ADMIN, shown, type JiraWorld } from './world.ts'

const find = ({ people }: JiraWorld, accountId: string | null) => people.find((person) => person.accountId === accountId)

/** Everything but issues. */
export const directoryRoutes: readonly SandboxRoute<JiraWorld>[] = [
  route('GET', '/rest/api/3/myself', (_, world) => ok({ ...shown(find(world, ADMIN.accountId)!), timeZone: 'Europe/Berlin', locale: 'en_US' })),
  route('GET', '/rest/api/3/field', (_, { fields }) => ok(fields.map((field) => ({ ...field, key: field.id, navigable: true, orderable: true, searchable: true, clauseNames: [field.id] })))),
  route('GET', '/rest/api/3/users/search', (request, { people }) => ok(cut(people, request, 1000, ({ hidden }) => !hidden).map(shown))),
  route('GET', '/rest/api/3/user', ({ query }, world) => {
    const person = find(world, query.get('accountId'))
    if (person === undefined) return complaint(404, ['Specified user does not exist or you do not have required permissions'])
    return ok({ ...shown(person), groups: { size: person.memberOf.length, items: query.get('expand') === 'groups' ? person.memberOf : [] } })
  }),
  route('GET', '/rest/api/3/group/bulk', (request, { groups }) => ok(page(groups, request, 50))),
  route('GET', '/rest/api/3/label', (request, { labels }) => ok(page(labels, request, 1000))),
  route('GET', '/rest/api/3/role', ({ origin }, { roles }) => ok(roles.map((role) => ({ ...role, self: `${origin}/rest/api/3/role/${role.id}`, actors: [] })))),
  route('GET', '/rest/api/3/permissionscheme', ({ query }, { schemes }) => ok({ permissionSchemes: schemes.map(({ permissions, ...scheme }) => ({ ...scheme, ...(query.has('expand') && { permissions }) })) })),
  route('GET', '/rest/api/3/issuesecurityschemes/level/member', (request, { members }) => ok(page(members, request, 100))),
  route('GET', '/rest/api/3/project/search', (request, { projects }) => {
    const described = request.query.get('expand')?.includes('description') === true
    return ok(page(projects.map(({ id, key, name, description, projectTypeKey, simplified }) => ({ id, key, name, projectTypeKey, simplified, self: `${request.origin}/rest/api/3/project/${id}`, ...(described && { description }) })), request, 100))
  }),
  route('GET', '/rest/api/3/project/:project/permissionscheme', ({ params, query }, { projects, schemes }) => {
    const project = projects.find(({ id, key }) => params['project'] === id || params['project'] === key)
    if (project === undefined) return complaint(404, [`No project could be found with key '${params['project']}'.`])
    const { permissions, ...scheme } = schemes[project.scheme]!
    return ok({ ...scheme, ...(query.has('expand') && { permissions }) })
  }),
]
