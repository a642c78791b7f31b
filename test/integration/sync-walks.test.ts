import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { sharedCells } from '#src/upstream/cells'
import { testDatabase, type TestDatabase } from '../support/db.ts'
import { json, type Step } from '../support/hostile-vendor.ts'
import { counted, httpEngine, type HttpEngine, type HttpEngineOptions } from '../support/http-engine.ts'
import { ticket, type InventedTicket } from '../support/invented-vendor.ts'
import type { AnyResource } from '../support/kit.ts'

// Lists that move while they are walked, and vendors that forget, repeat, delay and do not listen.
let db: TestDatabase
const open: { close: () => Promise<void> }[] = []
const range = (n: number) => Array.from({ length: n }, (_, i) => i + 1)

beforeAll(async () => { db = await testDatabase() })
afterAll(() => db.drop())
afterEach(async () => {
  vi.restoreAllMocks()
  await Promise.all(open.splice(0).map((thing) => thing.close()))
})

async function world(rows: number, options: HttpEngineOptions = {}): Promise<HttpEngine> {
  const made = await httpEngine(db.database, options)
  open.push(made)
  for (const n of range(rows)) made.server.put(n)
  return made
}
const listed = ({ vendor }: HttpEngine, from = 0): number => vendor.seen.slice(from).filter(({ url }) => !url.startsWith('/me')).length
const watermarkOf = async ({ engine }: HttpEngine): Promise<string> => (await engine.rows<{ watermark: string }>('select watermark from sync_states where linked_account_id = $1', [engine.key.linkedAccountId]))[0]!.watermark
/** What the vendor has is what we have: no more, no less, and as it is. */
async function expectSame({ engine, server }: HttpEngine): Promise<void> {
  const ours = [...await engine.tickets()].filter(([, { deleted }]) => !deleted).map(([remoteId, { body }]) => [remoteId, body['name']])
  expect(ours.toSorted()).toEqual([...server.rows].map(([n, { title }]) => [String(n), title]).toSorted())
}

describe('a place that the vendor forgot', () => {
  const forgets = { errors: [400, 410, 422].map((status) => ({ status, when: ({ body }: { body: unknown }) => (body as { code?: string } | null)?.code === 'cursor', code: 'upstream.cursor_gone' as const })) }

  it.each([400, 410, 422])('F33 in the middle of the walk (%i) is no end of the list: the walk begins anew, once', async (status) => {
    const vendor = await world(95, { provider: forgets })
    const { engine, server } = vendor
    await engine.sync()
    server.rows.delete(94)
    server.put(50, { title: 'changed' })
    let times = 0
    vendor.instead = ({ query }) => (query?.['above'] === '60' && times++ === 0 ? json({ code: 'cursor' }, {}, status) : null)
    await engine.sync('full')
    expect((await engine.feed()).slice(95).map(({ what, remote_id }) => [what, remote_id])).toEqual([['updated', '50'], ['deleted', '94']])
    await expectSame(vendor)
    server.rows.delete(93)
    vendor.instead = ({ query }) => (query?.['above'] === '60' ? json({ code: 'cursor' }, {}, status) : null)
    const before = listed(vendor)
    await engine.sync('full')
    expect(await vendor.status()).toMatchObject({ status: 'FAILED', fault: { code: 'upstream.cursor_gone' }, runs: [{ deleted: 0 }, {}, {}] })
    expect(listed(vendor) - before).toBe(14)
    expect(await vendor.deleted()).toEqual(['94'])
  })
})

describe('a list that gives rows more than once', () => {
  it('F35 within a page and on the next page too: each is stored once, told once, and nothing is new the second time', async () => {
    const vendor = await world(30, { resources: [counted('page')] })
    vendor.instead = ({ path, query }) => {
      if (path !== '/counted') return null
      const twice = [...vendor.server.rows.values()].flatMap((row) => [row, row])
      const from = (Number(query!['page']) - 1) * 7
      return json({ list: twice.slice(from, from + 10), left: 60 })
    }
    await vendor.engine.sync()
    expect((await vendor.engine.feed()).map(({ seq, what }) => [seq, what])).toEqual(range(30).map((n) => [n, 'created']))
    await vendor.engine.sync('full')
    expect(await vendor.engine.feed()).toHaveLength(30)
    await expectSame(vendor)
  })
})

