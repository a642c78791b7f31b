import type { Client } from '../db/client.ts'
import { uuidArray } from '../db/arrays.ts'
import type { Origin } from './upsert.ts'

/** Mark records as deleted at the vendor, by its own word. Those that a person keeps stay. Gives how many were alive. */
export async function tombstone(client: Client, origin: Origin, ids: readonly string[]): Promise<number> {
  return ids.length === 0 ? 0 : turn(client, origin, 'deleted', { text: 'select unnest($6::uuid[])', value: uuidArray(ids) })
}

/** Mark records as deleted that have waited this long for it. */
export const tombstoneHeld = (client: Client, origin: Origin, { waitedHours }: { readonly waitedHours: number }): Promise<number> =>
  turn(client, origin, 'deleted', { text: `select d.record_id from deletions d where d.linked_account_id = $1 and d.model = $3 and d.state = 'held' and d.since <= now() - $6 * interval '1 hour'`, value: waitedHours })

/** Bring tombstones back as they were. They are kept from then on: what is missing at the vendor already says nothing any more. Gives how many were gone. */
export async function restore(client: Client, origin: Origin, ids: readonly string[]): Promise<number> {
  return ids.length === 0 ? 0 : turn(client, origin, 'restored', { text: 'select unnest($6::uuid[])', value: uuidArray(ids) })
}

/** One statement for all of them: the records, the feed in order, and what is known of each deletion. Bodies stay as they are, so that they can be looked at and come back. */
async function turn(client: Client, { organizationId, linkedAccountId, model, cause, runId }: Origin, what: 'deleted' | 'restored', chosen: { readonly text: string; readonly value: unknown }): Promise<number> {
  const gone = what === 'deleted'
  const { rowCount } = await client.query(
    `with n as (
      select t.id, t.remote_id, t.raw_version, row_number() over (order by t.seq) as ord from ${model.table} t
      where t.linked_account_id = $1 and t.id in (${chosen.text}) and t.remote_was_deleted = ${!gone} and not t.is_erased
        ${gone ? `and not exists (select 1 from deletions d where d.linked_account_id = $1 and d.model = $3 and d.record_id = t.id and d.state = 'kept')` : ''}
    ), size as (select count(*) as rows from n), head as (
      update feed_heads set seq = seq + size.rows, modified_at = greatest(clock_timestamp(), modified_at) + size.rows * interval '1 microsecond'
      from size where linked_account_id = $1 returning seq - size.rows as seq, modified_at - size.rows * interval '1 microsecond' as at
    ), marked as (
      update ${model.table} t set remote_was_deleted = ${gone}, seq = head.seq + n.ord, modified_at = head.at + n.ord * interval '1 microsecond'
      from n cross join head where t.linked_account_id = $1 and t.id = n.id
    ), noted as (
      insert into deletions as d (linked_account_id, model, record_id, organization_id, remote_id, state, run_id)
      select $1, $3, n.id, $2, n.remote_id, '${gone ? 'done' : 'kept'}', $5 from n
      on conflict (linked_account_id, model, record_id) do update set state = excluded.state, since = excluded.since, run_id = ${gone ? 'excluded' : 'd'}.run_id
    )
    insert into changes (linked_account_id, organization_id, seq, model, record_id, remote_id, what, cause, fields, raw_version, run_id, at)
    select $1, $2, head.seq + n.ord, $3, n.id, n.remote_id, '${what}', $4, null, n.raw_version, $5, head.at + n.ord * interval '1 microsecond'
    from n cross join head`,
    [linkedAccountId, organizationId, model.id, cause, runId, chosen.value])
  return rowCount ?? 0
}
