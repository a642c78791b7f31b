import { describe, expect, test } from 'vitest'
import type { Counted, Limits } from '#kit'
import { localCells } from '#src/upstream/cells'
import { createPlaces } from '#src/upstream/places'
import { Fault } from '#src/errors'
import { busiest, clocked, GET, limited, patiently, processes } from '../support/limiters.ts'

const requests = (count: number, perSeconds: number): Limits => ({ concurrency: 8, requests: { count, perSeconds } })
/** So many at a time, as places allow. */
function crowd(atOnce: number, all: number, work: (worker: number) => Promise<void>): void {
  let left = all
  for (let n = 0; n < atOnce; n++) void (async () => { while (left-- > 0) await work(n) })()
}
const faultOf = async (work: Promise<unknown>): Promise<Fault> => {
  const error = await work.then(() => null, (thrown: unknown) => thrown)
  if (!(error instanceof Fault)) throw new Error(`expected a fault, got ${String(error)}`)
  return error
}

describe('what a vendor allows', () => {
  test.each([[1, 1, 1], [10, 1, 1], [100, 10, 1], [600, 60, 1], [15, 60, 1], [1, 1, 3], [10, 1, 4], [100, 10, 4], [600, 60, 2]])('as %i requests in %i seconds is never exceeded in any window by %i processes, and nearly used up', async (count, perSeconds, many) => {
    const clock = clocked()
    const who = limited(requests(count, perSeconds))
    const limiters = processes(many, clock)
    const sent: { at: number; cost: number }[] = []
    const began = clock.now()
    crowd(8 * many, count * 5, async (n) => { await patiently(limiters[n % many]!, who, clock); sent.push({ at: clock.now(), cost: 1 }) })
    await clock.run(began + perSeconds * 1000 * 8)
    expect(sent).toHaveLength(count * 5)
    const most = busiest(sent, perSeconds * 1000)
    expect(most).toBeLessThanOrEqual(count)
    expect(most).toBeGreaterThanOrEqual(Math.floor(count * 0.75))
  })

  test.each([[100, 10, 30], [100, 10, 7], [10, 1, 3], [60, 60, 50], [4, 1, 4]])('as %i points in %i seconds is never exceeded in any window by requests of %i points', async (count, perSeconds, points) => {
    const clock = clocked()
    const who = limited({ ...requests(100_000, 1), budgets: [{ name: 'points', count, perSeconds, cost: () => points }] })
    const limiters = processes(2, clock)
    const sent: { at: number; cost: number }[] = []
    for (let n = 0; n < 40; n++) void patiently(limiters[n % 2]!, who, clock).then(() => sent.push({ at: clock.now(), cost: points }))
    await clock.run(clock.now() + perSeconds * 1000 * 400)
    expect(sent).toHaveLength(40)
    expect(busiest(sent, perSeconds * 1000)).toBeLessThanOrEqual(count)
  })

  test('for some requests only is kept for those, and the others do not wait', async () => {
    const clock = clocked()
    const cost = ({ path }: Counted): number => (path === '/search' ? 10 : 0)
    const who = limited({ ...requests(100_000, 1), budgets: [{ name: 'points', count: 100, perSeconds: 10, cost }] })
    const [limiter] = processes(1, clock)
    const began = clock.now()
    const sent: { path: string; at: number }[] = []
    for (const path of [...Array.from({ length: 30 }, () => '/search'), ...Array.from({ length: 30 }, () => '/plain')]) void patiently(limiter!, who, clock, { method: 'GET', path }).then(() => sent.push({ path, at: clock.now() }))
    await clock.run(began + 60_000)
    const searches = sent.filter(({ path }) => path === '/search')
    expect(searches).toHaveLength(30)
    expect(busiest(searches.map(({ at }) => ({ at, cost: 10 })), 10_000)).toBeLessThanOrEqual(100)
    expect(searches.at(-1)!.at - began).toBeGreaterThan(20_000)
    expect(sent.filter(({ path, at }) => path === '/plain' && at - began < 100)).toHaveLength(30)
  })

  test('leaves the customer\'s other tools their share', async () => {
    const clock = clocked()
    const who = limited({ concurrency: 8, requests: { count: 100, perSeconds: 10, share: 0.5 } })
    const sent: { at: number; cost: number }[] = []
    const [limiter] = processes(1, clock)
    for (let n = 0; n < 150; n++) void patiently(limiter!, who, clock).then(() => sent.push({ at: clock.now(), cost: 1 }))
    await clock.run(clock.now() + 60_000)
    expect([sent.length, busiest(sent, 10_000) <= 50, busiest(sent, 10_000) > 40]).toEqual([150, true, true])
  })

  test('one customer of its is counted once, whichever of our accounts asks; another customer is not', async () => {
    const clock = clocked()
    const limits = requests(10, 10)
    const [one, same] = [limited(limits, { remoteIdentity: 'portal-1' }), limited(limits, { remoteIdentity: 'portal-1' })]
    const other = limited(limits, { remoteIdentity: 'portal-2' })
    const [limiter] = processes(1, clock)
    const sent: { at: number; cost: number }[] = []
    for (let n = 0; n < 30; n++) void patiently(limiter!, n % 2 === 0 ? one : same, clock).then(() => sent.push({ at: clock.now(), cost: 1 }))
    await clock.run(clock.now() + 60_000)
    expect([sent.length, busiest(sent, 10_000) <= 10]).toEqual([30, true])
    const began = clock.now()
    void patiently(limiter!, one, clock)
    await limiter!.turn(other, GET)
    expect(clock.now()).toBe(began)
  })

  test('one OAuth app is counted over all its accounts, beside what each account may', async () => {
    const clock = clocked()
    const limits: Limits = { ...requests(1000, 1), app: [{ name: 'app', count: 20, perSeconds: 10, cost: () => 1 }] }
    const limiters = processes(2, clock)
    const sent: { at: number; cost: number }[] = []
    for (let n = 0; n < 60; n++) void patiently(limiters[n % 2]!, limited(limits, { app: 'client-1' }), clock).then(() => sent.push({ at: clock.now(), cost: 1 }))
    await clock.run(clock.now() + 100_000)
    expect([sent.length, busiest(sent, 10_000) <= 20, busiest(sent, 10_000) > 12]).toEqual([60, true, true])
  })
})