describe.each(['offset', 'page'] as const)('a list that is walked by counting (%s), and moves', (kind) => {
  it('F36 is read once where nothing is missing, and once more before anything is deleted', async () => {
    const vendor = await world(45, { resources: [counted(kind)] })
    const { engine, server } = vendor
    await engine.sync()
    expect(listed(vendor)).toBe(5)
    await engine.sync('full')
    expect(listed(vendor)).toBe(10)
    server.rows.delete(7)
    await engine.sync('full')
    expect(listed(vendor)).toBe(20)
    expect(await vendor.deleted()).toEqual(['7'])
    expect((await vendor.status()).status).toBe('DONE')
  })

  it('F36 a row that falls between two pages because another went is not taken for gone, though the count is right', async () => {
    const vendor = await world(45, { resources: [counted(kind)] })
    const { engine, server } = vendor
    await engine.sync()
    let lists = 0
    vendor.instead = ({ path }) => {
      // Behind the first page: 3 goes, so 11 slips to the place that was read; 46 comes, so the count is as it was.
      if (path === '/counted' && ++lists === 2) { server.rows.delete(3); server.put(46) }
      return null
    }
    await engine.sync('full')
    expect((await engine.feed()).slice(45).map(({ what, remote_id }) => [what, remote_id])).toEqual([['created', '46']])
    vendor.instead = () => null
    await engine.sync('full')
    expect(await vendor.deleted()).toEqual(['3'])
    await expectSame(vendor)
  })

  it('F36 whatever comes and goes while it is read, nothing that is there is deleted, and the next quiet read has it all', async () => {
    for (const seed of range(5)) {
      const vendor = await world(60, { resources: [counted(kind)] })
      const { engine, server } = vendor
      let state = seed
      const random = (below: number): number => { state = (state * 48271) % 2147483647; return state % below }
      let next = 1000
      await engine.sync()
      vendor.instead = ({ path }) => {
        if (path !== '/counted') return null
        for (let n = random(3); n > 0; n--) {
          const keys = [...server.rows.keys()].toSorted((a, b) => a - b)
          // Mostly where the walk has been already: that is where it hurts.
          if (random(2) === 0 && keys.length > 30) server.rows.delete(keys[random(random(4) === 0 ? keys.length : 15)]!)
          else server.put(next++)
          if (random(3) === 0) server.put(keys[random(keys.length)]!, { title: `changed ${state}` })
        }
        return null
      }
      for (const _ of range(3)) {
        await engine.sync('full')
        const wrongly = (await vendor.deleted()).filter((remoteId) => server.rows.has(Number(remoteId)))
        expect([seed, wrongly]).toEqual([seed, []])
      }
      vendor.instead = () => null
      await engine.sync('full')
      await expectSame(vendor)
    }
  }, 120_000)

  it('F36 one that never stands still is not read for ever: nothing is deleted, and it is said to be partial', async () => {
    const vendor = await world(200, { resources: [counted(kind)] })
    const { engine, server } = vendor
    await engine.sync()
    const before = listed(vendor)
    let next = 1000
    server.rows.delete(200)
    vendor.instead = ({ path }) => {
      if (path === '/counted') { server.rows.delete([...server.rows.keys()].toSorted((a, b) => a - b)[2]!); server.put(next++) }
      return null
    }
    await engine.sync('full')
    expect(await vendor.status()).toMatchObject({ status: 'PARTIALLY_SYNCED', runs: [{ state: 'succeeded', deleted: 0 }, {}] })
    expect(listed(vendor) - before).toBeLessThanOrEqual(4 * 21)
  })
})

