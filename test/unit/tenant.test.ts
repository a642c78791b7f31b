import { describe, expect, test } from 'vitest'
import { Fault } from '#src/errors'
import { localCells } from '#src/upstream/cells'
import { leftIn } from '#src/upstream/left'
import { clocked, GET, limited, patiently, processes } from '../support/limiters.ts'

const limits = { concurrency: 8, requests: { count: 100, perSeconds: 10 } }
const faultOf = async (work: Promise<unknown>): Promise<Fault> => {
  const error = await work.then(() => null, (thrown: unknown) => thrown)
  if (!(error instanceof Fault)) throw new Error(`expected a fault, got ${String(error)}`)
  return error
}

describe('callers and syncs', () => {
  test.each([['callers', 1, 30], ['syncs', 30, 1]])('T70 a flood of %s leaves the others a fifth, in whatever processes they are', async (_who, syncs, callers) => {
    const clock = clocked()
    const who = limited(limits)
    const limiters = processes(2, clock)
    const sent = { sync: 0, caller: 0 }
    const began = clock.now()
    const until = began + 120_000
    // Callers are known to be there from the beginning.
    await limiters[1]!.turn(who, GET, { caller: true })
    const lane = (caller: boolean, process: number): void => void (async () => {
      while (clock.now() < until) {
        await patiently(limiters[process]!, who, clock, GET, caller)
        sent[caller ? 'caller' : 'sync'] += 1
      }
    })()
    for (let n = 0; n < syncs; n++) lane(false, 0)
    for (let n = 0; n < callers; n++) lane(true, 1)
    await clock.run(until)
    const all = sent.sync + sent.caller
    expect(sent.sync / all).toBeGreaterThanOrEqual(0.19)
    expect(sent.caller / all).toBeGreaterThanOrEqual(0.19)
    expect(all).toBeGreaterThan(800)
  })

  test('a sync alone has all of it', async () => {
    const clock = clocked()
    const who = limited(limits)
    const [limiter] = processes(1, clock)
    let sent = 0
    for (let n = 0; n < 8; n++) void (async () => { while (clock.now() < 1_120_000) { await patiently(limiter!, who, clock); sent += 1 } })()
    await clock.run(1_120_000)
    expect(sent).toBeGreaterThan(1_000)
  })
})

describe('silence', () => {
  test('F05 a quota of the day is asked after once an hour, by one request, over all processes', async () => {
    const clock = clocked()
    const who = limited(limits)
    const limiters = processes(3, clock)
    const asked: number[] = []
    const until = clock.now() + 24 * 3_600_000
    for (const limiter of [...limiters, ...limiters]) {
      void (async () => {
        while (clock.now() < until) {
          await patiently(limiter, who, clock)
          asked.push(clock.now())
          await limiter.refused(who, 3_600_000)
        }
      })()
    }
    await clock.run(until)
    // What was under way together at first, and then one an hour.
    const later = asked.filter((at) => at > asked[0]! + 1_000)
    expect(later.length).toBeGreaterThan(20)
    expect(later.length).toBeLessThanOrEqual(24)
    for (const [n, at] of later.slice(1).entries()) expect(at - later[n]!).toBeGreaterThanOrEqual(3_600_000)
  })

  test('F03 without a word about how long, each refusal doubles it: from a second to a quarter of an hour, spread at random', async () => {
    for (const random of [0, 0.5, 1]) {
      const clock = clocked()
      const who = limited(limits)
      const { createLimiter } = await import('#src/upstream/limiter')
      const limiter = createLimiter({ cells: localCells(clock.now), sleep: clock.sleep, random: () => random })
      const delays: number[] = []
      void (async () => {
        for (let n = 0; n < 12; n++) {
          await patiently(limiter, who, clock)
          delays.push((await limiter.refused(who, null)).getTime() - clock.now())
        }
      })()
      await clock.run(clock.now() + 86_400_000)
      expect(delays).toEqual(Array.from({ length: 12 }, (_, n) => Math.max(1_000, random * Math.min(900_000, 1_000 * 2 ** n))))
    }
  })

  test('F01 all come back by one request that is answered: the others wait for it', async () => {
    const clock = clocked()
    const who = limited(limits)
    const [one, two] = processes(2, clock)
    await one!.turn(who, GET)
    await one!.refused(who, 60_000)
    await clock.sleepThrough(60_001)
    await two!.turn(who, GET)
    expect((await faultOf(one!.turn(who, GET))).facts.retryAt!.getTime() - clock.now()).toBeLessThanOrEqual(5_000)
    expect((await faultOf(two!.turn(who, GET))).code).toBe('upstream.rate_limited')
    await two!.answered(who, null, 1)
    await two!.turn(who, GET)
    await clock.sleepThrough(5_001)
    await one!.turn(who, GET)
  })
})

