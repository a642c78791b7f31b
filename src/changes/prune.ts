import type { Database } from '../db/client.ts'

const DAY_MS = 86_400_000
const ACCOUNTS = 500

export interface PruneOptions { readonly retentionDays: number; readonly now?: number; readonly batch?: number }

/**
 * Forgets what the feeds no longer keep, oldest entries first, so that a feed is always without a gap behind its oldest entry. Small statements: none holds many rows, and
 * a stop in between leaves nothing half done. Accounts with nothing old cost one look at their oldest entry.
 */
export async function pruneChanges({ system }: Database, { retentionDays, now = Date.now(), batch = 5_000 }: PruneOptions): Promise<{ readonly pruned: number }> {
  const before = new Date(now - retentionDays * DAY_MS).toISOString()
  let pruned = 0
  for (let after = '00000000-0000-0000-0000-000000000000'; ;) {
    const { rows: accounts } = await system.query<{ id: string; old: boolean }>(
      `select h.linked_account_id as id, (select c.at from changes c where c.linked_account_id = h.linked_account_id order by c.seq limit 1) < $1::timestamptz as old
       from feed_heads h where h.linked_account_id > $2 order by h.linked_account_id limit $3`, [before, after, ACCOUNTS])
    for (const { id } of accounts.filter(({ old }) => old)) pruned += await pruneAccount(system, id, before, batch)
    after = accounts.at(-1)?.id ?? after
    if (accounts.length < ACCOUNTS) break
  }
  await system.query(
    `with gone as (delete from feed_stretches where told_at < $1::timestamptz returning organization_id, number)
     update organization_feeds f set pruned = greatest(f.pruned, g.number) from (select organization_id, max(number) as number from gone group by 1) g where f.organization_id = g.organization_id`, [before])
  return { pruned }
}

async function pruneAccount(system: Database['system'], linkedAccountId: string, before: string, batch: number): Promise<number> {
  for (let pruned = 0; ;) {
    // An account's instants rise with its numbers, so the old ones are the first ones.
    const { rowCount } = await system.query(
      `delete from changes c using (select max(o.seq) as seq from (select seq, at from changes where linked_account_id = $1 order by seq limit $2) o where o.at < $3::timestamptz) cut
       where c.linked_account_id = $1 and c.seq <= cut.seq`, [linkedAccountId, batch, before])
    pruned += rowCount ?? 0
    if ((rowCount ?? 0) < batch) return pruned
  }
}
