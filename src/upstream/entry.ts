import type { AnyProvider } from '#kit'
import { uuid7 } from '../db/uuid7.ts'
import { catalogue } from '../errors.ts'
import type { FaultCode } from '../errors.ts'
import type { Hop } from '../egress/exchange.ts'
import type { LogEntry } from '../logs/entry.ts'
import type { DoorAccount, DoorContext } from './door.ts'
import type { Redactor } from './redact.ts'

export interface Written { readonly account: DoorAccount; readonly context: DoorContext; readonly redact: Redactor; readonly attempt: number; readonly code: FaultCode | null }

/** Says that there was a body, and why it is not here. */
const withoutBody = (body: Buffer | string | null): string | null => (body === null || body.length === 0 ? null : '[not kept: it holds secrets, or data of this account that is switched off]')

/** One hop as the log keeps it. */
export function entryOf(hop: Hop, { account, context, redact, attempt, code }: Written): LogEntry {
  const provider: AnyProvider = account.provider
  return {
    id: uuid7(hop.startedAt),
    organizationId: account.organizationId,
    linkedAccountId: account.id,
    integration: provider.slug,
    model: context.model ?? null,
    runId: context.runId ?? null,
    requestId: context.requestId ?? null,
    traceId: context.traceId,
    startedAt: new Date(hop.startedAt),
    method: hop.method,
    host: hop.url.host,
    path: redact.text(hop.url.pathname),
    query: redact.query(hop.url.search.slice(1)),
    status: hop.status,
    attempt,
    durationMs: hop.durationMs,
    firstByteMs: hop.firstByteMs,
    requestBytes: hop.requestBody === null ? 0 : Buffer.byteLength(hop.requestBody),
    responseBytes: hop.wireBytes,
    code,
    remedy: code === null ? null : catalogue[code].remedy,
    requestHeaders: redact.headers(hop.requestHeaders),
    responseHeaders: redact.headers(hop.headers),
    requestBody: Buffer.isBuffer(hop.requestBody) ? '[not kept: a file]' : context.bodies === false ? withoutBody(hop.requestBody) : redact.body(hop.requestBody, hop.requestHeaders.get('content-type')),
    responseBody: hop.stream !== null ? '[not kept: a file]' : context.bodies === false ? withoutBody(hop.body) : redact.body(hop.body, hop.headers.get('content-type')),
  }
}
