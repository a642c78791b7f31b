import type { CommonModel } from '#models'
import type { Client } from '../db/client.ts'
import { shownBy } from '../records/shown.ts'
import { noTrail } from './circles.ts'
import { holdFence } from './lease.ts'
import { firstPlace } from './place.ts'
import type { Checkpoint } from './run.ts'
import type { SliceWork } from './slice.ts'

/** A list that changes as fast as it is read is not read for ever: what could not be settled is read again with the next run. */
const MOST_PASSES = 4

/**
 * Where a list is walked by counting, a row that goes moves all behind it up by one, and one of them falls between two pages.
 * So what a pass did not show is believed to be gone only when the next pass shows all that it did: had a row behind the walk
 * gone meanwhile, it would be missing there. Gives where that next pass begins; null: none is needed.
 */
export async function nextPass(work: SliceWork, checkpoint: Checkpoint): Promise<Checkpoint | null> {
  const { deps, lease, resource, run } = work
  const { kind } = resource.read.pages
  if (run.since !== null || (kind !== 'offset' && kind !== 'page') || checkpoint.unsettled === true) return null
  const passes = checkpoint.passes ?? [0]
  return deps.database.tenant(lease.organizationId, async (client) => {
    await holdFence(client, lease)
    if (passes.length > 1 && await agree(client, work, passes)) return null
    if (checkpoint.seen >= (checkpoint.total ?? 0) && !await misses(client, work)) return null
    const next: Checkpoint = passes.length === MOST_PASSES
      ? { ...checkpoint, unsettled: true }
      : { ...checkpoint, place: firstPlace(resource), seen: 0, total: null, visited: noTrail, passes: [...passes, checkpoint.page] }
    await client.query('update sync_runs set checkpoint = $3 where linked_account_id = $1 and id = $2', [lease.linkedAccountId, run.id, next])
    return next
  })
}

/** Whether the last pass showed all that the one before it did. */
async function agree(client: Client, { lease, run }: SliceWork, passes: readonly number[]): Promise<boolean> {
  const { rows: [row] } = await client.query<{ agree: boolean }>(
    `select not exists (
       ${shownBy(' and p.page >= $3 and p.page < $4')} except ${shownBy(' and p.page >= $4')}
     ) as agree`, [lease.linkedAccountId, run.id, passes.at(-2), passes.at(-1)])
  return row!.agree
}

/** Whether there are living records that no pass has shown. */
async function misses(client: Client, { lease, resource, run }: SliceWork): Promise<boolean> {
  const { rows: [row] } = await client.query<{ misses: boolean }>(
    `with seen as materialized (select distinct shown.id from (${shownBy()}) shown)
     select exists (
       select 1 from ${(resource.model as CommonModel).table} t left join seen on seen.id = t.id
       where t.linked_account_id = $1 and not t.remote_was_deleted and not t.is_erased and seen.id is null
     ) as misses`, [lease.linkedAccountId, run.id])
  return row!.misses
}
