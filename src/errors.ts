/** Every way in which this service can fail. One row each: what the caller sees, whose move it is, what the engine does next. */

export type Blame = 'caller' | 'customer' | 'vendor' | 'us'
export type Remedy = 'fail' | 'retry' | 'wait' | 'relink' | 'restart' | 'skip'
interface Entry { readonly status: number; readonly blame: Blame; readonly remedy: Remedy; readonly problem: string; readonly title: string }

/** `problem` is the `problem_type` that clients of the market's API know. */
export const catalogue = {
  'request.invalid': { status: 400, blame: 'caller', remedy: 'fail', problem: 'INVALID_REQUEST', title: 'The request is not valid.' },
  'request.invalid_cursor': { status: 400, blame: 'caller', remedy: 'fail', problem: 'INVALID_CURSOR', title: 'The cursor is not one that this list gave out.' },
  'request.secret_in_url': { status: 400, blame: 'caller', remedy: 'fail', problem: 'INVALID_REQUEST', title: 'Secrets do not belong in an address. Send them as headers.' },
  'request.unauthenticated': { status: 401, blame: 'caller', remedy: 'fail', problem: 'UNAUTHENTICATED', title: 'The API key is missing or not valid.' },
  'request.account_unknown': { status: 401, blame: 'caller', remedy: 'fail', problem: 'LINKED_ACCOUNT_NOT_FOUND', title: 'The account token is missing or names no linked account of this organisation.' },
  'request.forbidden': { status: 403, blame: 'caller', remedy: 'fail', problem: 'MISSING_PERMISSION', title: 'The API key may not do this.' },
  'request.not_found': { status: 404, blame: 'caller', remedy: 'fail', problem: 'NOT_FOUND', title: 'There is nothing here.' },
  'request.method_not_allowed': { status: 405, blame: 'caller', remedy: 'fail', problem: 'METHOD_NOT_ALLOWED', title: 'This address does not take that method.' },
  'request.conflict': { status: 409, blame: 'caller', remedy: 'fail', problem: 'CONFLICT', title: 'The request contradicts what is stored.' },
  'request.in_flight': { status: 409, blame: 'caller', remedy: 'wait', problem: 'IN_FLIGHT', title: 'A request with this key is being carried out. Ask again in a moment.' },
  'request.cursor_expired': { status: 410, blame: 'caller', remedy: 'restart', problem: 'CURSOR_EXPIRED', title: 'The cursor is older than what the feed keeps. Read everything once, then follow the feed from its head.' },
  'request.idempotency_key_reused': { status: 422, blame: 'caller', remedy: 'fail', problem: 'IDEMPOTENCY_KEY_REUSED', title: 'This key was used for another request.' },
  'request.too_large': { status: 413, blame: 'caller', remedy: 'fail', problem: 'TOO_LARGE', title: 'The request is too large.' },
  'request.unsupported_media_type': { status: 415, blame: 'caller', remedy: 'fail', problem: 'UNSUPPORTED_MEDIA_TYPE', title: 'The body has a content type that this address does not take.' },
  'request.not_yet_served': { status: 501, blame: 'us', remedy: 'fail', problem: 'NOT_YET_SERVED', title: 'This operation is part of the API, but the room that serves it is not built yet.' },
  'request.too_many': { status: 429, blame: 'caller', remedy: 'wait', problem: 'RATE_LIMITED', title: 'Too many requests.' },

  'account.needs_relink': { status: 424, blame: 'customer', remedy: 'relink', problem: 'RELINK_NEEDED', title: 'The end customer must connect again.' },
  'account.consent_ended': { status: 424, blame: 'customer', remedy: 'relink', problem: 'RELINK_NEEDED', title: 'The vendor no longer renews the access that the end customer consented to.' },
  'account.refresh_interrupted': { status: 424, blame: 'us', remedy: 'relink', problem: 'RELINK_NEEDED', title: 'The vendor had replaced the refresh token when we were interrupted, so the new one was lost. Nobody withdrew consent.' },
  'account.app_refused': { status: 424, blame: 'caller', remedy: 'fail', problem: 'OAUTH_APP_REFUSED', title: 'The vendor refused the OAuth app that the account was linked through. Its id or secret must be put right.' },
  'account.gone': { status: 424, blame: 'customer', remedy: 'relink', problem: 'RELINK_NEEDED', title: 'The vendor no longer knows the account.' },
  'account.identity_mismatch': { status: 409, blame: 'customer', remedy: 'fail', problem: 'ACCOUNT_IDENTITY_MISMATCH', title: 'These credentials belong to another account at the vendor.' },
  'account.credential_unreadable': { status: 500, blame: 'us', remedy: 'fail', problem: 'CREDENTIAL_UNREADABLE', title: 'The stored credential cannot be opened.' },

  'upstream.unauthorized': { status: 424, blame: 'customer', remedy: 'relink', problem: 'RELINK_NEEDED', title: 'The vendor refused the credentials.' },
  'upstream.forbidden': { status: 424, blame: 'customer', remedy: 'fail', problem: 'MISSING_PERMISSION', title: 'The credentials may not read this at the vendor.' },
  'upstream.not_found': { status: 502, blame: 'vendor', remedy: 'fail', problem: 'UPSTREAM_NOT_FOUND', title: 'The vendor has nothing at this address.' },
  'upstream.rate_limited': { status: 503, blame: 'vendor', remedy: 'wait', problem: 'UPSTREAM_RATE_LIMITED', title: 'The vendor asks us to slow down.' },
  'upstream.token_unavailable': { status: 503, blame: 'vendor', remedy: 'wait', problem: 'UPSTREAM_UNAVAILABLE', title: 'The access token has ended, and the vendor does not renew it at the moment.' },
  'upstream.unavailable': { status: 502, blame: 'vendor', remedy: 'retry', problem: 'UPSTREAM_UNAVAILABLE', title: 'The vendor is failing.' },
  'upstream.unreachable': { status: 502, blame: 'vendor', remedy: 'retry', problem: 'UPSTREAM_UNREACHABLE', title: 'The vendor could not be reached.' },
  'upstream.tls': { status: 502, blame: 'vendor', remedy: 'retry', problem: 'UPSTREAM_TLS', title: 'The vendor\'s certificate is not valid for this address.' },
  'upstream.timed_out': { status: 504, blame: 'vendor', remedy: 'retry', problem: 'UPSTREAM_TIMED_OUT', title: 'The vendor did not answer in time.' },
  'upstream.cut_short': { status: 502, blame: 'vendor', remedy: 'retry', problem: 'UPSTREAM_CUT_SHORT', title: 'The vendor\'s answer broke off.' },
  'upstream.too_large': { status: 502, blame: 'vendor', remedy: 'fail', problem: 'UPSTREAM_TOO_LARGE', title: 'The vendor\'s answer is larger than we take.' },
  'upstream.not_json': { status: 502, blame: 'vendor', remedy: 'retry', problem: 'UPSTREAM_NOT_JSON', title: 'The vendor answered with something that is not JSON.' },
  'upstream.unexpected': { status: 502, blame: 'us', remedy: 'fail', problem: 'UPSTREAM_UNEXPECTED', title: 'The vendor answered in a shape that we do not know.' },
  'upstream.rejected': { status: 422, blame: 'caller', remedy: 'fail', problem: 'UPSTREAM_REJECTED', title: 'The vendor rejected the request.' },
  'upstream.cursor_gone': { status: 502, blame: 'vendor', remedy: 'restart', problem: 'UPSTREAM_CURSOR_GONE', title: 'The vendor forgot our place in the list; the read starts over.' },
  'upstream.loop': { status: 502, blame: 'vendor', remedy: 'fail', problem: 'UPSTREAM_LOOP', title: 'The vendor\'s list goes in circles.' },
  'upstream.blocked': { status: 400, blame: 'caller', remedy: 'fail', problem: 'ADDRESS_BLOCKED', title: 'This address may not be contacted from here.' },

  'passthrough.timed_out': { status: 408, blame: 'vendor', remedy: 'fail', problem: 'PASSTHROUGH_TIMED_OUT', title: 'The vendor did not answer the passthrough request in time. It may have arrived.' },

  'mapping.unidentified': { status: 500, blame: 'vendor', remedy: 'skip', problem: 'RECORD_UNIDENTIFIED', title: 'A record came without an id that can be kept.' },
  'mapping.failed': { status: 500, blame: 'us', remedy: 'skip', problem: 'RECORD_UNMAPPED', title: 'A record could not be put into the common model.' },
  'mapping.too_large': { status: 500, blame: 'vendor', remedy: 'skip', problem: 'RECORD_TOO_LARGE', title: 'A record is larger than we keep.' },
  'mapping.unstorable': { status: 500, blame: 'us', remedy: 'skip', problem: 'RECORD_UNSTORABLE', title: 'A record has a value that cannot be stored.' },

  'sync.deletions_held': { status: 409, blame: 'vendor', remedy: 'fail', problem: 'DELETIONS_HELD', title: 'So many records are missing at the vendor that their deletion waits.' },
  'sync.rows_quarantined': { status: 500, blame: 'vendor', remedy: 'skip', problem: 'ROWS_QUARANTINED', title: 'Some of the vendor\'s rows could not become records.' },
  'sync.filter_ignored': { status: 502, blame: 'vendor', remedy: 'fail', problem: 'FILTER_IGNORED', title: 'The vendor gives everything where it is asked for changes. Nothing is wrong with the data; each sync takes longer than it should.' },
  'sync.lease_lost': { status: 500, blame: 'us', remedy: 'retry', problem: 'SYNC_LEASE_LOST', title: 'Another worker took this work over.' },

  'storage.unavailable': { status: 503, blame: 'us', remedy: 'retry', problem: 'STORAGE_UNAVAILABLE', title: 'The database cannot be reached.' },
  'storage.full': { status: 503, blame: 'us', remedy: 'retry', problem: 'STORAGE_FULL', title: 'The database has no room left. It can be read, and takes nothing new.' },
  'internal': { status: 500, blame: 'us', remedy: 'fail', problem: 'INTERNAL', title: 'Something broke here. The request id leads to the cause.' },
} as const satisfies Record<string, Entry>

