import { bytesArray, intArray, textArray, uuidArray } from '../db/arrays.ts'
import type { Database } from '../db/client.ts'
import type { LogRow } from './entry.ts'

/** A body that is not in Postgres yet. */
export interface NewBody { readonly id: string; readonly linkedAccountId: string; readonly organizationId: string; readonly day: string; readonly bytes: number; readonly sealed: Buffer }
/** A log row with its headers sealed and its bodies named. */
export interface PackedEntry { readonly entry: LogRow; readonly headers: Buffer; readonly requestBody: string | null; readonly responseBody: string | null }

const NO_PARTITION = '23514'

/** Postgres text holds no NUL, and UTF-8 no half of a surrogate pair. */
const clean = (text: string): string => text.replaceAll('\0', '').toWellFormed()
const cleanOrNull = (text: string | null): string | null => (text === null ? null : clean(text))

/** One statement is a transaction of its own, and one message each way. */
const INSERT = `with new_bodies as (
    insert into log_bodies (linked_account_id, day, id, organization_id, bytes, sealed)
    select account, day::timestamptz, id, organization, bytes, sealed from unnest($25::uuid[], $26::text[], $27::uuid[], $28::uuid[], $29::int[], $30::bytea[]) as body (account, day, id, organization, bytes, sealed)
    on conflict do nothing
  )
  insert into upstream_logs (linked_account_id, id, started_at, organization_id, integration, model, run_id, request_id, trace_id, method, host, path, query,
    status, attempt, duration_ms, first_byte_ms, request_bytes, response_bytes, code, remedy, headers, request_body, response_body)
  select account, id, started::timestamptz, organization, integration, model, run, request, trace, method, host, path, query,
    status, attempt, duration, first_byte, request_bytes, response_bytes, code, remedy, headers, request_body, response_body
  from unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::text[], $6::text[], $7::uuid[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[],
    $14::int[], $15::int[], $16::int[], $17::int[], $18::int[], $19::int[], $20::text[], $21::text[], $22::bytea[], $23::uuid[], $24::uuid[])
    as log (account, id, started, organization, integration, model, run, request, trace, method, host, path, query,
      status, attempt, duration, first_byte, request_bytes, response_bytes, code, remedy, headers, request_body, response_body)
  on conflict do nothing`

/** Writes one batch: all of it or nothing. Makes the partitions that it needs. Repeating it changes nothing. */
export async function insertBatch({ system }: Database, entries: readonly PackedEntry[], bodies: readonly NewBody[]): Promise<void> {
  const insert = { name: 'insert_upstream_logs', text: INSERT, values: [...columns(entries), ...bodyColumns(bodies)] }
  try {
    await system.query(insert)
  } catch (error) {
    if ((error as { code?: string }).code !== NO_PARTITION) throw error
    const days = [...new Set(entries.map(({ entry }) => entry.startedAt.toISOString().slice(0, 10)))]
    for (const day of days) await system.query('select ensure_log_partitions($1::date, 1)', [day])
    await system.query(insert)
  }
}

const bodyColumns = (bodies: readonly NewBody[]): Buffer[] => [
  uuidArray(bodies.map((body) => body.linkedAccountId)), textArray(bodies.map(({ day }) => day)), uuidArray(bodies.map(({ id }) => id)),
  uuidArray(bodies.map((body) => body.organizationId)), intArray(bodies.map(({ bytes }) => bytes)), bytesArray(bodies.map(({ sealed }) => sealed)),
]

function columns(packed: readonly PackedEntry[]): Buffer[] {
  const entries = packed.map(({ entry }) => entry)
  const uuids = (read: (entry: LogRow) => string | null): Buffer => uuidArray(entries.map(read))
  const texts = (read: (entry: LogRow) => string | null): Buffer => textArray(entries.map((entry) => cleanOrNull(read(entry))))
  const ints = (read: (entry: LogRow) => number | null): Buffer => intArray(entries.map(read))
  return [
    uuids((entry) => entry.linkedAccountId), uuids((entry) => entry.id), texts((entry) => entry.startedAt.toISOString()), uuids((entry) => entry.organizationId),
    texts((entry) => entry.integration), texts((entry) => entry.model), uuids((entry) => entry.runId), texts((entry) => entry.requestId), texts((entry) => entry.traceId),
    texts((entry) => entry.method), texts((entry) => entry.host), texts((entry) => entry.path), texts((entry) => entry.query),
    ints((entry) => entry.status), ints((entry) => entry.attempt), ints((entry) => entry.durationMs), ints((entry) => entry.firstByteMs), ints((entry) => entry.requestBytes), ints((entry) => entry.responseBytes),
    texts((entry) => entry.code), texts((entry) => entry.remedy),
    bytesArray(packed.map(({ headers }) => headers)), uuidArray(packed.map(({ requestBody }) => requestBody)), uuidArray(packed.map(({ responseBody }) => responseBody)),
  ]
}
