import { defineWrite, given, id, num, ours, type AnyWrite, type Answer, type Ask, type Complaint, type LookedUp, type WriteContext } from '#kit'
import { Attachment } from '#models/ticketing/attachment'
import { Comment } from '#models/ticketing/comment'
import { Ticket } from '#models/ticketing/ticket'
import type { RecordOf } from '#models'
import type { Issue, Journal, Named } from './vendor.ts'
import { means, priorityOf, statusOf } from './words.ts'

type Wish = Partial<RecordOf<typeof Ticket>>

const addressOf = (issue: unknown): string => `/issues/${encodeURIComponent(String(issue))}.json`
const change = (remoteId: string, issue: object): Ask => ({ method: 'PUT', path: addressOf(remoteId), body: { issue } })
const member = (body: unknown, key: string): unknown => (typeof body === 'object' && body !== null ? (body as Readonly<Record<string, unknown>>)[key] : undefined)
const listIn = (body: unknown, key: string): readonly unknown[] => { const list = member(body, key); return Array.isArray(list) ? list as readonly unknown[] : [] }

/** {"errors": ["Subject cannot be blank"]} */
const complaints = ({ body }: Answer): Complaint[] => listIn(body, 'errors').map((message) => ({ message: String(message), field: null }))
const common = { complaints, visibleAfterSeconds: 0 }

/** Ids are numbers; what is none goes out as it came, and is refused there. Null empties. */
const number = (text: string | null | undefined): unknown => (text === null || text === undefined ? text : num(text) ?? text)

/** A project, and one of its versions beside it. More than one of either is sent in words that Redmine refuses. */
function placeOf({ collections }: Wish): { readonly project_id?: unknown; readonly fixed_version_id?: unknown } {
  if (collections === undefined || collections === null) return {}
  const [versions, projects] = [true, false].map((wanted) => collections.filter((one) => one.startsWith('version-') === wanted)) as [string[], string[]]
  return given({
    project_id: projects.length === 0 ? undefined : number(projects.join()),
    fixed_version_id: versions.length === 0 ? null : number(versions.length === 1 ? versions[0]!.slice('version-'.length) : versions.join()),
  })
}

/** Users and groups share one range of ids and one place. Null would be left alone, empty text empties: `safe_attributes=` in https://github.com/redmine/redmine/blob/master/app/models/issue.rb */
const holderOf = ({ assignees, assigned_teams: teams }: Wish): unknown => (assignees === undefined && teams === undefined ? undefined : number(assignees?.[0] ?? teams?.[0]) ?? '')

/** `cf_1` is what Redmine itself calls a custom field; everything else is a field of the issue's own. */
function issueOf(wish: Wish, remoteFields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const [own, plain] = [true, false].map((wanted) => Object.entries(remoteFields).filter(([key]) => /^cf_\d+$/.test(key) === wanted)) as [[string, unknown][], [string, unknown][]]
  return given({
    subject: wish.name, description: wish.description, due_date: wish.due_date?.slice(0, 10) ?? wish.due_date, assigned_to_id: holderOf(wish), parent_issue_id: number(wish.parent_ticket),
    is_private: wish.access_level === undefined || wish.access_level === null ? undefined : wish.access_level === 'PRIVATE',
    ...placeOf(wish), ...Object.fromEntries(plain), custom_fields: own.length === 0 ? undefined : own.map(([key, value]) => ({ id: Number(key.slice('cf_'.length)), value })),
  })
}

/** A word is looked up in a list of Redmine's, and its number written. */
const named = (look: Ask, found: (body: unknown) => Named | undefined, column: string, remoteId: string): LookedUp =>
  ({ look, step: (body) => { const one = found(body); return one === undefined ? null : change(remoteId, { [column]: one.id }) } })

/** The workflow says which status may follow; what it does not allow would be left out without a word. https://www.redmine.org/projects/redmine/wiki/Rest_Issues#Showing-an-issue */
const moved = (status: string, remoteId: string): LookedUp => ({
  look: { path: addressOf(remoteId), query: { include: 'allowed_statuses' } },
  step(body) {
    const issue = member(body, 'issue')
    if (means(statusOf, member(issue, 'status') as Issue['status'], status)) return 'already'
    const next = (listIn(issue, 'allowed_statuses') as readonly (NonNullable<Issue['status']> | null)[]).find((one) => means(statusOf, one, status))
    return next?.id === undefined ? null : change(remoteId, { status_id: next.id })
  },
})

const same = (wanted: unknown, found: unknown): boolean => wanted === undefined || [wanted, found].map((value) => (value === null || value === undefined ? '' : String(value as string | number | boolean)).replaceAll(/\s+/g, ' ').trim()).every((text, _, [first]) => text === first)

/** Redmine answers well and leaves out what its rules or the key's rights do not allow: so the issue is looked at when all is done. */
const kept = (wish: Wish, remoteId: string): LookedUp => ({
  look: { path: addressOf(remoteId) },
  step(body) {
    const issue = (member(body, 'issue') ?? {}) as Partial<Issue>
    const { subject, description, due_date: due, assigned_to_id: holder, parent_issue_id: parent, is_private: isPrivate, project_id: project, fixed_version_id: version } = issueOf(wish, {})
    const all = [
      [subject, issue.subject], [description, issue.description], [due, issue.due_date], [holder, issue.assigned_to?.id], [parent, issue.parent?.id], [isPrivate, issue.is_private], [project, issue.project?.id], [version, issue.fixed_version?.id],
      [wish.ticket_type ?? undefined, issue.tracker?.name], [wish.tags?.[0], issue.category?.name],
    ].every(([wanted, found]) => same(wanted, found))
    return all && [[priorityOf, issue.priority, wish.priority], [statusOf, issue.status, wish.status]].every(([read, one, wanted]) => wanted === undefined || wanted === null || means(read as typeof statusOf, one as Named, wanted as string)) ? 'already' : null
  },
})

