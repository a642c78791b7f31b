import { models, type Category } from '#models'
import type { Database } from '../db/client.ts'
import { laneNames, type LaneName } from './lanes.ts'
import { progressOf, type Progress } from './progress.ts'

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
  /** Since when a newer read should have succeeded; null: all is well. */
  readonly stale_since: string | null
  /** The line that its work stands in. */
  readonly lane: LaneName
  readonly progress: Progress | null
  readonly records: { readonly created: number; readonly updated: number; readonly unchanged: number; readonly deleted: number; readonly quarantined: number; readonly read: number; readonly deletions_held: number } | null
  readonly fault: { readonly code: string; readonly detail: string; readonly log_id: string | null } | null
}

export interface StatusOf {
  readonly organizationId: string
  readonly linkedAccountId: string
  readonly category: Category
  /** Models that are read in parts: of those the vendor says how many each part has, and never how many there are. */
  readonly inParts: ReadonlySet<string>
}

interface StatusRow extends Record<string, unknown> {
  paused_at: string | null; lane: number; now: string; checkpoint: { seen: number; total: number | null } | null; since: string | null; pages: number; run_started_at: string; last_page_at: string | null; rows_of_last_full: number | null
  model: string; status: string; is_initial: boolean; last_started_at: string | null; last_finished_at: string | null; last_result: string | null; next_run_at: string | null
  current_run_id: string | null; fault: { code: string; detail: string; logId: string | null } | null; fresh_as_of: string | null; stale_since: string | null
  rows_read: number | null; created: number; updated: number; unchanged: number; deleted: number; quarantined: number; deletions_held: number
}

const reasonOf = (fault: StatusRow['fault']): string | null => (fault === null ? null : fault.code === 'upstream.rate_limited' ? 'RATE_LIMITED' : fault.code.toUpperCase().replaceAll('.', '_'))

/** Every model of the account in this category; the counts are those of the latest run. */
export async function syncStatuses(database: Database, { organizationId, linkedAccountId, category, inParts }: StatusOf): Promise<SyncStatus[]> {
  const rows = await database.tenantQuery<StatusRow>(organizationId, {
    name: 'sync_statuses',
    text: `select s.model, s.status, s.is_initial, s.last_started_at, s.last_finished_at, s.last_result, s.next_run_at, s.current_run_id, s.fault, s.paused_at, s.lane, now() as now, fresh.started_at as fresh_as_of,
             (select min(t.started_at) from sync_runs t where t.linked_account_id = s.linked_account_id and t.model = s.model and t.started_at > coalesce(fresh.started_at, '-infinity') and t.kind <> 'remap' and (s.fault is not null or t.state = 'failed')) as stale_since,
             r.rows_read, r.created, r.updated, r.unchanged, r.deleted, r.quarantined, r.deletions_held, r.checkpoint, r.since, r.pages, r.started_at as run_started_at, p.committed_at as last_page_at, f.rows_read as rows_of_last_full
           from sync_states s left join lateral (
             select * from sync_runs r where r.linked_account_id = s.linked_account_id and r.model = s.model order by r.started_at desc limit 1
           ) r on true left join lateral (
             select f.started_at from sync_runs f where f.linked_account_id = s.linked_account_id and f.model = s.model and f.state = 'succeeded' and f.kind <> 'remap' order by f.started_at desc limit 1
           ) fresh on true left join lateral (
             select f.rows_read from sync_runs f where s.current_run_id is not null and f.linked_account_id = s.linked_account_id and f.model = s.model and f.state = 'succeeded' and f.since is null and f.kind <> 'remap' order by f.started_at desc limit 1
           ) f on true left join sync_pages p on s.current_run_id is not null and p.linked_account_id = r.linked_account_id and p.run_id = r.id and p.page = r.pages - 1
           where s.linked_account_id = $1 order by s.model`,
    values: [linkedAccountId],
  })
  return rows.flatMap((row) => {
    const model = Object.values(models).find(({ id }) => id === row.model)
    if (model === undefined || model.category !== category) return []
    const paused = row.paused_at !== null && row.status !== 'DISABLED'
    return [{
      model_name: model.name,
      model_id: model.publicId,
      last_sync_start: row.last_started_at,
      next_sync_start: row.current_run_id === null && !paused ? row.next_run_at : null,
      last_sync_result: row.last_result,
      last_sync_finished: row.last_finished_at,
      status: paused ? 'PAUSED' : row.status,
      is_initial_sync: row.is_initial,
      sync_status_reason: reasonOf(row.fault),
      data_fresh_as_of: row.fresh_as_of,
      stale_since: row.stale_since,
      lane: laneNames[row.lane]!,
      progress: row.current_run_id === null || row.rows_read === null ? null : progressOf({
        complete: row.since === null, read: row.rows_read, seen: row.checkpoint?.seen ?? 0, declared: inParts.has(row.model) ? null : row.checkpoint?.total ?? null, rowsOfLastFull: row.rows_of_last_full, pages: row.pages,
        beganAt: row.run_started_at, lastPageAt: row.last_page_at, goesOnAt: paused ? null : row.next_run_at, now: row.now,
      }),
      records: row.rows_read === null ? null : { read: row.rows_read, created: row.created, updated: row.updated, unchanged: row.unchanged, deleted: row.deleted, quarantined: row.quarantined, deletions_held: row.deletions_held },
      fault: row.fault === null ? null : { code: row.fault.code, detail: row.fault.detail, log_id: row.fault.logId },
    }]
  })
}
