import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AnyResource, AnySandboxVendor, UpstreamRequest } from '#kit'
import { Fault } from '#src/errors'
import { remoteIdOf } from '#src/sync/map'
import type { ScriptedFault } from '#src/sandbox/faults'
import { everyProvider } from './every.ts'
import { listRequests, openBench, says, walk, wasRead, type Bench, type Walk } from './walk.ts'

// What the house promises of every list of every provider: all of it, once, whatever goes wrong on the way, and the changes later.
const SIZE = 260

describe.each(everyProvider)('the lists of %s', (_slug, provider) => {
  let vendor: AnySandboxVendor
  let world: unknown
  let biggerWorld: unknown
  beforeAll(async () => {
    vendor = await provider.sandbox()
    world = vendor.grow(SIZE)
    biggerWorld = vendor.grow(SIZE * 2)
  })

  describe.each(provider.resources.map((resource) => [resource.model.id as string, resource] as const))('%s', (id, resource: AnyResource) => {
    const { incremental, deletions } = resource.read
    let bench: Bench
    let whole: Walk
    let wholeAsked: readonly UpstreamRequest[]
    const idsOf = (rows: readonly unknown[]): string[] => [...new Set(rows.map((row) => remoteIdOf(resource, row)))].toSorted()
    const plain = (rows: unknown): string => JSON.stringify(rows).replaceAll(/127\.0\.0\.1:\d+/g, 'host')
    const failing = async (...faults: ScriptedFault[]): Promise<{ fault: Fault | null; read: Walk | null; bench: Bench }> => {
      const other = await openBench(provider, SIZE, faults, { world })
      try {
        return { fault: null, read: await walk(resource, other.send, { setup: other.setup }), bench: other }
      } catch (error) {
        if (error instanceof Fault) return { fault: error, read: null, bench: other }
        throw error
      } finally {
        await other.close()
      }
    }
    /** A moment after everything that the box tells of. */
    const after = ({ newest }: Walk): Date => new Date(newest === null ? Date.UTC(2031, 4, 6, 7, 8, 9) : Math.floor(Date.parse(newest) / 1000) * 1000 + 3 * 86_400_000)

    beforeAll(async () => {
      bench = await openBench(provider, SIZE, [], { world })
      whole = await walk(resource, bench.send, { setup: bench.setup })
      wholeAsked = [...bench.asked]
    })
    afterAll(async () => { await bench.close() })

    it('reads all that there is, to the last page, with no request that fails', async () => {
      expect(idsOf(whole.rows)).toHaveLength(vendor.counts(bench.sandbox.world)[resource.model.id as `ticketing.${string}`]!)
      expect(whole.rows.length).toBeGreaterThan(0)
      expect(bench.received().filter(({ status }) => status === null || status >= 300)).toEqual([])
      const bigger = await openBench(provider, SIZE * 2, [], { world: biggerWorld })
      expect(idsOf((await walk(resource, bigger.send, { setup: bigger.setup })).rows)).toHaveLength(vendor.counts(bigger.sandbox.world)[resource.model.id as `ticketing.${string}`]!)
      await bigger.close()
    })

    it('sees as many items as the vendor says there are', () => {
      if (resource.read.total === undefined) expect(['single', 'link', 'url', 'cursor', 'page', 'keyset', 'offset']).toContain(resource.read.pages.kind)
      else expect(whole.items).toBe(whole.total)
    })

    it('only reads, at the vendor\'s own address, and logs every request', () => {
      expect(bench.asked.filter((request) => !wasRead(request))).toEqual([])
      for (const { host } of bench.log) expect(host).toBe(new URL(bench.baseUrl).host)
      expect(bench.log.length).toBe(bench.received().length)
    })

    it('goes on at any checkpoint as if it had never stopped', async () => {
      // To the end from the first; from each of the others a page that is right and leads to a right one, and so to all that follow.
      for (const [at, { place, rowsBefore }] of whole.places.entries()) {
        const pages = at === 1 ? Infinity : 2
        const resumed = await walk(resource, bench.send, { setup: bench.setup, from: JSON.parse(JSON.stringify(place)) as typeof place, pages })
        expect(resumed.rows).toEqual(whole.rows.slice(rowsBefore, whole.places[at + pages]?.rowsBefore))
        expect(resumed.ended).toBe(at + pages >= whole.places.length)
      }
    })

    it('reads the same a second time, so that nothing is written', async () => {
      expect((await walk(resource, bench.send, { setup: bench.setup })).rows).toEqual(whole.rows)
    })

    it('asks only for what changed, where the vendor can tell', async () => {
      if (incremental === 'full_only') { expect(whole.newest).toBeNull(); return }
      const own = await openBench(provider, SIZE)
      const at = after(whole)
      const changed = vendor.change(own.sandbox.world, at)[resource.model.id as `ticketing.${string}`] ?? []
      expect(changed.length).toBeGreaterThan(0)
      const since = new Date(at.getTime() - 86_400_000)
      const read = await walk(resource, own.send, { since, setup: own.setup })
      const variables = incremental.since(since, own.setup)
      // What a request is made of is the adapter's to write in the vendor's manner; without one the variables are its query.
      if (resource.read.request !== undefined || incremental.walk !== undefined) expect(own.asked).not.toEqual(wholeAsked)
      else for (const request of listRequests(resource, own.asked).filter(({ url }) => url === undefined)) expect(says(request, variables), JSON.stringify(variables)).toBe(true)
      expect(idsOf(read.rows)).toEqual([...new Set(changed)].toSorted())
      expect(incremental.overlapSeconds).toBeGreaterThan(0)
      if (incremental.changedAt === 'run_began') expect(read.newest).toBeNull()
      else expect(Math.abs(Date.parse(read.newest!) - at.getTime())).toBeLessThan(86_400_000)
      // A watermark is never rounded up past what it stands for.
      const exact = await walk(resource, own.send, { since: at, setup: own.setup })
      expect(idsOf(exact.rows)).toEqual(idsOf(read.rows))
      await own.close()
    })

    it('sees what is gone as it says that it does', async () => {
      const own = await openBench(provider, SIZE)
      const at = after(whole)
      const removed = [...vendor.remove(own.sandbox.world, at)[resource.model.id as `ticketing.${string}`] ?? []].toSorted()
      const since = new Date(at.getTime() - 86_400_000)
      if (deletions.seenAs === 'never') { expect(deletions.because).toMatch(/\w+ \w+/); await own.close(); return }
      // Lists that nobody deletes from are complete reads, or they would not be believed.
      if (removed.length === 0) { expect(deletions.seenAs).toBe('missing_from_full_read'); await own.close(); return }
      const full = await walk(resource, own.send, { setup: own.setup })
      const before = idsOf(whole.rows)
      for (const one of removed) expect(before, id).toContain(one)
      const counts = deletions.seenAs === 'missing_from_full_read' || ('absence' in deletions && deletions.absence === 'counts')
      if (counts) expect(before.filter((one) => !idsOf(full.rows).includes(one))).toEqual(removed)
      if (deletions.seenAs === 'flag') expect(idsOf(full.rows.filter((row) => deletions.gone(row)))).toEqual(expect.arrayContaining(removed))
      if (deletions.seenAs === 'change') expect((await walk(resource, own.send, { since, setup: own.setup })).gone.toSorted()).toEqual(removed)
      if (deletions.seenAs === 'separate_read') expect((await walk(resource, own.send, { since, setup: own.setup, deletions: true })).gone.toSorted()).toEqual(expect.arrayContaining(removed))
      await own.close()
    })

    it('F12 F15 takes a web page, an empty answer or another shape for what it is: no rows, and a name', async () => {
      for (const [kind, codes] of [['other_shape', ['upstream.unexpected']], ['empty', ['upstream.unexpected']], ['html', ['upstream.not_json']], ['garbage_json', ['upstream.not_json']]] as const) {
        const { fault } = await failing({ kind, times: 1000 })
        expect(codes, kind).toContain(fault?.code)
      }
    })

    it('F10 loses nothing to a connection that breaks off', async () => {
      const { fault, read } = await failing({ kind: 'drop' }, { kind: 'cut_short', at: 2 }, { kind: 'status', status: 502, at: 3 })
      expect(fault).toBeNull()
      expect(plain(read!.rows)).toBe(plain(whole.rows))
    })

    it('F34 is not caught in a list that goes in circles', async () => {
      const { fault, bench: other } = await failing({ kind: 'loop', times: 100_000 })
      const parts = Object.values(Object.groupBy(whole.places, ({ place }) => place.segment))
      const pages = Math.max(...parts.map((part) => part!.length))
      // Where all questions go to one address, the answer to another question is of another shape; where each page has its own, none comes twice.
      const others = [...(resource.read.request === undefined ? [] : ['upstream.unexpected']), ...(resource.read.pages.kind === 'url' ? [undefined] : [])]
      if (pages > 1) expect(['upstream.loop', ...others]).toContain(fault?.code)
      else if (resource.read.request === undefined) expect(fault).toBeNull()
      expect(listRequests(resource, other.asked).length).toBeLessThanOrEqual(Math.max(whole.places.length, 3))
    })
  })
})
