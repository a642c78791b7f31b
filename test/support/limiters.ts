/** A clock that only sleeping moves, and processes that share what a vendor allows. */
import { randomUUID } from 'node:crypto'
import type { Counted, Limits } from '#kit'
import { localCells, type Cells } from '#src/upstream/cells'
import { createLimiter, type Limiter } from '#src/upstream/limiter'
import type { DoorAccount } from '#src/upstream/door'
import { account, provider } from './door.ts'

export interface Clocked {
  readonly now: () => number
  readonly sleep: (ms: number) => Promise<void>
  /** Until nobody sleeps any more, or until then. */
  readonly run: (until: number) => Promise<void>
  /** Lets so much time pass. */
  readonly sleepThrough: (ms: number) => Promise<void>
}

/** `late`: how much later than asked each sleeper wakes. */
export function clocked(late: () => number = () => 0): Clocked {
  let at = 1_000_000
  const sleepers: { until: number; wake: () => void }[] = []
  const clock: Clocked = {
    now: () => at,
    async sleepThrough(ms) {
      const until = at + ms
      await clock.run(until)
      at = until
    },
    sleep: (ms) => new Promise<void>((wake) => { sleepers.push({ until: at + ms + late(), wake }) }),
    async run(until) {
      for (;;) {
        await new Promise((turn) => { setImmediate(turn) })
        const next = sleepers.sort((a, b) => a.until - b.until)[0]
        if (next === undefined || next.until > until) return
        sleepers.shift()
        at = Math.max(at, next.until)
        next.wake()
      }
    },
  }
  return clock
}

export const limited = (limits: Limits, overrides: Partial<DoorAccount> = {}): DoorAccount => account('https://limited.example', { provider: provider({ limits }), remoteIdentity: randomUUID(), ...overrides })

/** Limiters as so many processes would have them. */
export function processes(many: number, { now, sleep }: Pick<Clocked, 'now' | 'sleep'>, cells: Cells = localCells(now)): readonly Limiter[] {
  return Array.from({ length: many }, () => createLimiter({ cells, sleep, random: () => 0 }))
}

export const GET: Counted = { method: 'GET', path: '/' }

/** Waits for its turn, and again where it is told that the wait would be long: as a schedule would. */
export async function patiently(limiter: Limiter, who: DoorAccount, clock: Pick<Clocked, 'now' | 'sleep'>, request: Counted = GET, caller = false): Promise<void> {
  for (;;) {
    try {
      return await limiter.turn(who, request, { caller })
    } catch (error) {
      const { retryAt } = (error as { facts?: { retryAt?: Date } }).facts ?? {}
      if (retryAt === undefined) throw error
      await clock.sleep(Math.max(1, retryAt.getTime() - clock.now()))
    }
  }
}

/** The most that any window of this length holds. */
export function busiest(sent: readonly { readonly at: number; readonly cost: number }[], windowMs: number): number {
  const sorted = [...sent].sort((a, b) => a.at - b.at)
  let [first, sum, most] = [0, 0, 0]
  for (const { at, cost } of sorted) {
    for (; sorted[first]!.at <= at - windowMs; first++) sum -= sorted[first]!.cost
    sum += cost
    most = Math.max(most, sum)
  }
  return most
}
