import type { Database } from '../db/client.ts'
import { accountsWith, deleteOld, type Bounds } from '../db/prune.ts'

const DAY_MS = 86_400_000

export interface PruneOptions extends Bounds { readonly retentionDays: number; readonly now?: number }

/**
 * Forgets what the feeds no longer keep, oldest entries first, so that a feed is always without a gap behind its oldest entry. Accounts with nothing old cost one look at their oldest entry.
 */
export async function pruneChanges(database: Database, { retentionDays, now = Date.now(), batch = 5_000, signal }: PruneOptions): Promise<{ readonly pruned: number }> {
  const before = new Date(now - retentionDays * DAY_MS).toISOString()
  let pruned = 0
  const old = '(select c.at from changes c where c.linked_account_id = h.linked_account_id order by c.seq limit 1) < $4::timestamptz'
  for await (const { linkedAccountId } of accountsWith(database, old, [before], signal)) pruned += await pruneAccount(database.system, linkedAccountId, before, batch, signal)
  await pruneStretches(database, before, { batch, ...(signal !== undefined && { signal }) })
  return { pruned }
}

async function pruneAccount(system: Database['system'], linkedAccountId: string, before: string, batch: number, signal: AbortSignal | undefined): Promise<number> {
  for (let pruned = 0; ;) {
    // An account's instants rise with its numbers, so the old ones are the first ones.
    const { rowCount } = await system.query(
      `delete from changes c using (select max(o.seq) as seq from (select seq, at from changes where linked_account_id = $1 order by seq limit $2) o where o.at < $3::timestamptz) cut
       where c.linked_account_id = $1 and c.seq <= cut.seq`, [linkedAccountId, batch, before])
    pruned += rowCount ?? 0
    if ((rowCount ?? 0) < batch || signal?.aborted === true) return pruned
  }
}

/** Readers are told first that the organisation's feed no longer reaches back so far; then it does not. */
async function pruneStretches(database: Database, before: string, bounds: Bounds): Promise<void> {
  await database.system.query(
    `update organization_feeds f set pruned = old.number from (select organization_id, max(number) as number from feed_stretches where told_at < $1::timestamptz group by 1) old
     where f.organization_id = old.organization_id and f.pruned < old.number`, [before])
  await deleteOld(database, 'feed_stretches', 'told_at < $1::timestamptz', [before], bounds)
}
