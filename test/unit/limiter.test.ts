import { expect, test } from 'vitest'
import { createLimiter, spacing } from '#src/upstream/limiter'

/** A clock that only sleeping moves. */
function clocked() {
  let at = 1_000_000
  const sleepers: { until: number; wake: () => void }[] = []
  return {
    now: () => at,
    sleep: (ms: number) => new Promise<void>((wake) => { sleepers.push({ until: at + ms, wake }) }),
    async run(until: number) {
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
}

test.each([[1, 1], [10, 1], [100, 10], [600, 60], [15, 60]])('%i requests in %i seconds are never more than that in any window, and nearly as many', async (count, perSeconds) => {
  const clock = clocked()
  const limiter = createLimiter(clock)
  const limits = { concurrency: 1, requests: { count, perSeconds } }
  const sent: number[] = []
  const wanted = count * 3
  for (let n = 0; n < wanted; n++) {
    const one = async (): Promise<void> => {
      const slot = await limiter.enter('a', limits)
      await slot.turn()
      sent.push(clock.now())
      slot.leave()
    }
    void one()
  }
  await clock.run(clock.now() + perSeconds * 1000 * 5)
  expect(sent).toHaveLength(wanted)
  const window = perSeconds * 1000
  const busiest = Math.max(...sent.map((from) => sent.filter((at) => at >= from && at < from + window).length))
  expect(busiest).toBeLessThanOrEqual(count)
  expect(busiest).toBeGreaterThanOrEqual(Math.floor(count * 0.85))
})

test.each([[100, 10, 30], [100, 10, 7], [10, 1, 3], [60, 60, 50], [4, 1, 4]])('%i points in %i seconds are never exceeded in any window by requests of %i points', async (count, perSeconds, points) => {
  const clock = clocked()
  const limiter = createLimiter(clock)
  const limits = { concurrency: 8, requests: { count: 100_000, perSeconds: 1 }, budgets: [{ name: 'points', count, perSeconds, cost: () => points }] }
  const sent: number[] = []
  for (let n = 0; n < 40; n++) void limiter.enter('a', limits).then(async (slot) => { await slot.turn(undefined, { method: 'GET', path: '/' }); sent.push(clock.now()); slot.leave() })
  await clock.run(clock.now() + perSeconds * 1000 * 400)
  expect(sent).toHaveLength(40)
  for (const from of sent) expect(sent.filter((at) => at >= from && at < from + perSeconds * 1000).length * points).toBeLessThanOrEqual(count)
})

test('a tenth may leave at once, and the rest is spaced over the window', () => {
  expect(spacing({ count: 100, perSeconds: 9 })).toEqual({ burst: 10, everyMs: 100 })
})

test('no more than the limit are under way at once; accounts do not wait for each other; the line is kept in order', async () => {
  const limiter = createLimiter({ now: Date.now, sleep: async () => undefined })
  const limits = { concurrency: 2, requests: { count: 1e6, perSeconds: 1 } }
  const [first, second] = [await limiter.enter('a', limits), await limiter.enter('a', limits)]
  const order: string[] = []
  const third = limiter.enter('a', limits).then((slot) => { order.push('third'); return slot })
  const fourth = limiter.enter('a', limits).then((slot) => { order.push('fourth'); return slot })
  await limiter.enter('b', limits)
  expect(order).toEqual([])
  first.leave()
  first.leave()
  await third
  await Promise.resolve()
  expect(order).toEqual(['third'])
  second.leave()
  await fourth
  expect(order).toEqual(['third', 'fourth'])
})

test('one who gives up leaves the line and takes no place with him', async () => {
  const limiter = createLimiter({ now: Date.now, sleep: async () => undefined })
  const limits = { concurrency: 1, requests: { count: 1e6, perSeconds: 1 } }
  const first = await limiter.enter('a', limits)
  const controller = new AbortController()
  const given = limiter.enter('a', limits, controller.signal)
  const patient = limiter.enter('a', limits)
  controller.abort(new Error('enough'))
  await expect(given).rejects.toThrow('enough')
  first.leave()
  await expect(patient).resolves.toBeDefined()
})

test('what a vendor counts beside requests is kept too: by what each request costs, and only for those that cost', async () => {
  const clock = clocked()
  const limiter = createLimiter(clock)
  const limits = { concurrency: 50, requests: { count: 100_000, perSeconds: 1 }, budgets: [{ name: 'points', count: 100, perSeconds: 10, cost: ({ path }: { path: string }) => (path === '/search' ? 10 : 0) }] }
  const began = clock.now()
  const sent: { path: string; at: number }[] = []
  for (const path of [...Array.from({ length: 30 }, () => '/search'), ...Array.from({ length: 30 }, () => '/plain')]) {
    void limiter.enter('a', limits).then(async (slot) => { await slot.turn(undefined, { method: 'GET', path }); sent.push({ path, at: clock.now() }); slot.leave() })
  }
  await clock.run(began + 60_000)
  const searches = sent.filter(({ path }) => path === '/search').map(({ at }) => at)
  expect(searches).toHaveLength(30)
  // Ten searches are a window's points.
  for (const from of searches) expect(searches.filter((at) => at >= from && at < from + 10_000).length).toBeLessThanOrEqual(10)
  expect(searches.at(-1)! - began).toBeGreaterThan(20_000)
  expect(sent.filter(({ path, at }) => path === '/plain' && at - began < 100).length).toBeGreaterThanOrEqual(19)
})