export type FaultCode = keyof typeof catalogue
export type UpstreamCode = Extract<FaultCode, `upstream.${string}`>

/** What is known of a fault beyond its code. `detail` is written for people; nothing in it is secret. */
export interface Facts {
  readonly detail?: string
  /** The part of the request that is wrong, as a JSON pointer, or the name of a query parameter. */
  readonly pointer?: string
  readonly parameter?: string
  /** The upstream log that shows it, and the vendor's status. */
  readonly logId?: string
  readonly upstreamStatus?: number
  /** The earliest moment at which trying again makes sense. */
  readonly retryAt?: Date
  readonly [key: string]: unknown
}

export class Fault extends Error {
  override readonly name = 'Fault'
  readonly code: FaultCode
  readonly facts: Facts
  constructor(code: FaultCode, facts: Facts = {}, cause?: unknown) {
    super(facts.detail ?? catalogue[code].title, cause === undefined ? undefined : { cause })
    this.code = code
    this.facts = facts
  }
  get entry(): Entry { return catalogue[this.code] }
  get remedy(): Remedy { return catalogue[this.code].remedy }
}

/** Connections (08), resources (53), shutting down (57P), time limits (57014, 25P03), conflicts (40001, 40P01, 55P03), a server that only reads (25006), its disk (58030). */
const STORAGE_STATES = /^(?:08|53|57P0|57014|25P03|40001|40P01|55P03|25006|58030)/
const SOCKET_ERRORS = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'ENOENT'])

/** What the database answers when it is in trouble itself; null: the statement was wrong, or it is not the database's error. */
export function storageFault(error: unknown): Fault | null {
  const { code, severity, syscall } = (error ?? {}) as { code?: unknown; severity?: unknown; syscall?: unknown }
  if (typeof code !== 'string') return null
  if (severity !== undefined && code === '53100') return new Fault('storage.full', {}, error)
  if (severity !== undefined && STORAGE_STATES.test(code)) return new Fault('storage.unavailable', code === '57014' ? { timedOut: true } : {}, error)
  return syscall !== undefined && SOCKET_ERRORS.has(code) ? new Fault('storage.unavailable', {}, error) : null
}

/** Anything thrown, as a fault: what is not in the catalogue is ours, and a bug by definition. */
export const asFault = (error: unknown): Fault => (error instanceof Fault ? error : storageFault(error) ?? new Fault('internal', {}, error))
