/** Which living records a complete run has not shown, and what is known of deletions that wait. */
import { uuidArray } from '../db/arrays.ts'
import type { Client, Database } from '../db/client.ts'
import type { Scope } from './query.ts'
import { shownBy } from './shown.ts'
import type { Origin } from './upsert.ts'

/** How long the deletion of what looks wrongly missing waits for a person. */
export const HELD_HOURS = 24
/** How long a tombstone can be undone; then it is erased for good. */
export const UNDO_DAYS = 90

export type DeletionState = 'held' | 'kept' | 'done'

export interface Waiting {
  /** All that are held, with those that this run has missed. */
  readonly held: number
  /** Those of them that have waited for less than the given time. */
  readonly fresh: number
}

/** Hold every living record that no page of the run has shown, as the first step of deleting it. Their ids never leave the database. */
export async function holdMissing(client: Client, { linkedAccountId, organizationId, model, runId }: Origin): Promise<Waiting> {
  await client.query(
    `with seen as materialized (select distinct shown.id from (${shownBy()}) shown)
     insert into deletions (linked_account_id, model, record_id, organization_id, remote_id, state, run_id)
     select $1, $3, t.id, $4, t.remote_id, 'held', $2 from ${model.table} t left join seen on seen.id = t.id
     where t.linked_account_id = $1 and not t.remote_was_deleted and not t.is_erased and seen.id is null
     on conflict (linked_account_id, model, record_id) do nothing`, [linkedAccountId, runId, model.id, organizationId])
  const { rows: [row] } = await client.query<{ held: number; fresh: number }>(
    `select count(*) as held, count(*) filter (where since > now() - $3 * interval '1 hour') as fresh from deletions where linked_account_id = $1 and model = $2 and state = 'held'`, [linkedAccountId, model.id, HELD_HOURS])
  return row!
}

/** A run that would delete more than this looks wrong: its deletions wait for a day (`HELD_HOURS`), or for a person. */
const HELD_SHARE = 0.2
const HELD_ROWS = 50

export const looksWrong = async (client: Client, origin: Origin, rows: number): Promise<boolean> => rows > HELD_ROWS && rows > await livingRecords(client, origin) * HELD_SHARE

async function livingRecords(client: Client, { linkedAccountId, model }: Origin): Promise<number> {
  const { rows: [row] } = await client.query<{ n: number }>(`select count(*) as n from ${model.table} where linked_account_id = $1 and not remote_was_deleted and not is_erased`, [linkedAccountId])
  return row!.n
}

/** Rows of this run whose id could not be read: each may be any of the missing. */
export async function unreadableRows(client: Client, { linkedAccountId, model, runId }: Origin): Promise<number> {
  const { rows: [row] } = await client.query<{ n: number }>(`select count(*) as n from quarantine where linked_account_id = $1 and model = $2 and run_id = $3 and code = 'mapping.unidentified'`, [linkedAccountId, model.id, runId])
  return row!.n
}

/** The vendor has shown these records: nothing of their deletion waits or is kept from happening any more. */
export async function forgetDeletions(client: Client, { linkedAccountId, model }: Pick<Origin, 'linkedAccountId' | 'model'>, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  await client.query({ name: 'forget_deletions', text: 'delete from deletions where linked_account_id = $1 and model = $2 and record_id = any($3::uuid[])', values: [linkedAccountId, model.id, uuidArray(ids)] })
}

export interface Deletion extends Record<string, unknown> {
  readonly model: string
  readonly record_id: string
  readonly remote_id: string
  readonly state: DeletionState
  readonly since: string
  readonly run_id: string
  readonly waits_until: string | null
  readonly can_be_undone_until: string | null
}
export type DeletionPlace = Pick<Deletion, 'model' | 'record_id'>
export interface DeletionFilters { readonly state: DeletionState; readonly model: string | null; readonly runId: string | null }

/** By model and id, from behind a place. */
export function listDeletions(database: Database, scope: Scope, { state, model, runId }: DeletionFilters, after: DeletionPlace | null, limit: number): Promise<Deletion[]> {
  return database.tenantQuery<Deletion>(scope.organizationId, {
    name: after === null ? 'deletions' : 'deletions_after',
    text: `select model, record_id, remote_id, state, since, run_id, case when state = 'held' then since + ${HELD_HOURS} * interval '1 hour' end as waits_until, case when state = 'done' then since + ${UNDO_DAYS} * interval '1 day' end as can_be_undone_until
           from deletions where linked_account_id = $1 and state = $2 and ($3::text is null or model = $3) and ($4::uuid is null or run_id = $4)
           ${after === null ? '' : 'and (model, record_id) > ($6, $7::uuid)'} order by model, record_id limit $5`,
    values: [scope.id, state, model, runId, limit, ...(after === null ? [] : [after.model, after.record_id])],
  })
}

/** Which of these records are alive. */
export async function livingAmong(client: Client, { linkedAccountId, model }: Origin, ids: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>({ name: `living_${model.table}`, text: `select id from ${model.table} where linked_account_id = $1 and id = any($2::uuid[]) and not remote_was_deleted and not is_erased`, values: [linkedAccountId, uuidArray(ids)] })
  return rows.map(({ id }) => id)
}

/** How many the run has deleted by its pages so far, how many of its deletions are held, and how many of any run wait. */
export async function deletionsOf(client: Client, { linkedAccountId, model, runId }: Origin): Promise<{ readonly deleted: number; readonly held: number; readonly waiting: number }> {
  const { rows: [row] } = await client.query<{ deleted: number; held: number; waiting: number }>({
    name: 'deletions_of_run',
    text: `select r.deleted, d.held, d.waiting from sync_runs r cross join lateral (
             select count(*) filter (where run_id = $3) as held, count(*) filter (where since > now() - $4 * interval '1 hour') as waiting from deletions where linked_account_id = $1 and model = $2 and state = 'held'
           ) d where r.linked_account_id = $1 and r.id = $3`,
    values: [linkedAccountId, model.id, runId, HELD_HOURS],
  })
  return row!
}

/** Hold these. */
export async function hold(client: Client, { linkedAccountId, organizationId, model, runId }: Origin, ids: readonly string[]): Promise<void> {
  await client.query(
    `insert into deletions (linked_account_id, model, record_id, organization_id, remote_id, state, run_id) select $1, $2, t.id, $3, t.remote_id, 'held', $4 from ${model.table} t where t.linked_account_id = $1 and t.id = any($5::uuid[])
     on conflict (linked_account_id, model, record_id) do nothing`, [linkedAccountId, model.id, organizationId, runId, uuidArray(ids)])
}

/** Those that are held, and whether they have been for long enough. */
export async function heldAmong(client: Client, { linkedAccountId, model }: Origin, ids: readonly string[]): Promise<ReadonlyMap<string, boolean>> {
  const { rows } = await client.query<{ id: string; waited: boolean }>({
    name: 'held_among', text: `select record_id as id, since <= now() - $4 * interval '1 hour' as waited from deletions where linked_account_id = $1 and model = $2 and record_id = any($3::uuid[]) and state = 'held'`,
    values: [linkedAccountId, model.id, uuidArray(ids), HELD_HOURS],
  })
  return new Map(rows.map(({ id, waited }) => [id, waited]))
}
