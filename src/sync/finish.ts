import type { AnyResource } from '#kit'
import type { CommonModel } from '#models'
import type { Client } from '../db/client.ts'
import { forgetShown } from '../records/erase.ts'
import { forgetUnread } from '../records/forget.ts'
import { deletionsOf, HELD_HOURS, holdMissing, looksWrong, unreadableRows } from '../records/deletions.ts'
import { dropUnseen } from '../records/quarantine.ts'
import { tombstoneHeld } from '../records/tombstone.ts'
import type { Origin } from '../records/upsert.ts'
import { holdFence } from './lease.ts'
import type { Checkpoint } from './run.ts'
import type { SliceWork } from './slice.ts'
import { raiseIssues } from './standing.ts'
import { endRun } from './store.ts'
import { assertWhoami } from './whoami.ts'

/** The vendor said that this was the last page. Deletions, the watermark and the end of the run commit together. */
export async function finishRun(work: SliceWork, checkpoint: Checkpoint): Promise<void> {
  const { deps, lease, resource, run } = work
  // Fewer items than the vendor said there are: rows moved under the walk. What was read is good; absence proves nothing.
  const complete = run.since === null && checkpoint.seen >= (checkpoint.total ?? 0) && checkpoint.unsettled !== true
  const deletes = complete && run.kind !== 'initial' && absenceCounts(resource)
  if (deletes) await assertWhoami(work)
  const origin: Origin = { organizationId: lease.organizationId, linkedAccountId: lease.linkedAccountId, model: resource.model as CommonModel, cause: 'sync', runId: run.id, page: checkpoint.page }
  await deps.logs.flush()
  const buried = await deps.database.tenant(lease.organizationId, async (client) => {
    await holdFence(client, lease)
    // Bad rows that a complete read did not show again are no longer there.
    if (complete) await dropUnseen(client, origin)
    const { deleted, held } = deletes ? await deleteMissing(client, origin) : { deleted: 0, held: (await deletionsOf(client, origin)).held }
    if (work.scope.disabled.size > 0) await forgetUnread(client, origin)
    await forgetShown(client, lease.linkedAccountId, origin.model, run.id)
    // A request that was on its way when something was switched off was logged whole. Nothing of a restricted account's bodies is to stay.
    if (work.scope.restricted) await client.query('delete from log_bodies where linked_account_id = $1', [lease.linkedAccountId])
    await raiseIssues(client, origin, { held })
    const partial = held > 0 || (run.since === null && !complete)
    await endRun(client, lease, run.id, {
      state: 'succeeded', result: partial ? 'PARTIALLY_SYNCED' : 'DONE', fault: null, complete, deleted, deletionsHeld: held,
      watermark: watermarkOf(resource, checkpoint), mappingVersion: run.mappingVersion, nextRunInSeconds: deps.syncIntervalSeconds,
    })
    return deleted
  })
  if (buried > 0) deps.onChanges?.(lease)
}

/** Tombstones for what a complete read has missed. Where that looks wrong, only for what has been missing for a day. */
async function deleteMissing(client: Client, origin: Origin): Promise<{ readonly deleted: number; readonly held: number }> {
  const { held, fresh } = await holdMissing(client, origin)
  if (held === 0) return { deleted: 0, held: 0 }
  const tooMany = await looksWrong(client, origin, fresh + (await deletionsOf(client, origin)).deleted)
  const waitedHours = tooMany || await unreadableRows(client, origin) > 0 ? HELD_HOURS : 0
  const deleted = await tombstoneHeld(client, origin, { waitedHours })
  return { deleted, held: held - deleted }
}

/** The newest change seen, but never later than the run's beginning by the vendor's clock: what changed during the walk behind our back is read again. */
function watermarkOf({ read: { incremental } }: AnyResource, { newest, vendorClock }: Checkpoint): string | null {
  if (incremental !== 'full_only' && incremental.changedAt === 'run_began') return vendorClock
  return newest === null ? null : newest < vendorClock ? newest : vendorClock
}

const absenceCounts = ({ read: { deletions } }: AnyResource): boolean => deletions.seenAs === 'missing_from_full_read' || ('absence' in deletions && deletions.absence === 'counts')
