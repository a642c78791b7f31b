import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { whoamiRequest, type AnyProvider, type AnySandboxVendor, type UpstreamRequest } from '#kit'
import { Fault } from '#src/errors'
import { openMeters, type Metered } from '#src/sandbox/meters'
import { localCells } from '#src/upstream/cells'
import { createLimiter } from '#src/upstream/limiter'
import { account } from '../support/door.ts'
import { stillClock } from './clock.ts'
import { everyProvider } from './every.ts'
import { openBench, walk, type Bench } from './walk.ts'

/** What is flooded over the wire; a day's requests are counted without it. */
const MOST_OVER_THE_WIRE = 1_000
const TOO_FAST = { status: 429, body: null }

const isSpan = ({ meter: { perSeconds } }: Metered): boolean => perSeconds !== 'at_once'
const isShort = (metered: Metered): boolean => isSpan(metered) && metered.meter.count <= MOST_OVER_THE_WIRE

// What a vendor allows, kept by the engine and counted by the box.
describe.each(everyProvider)('the limits of %s', (_slug, provider) => {
  let vendor: AnySandboxVendor
  let theirs: readonly Metered[]
  let ours: readonly Metered[]
  let prefix: string
  const benches: Bench[] = []
  beforeAll(async () => {
    vendor = await provider.sandbox()
    theirs = vendor.troubles.flatMap(({ what, answer, meter }) => (meter === undefined ? [] : [{ what, answer, meter }]))
    const { requests, budgets = [], concurrency } = provider.limits
    const docs = provider.docs
    ours = [
      { what: 'our own requests', answer: TOO_FAST, meter: { docs, ...requests } },
      { what: 'our own requests at once', answer: TOO_FAST, meter: { docs, count: concurrency, perSeconds: 'at_once' } },
      ...budgets.map(({ name, cost, ...allowance }): Metered => ({ what: `our own budget ${name}`, answer: TOO_FAST, meter: { docs, ...allowance, counts: (request) => cost({ ...request, path: request.path.startsWith(prefix) ? request.path.slice(prefix.length) : request.path }) } })),
    ]
    prefix = new URL(provider.baseUrl(vendor.link('http://127.0.0.1:9').setup)).pathname.replace(/\/+$/, '')
  })
  afterEach(async () => { for (const bench of benches.splice(0)) await bench.close() })

  async function open(meters: readonly Metered[], { limits = provider.limits, lifted = false }: { limits?: AnyProvider['limits']; lifted?: boolean } = {}) {
    const clock = stillClock()
    const bench = await clock.until(openBench({ ...provider, limits }, 40, [], { meters, ...(lifted ? {} : { clock }) }))
    benches.push(bench)
    return { bench, clock }
  }

  /** Every request that a complete and a later read are made of, each once. */
  async function reads(bench: Bench): Promise<readonly UpstreamRequest[]> {
    await Promise.all(bench.provider.resources.flatMap((resource) => [null, new Date(Date.now() - 86_400_000)].map((since) => walk(resource, bench.send, { since, deletions: since !== null, setup: bench.setup }))))
    return [...new Map(bench.asked.map((request) => [JSON.stringify(request), request])).values()]
  }
  const pathOf = (request: UpstreamRequest): string => (request.url === undefined ? prefix + request.path : new URL(request.url, 'http://box').pathname)
  const counted = ({ meter }: Metered, request: UpstreamRequest): number => meter.counts?.({ method: request.method, path: pathOf(request), body: request.body ?? null }) ?? 1
  const countedBy = (metered: Metered, requests: readonly UpstreamRequest[]): readonly UpstreamRequest[] => requests.filter((request) => counted(metered, request) > 0)

  /** Asks; an answer that is no answer any more, such as a place in a list that was left, is one request all the same. */
  const ask = (bench: Bench) => (request: UpstreamRequest): Promise<unknown> => bench.send(request).catch((error: unknown) => { if (!(error instanceof Fault)) throw error })

  it('are counted by its vendor in something that is asked', async () => {
    const { bench, clock } = await open([])
    const asked = await clock.until(reads(bench))
    for (const metered of [...theirs, ...ours]) expect(countedBy(metered, asked).length, metered.what).toBeGreaterThan(0)
  })

  it('are kept when everything is asked at once: nothing has to be refused', async () => {
    const { bench, clock } = await open([...theirs, ...ours])
    const asked = await clock.until(reads(bench))
    const floods = [...theirs, ...ours].filter(isShort).map((metered) => {
      const some = countedBy(metered, asked)
      return Array.from({ length: Math.ceil(metered.meter.count * 1.2) + 5 }, (_, n) => some[n % some.length]!)
    })
    // One of each in turn: what one limit holds up must not come in a heap at another.
    const mixed = Array.from({ length: Math.max(...floods.map(({ length }) => length)) }, (_, n) => floods.flatMap((flood) => (n < flood.length ? [flood[n]!] : []))).flat()
    const began = clock.now()
    await clock.until(Promise.all(mixed.map(ask(bench))))
    expect(bench.sandbox.requests.filter(({ exceeded }) => exceeded !== null).map(({ exceeded, method, path }) => `${exceeded}: ${method} ${path}`)).toEqual([])
    expect(bench.pauses).toEqual([])
    // And it is no slower for it than the tightest of our limits asks for, twice over.
    const least = Math.max(...[...ours].filter(isSpan).map(({ meter: { count, perSeconds, ...meter } }) => mixed.reduce((sum, request) => sum + counted({ what: '', answer: TOO_FAST, meter: { ...meter, count, perSeconds } }, request), 0) / count * Number(perSeconds) * 1000))
    expect(clock.now() - began).toBeLessThan(2 * least + 2_000)
  }, 60_000)

  it('are kept where they are of a day: counted over all of it, at the speed that the others allow', async () => {
    const { bench, clock } = await open([])
    const asked = await clock.until(reads(bench))
    let at = 0
    const now = (): number => at
    for (const metered of [...theirs, ...ours].filter((one) => isSpan(one) && !isShort(one))) {
      const limiter = createLimiter({ cells: localCells(now), sleep: async (ms) => { at += ms } })
      const who = account('http://box', { provider: { ...provider, baseUrl: () => 'http://box' } })
      const exceeds = openMeters([metered], now)
      const request = countedBy(metered, asked)[0]!
      const received = { method: request.method, path: pathOf(request), body: request.body ?? null }
      const spans = metered.meter.perSeconds as number
      const from = at
      let sent = 0
      while (now() - from < spans * 1_500 && sent < metered.meter.count * 1.5) {
        sent += 1
        await limiter.turn(who, request)
        if (exceeds(received, { once: () => undefined as never }) !== null) throw new Error(`${metered.what}: request ${sent} after ${(at - from) / 1000} seconds is one too many`)
      }
      expect(sent).toBeGreaterThan(provider.limits.requests.count)
    }
  }, 60_000)

  it('hold for what is under way at once, to the last place', async () => {
    const limits = { ...provider.limits, requests: { count: 1e6, perSeconds: 1 }, budgets: [] }
    for (const [count, refused] of [[provider.limits.concurrency, false], [provider.limits.concurrency - 1, true]] as const) {
      const { bench, clock } = await open([{ what: 'at once', answer: TOO_FAST, meter: { docs: provider.docs, count, perSeconds: 'at_once' } }], { limits })
      bench.sandbox.faults.add({ kind: 'delay', ms: 15, times: 1_000 })
      const outcomes = await clock.until(Promise.allSettled(Array.from({ length: provider.limits.concurrency * 4 }, () => bench.send(whoamiRequest(provider.whoami)))))
      expect(outcomes).toHaveLength(provider.limits.concurrency * 4)
      expect(bench.received().some(({ exceeded }) => exceeded !== null), `${count} at once`).toBe(refused)
    }
  })

  it('that are exceeded all the same are refused in its vendor\'s words, and heard: the fault is declared, and so is the wait', async () => {
    const { bench: probe, clock } = await open([])
    const asked = await clock.until(reads(probe))
    for (const metered of theirs.filter(isShort)) {
      const { what, meter } = metered
      const { waitSeconds } = vendor.troubles.find((trouble) => trouble.what === what)!
      const { bench } = await open([metered], { lifted: true })
      const some = countedBy(metered, asked)
      const codes: unknown[] = []
      for (let n = 0; n <= meter.count && !codes.includes('upstream.rate_limited'); n++) await bench.send(some[n % some.length]!).then(() => codes.push(null), (error: unknown) => codes.push((error as Fault).code))
      expect(codes.at(-1), what).toBe('upstream.rate_limited')
      expect(bench.received().filter(({ exceeded }) => exceeded === what), what).toHaveLength(1)
      // The first one too many, and linking the account was counted with the rest.
      expect(bench.sandbox.requests.filter(({ method, path }) => (meter.counts?.({ method, path, body: null }) ?? 1) > 0), what).toHaveLength(meter.count + 1)
      const waited = bench.pauses[0]! / 1000
      expect(waited, what).toBeGreaterThan((waitSeconds ?? 1) - 0.5)
      expect(waited, what).toBeLessThan((waitSeconds ?? 900) * 1.1 + 1)
    }
  }, 60_000)
})
