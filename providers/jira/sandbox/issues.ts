import { ok, parseQuery, partOf, placeOf, placeWord, route, type SandboxAnswer, type SandboxRequest, type SandboxRoute } from '#kit'
import type { AdfNode } from '../adf.ts'
import { complaint } from './access.ts'
import type { Status } from '../vendor.ts'
import { isDone } from '../words.ts'
import { newNote, shown, stamp, statuses, type IssueRow, type JiraWorld } from './world.ts'

interface Search { readonly jql?: string; readonly fields?: readonly string[]; readonly maxResults?: number; readonly nextPageToken?: string; readonly expand?: string }
const known = new Set(['jql', 'fields', 'maxResults', 'nextPageToken', 'expand', 'fieldsByKeys', 'properties', 'reconcileIssues'])
const INLINE = 20

const self = (origin: string, path: string): string => `${origin}/rest/api/3/${path}`
const notesOf = ({ comments }: JiraWorld, { id }: IssueRow) => comments.get(id) ?? []

/** An issue with the fields that were asked for, and nothing else of it. */
function onWire(world: JiraWorld, row: IssueRow, origin: string, wanted: readonly string[]): object {
  const notes = notesOf(world, row)
  const all: Readonly<Record<string, unknown>> = { ...row.fields, comment: { comments: notes.slice(0, INLINE).map((note) => ({ ...note, renderedBody: undefined })), self: self(origin, `issue/${row.id}/comment`), maxResults: Math.min(INLINE, notes.length), total: notes.length, startAt: 0 } }
  const fields = wanted.includes('*all') ? all : Object.fromEntries(wanted.filter((name) => Object.hasOwn(all, name)).map((name) => [name, all[name]]))
  return { expand: '', id: row.id, self: self(origin, `issue/${row.id}`), key: row.key, fields }
}

/** JQL's words for what is there, in the words of the box's parser. */
const plain = (jql: string): string => jql.replaceAll(/\bis\s+not\s+empty\b/gi, '!= empty').replaceAll(/\bis\s+empty\b/gi, '= empty')
const columns: Readonly<Record<string, (row: IssueRow) => unknown>> = {
  created: ({ fields }) => fields['created'], updated: ({ fields }) => fields.updated, key: ({ key }) => key, project: ({ fields }) => (fields['project'] as { key: string }).key,
  level: ({ fields }) => (fields['security'] as { id: string } | null)?.id ?? null,
  attachments: ({ fields }) => (fields.attachment.length === 0 ? null : fields.attachment.length),
}

export const staleToken = complaint(400, ['The nextPageToken is invalid or has expired.'])

function searched({ body, origin }: SandboxRequest, world: JiraWorld): SandboxAnswer {
  const { jql = '', fields = ['id'], maxResults = 50, nextPageToken } = (body ?? {}) as Search
  const unknown = Object.keys(body ?? {}).find((key) => !known.has(key))
  if (unknown !== undefined) return complaint(400, [`Invalid request payload. Unrecognized field "${unknown}".`])
  if (!Number.isInteger(maxResults) || maxResults < 1 || maxResults > 5000) return complaint(400, ['The provided maxResults parameter must be between 1 and 5000.'])
  if (nextPageToken !== undefined && placeWord(placeOf(nextPageToken)) !== nextPageToken) return staleToken
  if (!/[=<>]|\bin\b|\bis\b/i.test(jql.replace(/order\s+by.*$/i, ''))) return complaint(400, ['Unbounded JQL queries are not allowed here. Please add a search restriction to your query.'])
  const query = parseQuery(plain(jql), (row, column) => columns[column]?.(row as unknown as IssueRow))
  if (typeof query === 'string') return complaint(400, [`Error in the JQL Query: ${query}`])
  const rows = query.sort((world.issues as unknown as Record<string, unknown>[]).filter(query.matches)) as unknown as IssueRow[]
  // Many fields make short pages.
  const { part, next } = partOf(rows, placeOf(nextPageToken), fields.length > 10 ? Math.min(maxResults, 60) : maxResults)
  return ok({ issues: part.map((row) => onWire(world, row, origin, fields)), isLast: next === null, ...(next !== null && { nextPageToken: placeWord(next) }) })
}

function one({ params }: SandboxRequest, { issues }: JiraWorld, go: (row: IssueRow) => SandboxAnswer): SandboxAnswer {
  const row = issues.find(({ id, key }) => params['issue'] === id || params['issue'] === key)
  return row === undefined ? complaint(404, ['Issue does not exist or you do not have permission to see it.']) : go(row)
}

/** From every status to every other, but nothing that is done goes back to the beginning. */
const stepsOf = ({ fields }: IssueRow) => {
  const now = fields['status'] as Status
  return statuses.filter((to) => to.id !== now.id && !(isDone(now) && to.statusCategory.key === 'new')).map((to, n) => ({ id: String(11 + n), name: `To ${to.name}`, hasScreen: false, isGlobal: true, to }))
}

