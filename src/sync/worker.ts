import { setTimeout as delay } from 'node:timers/promises'
import { parseCronItems, run, Logger, type Runner } from 'graphile-worker'
import type { Logger as Log } from 'pino'
import { openPool, poolConfig, SYSTEM_ROLE } from '../db/client.ts'
import { Fault } from '../errors.ts'
import { pruneLogs } from '../logs/prune.ts'
import { accountsBehind, adoptScopes } from './adopt-scopes.ts'
import type { Caps } from './claim.ts'
import { keepHouse, type Retention } from './housekeeping.ts'
import { keepTokensAlive, type KeepAliveDeps } from './keep-alive.ts'
import { knownToQueue } from './queue-pool.ts'
import { ADOPT_TASK, TURNS_TASK, type Scheduler } from './schedule.ts'
import type { SyncDeps } from './slice.ts'
import { openTurns } from './turns.ts'

export interface WorkerOptions {
  readonly deps: SyncDeps
  readonly keepAlive: KeepAliveDeps
  readonly scheduler: Scheduler
  readonly concurrency: number
  readonly caps: Caps
  readonly retention: Retention
  readonly log: Log
  /** How long what is under way may take when the process is asked to stop. */
  readonly drainMs?: number
}

const PRUNE_TASK = 'logs.prune'
const KEEP_ALIVE_TASK = 'credentials.keep_alive'
const MEND_TASK = 'sync.mend_clocks'
/** A process that is asked to stop has half a minute in most places; what does not end by itself in this time is broken off, and everything is released before that. */
const DRAIN_MS = 20_000
/** After so long the queue gets its place back for a moment: other tasks wait for one, too. */
const PLACE_MS = 10_000
/** It comes again every five minutes. */
const KEEP_ALIVE_MS = 4 * 60_000

declare global {
  // oxlint-disable-next-line typescript/no-namespace
  namespace GraphileWorker {
    interface Tasks { [PRUNE_TASK]: unknown; [MEND_TASK]: unknown; [KEEP_ALIVE_TASK]: unknown }
  }
}

export interface Worker { readonly stop: () => Promise<void> }

/** A worker process: its places take turns while there are any, and it looks every few seconds for work that is due or that a dead worker left behind. */
export async function startWorker({ deps, keepAlive, scheduler, concurrency, caps, retention, log, drainMs = DRAIN_MS }: WorkerOptions): Promise<Worker> {
  const { database, leaseSeconds } = deps
  const stopping = new AbortController()
  const brokenOff = new AbortController()
  let busy = 0
  /** Whether a place is free is asked where one could be called. */
  const occupying = <P>(task: (payload: P) => Promise<void>) => async (payload: P): Promise<void> => {
    busy += 1
    try { await task(payload) } finally { busy -= 1 }
  }
  const turns = openTurns({ ...deps, stopping: stopping.signal, brokenOff: brokenOff.signal }, {
    leaseSeconds, caps,
    callOthers: () => {
      if (busy >= concurrency) return false
      // Not heard: the pulse calls again.
      void scheduler.wake().catch(() => undefined)
      return true
    },
    onBroken: (error, key) => { log.error({ err: error, ...key }, 'a turn broke') },
    onFull: (fault) => { log.error({ err: fault }, 'the database has no room left: nothing is read for a while') },
  })
  const underWay = new Map<string, Promise<unknown>>()
  const pool = knownToQueue(openPool({ ...poolConfig(database.url, SYSTEM_ROLE, { statementTimeoutMs: 0 }), max: concurrency + 4 }))
  await pruneLogs(database, { retentionDays: retention.logs })
  const runner: Runner = await run({
    pgPool: pool,
    concurrency,
    noHandleSignals: true,
    pollInterval: 1000,
    logger: new Logger(() => (level, message) => { if (level === 'error' || level === 'warning') log.warn({ queue: true }, message) }),
    // In UTC, as the queue reads them.
    parsedCronItems: parseCronItems([{ task: PRUNE_TASK, match: '17 * * * *', options: { backfillPeriod: 0 } }, { task: KEEP_ALIVE_TASK, match: '*/5 * * * *', options: { backfillPeriod: 0 } }, { task: MEND_TASK, match: '*/5 * * * *', options: { backfillPeriod: 0 } }]),
    taskList: {
      // A task never fails for the queue: what went wrong stands in our own tables, and what stayed due is found by the pulse.
      [TURNS_TASK]: occupying(async () => {
        const until = performance.now() + PLACE_MS
        try {
          while (!stopping.signal.aborted) {
            if (performance.now() > until) return void await scheduler.wake()
            if (!await turns.take()) return
          }
        } catch (error) {
          // Postgres is away, most likely.
          log.error({ err: error }, 'no turns can be taken')
        }
      }),
      [ADOPT_TASK]: occupying(async ({ organizationId }) => {
        try {
          for await (const linkedAccountId of accountsBehind(database, organizationId)) {
            if (stopping.signal.aborted) return
            try {
              await adoptScopes(database, { organizationId, linkedAccountId })
              await scheduler.wake()
            } catch (error) {
              // It stays behind, so the pulse comes back to it.
              log.error({ err: error, organizationId, linkedAccountId }, 'new default scopes were not adopted')
            }
          }
        } catch (error) {
          log.error({ err: error, organizationId }, 'accounts with old default scopes cannot be looked for')
        }
      }),
      [KEEP_ALIVE_TASK]: beside('tokens were not kept alive', () => keepTokensAlive({ ...keepAlive, stopping: AbortSignal.any([stopping.signal, AbortSignal.timeout(KEEP_ALIVE_MS)]) })),
      [MEND_TASK]: beside('clocks were not mended', () => scheduler.mendClocks()),
      [PRUNE_TASK]: beside('the house was not kept', () => keepHouse(database, retention, stopping.signal, (what, error) => { log.error({ err: error, what }, 'what is old was not removed') })),
    },
  })
  /** Its place in the queue is free again at once: what may take minutes takes no turn away from syncs. Never twice at a time. */
  function beside(what: string, task: () => Promise<unknown>): () => void {
    return () => {
      if (underWay.has(what)) return
      underWay.set(what, task().catch((error: unknown) => { log.error({ err: error }, what) }).finally(() => underWay.delete(what)))
    }
  }
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
  async function stop(): Promise<void> {
    clearInterval(pulse)
    stopping.abort()
    const ended = new AbortController()
    void delay(drainMs, undefined, { signal: ended.signal }).then(() => brokenOff.abort(new Fault('sync.lease_lost', { detail: 'The process is stopping.' })), () => undefined)
    await runner.stop()
    await Promise.all(underWay.values())
    ended.abort()
    await pool.end()
  }
  let stopped: Promise<void> | null = null
  return { stop: () => stopped ??= stop() }
}
