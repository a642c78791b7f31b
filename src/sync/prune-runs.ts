import { uuidArray } from '../db/arrays.ts'
import type { Client, Database } from '../db/client.ts'
import { accountsWith, type AccountName, type Bounds } from '../db/prune.ts'

const RUNS = 500

/**
 * Runs that nobody asks for any more. What `sync-status` tells of stays, however old: of each model the last run, the last that succeeded, and the last that read everything.
 * $1: the account, $2: the instant before which a run is old.
 */
const OLD_RUNS = `select r.id from sync_runs r where r.linked_account_id = $1 and r.started_at < $2::timestamptz and r.state <> 'running'
    and exists (select from sync_runs n where n.linked_account_id = $1 and n.model = r.model and n.started_at > r.started_at)
    and (r.kind = 'remap' or r.state <> 'succeeded' or exists (
      select from sync_runs n where n.linked_account_id = $1 and n.model = r.model and n.started_at > r.started_at and n.state = 'succeeded' and n.kind <> 'remap' and (r.since is not null or n.since is null)))
  order by r.started_at limit ${RUNS}`

export interface PruneRuns extends Bounds { readonly retentionDays: number; readonly now?: number }

/** Old runs with their manifests, and what was on pages that no manifest names any more. */
export async function pruneRuns(database: Database, { retentionDays, now = Date.now(), batch = 5_000, signal }: PruneRuns): Promise<{ readonly runs: number; readonly pages: number }> {
  const before = new Date(now - retentionDays * 86_400_000).toISOString()
  const total = { runs: 0, pages: 0 }
  const old = '(select r.started_at from sync_runs r where r.linked_account_id = h.linked_account_id order by r.started_at limit 1) < $4::timestamptz'
  for await (const account of accountsWith(database, old, [before], signal)) {
    for (;;) {
      const { runs, pages, hasMore } = await step(database, account, before, batch)
      total.runs += runs
      total.pages += pages
      if (!hasMore || signal?.aborted === true) break
    }
  }
  return total
}

/** As many pages of old runs as a transaction takes; a run goes behind the last of its pages. */
async function step(database: Database, { organizationId, linkedAccountId }: AccountName, before: string, batch: number): Promise<{ readonly runs: number; readonly pages: number; readonly hasMore: boolean }> {
  return database.tenant(organizationId, async (client) => {
    const { rows: runs } = await client.query<{ id: string }>(OLD_RUNS, [linkedAccountId, before])
    if (runs.length === 0) return { runs: 0, pages: 0, hasMore: false }
    // A page that is under way may name contents that no other page names: it commits before, and the next one waits.
    await client.query('select 1 from leases where linked_account_id = $1 order by model for update', [linkedAccountId])
    const ids = uuidArray(runs.map(({ id }) => id))
    const { rows: pages } = await client.query<{ contents: string }>(
      `delete from sync_pages where ctid = any(array(select ctid from sync_pages where linked_account_id = $1 and run_id = any($2::uuid[]) limit $3)) returning contents`, [linkedAccountId, ids, batch])
    await forgetContents(client, linkedAccountId, [...new Set(pages.map(({ contents }) => contents))])
    if (pages.length === batch) return { runs: 0, pages: batch, hasMore: true }
    await client.query('delete from sync_runs where linked_account_id = $1 and id = any($2::uuid[])', [linkedAccountId, ids])
    return { runs: runs.length, pages: pages.length, hasMore: runs.length === RUNS }
  })
}

async function forgetContents(client: Client, linkedAccountId: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  await client.query(
    `delete from page_contents c using (select unnest($2::uuid[]) as id except select p.contents from sync_pages p where p.linked_account_id = $1) orphan where c.linked_account_id = $1 and c.id = orphan.id`, [linkedAccountId, uuidArray(ids)])
}
