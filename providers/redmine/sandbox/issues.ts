import type { SandboxAnswer, SandboxRequest, SandboxRoute } from '#kit'
import { caller, denied, done, found, included, invalid, part, refused, visibleIssues } from './access.ts'
import { issue as onWire, textOf } from './wire.ts'
import { find, lowerBound, type IssueRow, type RedmineWorld, type UserRow } from './world.ts'

type Test = (issue: IssueRow) => boolean
const INSTANT = /^(>=|<=|)(\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}Z)?)$/

/** `>=`, `<=` or equal, on a number. */
const compare = (operator: string, value: number, read: (issue: IssueRow) => number): Test =>
  operator === '>=' ? (issue) => read(issue) >= value : operator === '<=' ? (issue) => read(issue) <= value : (issue) => read(issue) === value

/** The tests that a query stands for, or the complaint about it. */
function tests(request: SandboxRequest, world: RedmineWorld): { readonly all: readonly Test[]; readonly from: number } | string {
  const all: Test[] = []
  let from = 0
  const status = request.query.get('status_id') ?? 'o'
  const closed: Test = (issue) => find(world.statuses, issue.status_id)!.is_closed
  if (status === 'o' || status === 'open') all.push((issue) => !closed(issue))
  else if (status === 'c' || status === 'closed') all.push(closed)
  else if (status !== '*') all.push((issue) => status.split('|').includes(String(issue.status_id)))
  for (const column of ['project_id', 'tracker_id', 'priority_id', 'author_id', 'assigned_to_id', 'parent_id'] as const) {
    const wanted = request.query.get(column)?.split('|')
    if (wanted !== undefined) all.push((issue) => wanted.includes(String(issue[column])))
  }
  const notes = request.query.get('notes')
  if (notes === '*' || notes === '!*') all.push((issue) => issue.journals.some((journal) => journal.notes !== '') === (notes === '*'))
  const id = request.query.get('issue_id')
  if (id !== null) {
    const [, operator = '', value = ''] = /^(>=|<=|)(.*)$/.exec(id) ?? []
    if (!/^\d+(,\d+)*$/.test(value)) return 'Issue is invalid'
    const ids = new Set(value.split(',').map(Number))
    if (operator === '') all.push((issue) => ids.has(issue.id))
    else if (operator === '>=') from = lowerBound(world.issues, Number(value))
    else all.push(compare(operator, Number(value), (issue) => issue.id))
  }
  for (const column of ['updated_on', 'created_on'] as const) {
    const asked = request.query.get(column)
    if (asked === null) continue
    const [, operator, moment] = INSTANT.exec(asked) ?? []
    if (operator === undefined) return `${column === 'updated_on' ? 'Updated' : 'Created'} is invalid`
    all.push(compare(operator, Date.parse(moment!), (issue) => Math.floor(issue[column] / 1000) * 1000))
  }
  return { all, from }
}

function sorted(rows: IssueRow[], sort: string): IssueRow[] {
  const [column, direction] = sort.split(':')
  const read = (issue: IssueRow): number => (column === 'updated_on' ? issue.updated_on : column === 'created_on' ? issue.created_on : issue.id)
  const sign = direction === 'desc' ? -1 : 1
  return column === 'id' && sign === 1 ? rows : rows.sort((a, b) => sign * (read(a) - read(b)) || b.id - a.id)
}

function list(request: SandboxRequest, world: RedmineWorld): SandboxAnswer {
  const asked = tests(request, world)
  if (typeof asked === 'string') return invalid(asked)
  const visible = visibleIssues(caller(request, world), world)
  const project = request.query.get('project_id')
  if (project !== null && find(world.projects, Number(project)) === undefined) return refused(404)
  const rows = world.issues.slice(asked.from).filter((issue) => visible(issue) && asked.all.every((test) => test(issue)))
  const include = included(request)
  // The list can include files and relations, never the history.
  return part(request, 'issues', sorted(rows, request.query.get('sort') ?? 'id:desc'), (row) => onWire(world, row, request.origin, new Set([...include].filter((name) => name === 'attachments'))))
}

/** The issue that the path names, if the caller may see it. */
function one(request: SandboxRequest, world: RedmineWorld, go: (issue: IssueRow, who: UserRow | null) => SandboxAnswer): SandboxAnswer {
  const who = caller(request, world)
  const issue = find(world.issues, Number(request.params['id']))
  if (issue === undefined) return refused(404)
  return visibleIssues(who, world)(issue) ? go(issue, who) : denied(who)
}

type Wish = Partial<Record<'project_id' | 'tracker_id' | 'status_id' | 'priority_id' | 'assigned_to_id' | 'category_id' | 'fixed_version_id' | 'parent_issue_id', number | string | null>> & {
  readonly subject?: string; readonly description?: string | null; readonly due_date?: string | null; readonly is_private?: boolean; readonly notes?: string; readonly private_notes?: boolean; readonly uploads?: readonly { readonly token: string; readonly filename?: string; readonly content_type?: string }[]; readonly custom_fields?: readonly { readonly id: number; readonly value: string | string[] }[]
}
const columns = { tracker_id: 'tracker_id', status_id: 'status_id', priority_id: 'priority_id', assigned_to_id: 'assigned_to_id', category_id: 'category_id', fixed_version_id: 'fixed_version_id', parent_issue_id: 'parent_id', project_id: 'project_id' } as const
const plain = ['subject', 'description', 'due_date', 'is_private'] as const
const wishOf = (request: SandboxRequest): Wish => (request.body as { issue?: Wish } | null)?.issue ?? {}
const shown = (value: string | number | boolean | null): string | null => (value === null ? null : String(value))
const given = (wish: Wish, name: keyof typeof columns): boolean => wish[name] !== undefined && wish[name] !== null && wish[name] !== ''

