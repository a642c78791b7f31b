import type { Client } from '../db/client.ts'
import { uuidArray } from '../db/arrays.ts'
import type { Origin } from './upsert.ts'

/** Living records that no page of a complete run has shown. */
export async function missingFrom(client: Client, origin: Origin): Promise<{ readonly missing: readonly string[]; readonly living: number }> {
  const { rows: [row] } = await client.query<{ missing: string[] | null; living: number }>(
    `with seen as materialized (select distinct unnest(record_ids) as id from sync_pages where linked_account_id = $1 and run_id = $2)
     select array_agg(t.id) filter (where seen.id is null) as missing, count(*) as living
     from ${origin.model.table} t left join seen on seen.id = t.id where t.linked_account_id = $1 and not t.remote_was_deleted and not t.is_erased`,
    [origin.linkedAccountId, origin.runId])
  return { missing: row?.missing ?? [], living: row?.living ?? 0 }
}

/** Mark records as deleted at the vendor, and tell the feed. Their bodies stay, so that they can be looked at and undone. Gives how many were alive. */
export async function tombstone(client: Client, origin: Origin, ids: readonly string[]): Promise<number> {
  if (ids.length === 0) return 0
  const { rowCount } = await client.query(
    `with n as (
      select t.id, t.remote_id, t.raw_version, row_number() over (order by t.seq) as ord from ${origin.model.table} t
      where t.linked_account_id = $1 and t.id = any($6::uuid[]) and not t.remote_was_deleted and not t.is_erased
    ), size as (select count(*) as rows from n), head as (
      update feed_heads set seq = seq + size.rows, modified_at = greatest(clock_timestamp(), modified_at) + size.rows * interval '1 microsecond'
      from size where linked_account_id = $1 returning seq - size.rows as seq, modified_at - size.rows * interval '1 microsecond' as at
    ), marked as (
      update ${origin.model.table} t set remote_was_deleted = true, seq = head.seq + n.ord, modified_at = head.at + n.ord * interval '1 microsecond'
      from n cross join head where t.linked_account_id = $1 and t.id = n.id
    )
    insert into changes (linked_account_id, organization_id, seq, model, record_id, remote_id, what, cause, fields, raw_version, run_id, at)
    select $1, $2, head.seq + n.ord, $3, n.id, n.remote_id, 'deleted', $4, null, n.raw_version, $5, head.at + n.ord * interval '1 microsecond'
    from n cross join head`,
    [origin.linkedAccountId, origin.organizationId, origin.model.id, origin.cause, origin.runId, uuidArray(ids)])
  return rowCount ?? 0
}
