import type { AnyProvider, Send } from '#kit'

/** The account in whose name a request goes out. */
export interface DoorAccount {
  readonly id: string
  readonly organizationId: string
  readonly provider: AnyProvider
  readonly setup: Readonly<Record<string, string>>
  /** Opens the sealed credentials; called only when a request is about to leave. */
  readonly credentials: () => Promise<Readonly<Record<string, string>>>
}

/** Why a request goes out; it is written to its log. */
export interface DoorContext {
  readonly traceId: string
  readonly runId?: string | null
  readonly model?: string | null
  readonly requestId?: string | null
  /** False for a person who waits: one attempt, and the fault at once. */
  readonly retries?: boolean
  readonly signal?: AbortSignal
}

/** The one door out. */
export interface Door {
  readonly open: (account: DoorAccount, context: DoorContext) => Send
}
