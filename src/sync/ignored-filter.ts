import { openIssue } from '../issues/issue.ts'
import { holdFence } from './lease.ts'
import type { Checkpoint } from './run.ts'
import type { SliceWork } from './slice.ts'

/** A few old rows are no sign; that most are is one. */
const FEW = 10

/** A vendor that is asked for changes and gives everything costs requests and time, and nothing else: all that it gave is stored. Somebody should know. */
export async function noteIgnoredFilter({ deps, lease, run }: SliceWork, { seen, stale = 0 }: Checkpoint): Promise<void> {
  if (run.since === null || stale <= FEW || stale * 2 <= seen) return
  await deps.database.tenant(lease.organizationId, async (client) => {
    await holdFence(client, lease)
    await openIssue(client, {
      organizationId: lease.organizationId, linkedAccountId: lease.linkedAccountId, model: lease.model, code: 'sync.filter_ignored', logId: null,
      detail: `Asked for what changed since ${run.since}, the vendor gave ${seen} items, of which ${stale} had not changed for at least a day before that.`,
    })
  })
}
