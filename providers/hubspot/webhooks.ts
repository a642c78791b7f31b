import { epoch, id, type Told, type Webhooks } from '#kit'
import type { ModelId } from '#models'
import { activityId } from './activities.ts'
import { customId, isCustom } from './custom-objects.ts'

interface Event {
  readonly eventId?: unknown
  readonly subscriptionId?: unknown
  readonly subscriptionType?: unknown
  readonly occurredAt?: unknown
  readonly objectId?: unknown
  readonly objectTypeId?: unknown
  readonly fromObjectId?: unknown
  readonly primaryObjectId?: unknown
  readonly mergedObjectIds?: unknown
  readonly newObjectId?: unknown
}

/** The models that a record of an object is read into, and its id there. */
type Reading = readonly [model: ModelId, remoteId: (record: string) => string | null]
const plain = (record: string): string => record
const readings: Readonly<Record<string, readonly Reading[]>> = {
  '0-1': [['crm.Contact', plain], ['ticketing.Contact', plain]],
  '0-2': [['crm.Account', plain], ['ticketing.Account', plain]],
  '0-3': [['crm.Opportunity', plain]],
  '0-5': [['ticketing.Ticket', plain]],
  '0-27': [['crm.Task', plain]],
  '0-46': [['crm.Note', plain], ['ticketing.Comment', (record) => activityId('notes', record)]],
  '0-47': [['crm.Engagement', (record) => activityId('meetings', record)]],
  '0-48': [['crm.Engagement', (record) => activityId('calls', record)]],
  '0-49': [['crm.Engagement', (record) => activityId('emails', record)], ['ticketing.Comment', (record) => activityId('emails', record)]],
  '0-136': [['crm.Lead', plain]],
}
/** The four old objects have words of their own in front; all others are `object`, with a number beside. */
const typeIds: Readonly<Record<string, string>> = { contact: '0-1', company: '0-2', deal: '0-3', ticket: '0-5' }

function readingsOf(subject: string, typeId: unknown): readonly Reading[] {
  const number = Object.hasOwn(typeIds, subject) ? typeIds[subject]! : subject === 'object' && typeof typeId === 'string' ? typeId : ''
  if (isCustom(number)) return [['crm.CustomObject', (record) => customId(number, record)]]
  return Object.hasOwn(readings, number) ? readings[number]! : []
}

/** The records that an event changed, and those that it took away. A merge may leave a record that is neither of the two. */
function touched(what: string, event: Event): { readonly changed: readonly unknown[]; readonly deleted: readonly unknown[] } {
  switch (what) {
    case 'creation': case 'propertyChange': case 'restore': return { changed: [event.objectId], deleted: [] }
    case 'associationChange': return { changed: [event.fromObjectId], deleted: [] }
    case 'deletion': case 'privacyDeletion': return { changed: [], deleted: [event.objectId] }
    case 'merge': {
      const left = event.newObjectId ?? event.primaryObjectId
      const gone = [event.primaryObjectId, ...(Array.isArray(event.mergedObjectIds) ? event.mergedObjectIds : [])]
      return { changed: [left], deleted: gone.filter((one) => id(one) !== id(left)) }
    }
    default: return { changed: [], deleted: [] }
  }
}

function toldBy(event: Event | null): Told[] {
  if (typeof event !== 'object' || event === null || typeof event.subscriptionType !== 'string') return []
  const [subject = '', what = ''] = event.subscriptionType.split('.')
  const { changed, deleted } = touched(what, event)
  const at = epoch(event.occurredAt, 'milliseconds')
  return readingsOf(subject, event.objectTypeId).flatMap(([model, remoteIdOf]) => ([['changed', changed], ['deleted', deleted]] as const).flatMap(([kind, records]) => records.flatMap((record): Told[] => {
    const number = id(record)
    const remoteId = number === null ? null : remoteIdOf(number)
    // The vendor does not promise that event ids are unique; a repetition says the same subscription, record and moment.
    return remoteId === null ? [] : [{ model, remoteId, what: kind, at, eventId: [event.subscriptionId, event.eventId, event.occurredAt, number].map((part) => id(part) ?? '').join('-') }]
  })))
}

/** The signs that HubSpot writes plainly in the address that it signs. */
const PLAIN = /%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/gi

/** Subscriptions belong to the app, not to an account: who registers the app makes them, once. */
export const webhooks: Webhooks = {
  docs: 'https://developers.hubspot.com/docs/api-reference/webhooks-webhooks-v3/guide',
  // https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation
  signature: {
    kind: 'hmac', algorithm: 'sha256', header: 'x-hubspot-signature-v3', encoding: 'base64', timestamp: { header: 'x-hubspot-request-timestamp', unit: 'milliseconds', toleranceSeconds: 300 },
    signed: ({ method, url, body }, at) => `${method}${url.replaceAll(PLAIN, (sign) => decodeURIComponent(sign))}${body}${at}`,
  },
  told: (body) => (Array.isArray(body) ? (body as (Event | null)[]).flatMap(toldBy) : []),
  manual: 'In the settings of the app, under Webhooks: set the target URL, and subscribe to creation, deletion, privacyDeletion, merge, restore, associationChange and propertyChange of contacts, companies, deals and tickets, and to the object.* events of leads, calls, emails, meetings, notes and tasks. Deliveries are signed with the client secret of the app.',
}
