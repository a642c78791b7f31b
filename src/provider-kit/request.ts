import type { Query } from './resource.ts'

/** What the engine asks of a vendor: a path under the account's base URL, or the vendor's own URL of a next page. */
export interface UpstreamRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly query?: Query
  /** Used instead of path and query; its origin must be the base URL's. */
  readonly url?: string
  /** Sent as JSON. */
  readonly body?: unknown
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