describe('waiting', () => {
  test('for long is nobody\'s who holds a worker: the schedule is told when to come back', async () => {
    const clock = clocked()
    const who = limited(requests(1, 60))
    const [limiter] = processes(1, clock)
    await limiter!.turn(who, GET)
    const began = clock.now()
    const fault = await faultOf(limiter!.turn(who, GET))
    expect([fault.code, clock.now()]).toEqual(['upstream.rate_limited', began])
    expect(fault.facts.retryAt!.getTime() - began).toBeGreaterThan(55_000)
    expect(fault.facts.retryAt!.getTime() - began).toBeLessThan(75_000)
  })

  test('one process asks others once a second, however many requests it sends; several a few at a time', async () => {
    const clock = clocked()
    const shared = localCells(clock.now)
    let changes = 0
    const cells = { ...shared, change: (...given: Parameters<typeof shared.change>) => { changes += 1; return shared.change(...given) } } as typeof shared
    const who = limited(requests(1000, 10))
    const [one, two] = processes(2, clock, cells)
    const began = clock.now()
    crowd(8, 500, () => patiently(one!, who, clock))
    await clock.run(began + 30_000)
    const seconds = (clock.now() - began) / 1000
    expect(changes).toBeLessThanOrEqual(seconds + 2)
    expect(seconds).toBeGreaterThan(4)
    changes = 0
    crowd(16, 500, (n) => patiently([one!, two!][n % 2]!, who, clock))
    await clock.run(clock.now() + 30_000)
    expect(changes).toBeLessThan(100)
  })

  test('a process that died holds nobody up for longer than a second', async () => {
    const clock = clocked()
    const who = limited(requests(100, 10))
    const [dead, living] = processes(2, clock)
    await dead!.turn(who, GET)
    const began = clock.now()
    const turn = living!.turn(who, GET)
    await clock.run(began + 5_000)
    await turn
    expect(clock.now() - began).toBeLessThanOrEqual(1_200)
  })
})

describe('places', () => {
  test('no more than the limit are under way at once; accounts do not wait for each other; the line is kept in order', async () => {
    const places = createPlaces()
    const [first, second] = [await places.enter('a', 2), await places.enter('a', 2)]
    const order: string[] = []
    const third = places.enter('a', 2).then((leave) => { order.push('third'); return leave })
    const fourth = places.enter('a', 2).then((leave) => { order.push('fourth'); return leave })
    await places.enter('b', 2)
    expect([order, places.taken('a')]).toEqual([[], 2])
    first()
    first()
    await third
    await Promise.resolve()
    expect(order).toEqual(['third'])
    second()
    await fourth
    expect(order).toEqual(['third', 'fourth'])
  })

  test('one who gives up leaves the line and takes no place with him', async () => {
    const places = createPlaces()
    const first = await places.enter('a', 1)
    const controller = new AbortController()
    const given = places.enter('a', 1, controller.signal)
    const patient = places.enter('a', 1)
    controller.abort(new Error('enough'))
    await expect(given).rejects.toThrow('enough')
    first()
    await expect(patient).resolves.toBeDefined()
  })
})
