/** One request to a vendor, without its headers and bodies. */
export interface LogRow {
  /** UUID version 7. */
  readonly id: string
  readonly organizationId: string
  readonly linkedAccountId: string
  readonly integration: string
  readonly model: string | null
  readonly runId: string | null
  readonly requestId: string | null
  readonly traceId: string
  readonly startedAt: Date
  readonly method: string
  readonly host: string
  readonly path: string
  readonly query: string
  readonly status: number | null
  readonly attempt: number
  readonly durationMs: number
  readonly firstByteMs: number | null
  readonly requestBytes: number
  readonly responseBytes: number
  readonly code: string | null
  readonly remedy: string | null
}

/** One request to a vendor, as the log keeps it: already redacted, not yet compressed and sealed. */
export interface LogEntry extends LogRow {
  readonly requestHeaders: Readonly<Record<string, string>>
  readonly responseHeaders: Readonly<Record<string, string>>
  /** Redacted text, capped; null where there was none. */
  readonly requestBody: string | null
  readonly responseBody: string | null
}

export interface LogWriter {
  /** Takes the entry at once; it is in Postgres within 250 ms. */
  readonly write: (entry: LogEntry) => void
  /** Resolves when everything written so far is in Postgres. */
  readonly flush: () => Promise<void>
  readonly close: () => Promise<void>
}
