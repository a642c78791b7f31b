import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Counted, Limits } from '#kit'
import { localCells } from '#src/upstream/cells'
import { createLimiter, type Limiter } from '#src/upstream/limiter'
import { busiest, clocked, limited, patiently } from '../support/limiters.ts'

const allowance = fc.record({ count: fc.integer({ min: 1, max: 60 }), perSeconds: fc.constantFrom(1, 2, 10, 60) })
const world = fc.record({
  requests: allowance, points: allowance,
  /** What each kind of request costs in points. */
  costs: fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 3 }),
  processes: fc.integer({ min: 1, max: 4 }), senders: fc.integer({ min: 1, max: 12 }), each: fc.integer({ min: 5, max: 30 }),
  /** How late timers wake, how long the wire takes, how long a sender thinks, how often a process is replaced by another. */
  lateMs: fc.integer({ min: 0, max: 400 }), wireMs: fc.integer({ min: 0, max: 90 }), thinkMs: fc.constantFrom(0, 50, 3_000), dies: fc.constantFrom(0, 0.02), callers: fc.boolean(), seed: fc.integer(),
})

// Whatever happens to processes, timers and packets: what arrives in any window of a vendor's is what it allows, or less.
test('no window ever holds more than is allowed, whoever sends, whatever it costs, and whoever dies meanwhile', async () => {
  await fc.assert(fc.asyncProperty(world, async ({ requests, points, costs, processes, senders, each, lateMs, wireMs, thinkMs, dies, callers, seed }) => {
    let state = seed >>> 0
    const random = (): number => { state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0; return state / 2 ** 32 }
    const clock = clocked(() => Math.floor(random() * lateMs))
    const cells = localCells(clock.now)
    const open = (): Limiter => createLimiter({ cells, sleep: clock.sleep, random })
    const limiters = Array.from({ length: processes }, open)
    const cost = ({ path }: Counted): number => costs[Number(path.slice(1))]!
    const most = Math.max(...costs)
    const limits: Limits = { concurrency: 12, requests, budgets: [{ ...points, count: Math.max(points.count, most), name: 'points', cost }] }
    const who = limited(limits)
    const arrived: { at: number; cost: number; points: number }[] = []
    for (let sender = 0; sender < senders; sender++) {
      void (async () => {
        for (let n = 0; n < each; n++) {
          const seat = Math.floor(random() * processes)
          const kind = Math.floor(random() * costs.length)
          await patiently(limiters[seat]!, who, clock, { method: 'GET', path: `/${kind}` }, callers && random() < 0.5)
          // A random, uneven wire: what left later may arrive earlier.
          arrived.push({ at: clock.now() + random() * Math.min(wireMs, requests.perSeconds * 90, points.perSeconds * 90), cost: 1, points: costs[kind]! })
          if (random() < dies) limiters[seat] = open()
          if (thinkMs > 0) await clock.sleep(random() * thinkMs)
        }
      })()
    }
    await clock.run(Infinity)
    expect(arrived).toHaveLength(senders * each)
    expect(busiest(arrived, requests.perSeconds * 1000)).toBeLessThanOrEqual(requests.count)
    expect(busiest(arrived.map(({ at, points: paid }) => ({ at, cost: paid })), points.perSeconds * 1000)).toBeLessThanOrEqual(Math.max(points.count, most))
  }), { numRuns: 60 })
}, 120_000)
