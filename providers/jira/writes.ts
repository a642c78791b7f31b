import { defineWrite, given, id, vendorWord, type AnyWrite, type Answer, type Complaint, type LookedUp, type WriteContext } from '#kit'
import { Attachment } from '#models/ticketing/attachment'
import { Comment } from '#models/ticketing/comment'
import { Ticket } from '#models/ticketing/ticket'
import type { RecordOf } from '#models'
import { documentOf } from './adf.ts'
import type { Status, Transition } from './vendor.ts'
import { means, priorityWords } from './words.ts'

type Wish = Partial<RecordOf<typeof Ticket>>

/** What is left out stays as it is; null empties. */
const kept = <T, R>(value: T | null | undefined, write: (value: T) => R): R | null | undefined => (value === undefined ? undefined : value === null ? null : write(value))

/** Jira has room for one. More are sent as they are, for it to refuse: what is not written must not seem to be. */
const single = (ids: readonly string[]): unknown => (ids.length > 1 ? ids.map((one) => ({ id: one })) : ids[0] === undefined ? null : { id: ids[0] })

const fieldsOf = (wish: Wish, custom: Readonly<Record<string, unknown>>): Record<string, unknown> => given({
  summary: wish.name,
  description: kept(wish.description, documentOf),
  assignee: kept(wish.assignees, single),
  reporter: kept(wish.contact === undefined ? wish.creator : wish.contact, (reporter) => ({ id: reporter })),
  duedate: kept(wish.due_date, (date) => date.slice(0, 10)),
  project: kept(wish.collections, single),
  issuetype: kept(wish.ticket_type, (name) => ({ name })),
  parent: wish.parent_ticket === null ? undefined : kept(wish.parent_ticket, (parent) => ({ id: parent })),
  priority: kept(wish.priority, (word) => ({ name: vendorWord(priorityWords, word) })),
  labels: wish.tags === null ? [] : wish.tags,
  ...custom,
})

/** A parent is taken away by a word of its own. */
const bodyOf = (wish: Wish, { remoteFields }: WriteContext): object => ({ fields: fieldsOf(wish, remoteFields), ...(wish.parent_ticket === null && { update: { parent: [{ set: { none: true } }] } }) })

const member = (body: unknown, key: string): unknown => (typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[key] : undefined)
const idOf = ({ body }: Answer): string | null => id(member(body, 'id'))

/** {"errorMessages": ["..."], "errors": {"summary": "You must specify a summary of the issue."}} */
const complaints = ({ body }: Answer): Complaint[] => {
  const [general, byField] = [member(body, 'errorMessages'), member(body, 'errors')]
  return [
    ...(Array.isArray(general) ? general.map((message) => ({ message: String(message), field: null })) : []),
    ...(typeof byField === 'object' && byField !== null ? Object.entries(byField).map(([field, message]) => ({ message: String(message), field })) : []),
  ]
}

// The search lags behind, by minutes at worst: https://developer.atlassian.com/cloud/jira/platform/search-and-reconcile/
const common = { complaints, remoteId: idOf, visibleAfterSeconds: 300 }

/** A status is no field: a transition of the issue's own workflow leads there, or none does. https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-issue-issueidorkey-transitions-post */
const moved = ({ status }: Wish, { remoteId }: WriteContext): LookedUp[] => {
  if (status === undefined || status === null) return []
  const path = `/rest/api/3/issue/${encodeURIComponent(remoteId)}`
  return [{
    look: { path, query: { fields: 'status', expand: 'transitions' } },
    step(body) {
      const { fields, transitions } = (body ?? {}) as { readonly fields?: { readonly status?: Status }; readonly transitions?: readonly Transition[] }
      if (means(fields?.status, status)) return 'already'
      const found = Array.isArray(transitions) ? (transitions as readonly (Transition | null)[]).find((transition) => means(transition?.to, status)) : undefined
      return found?.id === undefined ? null : { method: 'POST', path: `${path}/transitions`, body: { transition: { id: found.id } } }
    },
  }]
}

export const writes: readonly AnyWrite[] = [
  defineWrite(Ticket)({
    ...common,
    kind: 'create',
    accepts: ['name', 'description', 'assignees', 'creator', 'contact', 'due_date', 'collections', 'ticket_type', 'parent_ticket', 'priority', 'tags', 'status'],
    requires: ['name', 'collections', 'ticket_type'],
    oneOf: [['creator', 'contact']],
    repeated: 'duplicates',
    docs: 'https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-issue-post',
    ask: (wish, context) => ({ method: 'POST', path: '/rest/api/3/issue', body: bodyOf(wish, context) }),
    followed: moved,
  }),
  defineWrite(Ticket)({
    ...common,
    kind: 'update',
    accepts: ['name', 'description', 'assignees', 'creator', 'contact', 'due_date', 'ticket_type', 'parent_ticket', 'priority', 'tags', 'status'],
    requires: [],
    oneOf: [['creator', 'contact']],
    repeated: 'harmless',
    docs: 'https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-issue-issueidorkey-put',
    // The answer is 204 without a body.
    ask: (wish, context) => ({ method: 'PUT', path: `/rest/api/3/issue/${encodeURIComponent(context.remoteId)}`, body: bodyOf(wish, context) }),
    followed: moved,
  }),
  defineWrite(Comment)({
    ...common,
    kind: 'create',
    accepts: ['body', 'ticket', 'is_private'],
    requires: ['body', 'ticket'],
    repeated: 'duplicates',
    docs: 'https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-comments/#api-rest-api-3-issue-issueidorkey-comment-post',
    ask: ({ body, ticket, is_private: isPrivate }) => ({
      method: 'POST', path: `/rest/api/3/issue/${encodeURIComponent(ticket ?? '')}/comment`,
      // The property is how a help desk marks an internal note; `jsdPublic` can only be read.
      body: { body: documentOf(body ?? ''), ...(isPrivate === true && { properties: [{ key: 'sd.public.comment', value: { internal: true } }] }) },
    }),
  }),
  defineWrite(Attachment)({
    ...common,
    kind: 'create',
    accepts: ['file_name', 'content_type', 'file_url', 'ticket'],
    requires: ['file_url', 'ticket'],
    takesFile: true,
    repeated: 'duplicates',
    docs: 'https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-attachments/#api-rest-api-3-issue-issueidorkey-attachments-post',
    // Without the header the site takes it for a form that somebody was tricked into sending.
    ask: ({ file_name: name, content_type: type, ticket }, { file }) => ({
      method: 'POST', path: `/rest/api/3/issue/${encodeURIComponent(ticket ?? '')}/attachments`, headers: { 'x-atlassian-token': 'no-check' },
      file: { name: name ?? file!.name, type: type ?? file!.type, bytes: file!.bytes, part: 'file' },
    }),
    remoteId: ({ body }) => (Array.isArray(body) ? id(member(body[0], 'id')) : null),
  }),
]
