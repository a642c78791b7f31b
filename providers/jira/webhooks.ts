import { epoch, id, type Told, type Webhooks } from '#kit'
import type { ModelId } from '#models'

type Event = Readonly<Record<string, unknown>>

/** What happens, where a delivery of it names what it is about, and as what models we read that. */
const subjects: readonly { readonly events: readonly string[]; readonly at: string; readonly id: string; readonly models: readonly ModelId[] }[] = [
  { events: ['jira:issue_created', 'jira:issue_updated', 'jira:issue_deleted'], at: 'issue', id: 'id', models: ['ticketing.Ticket'] },
  { events: ['comment_created', 'comment_updated', 'comment_deleted'], at: 'comment', id: 'id', models: ['ticketing.Comment'] },
  { events: ['attachment_created', 'attachment_deleted'], at: 'attachment', id: 'id', models: ['ticketing.Attachment'] },
  { events: ['project_created', 'project_updated', 'project_deleted', 'project_soft_deleted', 'project_restored_deleted', 'project_archived', 'project_restored_archived'], at: 'project', id: 'id', models: ['ticketing.Project', 'ticketing.Collection'] },
  { events: ['user_created', 'user_updated', 'user_deleted'], at: 'user', id: 'accountId', models: ['ticketing.User'] },
]

const record = (value: unknown): Event => (typeof value === 'object' && value !== null ? value as Event : {})
const whatOf = (event: string): Told['what'] => (/_(?:soft_)?deleted$/.test(event) && !event.includes('restored') ? 'deleted' : 'changed')
const hook = '/rest/webhooks/1.0/webhook'

/** Webhooks as an administrator registers them: signed with a secret, and without an end. Those that apps register with consent carry a token instead, which signs nothing of the body. */
export const webhooks: Webhooks = {
  docs: 'https://developer.atlassian.com/cloud/jira/platform/webhooks/',
  signature: { kind: 'hmac', algorithm: 'sha256', header: 'x-hub-signature', encoding: 'hex', prefix: 'sha256=' },
  told(body, headers) {
    const delivery = record(body)
    const event = typeof delivery['webhookEvent'] === 'string' ? delivery['webhookEvent'] : ''
    return subjects.filter(({ events }) => events.includes(event)).flatMap((subject) => {
      const remoteId = id(record(delivery[subject.at])[subject.id])
      // The same through all attempts to deliver it.
      return remoteId === null ? [] : subject.models.map((model) => ({ model, remoteId, what: whatOf(event), eventId: headers.get('x-atlassian-webhook-identifier'), at: epoch(delivery['timestamp'], 'milliseconds') }))
    })
  },
  subscribe: ({ url, secret, models }) => [{ method: 'POST', path: hook, body: { name: 'Intermodal', url, secret, events: subjects.filter((subject) => subject.models.some((model) => models.includes(model))).flatMap(({ events }) => events), filters: {}, excludeBody: false } }],
  // The answer names the webhook by its address only.
  subscribed(body) {
    const address = record(body)['self']
    const [, number] = typeof address === 'string' ? /\/webhook\/(\d+)$/.exec(address) ?? [] : []
    return number === undefined ? null : { id: number, secret: null, expiresInSeconds: null }
  },
  unsubscribe: ({ id: number }) => ({ method: 'DELETE', path: `${hook}/${number}` }),
  manual: 'A Jira administrator adds a webhook under Settings, System, WebHooks, with the address and the secret shown here, and ticks the events of issues, comments, attachments, projects and users.',
}
