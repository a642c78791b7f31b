import type { AnyResource } from '#kit'
import type { CommonModel } from '#models'
import { resolveIssues } from '../issues/issue.ts'
import { forgetShown } from '../records/erase.ts'
import { missingFrom, tombstone } from '../records/tombstone.ts'
import type { Origin } from '../records/upsert.ts'
import { holdFence } from './lease.ts'
import type { Checkpoint } from './run.ts'
import type { SliceWork } from './slice.ts'
import { endRun } from './store.ts'
import { assertWhoami } from './whoami.ts'

/** A run that would delete more than this looks wrong: its deletions wait for a day, or for a person. */
const HELD_SHARE = 0.2
const HELD_ROWS = 50
const HELD_MS = 24 * 3_600_000

/** The vendor said that this was the last page. Deletions, the watermark and the end of the run commit together. */
export async function finishRun(work: SliceWork, checkpoint: Checkpoint): Promise<void> {
  const { deps, lease, resource, run, state } = work
  // Fewer items than the vendor said there are: rows moved under the walk. What was read is good; absence proves nothing.
  const complete = run.since === null && checkpoint.seen >= (checkpoint.total ?? 0) && checkpoint.unsettled !== true
  const deletes = complete && run.kind !== 'initial' && absenceCounts(resource)
  if (deletes) await assertWhoami(work)
  const origin: Origin = { organizationId: lease.organizationId, linkedAccountId: lease.linkedAccountId, model: resource.model as CommonModel, cause: 'sync', runId: run.id, page: checkpoint.page }
  await deps.logs.flush()
  await deps.database.tenant(lease.organizationId, async (client) => {
    await holdFence(client, lease)
    let deleted = 0
    let held = 0
    if (deletes) {
      const { missing, living } = await missingFrom(client, origin)
      const heldLongEnough = state.deletionsHeldSince !== null && Date.now() - Date.parse(state.deletionsHeldSince) >= HELD_MS
      if (missing.length > HELD_ROWS && missing.length > living * HELD_SHARE && !heldLongEnough) held = missing.length
      else deleted = await tombstone(client, origin, missing)
    }
    await forgetShown(client, lease.linkedAccountId, origin.model, run.id)
    // A request that was on its way when something was switched off was logged whole. Nothing of a restricted account's bodies is to stay.
    if (work.scope.restricted) await client.query('delete from log_bodies where linked_account_id = $1', [lease.linkedAccountId])
    await resolveIssues(client, lease.linkedAccountId, resource.model.id)
    const partial = held > 0 || (run.since === null && !complete)
    await endRun(client, lease, run.id, {
      state: 'succeeded', result: partial ? 'PARTIALLY_SYNCED' : 'DONE', fault: null, complete, deleted, deletionsHeld: held,
      watermark: watermarkOf(resource, checkpoint), mappingVersion: resource.version, nextRunInSeconds: deps.syncIntervalSeconds,
    })
  })
}

/** The newest change seen, but never later than the run's beginning by the vendor's clock: what changed during the walk behind our back is read again. */
function watermarkOf({ read: { incremental } }: AnyResource, { newest, vendorClock }: Checkpoint): string | null {
  if (incremental !== 'full_only' && incremental.changedAt === 'run_began') return vendorClock
  return newest === null ? null : newest < vendorClock ? newest : vendorClock
}

const absenceCounts = ({ read: { deletions } }: AnyResource): boolean => deletions.seenAs === 'missing_from_full_read' || ('absence' in deletions && deletions.absence === 'counts')