describe('what answers tell of what is left', () => {
  const headers = (values: Record<string, string>): Headers => new Headers(values)
  test.each([
    [{ 'ratelimit-remaining': '12', 'ratelimit-reset': '30', 'ratelimit-limit': '100' }, { left: 12, of: 100, resetSeconds: 30 }],
    [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1800000060' }, { left: 0, of: null, resetSeconds: 60 }],
    [{ 'x-rate-limit-remaining': '5', 'x-rate-limit-limit': '10, 10;w=60', 'x-rate-limit-reset': '2027-01-15T08:00:30Z' }, { left: 5, of: 10, resetSeconds: 30 }],
    [{ 'ratelimit': '"default";r=50;t=30' }, { left: 50, of: null, resetSeconds: 30 }],
    // Several limits in one header, as Atlassian's page shows them: each has a time of its own, and one that is far off has no figure.
    [{ 'ratelimit': '"global-app-quota";t=200,"jira-burst-based";r=90;t=1', 'x-ratelimit-limit': '350', 'x-ratelimit-remaining': '349' }, { left: 90, of: null, resetSeconds: 1 }],
    [{ 'ratelimit': '"jira-burst-based";r=90;t=1, "global-app-quota";r=11000;t=600' }, { left: 11_000, of: null, resetSeconds: 600 }],
    [{ 'ratelimit': '"global-app-quota";t=3200' }, null],
    [{ 'x-ratelimit-remaining': '12' }, null], [{ 'x-ratelimit-remaining': 'many', 'x-ratelimit-reset': '3' }, null], [{ 'x-ratelimit-remaining': '-1', 'x-ratelimit-reset': '3' }, null],
    [{ 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': '0' }, null], [{ 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': '999999' }, null], [{}, null],
  ])('is read from %j', (values, expected) => {
    expect(leftIn(headers(values), 1_800_000_000_000)).toEqual(expected)
  })

  test('lowers what may be sent, in all processes, keeps a reserve, is forgotten when it is over, and never raises what is declared', async () => {
    const clock = clocked()
    const who = limited(limits)
    const [one, two] = processes(2, clock)
    await one!.turn(who, GET)
    await clock.sleepThrough(1_100)
    await two!.turn(who, GET)
    // Twenty of a hundred are left, for all: five are for other tools, and five more for callers.
    await two!.answered(who, { left: 20, of: 100, resetSeconds: 1_000 }, 0)
    let sent = 0
    const flood = (caller: boolean): void => void (async () => { while (true) { await [one!, two!][sent % 2]!.turn(who, GET, { caller }); sent += 1 } })().catch((error: unknown) => { if (!(error instanceof Fault)) throw error })
    flood(false)
    await clock.run(clock.now() + 60_000)
    expect(sent).toBeGreaterThanOrEqual(9)
    expect(sent).toBeLessThanOrEqual(11)
    flood(true)
    await clock.run(clock.now() + 60_000)
    expect(sent).toBeGreaterThanOrEqual(14)
    expect(sent).toBeLessThanOrEqual(16)
    // It was more than it looked: the next answer says so. What is declared holds all the same.
    await two!.answered(who, { left: 1_000_000, of: 2_000_000, resetSeconds: 1_000 }, 0)
    await clock.sleepThrough(5_001)
    const began = clock.now()
    sent = 0
    flood(false)
    await clock.run(began + 100_000)
    expect(sent).toBeLessThanOrEqual(1_000)
    expect(sent).toBeGreaterThan(700)
  })
})
