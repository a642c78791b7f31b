import { models, type Category } from '#models'
import type { Database } from '../db/client.ts'
import type { RunKind } from './run.ts'

/** One model of one account, as `sync-status` tells it. */
export interface SyncStatus {
  readonly model_name: string
  readonly model_id: string
  readonly last_sync_start: string | null
  readonly next_sync_start: string | null
  readonly last_sync_result: string | null
  readonly last_sync_finished: string | null
  readonly status: string
  readonly is_initial_sync: boolean
  readonly sync_status_reason: string | null
  /** What is served is at least as new as the vendor was at this instant. */
  readonly data_fresh_as_of: string | null
  readonly records: { readonly created: number; readonly updated: number; readonly unchanged: number; readonly deleted: number; readonly quarantined: number; readonly read: number; readonly deletions_held: number } | null
  readonly fault: { readonly code: string; readonly detail: string; readonly log_id: string | null } | null
}

interface StatusRow extends Record<string, unknown> {
  model: string; status: string; is_initial: boolean; last_started_at: string | null; last_finished_at: string | null; last_result: string | null; next_run_at: string | null
  current_run_id: string | null; fault: { code: string; detail: string; logId: string | null } | null; fresh_as_of: string | null
  rows_read: number | null; created: number; updated: number; unchanged: number; deleted: number; quarantined: number; deletions_held: number
}

const reasonOf = (fault: StatusRow['fault']): string | null => (fault === null ? null : fault.code === 'upstream.rate_limited' ? 'RATE_LIMITED' : fault.code.toUpperCase().replaceAll('.', '_'))

/** Every model of the account in this category; the counts are those of the latest run. */
export async function syncStatuses(database: Database, organizationId: string, linkedAccountId: string, category: Category): Promise<SyncStatus[]> {
  const rows = await database.tenantQuery<StatusRow>(organizationId, {
    name: 'sync_statuses',
    text: `select s.model, s.status, s.is_initial, s.last_started_at, s.last_finished_at, s.last_result, s.next_run_at, s.current_run_id, s.fault,
             (select max(f.started_at) from sync_runs f where f.linked_account_id = s.linked_account_id and f.model = s.model and f.state = 'succeeded' and f.kind <> 'remap') as fresh_as_of,
             r.rows_read, r.created, r.updated, r.unchanged, r.deleted, r.quarantined, r.deletions_held
           from sync_states s left join lateral (
             select * from sync_runs r where r.linked_account_id = s.linked_account_id and r.model = s.model order by r.started_at desc limit 1
           ) r on true where s.linked_account_id = $1 order by s.model`,
    values: [linkedAccountId],
  })
  return rows.flatMap((row) => {
    const model = Object.values(models).find(({ id }) => id === row.model)
    if (model === undefined || model.category !== category) return []
    return [{
      model_name: model.name,
      model_id: model.publicId,
      last_sync_start: row.last_started_at,
      next_sync_start: row.current_run_id === null ? row.next_run_at : null,
      last_sync_result: row.last_result,
      last_sync_finished: row.last_finished_at,
      status: row.status,
      is_initial_sync: row.is_initial,
      sync_status_reason: reasonOf(row.fault),
      data_fresh_as_of: row.fresh_as_of,
      records: row.rows_read === null ? null : { read: row.rows_read, created: row.created, updated: row.updated, unchanged: row.unchanged, deleted: row.deleted, quarantined: row.quarantined, deletions_held: row.deletions_held },
      fault: row.fault === null ? null : { code: row.fault.code, detail: row.fault.detail, log_id: row.fault.logId },
    }]
  })
}

/** Make every model of the account due now. A run that is under way is followed by the one asked for. */
export async function requestSync(database: Database, organizationId: string, linkedAccountId: string, kind: RunKind, modelIds: readonly string[] | null): Promise<void> {
  await database.tenantQuery(organizationId, {
    text: `update sync_states set next_kind = $2, next_run_at = now(), failures = 0, status = 'SYNCING' where linked_account_id = $1 and status <> 'DISABLED' and ($3::text[] is null or model = any($3))`,
    values: [linkedAccountId, kind, modelIds],
  })
}
