import { transaction, type Database } from '../db/client.ts'
import type { Bounds } from '../db/prune.ts'

/**
 * A vendor's row that took the place of another, long enough ago: what was before it goes. Goes by the instants at which versions came, from where the last run ended,
 * so it costs what is new to it and not what is kept. A batch takes its last instant whole: a page's rows share one.
 */
const STEP = `with newer as materialized (
    select linked_account_id, model, record_id, version, fetched_at from raw_payloads
    where version > 1 and fetched_at > coalesce((select up_to from prune_marks where task = 'raw_payloads'), '-infinity') and fetched_at < $1::timestamptz
    order by fetched_at fetch first $2 rows with ties
  ), gone as (
    delete from raw_payloads p using newer n where p.linked_account_id = n.linked_account_id and p.model = n.model and p.record_id = n.record_id and p.version < n.version returning 1
  ), moved as (
    insert into prune_marks as m (task, up_to) select 'raw_payloads', max(fetched_at) from newer having count(*) > 0
    on conflict (task) do update set up_to = greatest(m.up_to, excluded.up_to)
  ) select (select count(*) from newer) as looked, (select count(*) from gone) as gone`

/** Superseded versions of raw payloads, once they have been so for long enough. The newest version of a record lives as long as the record. */
export async function pruneSuperseded({ system }: Database, { retentionDays, now = Date.now(), batch = 2_000, signal }: Bounds & { readonly retentionDays: number; readonly now?: number }): Promise<{ readonly pruned: number }> {
  const before = new Date(now - retentionDays * 86_400_000).toISOString()
  for (let pruned = 0; ;) {
    const { looked, gone } = await transaction(system, async (client) => (await client.query<{ looked: number; gone: number }>(STEP, [before, batch])).rows[0]!)
    pruned += gone
    if (looked < batch || signal?.aborted === true) return { pruned }
  }
}
