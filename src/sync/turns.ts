import { asFault } from '../errors.ts'
import { claimTurn, countWaiting, type TurnOptions } from './claim.ts'
import { lanesOf } from './lanes.ts'
import { runLeased, type SliceKey, type SyncDeps } from './slice.ts'
import { setAside } from './store.ts'

export interface Turns {
  /** Take the next turn, whosever it is; false: there is none to be had. */
  readonly take: () => Promise<boolean>
}

/** Whether others wait is asked no more often than this: a page of a fast vendor takes less. */
const ASKED_EVERY_MS = 250

export interface TurnsOptions extends TurnOptions {
  readonly askedEveryMs?: number
  /** Calls whoever has nothing to do; false: all places of this process have something. Without it nobody can be called. */
  readonly callOthers?: () => boolean
  /** Told of turns that broke: mistakes of ours. */
  readonly onBroken?: (error: unknown, key: SliceKey) => void
}

/** The turns of one process. A turn is a page where others wait for the place, and a slice where nobody does, or another place is free for them. */
export function openTurns(deps: SyncDeps, { askedEveryMs = ASKED_EVERY_MS, callOthers = () => false, onBroken, ...options }: TurnsOptions): Turns {
  let nth = 0
  let asked: { readonly at: number; readonly wait: Promise<boolean> } | null = null
  const othersWait = async (): Promise<boolean> => {
    if (asked === null || performance.now() - asked.at >= askedEveryMs) asked = { at: performance.now(), wait: countWaiting(deps.database, options, 1).then((count) => count > 0 && !callOthers()) }
    return asked.wait
  }
  return {
    async take() {
      const lease = await claimTurn(deps.database, options, lanesOf(nth++))
      if (lease === null) return false
      const { organizationId, linkedAccountId, model } = lease
      try {
        await runLeased({ ...deps, othersWait }, lease)
      } catch (error) {
        // Whoever took it over goes on with it. Anything else would come back at the next turn: it waits a while, so that one broken account costs others no turns.
        if (asFault(error).code === 'sync.lease_lost') return true
        onBroken?.(error, { organizationId, linkedAccountId, model })
        await setAside(deps.database, lease, { code: 'internal', detail: 'Something broke here; it is tried again by itself.', logId: null })
      }
      return true
    },
  }
}
