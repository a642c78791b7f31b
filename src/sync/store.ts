import { hash } from 'node:crypto'
import type { Client, Database } from '../db/client.ts'
import { all } from '../db/pool.ts'
import { intArray, uuidArray } from '../db/arrays.ts'
import { lanes } from './lanes.ts'
import { beatSql, spanSql } from './rhythm.ts'
import type { Checkpoint, Counts, RunKind } from './run.ts'

export interface SyncState {
  readonly watermark: string | null
  readonly lastFullAt: string | null
  readonly nextKind: RunKind | null
  readonly currentRunId: string | null
  readonly isInitial: boolean
  readonly mappingVersion: number
  readonly failures: number
  /** Deletions of this model wait, or are kept from happening: a page looks whether it shows one of those records. */
  readonly hasDeletions: boolean
  /** Rows of this model are in quarantine. */
  readonly hasPoisoned: boolean
  /** The database's clock. */
  readonly now: string
  /** What the organisation says of this model, and of all; null: nothing. */
  readonly wanted: { readonly intervalSeconds: number | null; readonly intervalSecondsOfAll: number | null; readonly reconcileHours: number | null }
}

export interface OpenRun {
  readonly id: string
  readonly kind: RunKind
  readonly since: string | null
  readonly checkpoint: Checkpoint | null
  readonly restarts: number
  /** The version of the mapping that it began with. */
  readonly mappingVersion: number
}

export interface StoredFault { readonly code: string; readonly detail: string; readonly logId: string | null }

interface Key { readonly organizationId: string; readonly linkedAccountId: string; readonly model: string }

export async function readState(database: Database, { organizationId, linkedAccountId, model }: Key): Promise<SyncState | null> {
  const [row] = await database.tenantQuery<{ watermark: string | null; last_full_at: string | null; next_kind: RunKind | null; current_run_id: string | null; is_initial: boolean; mapping_version: number; failures: number; has_deletions: boolean; has_poisoned: boolean; now: string; interval_seconds: number | null; interval_seconds_of_all: number | null; reconcile_hours: number | null }>(organizationId, {
    name: 'read_sync_state',
    text: `select s.watermark, s.last_full_at, s.next_kind, s.current_run_id, s.is_initial, s.mapping_version, s.failures, now() as now,
             exists (select 1 from deletions d where d.linked_account_id = $1 and d.model = $2 and d.state in ('held', 'kept')) as has_deletions,
             exists (select 1 from quarantine q where q.linked_account_id = $1 and q.model = $2) as has_poisoned,
             own.interval_seconds, every.interval_seconds as interval_seconds_of_all, coalesce(own.reconcile_hours, every.reconcile_hours) as reconcile_hours
           from sync_states s left join sync_settings own on own.organization_id = s.organization_id and own.model = s.model left join sync_settings every on every.organization_id = s.organization_id and every.model = ''
           where s.linked_account_id = $1 and s.model = $2`,
    values: [linkedAccountId, model],
  })
  return row === undefined ? null : {
    watermark: row.watermark, lastFullAt: row.last_full_at, nextKind: row.next_kind, currentRunId: row.current_run_id, isInitial: row.is_initial,
    mappingVersion: row.mapping_version, failures: row.failures, hasDeletions: row.has_deletions, hasPoisoned: row.has_poisoned,
    now: row.now,
    wanted: { intervalSeconds: row.interval_seconds, intervalSecondsOfAll: row.interval_seconds_of_all, reconcileHours: row.reconcile_hours },
  }
}

export async function readRun(database: Database, { organizationId, linkedAccountId }: Key, runId: string): Promise<OpenRun | null> {
  const [row] = await database.tenantQuery<{ id: string; kind: RunKind; since: string | null; checkpoint: Checkpoint | null; restarts: number; mappingVersion: number }>(organizationId, {
    text: `select id, kind, since, checkpoint, restarts, mapping_version as "mappingVersion" from sync_runs where linked_account_id = $1 and id = $2 and state = 'running'`, values: [linkedAccountId, runId],
  })
  return row ?? null
}

