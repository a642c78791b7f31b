import type { Client } from '../db/client.ts'
import type { Fault } from '../errors.ts'
import { openIssue, type Incident } from '../issues/issue.ts'
import { wellFormed } from '../records/text.ts'
import { holdFence } from './lease.ts'
import type { SliceWork } from './slice.ts'
import { endRun, postponeRun, type StoredFault } from './store.ts'

/** Failures in a row after which a run is given up; the next one begins at its usual time. */
const MOST_FAILURES = 8
/** Tries after which it is an issue that answers are no JSON. */
const TOLD_AFTER = 3
/** Waiting is the usual thing to do. A run that the vendor lets read nothing for so long is somebody's to look at. */
const STANDS_HOURS = 24
const LONGEST_BACKOFF_SECONDS = 15 * 60

/** What the catalogue says next: the run waits at its checkpoint, or ends. Nothing that was read is lost either way. */
export async function settleFault(work: SliceWork, fault: Fault): Promise<void> {
  const { deps, lease, run, state } = work
  // Somebody else has the work now, or Postgres is away: the run is as its last commit left it, and due.
  if (fault.code === 'sync.lease_lost') return
  if (fault.code === 'internal' || fault.code.startsWith('storage.')) throw fault
  const stored: StoredFault = { code: fault.code, detail: wellFormed(fault.message).value, logId: fault.facts.logId ?? null }
  await deps.logs.flush()
  await deps.database.tenant(lease.organizationId, async (client) => {
    await holdFence(client, lease)
    // Nothing was sent, or the vendor said when to come again: that is no failure of this run.
    const waits = fault.remedy === 'wait' || fault.facts.retryAt !== undefined
    const incident: Incident = { organizationId: lease.organizationId, linkedAccountId: lease.linkedAccountId, model: lease.model, code: fault.code, detail: stored.detail, logId: stored.logId }
    if (waits) {
      if (await hasStoodFor(client, lease.linkedAccountId, run.id, STANDS_HOURS)) await openIssue(client, incident)
      return postponeRun(client, lease, stored, secondsUntil(fault.facts.retryAt), false)
    }
    if (fault.remedy === 'retry' && state.failures < MOST_FAILURES) {
      // An outage passes by itself. Answers that nobody can read are somebody's to look at.
      if (fault.code === 'upstream.not_json' && state.failures + 1 >= TOLD_AFTER) await openIssue(client, incident)
      return postponeRun(client, lease, stored, backoffSeconds(state.failures), true)
    }
    const relink = fault.remedy === 'relink' || fault.code === 'account.identity_mismatch'
    await (relink ? askToRelink(client, incident) : openIssue(client, incident))
    await endRun(client, lease, run.id, {
      state: 'failed', result: 'FAILED', fault: stored, complete: false, deleted: 0, deletionsHeld: 0, watermark: null,
      mappingVersion: run.mappingVersion, nextRunInSeconds: relink ? null : deps.syncIntervalSeconds,
    })
  })
}

/** Whether no page of the run came for so long. */
async function hasStoodFor(client: Client, linkedAccountId: string, runId: string, hours: number): Promise<boolean> {
  const { rows: [row] } = await client.query<{ stood: boolean }>(
    `select greatest(r.started_at, p.committed_at) <= now() - $3 * interval '1 hour' as stood from sync_runs r
       left join sync_pages p on p.linked_account_id = $1 and p.run_id = r.id and p.page = r.pages - 1 where r.linked_account_id = $1 and r.id = $2`, [linkedAccountId, runId, hours])
  return row?.stood === true
}

/** The customer must connect again: nothing is due any more, what is stored stays. One issue says so, whichever model found out first. */
export async function askToRelink(client: Client, incident: Incident): Promise<void> {
  const { rowCount } = await client.query(`update linked_accounts set status = 'RELINK_NEEDED', status_detail = $2 where id = $1 and status <> 'RELINK_NEEDED'`, [incident.linkedAccountId, incident.detail])
  await client.query('update sync_states set next_run_at = null where linked_account_id = $1', [incident.linkedAccountId])
  if (rowCount === 1) await openIssue(client, incident)
}

const secondsUntil = (at: Date | undefined): number => Math.max(1, ((at?.getTime() ?? Date.now() + 30_000) - Date.now()) / 1000) * (1 + Math.random() * 0.1)

/** Exponential with full jitter: a vendor that comes back is not met by everybody at once. */
const backoffSeconds = (failures: number): number => 1 + Math.random() * Math.min(LONGEST_BACKOFF_SECONDS, 2 ** (failures + 1))