describe('changes at the border of two reads', () => {
  const exactly: AnyResource = { ...ticket, read: { ...ticket.read, incremental: { ...(ticket.read.incremental as object), overlapSeconds: 0 } as typeof ticket.read.incremental } }
  const late: AnyResource = { ...ticket, read: { ...ticket.read, incremental: { ...(ticket.read.incremental as object), overlapSeconds: 300 } as typeof ticket.read.incremental } }

  it('F37 a thousand rows of one instant are all there, though the worker died in the middle, and so are those of that instant that come later', async () => {
    const vendor = await world(3, { resources: [exactly] })
    const { engine, server } = vendor
    await engine.sync()
    const changed = new Date(Date.now() + 5_000).toISOString()
    server.now = () => new Date(Date.now() + 60_000)
    for (const n of range(1_000)) server.put(n + 10, { changed })
    let died = false
    const dying = { ...engine.deps, onPage: ({ page }: { page: number }) => { if (page === 40 && !died) { died = true; throw new Error('killed') } } }
    await expect(engine.sync('incremental', dying)).rejects.toThrow('Something broke')
    expect((await engine.tickets()).size).toBeLessThan(450)
    await engine.sync()
    await expectSame(vendor)
    expect(await engine.feed()).toHaveLength(1_003)
    expect(new Date(await watermarkOf(vendor)).toISOString()).toBe(changed)
    for (const n of range(15)) server.put(n + 2_000, { changed })
    await engine.sync('incremental')
    await expectSame(vendor)
    expect(await engine.feed()).toHaveLength(1_018)
  })

  it('F38 what the vendor shows late is read within its overlap; what is later still, by the next complete read; the mark itself never goes back', async () => {
    const vendor = await world(0, { resources: [late] })
    const { engine, server } = vendor
    for (const n of range(20)) server.put(n, { changed: new Date(Date.now() - 3_600_000).toISOString() })
    await engine.sync()
    const mark = await watermarkOf(vendor)
    const before = (seconds: number) => new Date(Date.parse(mark) - seconds * 1000).toISOString()
    server.put(100, { changed: before(180) })
    server.put(101, { changed: before(600) })
    for (const _ of range(3)) {
      await engine.sync('incremental')
      expect(await watermarkOf(vendor)).toBe(mark)
    }
    expect([(await engine.tickets()).has('100'), (await engine.tickets()).has('101')]).toEqual([true, false])
    await engine.sync('full')
    await expectSame(vendor)
  })

  it.each([-1, 1])('F38 it is the vendor\'s clock that counts, though it is %i hour off ours', async (hours) => {
    const vendor = await world(0, { resources: [exactly] })
    const { engine, server } = vendor
    let at = Date.now() + hours * 3_600_000
    server.now = () => new Date(at)
    for (const n of range(12)) server.put(n)
    await engine.sync()
    for (const n of range(5)) {
      at += 1_000
      server.put(n * 2, { title: `round ${n}` })
      server.put(100 + n)
      await engine.sync('incremental')
      await expectSame(vendor)
    }
    expect((await engine.feed()).filter(({ what }) => what === 'deleted')).toEqual([])
  })
})

