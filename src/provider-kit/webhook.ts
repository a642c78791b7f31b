import type { ModelId } from '../../common-models/model.ts'
import type { Ask, Setup } from './request.ts'
import type { Signature } from './signature.ts'

/** One thing that a delivery tells. A hint, never data: what it names is read again. */
export interface Told {
  readonly model: ModelId
  readonly remoteId: string
  readonly what: 'changed' | 'deleted'
  /** The vendor's id of the event, to know it again when it comes twice. */
  readonly eventId: string | null
  /** When it happened, as the vendor says. */
  readonly at: string | null
}

export interface Subscription { readonly id: string; readonly secret: string | null; readonly expiresInSeconds: number | null }

/** How a vendor tells us of changes. */
export interface Webhooks {
  readonly docs: `https://${string}`
  readonly signature: Signature
  /** Must not throw, whatever arrives: it comes from strangers until the signature is checked, and from the vendor's future after. */
  readonly told: (body: unknown, headers: Headers) => readonly Told[]
  /** The answer to a delivery that only asks whether we are there; null: it is none. */
  readonly handshake?: (body: unknown, headers: Headers) => { readonly headers?: Readonly<Record<string, string>>; readonly body: string } | null
  /** What the vendor wants to hear of a delivery that we have; anything good where nothing is said. */
  readonly acknowledgement?: { readonly headers?: Readonly<Record<string, string>>; readonly body: string }
  /** Absent: the customer, or the operator, sets it up at the vendor by hand, as `manual` says. */
  readonly subscribe?: (at: { readonly url: string; readonly secret: string; readonly models: readonly ModelId[]; readonly setup: Setup }) => readonly Ask[]
  /** Null: the answer is not what it should be. Must not throw. */
  readonly subscribed?: (body: unknown) => Subscription | null
  readonly renew?: (subscription: Subscription) => Ask
  readonly unsubscribe?: (subscription: Subscription) => Ask
  readonly manual?: string
}
