import { makeWorkerUtils, type WorkerUtils } from 'graphile-worker'
import { openPool, poolConfig, SYSTEM_ROLE, type Database } from '../db/client.ts'
import { organizationsBehind } from './adopt-scopes.ts'
import type { SliceKey } from './slice.ts'

/** Puts due work into the queue. What is due, and who works on it, is decided by our own tables: the queue only wakes. */
export interface Scheduler {
  /** Enqueue all that is due and that nobody alive works on; of one account, where one is named. */
  readonly wake: (linkedAccountId?: string) => Promise<number>
  /** Enqueue the adoption of new default scopes: for one organisation, or for all that have accounts which are behind. */
  readonly wakeAdoption: (organizationId?: string) => Promise<void>
  readonly close: () => Promise<void>
}

export const SLICE_TASK = 'sync.slice'
export const ADOPT_TASK = 'sync.adopt_scopes'

declare global {
  // oxlint-disable-next-line typescript/no-namespace
  namespace GraphileWorker {
    interface Tasks {
      [SLICE_TASK]: SliceKey
      [ADOPT_TASK]: { readonly organizationId: string }
    }
  }
}

export const jobKeyOf = ({ linkedAccountId, model }: SliceKey): string => `${linkedAccountId}:${model}`

/** Due, and not under the lease of somebody who shows signs of life: a dead worker's work is due by itself. */
const DUE = `select s.organization_id, s.linked_account_id, s.model from sync_states s
  join linked_accounts a on a.id = s.linked_account_id and a.status = 'COMPLETE'
  join leases l on l.linked_account_id = s.linked_account_id and l.model = s.model
  left join upstream_budgets b on b.linked_account_id = s.linked_account_id
  where s.next_run_at <= now() and (l.holder is null or l.heartbeat_at < now() - $1 * interval '1 second')
    and (b.paused_until is null or b.paused_until <= now()) and ($2::uuid is null or s.linked_account_id = $2)
  order by s.next_run_at limit 1000`

export async function openScheduler(database: Database, leaseSeconds: number): Promise<Scheduler> {
  const pool = openPool({ ...poolConfig(database.url, SYSTEM_ROLE), max: 2 })
  const utils: WorkerUtils = await makeWorkerUtils({ pgPool: pool })
  return {
    async wake(linkedAccountId) {
      const { rows } = await database.system.query<{ organization_id: string; linked_account_id: string; model: string }>(DUE, [leaseSeconds, linkedAccountId ?? null])
      for (const row of rows) {
        const key: SliceKey = { organizationId: row.organization_id, linkedAccountId: row.linked_account_id, model: row.model }
        await utils.addJob(SLICE_TASK, key, { jobKey: jobKeyOf(key), jobKeyMode: 'preserve_run_at' })
      }
      return rows.length
    },
    async wakeAdoption(organizationId) {
      for (const id of organizationId === undefined ? await organizationsBehind(database) : [organizationId]) await utils.addJob(ADOPT_TASK, { organizationId: id }, { jobKey: `${ADOPT_TASK}:${id}` })
    },
    async close() {
      await utils.release()
      await pool.end()
    },
  }
}
