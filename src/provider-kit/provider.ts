import type { Category } from '../../common-models/model.ts'
import type { UpstreamCode } from '../errors.ts'
import type { Auth, FormFields, ValuesOf } from './auth.ts'
import type { AnyOAuth } from './oauth.ts'
import type { Ask, UpstreamRequest } from './request.ts'
import type { AnyResource } from './resource.ts'
import type { AnySandboxVendor } from './box/vendor.ts'
import type { Webhooks } from './webhook.ts'
import type { AnyWrite } from './write.ts'

/** The vendor's answer, as an error rule sees it. `body` is the parsed JSON, or null where there was none. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: unknown
}

/** The first rule that matches decides what an answer means; status codes decide the rest. Never match prose where there is a code. */
export interface ErrorRule {
  /** 200 among them: some vendors put their errors there. */
  readonly status: number
  when?(this: void, answer: Answer): boolean
  /** Null: not an error, whatever the status. */
  readonly code: UpstreamCode | null
}

/** The request that asks it. */
export const whoamiRequest = ({ method = 'GET', path, query, headers, body }: Whoami): UpstreamRequest =>
  ({ method, path, ...(query !== undefined && { query }), ...(headers !== undefined && { headers }), ...(body !== undefined && { body }), isRead: true })

/** What of a request a budget is counted by. */
export type Counted = Pick<UpstreamRequest, 'path' | 'query' | 'body' | 'url'> & { readonly method: string }

export interface Allowance {
  readonly count: number
  readonly perSeconds: number
  /** The part of it that is ours, where the customer's other tools are counted with us. All of it by default. */
  readonly share?: number
}
/** What a vendor counts beside requests, or for some of them only: points, credits, searches. */
export interface Budget extends Allowance { readonly name: string; readonly cost: (request: Counted) => number }

/** What an answer tells of what is left until some moment, for all who are counted together. */
export interface Remaining {
  readonly left: number
  /** Of how many; null: it does not tell. */
  readonly of: number | null
  readonly resetSeconds: number
}

export interface Limits {
  /** Requests of one account that may be under way at once. */
  readonly concurrency: number
  /** What one account may send. */
  readonly requests: Allowance
  readonly budgets?: readonly Budget[]
  /** What all accounts of one OAuth app may send together. */
  readonly app?: readonly Budget[]
  /** `identity`, the default: a vendor counts together what belongs to one identity (`whoami`) at one address. `address`: all that comes to the address, whoever asks. */
  readonly countedBy?: 'identity' | 'address'
  /** What an answer tells of what is left, in the vendor's own way; null: nothing. The usual headers are known. Must not throw. */
  left?(this: void, answer: Pick<Answer, 'status' | 'headers'>): Remaining | null
  /** Seconds of silence that an answer asks for in the vendor's own way; null: it does not. `Retry-After` and the usual reset headers are known. */
  wait?(this: void, answer: Answer, now: Date): number | null
}

/** Who the credentials belong to. Asked at link time and, where a vendor answers strangers too, before anything is believed. */
export interface Whoami extends Ask {
  /** The vendor's id for the account behind the credentials: a relink must give the same. Null: the answer is not what it should be. Must not throw. */
  readonly identity: (body: unknown) => string | null
  /** What the answer tells of the account that reads depend on: its time zone, its own address. Kept with the setup. Must not throw. */
  readonly learns?: (body: unknown) => Readonly<Record<string, string>>
  /**
   * `at_link`: a refused key is refused on every request, so one look is enough.
   * `around_each_run`: the vendor answers 200 to a wrong key with what the public may see, so each run asks before it reads and again before it deletes.
   */
  readonly ask: 'at_link' | 'around_each_run'
}

/** Everything the house knows about one vendor. */
export interface Provider<S extends FormFields = FormFields, C extends FormFields = FormFields> {
  readonly slug: string
  readonly name: string
  readonly categories: readonly Category[]
  readonly docs: `https://${string}`
  /** What the link form asks besides credentials. Not secret. */
  readonly setup: S
  readonly baseUrl: (setup: ValuesOf<S>) => string
  readonly headers?: Readonly<Record<string, string>>
  /** What a customer can copy and paste. */
  readonly auth: Auth<S, C>
  /** Consent on the vendor's own page, where it has one. */
  readonly oauth?: AnyOAuth
  readonly whoami: Whoami
  readonly limits: Limits
  readonly errors: readonly ErrorRule[]
  /** JSON keys whose values are secrets in the vendor's answers; they are dropped at the door, before anything is stored or logged. */
  readonly secretKeys: readonly string[]
  /** Content types, beyond JSON's own, under which this vendor sends JSON; `''` is none at all. */
  readonly jsonTypes?: readonly string[]
  readonly resources: readonly AnyResource[]
  readonly writes?: readonly AnyWrite[]
  readonly webhooks?: Webhooks
  /** The vendor in a box, loaded only where a sandbox is asked for. */
  readonly sandbox: () => Promise<AnySandboxVendor>
}

export const defineProvider = <const S extends FormFields, const C extends FormFields>(provider: Provider<S, C>): Provider<S, C> => provider

// A registry holds providers whose forms differ; the form's values are checked at run time against its patterns.
// oxlint-disable-next-line typescript/no-explicit-any
export type AnyProvider = Provider<any, any>
