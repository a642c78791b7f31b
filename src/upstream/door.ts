import type { Readable } from 'node:stream'
import type { AnyProvider, FileAsk, Send, UpstreamRequest } from '#kit'
import type { FileLimits } from '../egress/file.ts'
import type { Consent } from './keeper.ts'

/** The account in whose name a request goes out. */
export interface DoorAccount {
  readonly id: string
  readonly organizationId: string
  readonly provider: AnyProvider
  readonly setup: Readonly<Record<string, string>>
  /** Whose the vendor says that the credentials are; not known before the account is linked. */
  readonly remoteIdentity?: string
  /** The OAuth app in whose name it is asked, where the vendor counts those. */
  readonly app?: string
  /** Opens the sealed credentials; called only when a request is about to leave. */
  readonly credentials: () => Promise<Readonly<Record<string, string>>>
  /** Where the account was linked by consent: its tokens, in place of credentials. */
  readonly consent?: Consent
}

/** Why a request goes out; it is written to its log. */
export interface DoorContext {
  readonly traceId: string
  readonly runId?: string | null
  readonly model?: string | null
  readonly requestId?: string | null
  /** False for a person who waits: one attempt, and the fault at once. */
  readonly retries?: boolean
  /** True where a caller of ours sets it off: callers may use only a part of what the vendor allows. */
  readonly forCaller?: boolean
  readonly signal?: AbortSignal
  /** False: bodies may hold what must not be kept, so the log goes without them. */
  readonly bodies?: boolean
}

/** The one door out. */
export interface Door {
  readonly open: (account: DoorAccount, context: DoorContext) => Send
}

/** The same door, for tokens that nobody needs at the moment: some vendors let them die when they are not used. */
export interface TokenDoor {
  /** Renews what has not been renewed for so many days. */
  readonly renew: (account: DoorAccount & { readonly consent: Consent }, context: DoorContext, unusedDays: number) => Promise<void>
}

/** A request that a caller of ours wrote, sent as it is: a path below the base URL, a body of any type, headers beside the door's own, which win. */
export interface RawRequest {
  readonly method: UpstreamRequest['method'] | 'HEAD' | 'OPTIONS'
  readonly path: string
  /** Without its question mark. */
  readonly search: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
}

/** What came back, whatever its status: nothing of it has been judged on behalf of the caller. */
export interface RawAnswer {
  readonly status: number
  readonly headers: Headers
  /** Parsed JSON without the provider's secret keys; undefined where the answer was something else. */
  readonly json: unknown
  /** The body as it came; text has lost the credentials that we sent. */
  readonly bytes: Buffer
  readonly logId: string
}

/** The same door, for requests that are not ours. It is logged and limited like any other, and may use only a part of what the vendor allows. */
export interface RawDoor {
  readonly pass: (account: DoorAccount, context: DoorContext, request: RawRequest) => Promise<RawAnswer>
}

/** A file as it comes. Its bytes are nobody's to judge; whether it is one at all has been. */
export interface FileAnswer {
  readonly headers: Headers
  /** Decoded. Whoever gets it reads it or destroys it: until then it holds a place among the account's requests. */
  readonly stream: Readable
}

/** The same door, for a file that a caller waits for. Its log is written when it is over, and has none of its bytes. */
export interface FileDoor {
  readonly download: (account: DoorAccount, context: DoorContext, ask: FileAsk, limits: FileLimits) => Promise<FileAnswer>
}
