import type { Client, Database } from '../db/client.ts'
import { textArray, uuidArray } from '../db/arrays.ts'
import type { Fault } from '../errors.ts'
import type { Scope } from './query.ts'
import { wellFormed } from './text.ts'
import type { Origin } from './upsert.ts'

/** A row that could not become a record. */
export interface Poisoned {
  /** The vendor's id, or a hash of the row where there is none. */
  readonly remoteKey: string
  readonly fault: Fault
  readonly raw: string | null
  readonly logId: string
}

const LONGEST_DETAIL = 1_000
const detailOf = ({ fault }: Poisoned): string => wellFormed(fault.message.slice(0, LONGEST_DETAIL)).value

/** Keep poisoned rows with their reasons; the page goes on without them. */
export async function quarantineRows(client: Client, origin: Origin, poisoned: readonly Poisoned[]): Promise<void> {
  if (poisoned.length === 0) return
  // The same row twice is one: no statement may meet a line of its own again.
  const rows = [...new Map(poisoned.map((row) => [row.remoteKey, row])).values()].sort((a, b) => (a.remoteKey < b.remoteKey ? -1 : 1))
  await client.query({
    name: 'quarantine_rows',
    text: `insert into quarantine (linked_account_id, model, organization_id, run_id, page, remote_key, code, detail, payload, log_id)
           select $1, $2, $3, $4, $5, n.* from unnest($6::text[], $7::text[], $8::text[], $9::text[], $10::uuid[]) n(remote_key, code, detail, payload, log_id)
           on conflict (linked_account_id, model, remote_key) do update set code = excluded.code, detail = excluded.detail, payload = excluded.payload,
             run_id = excluded.run_id, page = excluded.page, log_id = excluded.log_id, attempts = quarantine.attempts + 1, last_seen_at = now()`,
    values: [
      origin.linkedAccountId, origin.model.id, origin.organizationId, origin.runId, origin.page, textArray(rows.map((row) => row.remoteKey)), textArray(rows.map((row) => row.fault.code)),
      textArray(rows.map(detailOf)), textArray(rows.map((row) => row.raw)), uuidArray(rows.map((row) => row.logId)),
    ],
  })
}

/** Rows that are records now are poisoned no longer. */
export async function releaseRows(client: Client, origin: Pick<Origin, 'linkedAccountId' | 'model'>, remoteIds: readonly string[]): Promise<void> {
  if (remoteIds.length === 0) return
  await client.query({ name: 'release_rows', text: 'delete from quarantine where linked_account_id = $1 and model = $2 and remote_key = any($3::text[])', values: [origin.linkedAccountId, origin.model.id, textArray(remoteIds)] })
}

/** They were tried again and are bad still, maybe for another reason. */
export async function noteAttempts(client: Client, { linkedAccountId, model }: Pick<Origin, 'linkedAccountId' | 'model'>, rows: readonly Poisoned[]): Promise<void> {
  if (rows.length === 0) return
  await client.query({
    name: 'note_attempts',
    text: `update quarantine q set attempts = q.attempts + 1, code = n.code, detail = n.detail from unnest($3::text[], $4::text[], $5::text[]) n(key, code, detail) where q.linked_account_id = $1 and q.model = $2 and q.remote_key = n.key`,
    values: [linkedAccountId, model.id, textArray(rows.map((row) => row.remoteKey)), textArray(rows.map((row) => row.fault.code)), textArray(rows.map(detailOf))],
  })
}

/** Bad rows that a complete read has not met again are no longer at the vendor. */
export async function dropUnseen(client: Client, { linkedAccountId, model, runId }: Origin): Promise<void> {
  await client.query('delete from quarantine where linked_account_id = $1 and model = $2 and run_id <> $3', [linkedAccountId, model.id, runId])
}

export interface QuarantinedRow extends Record<string, unknown> {
  readonly model: string
  readonly remote_key: string
  readonly code: string
  readonly detail: string
  readonly run_id: string
  readonly log_id: string | null
  readonly attempts: number
  readonly first_seen_at: string
  readonly last_seen_at: string
}
export type QuarantinePlace = Pick<QuarantinedRow, 'model' | 'remote_key'>

/** By model and key, from behind a place. */
export function listQuarantine(database: Database, scope: Scope, model: string | null, after: QuarantinePlace | null, limit: number): Promise<QuarantinedRow[]> {
  return database.tenantQuery<QuarantinedRow>(scope.organizationId, {
    name: after === null ? 'quarantine' : 'quarantine_after',
    text: `select model, remote_key, code, detail, run_id, log_id, attempts, first_seen_at, last_seen_at from quarantine
           where linked_account_id = $1 and ($2::text is null or model = $2) ${after === null ? '' : 'and (model, remote_key) > ($4, $5)'} order by model, remote_key limit $3`,
    values: [scope.id, model, limit, ...(after === null ? [] : [after.model, after.remote_key])],
  })
}
