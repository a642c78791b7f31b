import type { Client } from '../db/client.ts'
import { textArray, uuidArray } from '../db/arrays.ts'
import type { Fault } from '../errors.ts'
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

/** Keep poisoned rows with their reasons; the page goes on without them. */
export async function quarantineRows(client: Client, origin: Origin, poisoned: readonly Poisoned[]): Promise<void> {
  if (poisoned.length === 0) return
  // The same row twice is one: no statement may meet a line of its own again.
  const rows = [...new Map(poisoned.map((row) => [row.remoteKey, row])).values()].sort((a, b) => (a.remoteKey < b.remoteKey ? -1 : 1))
  const details = rows.map(({ fault }) => wellFormed(fault.message.slice(0, LONGEST_DETAIL)).value)
  await client.query({
    name: 'quarantine_rows',
    text: `insert into quarantine (linked_account_id, model, organization_id, run_id, page, remote_key, code, detail, payload, log_id)
           select $1, $2, $3, $4, $5, n.* from unnest($6::text[], $7::text[], $8::text[], $9::text[], $10::uuid[]) n(remote_key, code, detail, payload, log_id)
           on conflict (linked_account_id, model, remote_key) do update set code = excluded.code, detail = excluded.detail, payload = excluded.payload,
             run_id = excluded.run_id, page = excluded.page, log_id = excluded.log_id, attempts = quarantine.attempts + 1, last_seen_at = now()`,
    values: [
      origin.linkedAccountId, origin.model.id, origin.organizationId, origin.runId, origin.page, textArray(rows.map((row) => row.remoteKey)), textArray(rows.map((row) => row.fault.code)),
      textArray(details), textArray(rows.map((row) => row.raw)), uuidArray(rows.map((row) => row.logId)),
    ],
  })
}

/** Rows that are records now are poisoned no longer. */
export async function releaseRows(client: Client, origin: Origin, remoteIds: readonly string[]): Promise<void> {
  if (remoteIds.length === 0) return
  await client.query({ name: 'release_rows', text: 'delete from quarantine where linked_account_id = $1 and model = $2 and remote_key = any($3::text[])', values: [origin.linkedAccountId, origin.model.id, textArray(remoteIds)] })
}

/** Bad rows that a complete read has not met again are no longer at the vendor. */
export async function dropUnseen(client: Client, { linkedAccountId, model, runId }: Origin): Promise<void> {
  await client.query('delete from quarantine where linked_account_id = $1 and model = $2 and run_id <> $3', [linkedAccountId, model.id, runId])
}