/** What Redmine has to say against a wish. */
const complaintsOf = (world: RedmineWorld, wish: Wish): string[] => [
  ...(wish.subject !== undefined && blank(wish.subject) ? ['Subject cannot be blank'] : []),
  ...(given(wish, 'assigned_to_id') && find<{ readonly id: number }>([...world.users, ...world.groups], Number(wish.assigned_to_id)) === undefined ? ['Assignee is invalid'] : []),
  ...(given(wish, 'fixed_version_id') && find(world.versions, Number(wish.fixed_version_id)) === undefined ? ['Target version is not included in the list'] : []),
  ...(given(wish, 'parent_issue_id') && find(world.issues, Number(wish.parent_issue_id)) === undefined ? ['Parent task is invalid'] : []),
]

/** An assignee goes by empty text, and not by null; a tracker or a project that is not there changes nothing. */
function write(world: RedmineWorld, issue: IssueRow, wish: Wish): void {
  for (const [name, column] of Object.entries(columns) as [keyof typeof columns, (typeof columns)[keyof typeof columns]][]) {
    const value = wish[name]
    const known = name === 'tracker_id' ? world.trackers : name === 'project_id' ? world.projects : null
    if (value === undefined || (name === 'assigned_to_id' && value === null) || (known !== null && find<{ readonly id: number }>(known, Number(value)) === undefined)) continue
    Object.assign(issue, { [column]: value === null || value === '' ? null : Number(value) })
  }
  for (const column of plain) if (wish[column] !== undefined) Object.assign(issue, { [column]: column === 'description' ? wish[column] ?? '' : wish[column] })
  for (const { id, value } of wish.custom_fields ?? []) issue.custom.set(id, value)
}

/** Change an issue as its page in the browser would: the change and the words become one entry of its history. */
export function update(world: RedmineWorld, issue: IssueRow, who: UserRow, wish: Wish, now: number): void {
  const details: IssueRow['journals'][number]['details'] = []
  const before = { ...issue, ...textOf(issue) }
  write(world, issue, wish)
  for (const column of [...Object.values(columns), ...plain]) {
    const value = { ...issue, ...textOf(issue) }[column]
    if (value !== before[column]) details.push({ property: 'attr', name: column, old_value: shown(before[column]), new_value: shown(value) })
  }
  for (const { token, filename, content_type: type } of wish.uploads ?? []) {
    const file = world.uploads.get(token)
    if (file === undefined) continue
    world.uploads.delete(token)
    issue.attachments.push(Object.assign(file, filename !== undefined && { filename }, type !== undefined && { content_type: type }))
    details.push({ property: 'attachment', name: String(file.id), old_value: null, new_value: file.filename })
  }
  const notes = wish.notes ?? ''
  if (details.length === 0 && notes === '') return
  const isClosed = find(world.statuses, issue.status_id)?.is_closed === true
  if (isClosed && find(world.statuses, before.status_id)?.is_closed !== true) issue.closed_on = now
  issue.updated_on = now
  issue.journals.push({ id: world.nextJournal++, user_id: who.id, notes, private_notes: wish.private_notes === true, details, created_on: now })
}

function create(world: RedmineWorld, who: UserRow, wish: Wish, now: number): IssueRow {
  const issue: IssueRow = {
    id: (world.issues.at(-1)?.id ?? 0) + 1, project_id: Number(wish.project_id), tracker_id: 1, status_id: 1, priority_id: 2, author_id: who.id, assigned_to_id: null, category_id: null, fixed_version_id: null, parent_id: null, subject: '', description: '',
    due_date: null, done_ratio: 0, estimated_hours: null, is_private: false, custom: new Map(), created_on: now, updated_on: now, closed_on: null, attachments: [], journals: [],
  }
  write(world, issue, wish)
  world.issues.push(issue)
  return issue
}

const blank = (subject: string | undefined): boolean => (subject ?? '').trim() === ''

export const issueRoutes: readonly SandboxRoute<RedmineWorld>[] = [
  { method: 'GET', path: '/issues.json', answer: list },
  { method: 'GET', path: '/issues/:id.json', answer: (request, world) => one(request, world, (issue) => found({ issue: onWire(world, issue, request.origin, included(request)) })) },
  {
    method: 'POST', path: '/issues.json', answer: (request, world) => {
      const who = caller(request, world)
      const wish = wishOf(request)
      if (who === null) return refused(401)
      const wrong = find(world.projects, Number(wish.project_id)) === undefined ? ['Project cannot be blank', 'Tracker cannot be blank', 'Status cannot be blank'] : complaintsOf(world, { subject: '', ...wish })
      return wrong.length > 0 ? invalid(...wrong) : found({ issue: onWire(world, create(world, who, wish, Date.now()), request.origin, new Set()) }, 201)
    },
  },
  {
    method: 'PUT', path: '/issues/:id.json', answer: (request, world) => one(request, world, (issue, who) => {
      const wish = wishOf(request)
      if (who === null) return refused(401)
      const wrong = complaintsOf(world, wish)
      if (wrong.length > 0) return invalid(...wrong)
      update(world, issue, who, wish, Date.now())
      return done
    }),
  },
  {
    method: 'DELETE', path: '/issues/:id.json', answer: (request, world) => one(request, world, (issue, who) => {
      if (who?.admin !== true) return denied(who)
      world.issues.splice(lowerBound(world.issues, issue.id), 1)
      return done
    }),
  },
]
