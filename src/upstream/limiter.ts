import type { Allowance, Limits, UpstreamRequest } from '#kit'

/** Keeps one account within what its vendor allows: so many at once, and so many in a span of time. In this process. */
export interface Limiter {
  readonly enter: (accountId: string, limits: Limits, signal?: AbortSignal) => Promise<Slot>
}
/** A place among those under way. */
export interface Slot {
  /** Waits until one more request may leave; this one, where the vendor counts more than requests. */
  readonly turn: (signal?: AbortSignal, request?: UpstreamRequest) => Promise<void>
  readonly leave: () => void
}

interface Lane { active: number; readonly waiting: (() => void)[]; readonly nextAt: Map<string, number> }
const LANES_BEFORE_SWEEP = 5_000

/** A tenth may leave at once; the rest is spaced so that no window of the vendor's ever sees more than it allows. */
export function spacing({ count, perSeconds }: Allowance): { readonly burst: number; readonly everyMs: number } {
  const burst = Math.max(1, Math.floor(count / 10))
  return { burst, everyMs: (perSeconds * 1000) / Math.max(1, count - burst) }
}

export function createLimiter({ now, sleep }: { readonly now: () => number; readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void> }): Limiter {
  const lanes = new Map<string, Lane>()

  function laneOf(accountId: string): Lane {
    let lane = lanes.get(accountId)
    if (lane === undefined) {
      if (lanes.size >= LANES_BEFORE_SWEEP) for (const [id, idle] of lanes) if (idle.active === 0 && idle.waiting.length === 0 && [...idle.nextAt.values()].every((at) => at <= now())) lanes.delete(id)
      lane = { active: 0, waiting: [], nextAt: new Map() }
      lanes.set(accountId, lane)
    }
    return lane
  }

  return {
    async enter(accountId, limits, signal) {
      signal?.throwIfAborted()
      const lane = laneOf(accountId)
      if (lane.active >= limits.concurrency) await inLine(lane, signal)
      else lane.active++
      // Requests last: who waits for points must not hold up those that cost none.
      const budgets = [...limits.budgets ?? [], { name: '', ...limits.requests, cost: () => 1 }]
      let here = true
      return {
        async turn(turnSignal, request) {
          for (const budget of budgets) {
            const cost = request === undefined ? Number(budget.name === '') : budget.cost(request)
            if (cost <= 0) continue
            const { burst, everyMs } = spacing(budget)
            // Claimed before the wait, so that those who come meanwhile line up behind.
            const at = Math.max(lane.nextAt.get(budget.name) ?? 0, now() - (burst - 1) * everyMs)
            lane.nextAt.set(budget.name, at + cost * everyMs)
            if (at > now()) await sleep(at - now(), turnSignal)
          }
        },
        leave() {
          if (!here) return
          here = false
          const next = lane.waiting.shift()
          if (next === undefined) lane.active--
          else next()
        },
      }
    },
  }
}

/** Waits for a place that another hands on; one who gives up leaves the line. */
function inLine(lane: Lane, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const take = (): void => {
      signal?.removeEventListener('abort', giveUp)
      resolve()
    }
    const giveUp = (): void => {
      lane.waiting.splice(lane.waiting.indexOf(take), 1)
      reject(signal?.reason as Error)
    }
    signal?.addEventListener('abort', giveUp, { once: true })
    lane.waiting.push(take)
  })
}
