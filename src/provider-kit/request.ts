export type Scalar = string | number | boolean

/** Query parameters; a list repeats its name. */
export type Query = Readonly<Record<string, Scalar | readonly Scalar[] | undefined>>

/** What the link form asked besides credentials, and what the vendor told us of the account when it was linked. */
export type Setup = Readonly<Record<string, string>>

/** A file that goes out: as the body itself or, where a vendor wants a form, as the part of one that has this name. */
export interface SentFile {
  readonly name: string
  readonly type: string
  readonly bytes: Uint8Array
  readonly part?: string
}

/** A request as an adapter describes it. */
export interface Ask {
  /** GET where nothing is said. */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below the account's base URL. */
  readonly path: string
  readonly query?: Query
  /** Beside the door's own, which win. Never a secret. */
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly body?: unknown
  /** Sent as a form instead. */
  readonly form?: Readonly<Record<string, Scalar>>
  /** Sent instead of either. */
  readonly file?: SentFile
}

/** A GET whose answer is a file, whatever its type. */
export type FileAsk = Pick<Ask, 'path' | 'query' | 'headers'>

/** What the engine asks of a vendor: a path under the account's base URL, or the vendor's own URL of a next page. */
export interface UpstreamRequest extends Ask {
  readonly method: NonNullable<Ask['method']>
  /** Used instead of path and query; its origin must be the base URL's. */
  readonly url?: string
  /** True where asking twice is like asking once, whatever the method: searches are sent with POST and are reads. */
  readonly isRead?: boolean
}

export interface UpstreamResponse {
  readonly status: number
  readonly headers: Headers
  /** Parsed JSON without the provider's secret keys; null where there was no body. */
  readonly body: unknown
  /** The upstream log of the answer. */
  readonly logId: string
}

/** One request through the one door: authorised, limited, judged, logged. Throws a Fault for everything but success. */
export type Send = (request: UpstreamRequest) => Promise<UpstreamResponse>

/** An ask of a read, ready for the door. */
export const reading = (ask: Ask): UpstreamRequest => ({ ...ask, method: ask.method ?? 'GET', isRead: true })
