import type { Allowance, Counted, Limits } from '#kit'

/** Keeps one account within what its vendor allows: so many at once, and so many in a span of time. In this process. */
export interface Limiter {
  readonly enter: (accountId: string, limits: Limits, signal?: AbortSignal) => Promise<Slot>
}
/** A place among those under way. */
export interface Slot {
  /** Waits until one more request may leave; this one, where the vendor counts more than requests. It leaves at once or not at all. */
  readonly turn: (signal?: AbortSignal, request?: Counted) => Promise<void>
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
      const requests = { name: '', ...limits.requests, cost: () => 1 }
      let here = true
      return {
        async turn(turnSignal, request) {
          const claims = [requests, ...(request === undefined ? [] : limits.budgets ?? [])].map((budget) => ({ name: budget.name, cost: request === undefined ? 1 : budget.cost(request), ...spacing(budget) })).filter(({ cost }) => cost > 0)
          const since = now()
          for (;;) {
            const at = now()
            const waits = claims.map(({ name, cost, burst, everyMs }) => {
              const from = Math.max(lane.nextAt.get(name) ?? 0, since - (burst - 1) * everyMs)
              // All of what it costs has to be there when it leaves; and who costs more than may leave at once is waited for afterwards, too.
              return { name, readyAt: from + (cost - 1) * everyMs, nextAt: Math.max(from + cost * everyMs, at + (cost - burst + 1) * everyMs) }
            })
            const readyAt = Math.max(...waits.map((wait) => wait.readyAt))
            if (readyAt <= at) {
              // All at once, in the moment that it leaves: what is claimed from one budget while another is waited for comes in a heap with what follows.
              for (const { name, nextAt } of waits) lane.nextAt.set(name, nextAt)
              return
            }
            // Whole milliseconds: timers know no others.
            await sleep(Math.ceil(readyAt - at), turnSignal)
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