const wishOf = ({ body }: SandboxRequest): Readonly<Record<string, unknown>> => (body as { fields?: Record<string, unknown> } | null)?.fields ?? {}
const isBlank = (value: unknown): boolean => typeof value !== 'string' || value.trim() === ''
export const noSummary = complaint(400, [], { summary: 'You must specify a summary of the issue.' })

/** References are written as they are read, but for people. */
const written = ({ people }: JiraWorld, wish: Readonly<Record<string, unknown>>): Record<string, unknown> => Object.fromEntries(Object.entries(wish).map(([key, value]) => {
  const person = key === 'assignee' || key === 'reporter' ? people.find(({ accountId }) => accountId === (value as { id?: string } | null)?.id) : undefined
  return [key, person === undefined ? value : shown(person)]
}))

function create(request: SandboxRequest, world: JiraWorld): SandboxAnswer {
  const wish = wishOf(request)
  const project = world.projects.find(({ id, key }) => { const asked = wish['project'] as { id?: string; key?: string } | undefined; return asked?.id === id || asked?.key === key })
  if (project === undefined) return complaint(400, [], { project: 'valid project is required' })
  if (isBlank(wish['summary'])) return noSummary
  const now = stamp(new Date())
  const number = world.next++
  const row: IssueRow = { id: String(number), key: `${project.key}-${number}`, fields: { labels: [], status: statuses[0], creator: shown(world.people[0]!), reporter: shown(world.people[0]!), ...written(world, wish), project: { id: project.id, key: project.key, name: project.name }, attachment: [], created: now, updated: now } }
  world.issues.push(row)
  world.comments.set(row.id, [])
  return { status: 201, body: { id: row.id, key: row.key, self: self(request.origin, `issue/${row.id}`) } }
}

export const issueRoutes: readonly SandboxRoute<JiraWorld>[] = [
  route('POST', '/rest/api/3/search/jql', searched),
  route('POST', '/rest/api/3/issue', create),
  route('GET', '/rest/api/3/issue/:issue', (request, world) => one(request, world, (row) => ok({
    ...onWire(world, row, request.origin, request.query.get('fields')?.split(',') ?? ['*all']), ...(request.query.get('expand')?.includes('transitions') === true && { transitions: stepsOf(row) }),
  }))),
  route('GET', '/rest/api/3/issue/:issue/transitions', (request, world) => one(request, world, (row) => ok({ expand: 'transitions', transitions: stepsOf(row) }))),
  route('POST', '/rest/api/3/issue/:issue/transitions', (request, world) => one(request, world, (row) => {
    const asked = (request.body as { transition?: { id?: string } } | null)?.transition?.id
    const step = stepsOf(row).find(({ id }) => id === asked)
    if (step === undefined) return complaint(400, ['It seems that you have tried to perform an illegal workflow operation.'])
    Object.assign(row.fields, { status: step.to, statuscategorychangedate: stamp(new Date()), updated: stamp(new Date()) })
    return { status: 204, body: null }
  })),
  route('PUT', '/rest/api/3/issue/:issue', (request, world) => one(request, world, (row) => {
    const wish = wishOf(request)
    if (Object.hasOwn(wish, 'summary') && isBlank(wish['summary'])) return noSummary
    Object.assign(row.fields, written(world, wish), { updated: stamp(new Date()) })
    return { status: 204, body: null }
  })),
  route('GET', '/rest/api/3/issue/:issue/comment', (request, world) => one(request, world, (row) => {
    const notes = notesOf(world, row).map(({ renderedBody, ...note }) => ({ ...note, self: self(request.origin, `issue/${row.id}/comment/${note.id}`), ...(request.query.get('expand') === 'renderedBody' && { renderedBody }) }))
    const [startAt, maxResults] = [Number(request.query.get('startAt') ?? 0), Math.min(100, Number(request.query.get('maxResults') ?? 100))]
    return ok({ startAt, maxResults, total: notes.length, comments: partOf(notes, startAt, maxResults).part })
  })),
  route('POST', '/rest/api/3/issue/:issue/comment', (request, world) => one(request, world, (row) => {
    const { body, properties } = (request.body ?? {}) as { body?: AdfNode; properties?: { key: string; value?: { internal?: boolean } }[] }
    if ((body?.content ?? []).length === 0) return complaint(400, [], { comment: 'Comment body can not be empty!' })
    const note = { ...newNote(world, '', new Date()), body: body!, jsdPublic: !(properties ?? []).some(({ key, value }) => key === 'sd.public.comment' && value?.internal === true) }
    world.comments.get(row.id)!.push(note)
    row.fields.updated = stamp(new Date())
    return { status: 201, body: { ...note, self: self(request.origin, `issue/${row.id}/comment/${note.id}`) } }
  })),
]