function followed(wish: Wish, { remoteId }: WriteContext): LookedUp[] {
  const { ticket_type: type, priority, status, tags } = wish
  const project = wish.collections?.find((one) => !one.startsWith('version-'))
  return [
    ...(type === undefined || type === null ? [] : [named({ path: '/trackers.json' }, (body) => (listIn(body, 'trackers') as readonly Named[]).find(({ name }) => name === type), 'tracker_id', remoteId)]),
    // Categories are a project's own, so that only where it is said one is found.
    ...(tags?.[0] === undefined ? [] : [named({ path: `/projects/${encodeURIComponent(project ?? '')}.json`, query: { include: 'issue_categories' } }, (body) => (listIn(member(body, 'project'), 'issue_categories') as readonly Named[]).find(({ name }) => name === tags[0]), 'category_id', remoteId)]),
    ...(priority === undefined || priority === null ? [] : [named({ path: '/enumerations/issue_priorities.json' }, (body) => (listIn(body, 'issue_priorities') as readonly (Named & { readonly active?: boolean })[]).find((one) => one.active !== false && means(priorityOf, one, ours(priority)!)), 'priority_id', remoteId)]),
    ...(status === undefined || status === null ? [] : [moved(ours(status)!, remoteId)]),
    kept(wish, remoteId),
  ]
}

const fields = ['name', 'description', 'assignees', 'assigned_teams', 'due_date', 'collections', 'ticket_type', 'parent_ticket', 'access_level', 'priority', 'status'] as const
const limits = { oneOf: [['assignees', 'assigned_teams']], among: { access_level: ['PRIVATE', 'COLLECTION'] } } as const

export const writes: readonly AnyWrite[] = [
  defineWrite(Ticket)({
    ...common, ...limits, kind: 'create', accepts: [...fields, 'tags'], requires: ['name', 'collections'], most: { assignees: 1, assigned_teams: 1, tags: 1 }, repeated: 'duplicates', followed,
    docs: 'https://www.redmine.org/projects/redmine/wiki/Rest_Issues#Creating-an-issue',
    ask: (wish, { remoteFields }) => ({ method: 'POST', path: '/issues.json', body: { issue: issueOf(wish, remoteFields) } }),
    remoteId: ({ body }) => id(member(member(body, 'issue'), 'id')),
  }),
  defineWrite(Ticket)({
    ...common, ...limits, kind: 'update', accepts: fields, requires: [], most: { assignees: 1, assigned_teams: 1 }, keeps: ['name', 'collections', 'ticket_type', 'access_level', 'priority', 'status'], repeated: 'harmless', followed,
    docs: 'https://www.redmine.org/projects/redmine/wiki/Rest_Issues#Updating-an-issue',
    ask: (wish, { remoteId, remoteFields }) => change(remoteId, issueOf(wish, remoteFields)),
    remoteId: () => null,
  }),
  defineWrite(Comment)({
    // The answer has no body: the comment's number is not said.
    ...common, kind: 'create', accepts: ['body', 'ticket', 'is_private'], requires: ['body', 'ticket'], repeated: 'duplicates', remoteId: () => null,
    docs: 'https://www.redmine.org/projects/redmine/wiki/Rest_Issues#Updating-an-issue',
    ask: ({ body, ticket, is_private: isPrivate }) => change(ticket ?? '', given({ notes: body, private_notes: isPrivate ?? undefined })),
    // Without the right to private notes it is there for everybody, and whoever wrote it must hear that.
    followed: ({ body, ticket, is_private: isPrivate }) => (isPrivate !== true ? [] : [{
      look: { path: addressOf(ticket), query: { include: 'journals' } },
      step: (answer) => ((listIn(member(answer, 'issue'), 'journals') as readonly (Journal | null)[]).findLast((journal) => same(body, journal?.notes))?.private_notes === true ? 'already' : null),
    }]),
  }),
  defineWrite(Attachment)({
    // The bytes first, and the ticket that they belong to afterwards: what belongs to none is thrown away.
    ...common, kind: 'create', accepts: ['file_name', 'content_type', 'file_url', 'ticket'], requires: ['file_url', 'ticket'], takesFile: true, repeated: 'duplicates',
    docs: 'https://www.redmine.org/projects/redmine/wiki/Rest_api#Attaching-files',
    ask: ({ file_name: name }, { file }) => ({ method: 'POST', path: '/uploads.json', query: { filename: name ?? file!.name }, file: { name: name ?? file!.name, type: 'application/octet-stream', bytes: file!.bytes } }),
    remoteId: ({ body }) => id(member(member(body, 'upload'), 'id')),
    followed: ({ file_name: name, content_type: type, ticket }, { file, answered, remoteId }) => [
      change(ticket ?? '', { uploads: [{ token: member(member(answered, 'upload'), 'token'), filename: name ?? file!.name, content_type: type ?? file!.type }] }),
      { look: { path: addressOf(ticket), query: { include: 'attachments' } }, step: (body) => ((listIn(member(body, 'issue'), 'attachments') as readonly ({ readonly id?: unknown } | null)[]).some((one) => id(one?.id) === remoteId) ? 'already' : null) },
    ],
  }),
]
