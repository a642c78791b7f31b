import { makeWorkerUtils, type WorkerUtils } from 'graphile-worker'
import { openPool, poolConfig, SYSTEM_ROLE, type Database } from '../db/client.ts'
import { organizationsBehind } from './adopt-scopes.ts'
import { countWaiting, type TurnOptions } from './claim.ts'

/** Wakes workers. What is due, whose turn it is and who works on it is decided by our own tables: a job of the queue says no more than "somebody take turns". */
export interface Scheduler {
  /** Wake as many workers as there is work for that could be done at once; tells how much was found. */
  readonly wake: () => Promise<number>
  /** Enqueue the adoption of new default scopes: for one organisation, or for all that have accounts which are behind. */
  readonly wakeAdoption: (organizationId?: string) => Promise<void>
  /** Put right what a clock that was set back has made wait too long. */
  readonly mendClocks: () => Promise<number>
  readonly close: () => Promise<void>
}

export const TURNS_TASK = 'sync.turns'
export const ADOPT_TASK = 'sync.adopt_scopes'

declare global {
  // oxlint-disable-next-line typescript/no-namespace
  namespace GraphileWorker {
    interface Tasks {
      [TURNS_TASK]: Record<string, never>
      [ADOPT_TASK]: { readonly organizationId: string }
    }
  }
}

/** So many places are woken at once; who finds more than that stays awake for it. */
const WOKEN_AT_ONCE = 16

/**
 * Calls beside those that nobody has heard yet. They have no job key: two that add the same key at once may find that neither was added,
 * and a call that is being followed would be marked as failed for good when it is made again. One too many finds nothing to do.
 */
const CALL = `select graphile_worker.add_job($1, '{}'::json) from generate_series(1, $2::int - (select count(*)::int from graphile_worker.jobs where task_identifier = $1 and locked_at is null))`

/** Nothing that was put ahead by a span waits for longer than that span and a little: `wait_seconds` says how far ahead it was put. */
const MEND = `update sync_states set next_run_at = now() + random() * wait_seconds * interval '1 second'
  where next_run_at > now() + (wait_seconds * 1.2 + 60) * interval '1 second'`

export async function openScheduler(database: Database, turns: TurnOptions): Promise<Scheduler> {
  const pool = openPool({ ...poolConfig(database.url, SYSTEM_ROLE), max: 2 })
  const utils: WorkerUtils = await makeWorkerUtils({ pgPool: pool })
  const callWorkers = async (): Promise<number> => {
    const found = await countWaiting(database, turns, WOKEN_AT_ONCE)
    if (found > 0) await pool.query({ name: 'call_workers', text: CALL, values: [TURNS_TASK, found] })
    return found
  }
  // Who calls while a call is on its way has his work seen by the next one, which all share.
  let calling: Promise<number> | null = null
  let next: Promise<number> | null = null
  const call = (): Promise<number> => {
    calling = callWorkers().finally(() => { calling = null })
    return calling
  }
  return {
    wake() {
      if (calling === null) return call()
      next ??= calling.catch(() => 0).then(() => { next = null; return call() })
      return next
    },
    async wakeAdoption(organizationId) {
      for (const id of organizationId === undefined ? await organizationsBehind(database) : [organizationId]) await utils.addJob(ADOPT_TASK, { organizationId: id }, { jobKey: `${ADOPT_TASK}:${id}`, priority: -1 })
    },
    async mendClocks() {
      return (await database.system.query(MEND)).rowCount ?? 0
    },
    async close() {
      await utils.release()
      await pool.end()
    },
  }
}
