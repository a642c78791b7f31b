import type { Client } from '../db/client.ts'
import { textArray } from '../db/arrays.ts'
import type { Fault } from '../errors.ts'
import type { Origin } from './upsert.ts'

/** A row that could not become a record. */
export interface Poisoned {
  /** The vendor's id, or a hash of the row where there is none. */
  readonly remoteKey: string
  readonly fault: Fault
  readonly raw: string | null
  readonly logId: string
}

/** Keep poisoned rows with their reasons; the page goes on without them. */
export async function quarantineRows(client: Client, origin: Origin, rows: readonly Poisoned[]): Promise<void> {
  for (const row of rows) {
    await client.query(
      `insert into quarantine (linked_account_id, model, remote_key, organization_id, code, detail, payload, run_id, page, log_id) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
       on conflict (linked_account_id, model, remote_key) do update set code = excluded.code, detail = excluded.detail, payload = excluded.payload,
         run_id = excluded.run_id, page = excluded.page, log_id = excluded.log_id, attempts = quarantine.attempts + 1, last_seen_at = now()`,
      [origin.linkedAccountId, origin.model.id, row.remoteKey, origin.organizationId, row.fault.code, row.fault.message, row.raw, origin.runId, origin.page, row.logId])
  }
}

/** Rows that are records now are poisoned no longer. */
export async function releaseRows(client: Client, origin: Origin, remoteIds: readonly string[]): Promise<void> {
  if (remoteIds.length === 0) return
  await client.query({ name: 'release_rows', text: 'delete from quarantine where linked_account_id = $1 and model = $2 and remote_key = any($3::text[])', values: [origin.linkedAccountId, origin.model.id, textArray(remoteIds)] })
}