/** `asked`: the kind that was asked for when it was decided what to run. What has been asked for since is run next. */
export async function beginRun(client: Client, key: Key, run: OpenRun, asked: RunKind | null): Promise<void> {
  const { organizationId, linkedAccountId, model } = key
  await client.query('insert into sync_runs (linked_account_id, id, organization_id, model, kind, state, since, mapping_version) values ($1, $2, $3, $4, $5, $6, $7, $8)', [linkedAccountId, run.id, organizationId, model, run.kind, 'running', run.since, run.mappingVersion])
  // The due time stays in the past until the run ends: work that a dead worker leaves behind is due by itself.
  await client.query(
    `update sync_states set current_run_id = $3, status = 'SYNCING', last_started_at = now(), next_kind = case when $4 or next_kind is distinct from $6 then next_kind end, next_run_at = coalesce(least(next_run_at, now()), now()), fault = null,
       lane = case when $5 then ${lanes.backfill} else lane end
     where linked_account_id = $1 and model = $2`, [linkedAccountId, model, run.id, run.kind === 'remap', run.kind === 'reconcile', asked])
}

/** What is stored is of this version of the mapping now; the run that was due before is due still. `readAnew`: it was not all there to map. */
export async function endRemap(client: Client, { linkedAccountId, model }: Key, run: OpenRun, { readAnew }: { readonly readAnew: boolean }): Promise<void> {
  await client.query(`update sync_runs set state = 'succeeded', finished_at = now() where linked_account_id = $1 and id = $2`, [linkedAccountId, run.id])
  await client.query(
    `update sync_states set current_run_id = null, mapping_version = $3, next_kind = case when $4 then 'full' else next_kind end, next_run_at = now(), fault = null, failures = 0 where linked_account_id = $1 and model = $2`,
    [linkedAccountId, model, run.mappingVersion, readAnew])
}

/** The run ends without having come to anything. */
export async function cancelRun(client: Client, { linkedAccountId, model }: Key, runId: string): Promise<void> {
  await client.query(`update sync_runs set state = 'cancelled', finished_at = now() where linked_account_id = $1 and id = $2 and state = 'running'`, [linkedAccountId, runId])
  await client.query('update sync_states set current_run_id = null where linked_account_id = $1 and model = $2 and current_run_id = $3', [linkedAccountId, model, runId])
}

export interface PageManifest {
  readonly runId: string
  readonly page: number
  readonly pageToken: string
  readonly logIds: readonly string[]
  readonly recordIds: readonly string[]
  readonly rawVersions: readonly number[]
}

/** The page's line in the manifest, and the run's new place; in the page's own transaction. What it showed is kept once, however often it is shown. */
export async function recordPage(client: Client, { organizationId, linkedAccountId }: Key, manifest: PageManifest, checkpoint: Checkpoint, counts: Counts): Promise<void> {
  const [recordIds, rawVersions] = [uuidArray(manifest.recordIds), intArray(manifest.rawVersions)]
  const contents = hash('sha256', Buffer.concat([recordIds, rawVersions]), 'hex').slice(0, 32)
  await all(
    client.query({
      name: 'keep_page_contents',
      text: 'insert into page_contents (linked_account_id, id, organization_id, record_ids, raw_versions) values ($1, $2, $3, $4::uuid[], $5::int4[]) on conflict do nothing',
      values: [linkedAccountId, contents, organizationId, recordIds, rawVersions],
    }),
    client.query({
      name: 'record_page',
      text: `insert into sync_pages (linked_account_id, run_id, page, organization_id, page_token, log_ids, contents) values ($1, $2, $3, $4, $5, $6::uuid[], $7)`,
      values: [linkedAccountId, manifest.runId, manifest.page, organizationId, manifest.pageToken, uuidArray(manifest.logIds), contents],
    }),
    advanceRun(client, { organizationId, linkedAccountId }, manifest.runId, checkpoint, counts, manifest.logIds.length),
  )
}

/** The run's new place and its counts so far. */
export async function advanceRun(client: Client, { linkedAccountId }: Pick<Key, 'organizationId' | 'linkedAccountId'>, runId: string, checkpoint: Checkpoint, counts: Counts, requests = 0): Promise<void> {
  await client.query({
    name: 'advance_run',
    text: `update sync_runs set checkpoint = $3, pages = $4, rows_read = rows_read + $5, created = created + $6, updated = updated + $7, unchanged = unchanged + $8, quarantined = quarantined + $9, field_issues = field_issues + $10, deleted = deleted + $11, requests = requests + $12
           where linked_account_id = $1 and id = $2`,
    values: [linkedAccountId, runId, checkpoint, checkpoint.page, counts.rowsRead, counts.created, counts.updated, counts.unchanged, counts.quarantined, counts.fieldIssues, counts.deleted, requests],
  })
}

