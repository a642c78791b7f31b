import type { Category } from '../../common-models/model.ts'
import type { UpstreamCode } from '../errors.ts'
import type { Auth, FormFields, ValuesOf } from './auth.ts'
import type { AnyResource, Query } from './resource.ts'
import type { AnySandboxVendor } from './sandbox.ts'

/** The vendor's answer, as an error rule sees it. `body` is the parsed JSON, or null where there was none. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: unknown
}

/** The first rule that matches decides what an answer means; status codes decide the rest. Never match prose where there is a code. */
export interface ErrorRule {
  readonly status: number
  readonly when?: (answer: Answer) => boolean
  readonly code: UpstreamCode
}

export interface Limits {
  /** Requests of one account that may be under way at once. */
  readonly concurrency: number
  /** What one account may send. */
  readonly requests: { readonly count: number; readonly perSeconds: number }
}

/** Who the credentials belong to. Asked at link time and, where a vendor answers strangers too, before anything is believed. */
export interface Whoami {
  readonly path: string
  readonly query?: Query
  /** The vendor's id for the account behind the credentials: a relink must give the same. Null: the answer is not what it should be. Must not throw. */
  readonly identity: (body: unknown) => string | null
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
  readonly auth: Auth<S, C>
  readonly whoami: Whoami
  readonly limits: Limits
  readonly errors: readonly ErrorRule[]
  /** JSON keys whose values are secrets in the vendor's answers; they are dropped at the door, before anything is stored or logged. */
  readonly secretKeys: readonly string[]
  /** Content types, beyond JSON's own, under which this vendor sends JSON; `''` is none at all. */
  readonly jsonTypes?: readonly string[]
  readonly resources: readonly AnyResource[]
  /** The vendor in a box, loaded only where a sandbox is asked for. */
  readonly sandbox: () => Promise<AnySandboxVendor>
}

export const defineProvider = <const S extends FormFields, const C extends FormFields>(provider: Provider<S, C>): Provider<S, C> => provider

// A registry holds providers whose forms differ; the form's values are checked at run time against its patterns.
// oxlint-disable-next-line typescript/no-explicit-any
export type AnyProvider = Provider<any, any>