describe('a vendor that does not listen', () => {
  const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString()

  it('F39 and gives everything where it is asked for changes: what is stored is right, and it is an issue until it listens again', async () => {
    const vendor = await world(0)
    const { engine, server } = vendor
    for (const n of range(60)) server.put(n, { changed: daysAgo(10) })
    server.put(61)
    await engine.sync()
    const { send } = server
    const deaf: HttpEngine['instead'] = (request) => {
      if (request.path !== '/tickets') return null
      const { since: _, ...query } = request.query as Record<string, string>
      return (response, incoming, socket) => { void send({ ...request, query }).then(({ body }) => json(body)(response, incoming, socket)) }
    }
    vendor.instead = deaf
    server.put(5, { title: 'new' })
    await engine.sync('incremental')
    await expectSame(vendor)
    expect((await engine.feed()).slice(61).map(({ what, remote_id }) => [what, remote_id])).toEqual([['updated', '5']])
    expect(await vendor.status()).toMatchObject({ status: 'DONE', issues: [{ code: 'sync.filter_ignored', status: 'ONGOING', incidents: 1 }] })
    await engine.sync('incremental')
    expect((await vendor.status()).issues).toMatchObject([{ status: 'ONGOING', incidents: 2 }])
    vendor.instead = () => null
    await engine.sync('incremental')
    expect((await vendor.status()).issues).toMatchObject([{ status: 'RESOLVED' }])
  })

  it('F39 and gives the newest first: a worker that dies behind the first page loses nothing that is older', async () => {
    const newest: AnyResource = { ...counted('offset'), read: { ...counted('offset').read, incremental: ticket.read.incremental } }
    const vendor = await world(45, { resources: [newest] })
    const { engine, server } = vendor
    vendor.instead = ({ path, query }): Step | null => {
      if (path !== '/counted') return null
      const rows = [...server.rows.values()].filter(({ changed }) => changed >= String(query!['since'] ?? '')).toSorted((a: InventedTicket, b: InventedTicket) => (a.changed < b.changed ? 1 : -1))
      const offset = Number(query!['offset'])
      return json({ list: rows.slice(offset, offset + 10), left: rows.length })
    }
    for (const n of range(45)) server.put(n, { changed: daysAgo(n) })
    await engine.sync()
    for (const n of range(30)) server.put(n, { title: `new ${n}`, changed: new Date(Date.now() + n).toISOString() })
    let died = false
    await expect(engine.sync('incremental', { ...engine.deps, onPage: () => { if (!died) { died = true; throw new Error('killed') } } })).rejects.toThrow('Something broke')
    await engine.sync()
    await expectSame(vendor)
  })
})

describe('a clock that jumps', () => {
  it.each([-1, 1])('F72 by %i hour moves nothing that processes share about limits: they go by the clock of the database', async (hours) => {
    const cells = sharedCells(db.database)
    const { rows: [row] } = await db.database.system.query<{ clock: number }>('select (extract(epoch from clock_timestamp()) * 1000)::float8 as clock')
    await cells.change(`F72 ${hours}`, () => ({ state: { some: 'thing' }, result: null }))
    const { now } = Date
    vi.spyOn(Date, 'now').mockImplementation(() => now() + hours * 3_600_000)
    expect(Math.abs(cells.now() - row!.clock)).toBeLessThan(60_000)
  })

  it.each([-1, 1])('F72 by %i hour in the middle of a run: it goes on, once, and the next is due when it was to be', async (hours) => {
    let jumped = 0
    const { now } = Date
    vi.spyOn(Date, 'now').mockImplementation(() => now() + jumped)
    const vendor = await world(45, { provider: { limits: { concurrency: 2, requests: { count: 20, perSeconds: 1 } } } })
    const { engine } = vendor
    let lists = 0
    vendor.instead = ({ path }) => {
      if (path === '/tickets' && ++lists === 3) jumped = hours * 3_600_000
      return null
    }
    const began = performance.now()
    await engine.sync()
    expect(performance.now() - began).toBeLessThan(5_000)
    const { runs } = await vendor.status()
    expect(runs).toMatchObject([{ kind: 'initial', state: 'succeeded', pages: 5 }])
    const [due] = await engine.rows<{ seconds: number }>('select extract(epoch from next_run_at - now())::float8 as seconds from sync_states where linked_account_id = $1', [engine.key.linkedAccountId])
    // On the account's own beat, which is never sooner than a tenth of its ten minutes.
    expect(due!.seconds).toBeGreaterThan(50)
    expect(due!.seconds).toBeLessThan(670)
    await engine.sync('incremental')
    await expectSame(vendor)
    expect((await vendor.status()).runs).toHaveLength(2)
  })
})
