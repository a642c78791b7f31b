import { parseCronItems, run, Logger, type Runner } from 'graphile-worker'
import type { Logger as Log } from 'pino'
import { openPool, poolConfig, SYSTEM_ROLE } from '../db/client.ts'
import { pruneChanges } from '../changes/prune.ts'
import { asFault } from '../errors.ts'
import { forgetKeys } from '../idempotency/once.ts'
import { pruneLogs } from '../logs/prune.ts'
import { pruneTombstones } from '../records/forget.ts'
import { accountsBehind, adoptScopes } from './adopt-scopes.ts'
import { keepTokensAlive, type KeepAliveDeps } from './keep-alive.ts'
import { ADOPT_TASK, jobKeyOf, SLICE_TASK, type Scheduler } from './schedule.ts'
import { runSlice, type SliceKey, type SyncDeps } from './slice.ts'

export interface WorkerOptions {
  readonly deps: SyncDeps
  readonly keepAlive: KeepAliveDeps
  readonly scheduler: Scheduler
  readonly concurrency: number
  readonly logRetentionDays: number
  readonly changeRetentionDays: number
  readonly log: Log
}

const PRUNE_TASK = 'logs.prune'
const KEEP_ALIVE_TASK = 'credentials.keep_alive'

export interface Worker { readonly stop: () => Promise<void> }

/** A worker process: it runs slices, and looks every few seconds for work that is due or that a dead worker left behind. */
export async function startWorker({ deps, keepAlive, scheduler, concurrency, logRetentionDays, changeRetentionDays, log }: WorkerOptions): Promise<Worker> {
  const { database, leaseSeconds } = deps
  const stopping = new AbortController()
  const pool = openPool({ ...poolConfig(database.url, SYSTEM_ROLE, { statementTimeoutMs: 0 }), max: concurrency + 4 })
  await pruneLogs(database, { retentionDays: logRetentionDays })
  const runner: Runner = await run({
    pgPool: pool,
    concurrency,
    noHandleSignals: true,
    pollInterval: 1000,
    logger: new Logger(() => (level, message) => { if (level === 'error' || level === 'warning') log.warn({ queue: true }, message) }),
    parsedCronItems: parseCronItems([{ task: PRUNE_TASK, match: '17 * * * *', options: { backfillPeriod: 0 } }, { task: KEEP_ALIVE_TASK, match: '41 * * * *', options: { backfillPeriod: 0 } }]),
    taskList: {
      async [SLICE_TASK](payload, helpers) {
        const key: SliceKey = payload
        try {
          if (await runSlice({ ...deps, stopping: stopping.signal }, key) === 'more') await helpers.addJob(SLICE_TASK, key, { jobKey: jobKeyOf(key) })
        } catch (error) {
          // Taken over by another worker, or our own trouble (Postgres away, a bug). The work stays due, so the pulse brings it back; the queue need not.
          if (asFault(error).code === 'sync.lease_lost') log.info(key, 'another worker took this slice over')
          else log.error({ err: error, ...key }, 'sync slice failed')
        }
      },
      async [ADOPT_TASK]({ organizationId }) {
        for await (const linkedAccountId of accountsBehind(database, organizationId)) {
          if (stopping.signal.aborted) return
          try {
            await adoptScopes(database, { organizationId, linkedAccountId })
            await scheduler.wake(linkedAccountId)
          } catch (error) {
            // It stays behind, so the pulse comes back to it.
            log.error({ err: error, organizationId, linkedAccountId }, 'new default scopes were not adopted')
          }
        }
      },
      [KEEP_ALIVE_TASK]: async () => { await keepTokensAlive({ ...keepAlive, stopping: stopping.signal }) },
      [PRUNE_TASK]: async () => { await pruneLogs(database, { retentionDays: logRetentionDays }); await forgetKeys(database); await pruneChanges(database, { retentionDays: changeRetentionDays }); await pruneTombstones(database) },
    },
  })
  const beat = async (): Promise<void> => {
    try {
      await scheduler.wakeAdoption()
      const found = await scheduler.wake()
      if (found > 0) log.debug({ found }, 'work is due')
    } catch (error) {
      log.warn({ err: error }, 'cannot look for due work')
    }
  }
  const pulse = setInterval(() => { void beat() }, Math.min(5000, leaseSeconds * 1000 / 3))
  await beat()
  return {
    async stop() {
      clearInterval(pulse)
      stopping.abort()
      await runner.stop()
      await pool.end()
    },
  }
}
