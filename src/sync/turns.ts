import { asFault, type Fault } from '../errors.ts'
import { claimTurn, countWaiting, type TurnOptions } from './claim.ts'
import { lanesOf } from './lanes.ts'
import type { Lease } from './lease.ts'
import { runLeased, type SliceKey, type SyncDeps } from './slice.ts'
import { setAside } from './store.ts'

export interface Turns {
  /** Take the next turn, whosever it is; false: there is none to be had. */
  readonly take: () => Promise<boolean>
}

/** Whether others wait is asked no more often than this: a page of a fast vendor takes less. */
const ASKED_EVERY_MS = 250
/** Where Postgres has no room left no account can be written, so none is read: each would cost its vendor requests for nothing. */
const REST_MS = 30_000

export interface TurnsOptions extends TurnOptions {
  readonly askedEveryMs?: number
  readonly restMs?: number
  /** Calls whoever has nothing to do; false: all places of this process have something. Without it nobody can be called. */
  readonly callOthers?: () => boolean
  /** Told of turns that broke: mistakes of ours. */
  readonly onBroken?: (error: unknown, key: SliceKey) => void
  /** Told when no turns are taken for a while because there is no room left. */
  readonly onFull?: (fault: Fault) => void
}

/** The turns of one process. A turn is a page where others wait for the place, and a slice where nobody does, or another place is free for them. */
export function openTurns(deps: SyncDeps, { askedEveryMs = ASKED_EVERY_MS, restMs = REST_MS, callOthers = () => false, onBroken, onFull, ...options }: TurnsOptions): Turns {
  let nth = 0
  let restsUntil = 0
  let asked: { readonly at: number; readonly wait: Promise<boolean> } | null = null
  const othersWait = async (): Promise<boolean> => {
    if (asked === null || performance.now() - asked.at >= askedEveryMs) asked = { at: performance.now(), wait: countWaiting(deps.database, options, 1).then((count) => count > 0 && !callOthers()) }
    return asked.wait
  }
  /** True where the error says that there is no room left; then everybody in this process rests. */
  function isFull(error: unknown): boolean {
    const fault = asFault(error)
    if (fault.code !== 'storage.full') return false
    if (performance.now() >= restsUntil) onFull?.(fault)
    restsUntil = performance.now() + restMs
    return true
  }
  return {
    async take() {
      if (performance.now() < restsUntil) return false
      let lease: Lease | null
      try {
        lease = await claimTurn(deps.database, options, lanesOf(nth++))
      } catch (error) {
        if (isFull(error)) return false
        throw error
      }
      if (lease === null) return false
      const { organizationId, linkedAccountId, model } = lease
      try {
        await runLeased({ ...deps, othersWait }, lease)
      } catch (error) {
        // Whoever took it over goes on with it. Anything else would come back at the next turn: it waits a while, so that one broken account costs others no turns.
        if (asFault(error).code === 'sync.lease_lost') return true
        // Not this account's trouble: it stays due, at its checkpoint.
        if (isFull(error)) return false
        onBroken?.(error, { organizationId, linkedAccountId, model })
        await setAside(deps.database, lease, { code: 'internal', detail: 'Something broke here; it is tried again by itself.', logId: null })
      }
      return true
    },
  }
}
