import { id, instant, str, type Told, type Webhooks } from '#kit'
import type { ModelId } from '#models/model'

const CHANGES = ['created', 'updated', 'deleted']
/** Deliveries about absences carry ids that only version 2 knows, so they are not asked for: https://developer.personio.de/changelog/attendance-and-absence-webhooks-ga */
const eventsOf: Readonly<Partial<Record<ModelId, readonly string[]>>> = {
  'hris.Employee': CHANGES.map((what) => `person.${what}`),
  'hris.Employment': [...CHANGES, 'updated.cost-centers', 'started', 'terminated'].map((what) => `employment.${what}`),
  'hris.TimesheetEntry': CHANGES.map((what) => `attendance-period.${what}`),
}
const modelOf: Readonly<Record<string, ModelId>> = { person: 'hris.Employee', employment: 'hris.Employment', 'attendance-period': 'hris.TimesheetEntry' }

interface Delivery { readonly event_name?: unknown; readonly occurred_at?: unknown; readonly payload?: { readonly id?: unknown; readonly person_id?: unknown; readonly person?: { readonly id?: unknown } | null } | null }
const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

/** Ids alone, no data. The page shows no payload of any event, so the id is looked for where version 2 has it elsewhere. */
function told(body: unknown): Told[] {
  const { event_name: event, occurred_at, payload } = (isObject(body) ? body : {}) as Delivery
  const [entity = '', what = ''] = (str(event) ?? '').split('.')
  const model = Object.hasOwn(modelOf, entity) ? modelOf[entity] : undefined
  if (model === undefined || !isObject(payload)) return []
  const person = id(payload.person?.id) ?? id(payload.person_id)
  // Our position is the person's present one, under the person's id: another one that went changes it at most.
  const remoteId = entity === 'attendance-period' ? id(payload.id) : entity === 'person' ? person ?? id(payload.id) : person
  return remoteId === null ? [] : [{ model, remoteId, what: what === 'deleted' && entity !== 'employment' ? 'deleted' : 'changed', eventId: null, at: instant(occurred_at) }]
}

export const webhooks: Webhooks = {
  docs: 'https://developer.personio.de/v2.0/reference/webhooks',
  // The token that we choose comes back as it is: https://developer.personio.de/reference/post_v2-webhooks
  signature: { kind: 'shared_secret', header: 'authorization' },
  told,
  subscribe: ({ url, secret, models }) => [{ method: 'POST', path: '/v2/webhooks', body: { url, description: 'Intermodal', status: 'ENABLED', auth_type: 'TOKEN', token: secret, enabled_events: models.flatMap((model) => eventsOf[model] ?? []) } }],
  subscribed: (body) => { const own = id((body as { id?: unknown } | null)?.id); return own === null ? null : { id: own, secret: null, expiresInSeconds: null } },
  unsubscribe: (subscription) => ({ method: 'DELETE', path: `/v2/webhooks/${subscription.id}` }),
}