export interface Ending {
  readonly state: 'succeeded' | 'failed'
  /** DONE, PARTIALLY_SYNCED, FAILED */
  readonly result: string
  readonly fault: StoredFault | null
  readonly watermark: string | null
  readonly complete: boolean
  readonly deleted: number
  readonly deletionsHeld: number
  readonly mappingVersion: number
  /** Null: not by itself. */
  readonly nextRunInSeconds: number | null
}

/** Close the run and move the state on; the watermark moves only here, and only for a success. */
export async function endRun(client: Client, { linkedAccountId, model }: Key, runId: string, ending: Ending): Promise<void> {
  await client.query(
    `update sync_runs set state = $3, finished_at = now(), fault = $4, deleted = deleted + $5, deletions_held = $6 where linked_account_id = $1 and id = $2`,
    [linkedAccountId, runId, ending.state, ending.fault, ending.deleted, ending.deletionsHeld])
  const succeeded = ending.state === 'succeeded'
  const span = spanSql('$6::float8', { quiet: 'quiet.runs', failed: 'failed.runs', adapts: 'coalesce(own.adapts, every.adapts, true)' })
  await client.query(
    `update sync_states s set status = $3, last_result = $3, last_finished_at = now(), current_run_id = null, fault = $4, failures = case when $5 then 0 else s.failures end,
       quiet_runs = quiet.runs, failed_runs = failed.runs, wait_seconds = ${span}, turns = 0, lane = case when s.next_kind is null then ${lanes.incremental} else s.lane end,
       next_run_at = case when $6::float8 is null then null when s.next_kind is not null then now() else ${beatSql(span)} end, watermark = case when $5 then coalesce(greatest($7::timestamptz, s.watermark), s.watermark) else s.watermark end,
       last_full_at = case when $8 then now() else s.last_full_at end, is_initial = case when $5 then false else s.is_initial end,
       mapping_version = case when $8 then $9 else s.mapping_version end
     from sync_states w left join sync_settings own on own.organization_id = w.organization_id and own.model = w.model left join sync_settings every on every.organization_id = w.organization_id and every.model = ''
       cross join lateral (select exists (select from sync_runs r where r.linked_account_id = w.linked_account_id and r.id = $10 and r.created + r.updated + r.deleted > 0) as changed) told
       cross join lateral (select case when not $5 then w.quiet_runs when told.changed then 0 else w.quiet_runs + 1 end as runs) quiet
       cross join lateral (select case when $5 then 0 else w.failed_runs + 1 end as runs) failed
     where s.linked_account_id = $1 and s.model = $2 and w.linked_account_id = $1 and w.model = $2`,
    [linkedAccountId, model, ending.result, ending.fault, succeeded, ending.nextRunInSeconds, ending.watermark, succeeded && ending.complete, ending.mappingVersion, runId])
}

/** The run stays open at its checkpoint and is tried again later. */
export async function postponeRun(client: Client, { linkedAccountId, model }: Key, fault: StoredFault, inSeconds: number, countsAsFailure: boolean): Promise<void> {
  await client.query(
    `with waiting as (
       update sync_states set fault = $3, next_run_at = now() + $4::float8 * interval '1 second', wait_seconds = $4, failures = failures + $5 where linked_account_id = $1 and model = $2 returning current_run_id
     ) update sync_runs set setbacks = setbacks + 1 from waiting where linked_account_id = $1 and id = waiting.current_run_id`,
    [linkedAccountId, model, fault, inSeconds, countsAsFailure ? 1 : 0])
}

/** Work that cannot go on for a reason of our own waits, longer each time, at most a quarter of an hour. */
export async function setAside(database: Database, { organizationId, linkedAccountId, model }: Key, fault: StoredFault): Promise<void> {
  await database.tenantQuery(organizationId, {
    text: `update sync_states s set fault = $3, failures = s.failures + 1, wait_seconds = pause.seconds, next_run_at = now() + pause.seconds * interval '1 second'
           from (select least(900, 5 * power(2, least(failures, 10))) as seconds from sync_states where linked_account_id = $1 and model = $2) pause where s.linked_account_id = $1 and s.model = $2`,
    values: [linkedAccountId, model, fault],
  })
}

/** The vendor forgot our place: the walk begins anew. Pages already committed stay; writing them again changes nothing. */
export async function restartRun(client: Client, { linkedAccountId }: Key, runId: string, checkpoint: Checkpoint): Promise<void> {
  await client.query('update sync_runs set checkpoint = $3, restarts = restarts + 1 where linked_account_id = $1 and id = $2', [linkedAccountId, runId, checkpoint])
}
