import * as fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { instant } from '#kit'
import { Fault } from '#src/errors'
import { runSlice } from '#src/sync/slice'
import { parseJson } from '#src/upstream/json'
import { testDatabase, type TestDatabase } from '../support/db.ts'
import { inventedEngine, type Engine } from '../support/engine.ts'
import { invented, InventedServer, ticket } from '../support/invented-vendor.ts'

let db: TestDatabase
let server: InventedServer
let engine: Engine
const range = (n: number) => Array.from({ length: n }, (_, i) => i + 1)

beforeAll(async () => { db = await testDatabase() })
afterAll(() => db.drop())
beforeEach(async () => {
  server = new InventedServer()
  for (const n of range(25)) server.put(n)
  engine = await inventedEngine(db.database, server)
})

const state = async () => (await engine.rows<{ status: string; watermark: string | null; failures: number; fault: { code: string } | null; next_run_at: string | null }>('select * from sync_states where linked_account_id = $1', [engine.key.linkedAccountId]))[0]!
const lastRun = async () => (await engine.rows<{ kind: string; state: string; created: number; updated: number; unchanged: number; deleted: number; quarantined: number; pages: number; field_issues: number; deletions_held: number }>('select * from sync_runs where linked_account_id = $1 order by started_at desc limit 1', [engine.key.linkedAccountId]))[0]!
/** Which row versions there are: an identical second sync must leave every one of them alone. */
const versions = () => engine.rows(`select 'r' as t, id::text, xmin::text, ctid::text from ticketing_ticket where linked_account_id = $1 union all select 'p', record_id::text, xmin::text, ctid::text from raw_payloads where linked_account_id = $1 union all select 'v', record_id::text, xmin::text, ctid::text from record_values where linked_account_id = $1 order by 1, 2, 4`, [engine.key.linkedAccountId])

describe('a first sync', () => {
  it('stores every row, in a dense feed, on one strictly rising clock', async () => {
    await engine.sync()
    expect(await lastRun()).toMatchObject({ kind: 'initial', state: 'succeeded', created: 25, pages: 3, deleted: 0 })
    expect((await engine.feed()).map(({ seq, what }) => [seq, what])).toEqual(range(25).map((n) => [n, 'created']))
    const tickets = [...(await engine.tickets()).values()].sort((a, b) => a.seq - b.seq)
    expect(tickets.map(({ seq }) => seq)).toEqual(range(25))
    expect(new Set(tickets.map(({ modified_at }) => modified_at)).size).toBe(25)
    expect(tickets.map(({ modified_at }) => modified_at)).toEqual(tickets.map(({ modified_at }) => modified_at).sort())
    expect((await state()).status).toBe('DONE')
  })

  it('keeps a manifest of what each page brought, in order', async () => {
    await engine.sync()
    const pages = await engine.rows<{ page: number; record_ids: string[]; raw_versions: number[]; page_token: string }>('select * from sync_pages p join page_contents c on c.linked_account_id = p.linked_account_id and c.id = p.contents where p.linked_account_id = $1 order by page', [engine.key.linkedAccountId])
    expect(pages.map(({ page, record_ids }) => [page, record_ids.length])).toEqual([[0, 10], [1, 10], [2, 5]])
    expect(pages.flatMap(({ raw_versions }) => raw_versions)).toEqual(range(25).map(() => 1))
    expect(JSON.parse(pages[1]!.page_token)).toMatchObject({ query: { above: '10' } })
  })

  it('resolves relations to our ids, and finds the same ids again', async () => {
    server.put(1, { owner: '77' })
    await engine.sync()
    const { recordId } = await import('#src/records/ids')
    expect((await engine.tickets()).get('1')!.body['assignees']).toEqual([recordId(engine.key.linkedAccountId, 'ticketing.User', '77')])
  })
})

describe('a second sync', () => {
  it('G2 writes nothing where nothing has changed', async () => {
    await engine.sync()
    const before = await versions()
    for (const kind of ['incremental', 'full'] as const) {
      await engine.sync(kind)
      expect(await versions()).toEqual(before)
    }
    expect(await engine.feed()).toHaveLength(25)
    expect(await lastRun()).toMatchObject({ kind: 'full', unchanged: 25, updated: 0, created: 0 })
  })

  it('asks for what changed since the watermark less the overlap, and stores exactly that', async () => {
    await engine.sync()
    const { watermark } = await state()
    server.put(3, { title: 'New title' })
    server.put(26)
    server.requests = []
    await engine.sync('incremental')
    expect(server.requests.find(({ path }) => path === '/tickets')?.query?.['since']).toBe(new Date(Date.parse(watermark!) - 60_000).toISOString())
    const feed = await engine.feed()
    expect(feed.slice(25).map(({ what, remote_id, fields }) => [what, remote_id, fields])).toEqual([['updated', '3', ['name', 'description', 'remote_updated_at']], ['created', '26', null]])
  })

  it('keeps a new raw payload but tells the feed nothing where the record serves the same bytes', async () => {
    await engine.sync()
    const old = server.rows.get(5)!
    server.rows.set(5, { ...old, unmapped: 'news' } as typeof old)
    await engine.sync('full')
    expect(await engine.feed()).toHaveLength(25)
    expect((await engine.rows<{ n: number }>(`select count(*) as n from raw_payloads where linked_account_id = $1 and record_id = (select id from ticketing_ticket where linked_account_id = $1 and remote_id = '5')`, [engine.key.linkedAccountId]))[0]!.n).toBe(2)
  })

  it('F38 does not move the watermark beyond the start of the run by the vendor\'s clock', async () => {
    await engine.sync()
    const late = new Date(Date.now() + 3_600_000).toISOString()
    server.put(9, { changed: late })
    await engine.sync('incremental')
    expect(Date.parse((await state()).watermark!)).toBeLessThan(Date.parse(late))
  })
})

describe('deletions', () => {
  it('G5 come only from a complete read, one tombstone each', async () => {
    await engine.sync()
    server.rows.delete(7)
    await engine.sync('incremental')
    expect(await engine.feed()).toHaveLength(25)
    await engine.sync('full')
    expect((await engine.feed()).slice(25)).toMatchObject([{ seq: 26, what: 'deleted', remote_id: '7' }])
    expect((await engine.tickets()).get('7')).toMatchObject({ deleted: true, seq: 26 })
  })

  it('F41 a record that comes back is restored', async () => {
    await engine.sync()
    const row = server.rows.get(7)!
    server.rows.delete(7)
    await engine.sync('full')
    server.rows.set(7, row)
    await engine.sync('full')
    expect((await engine.feed()).slice(25).map(({ what }) => what)).toEqual(['deleted', 'restored'])
    expect((await engine.tickets()).get('7')!.deleted).toBe(false)
  })

  it('F40 are held where a complete read misses more than a fifth and more than fifty', async () => {
    for (const n of range(200)) server.put(n)
    await engine.sync()
    for (const n of range(60)) server.rows.delete(n)
    await engine.sync('full')
    expect(await lastRun()).toMatchObject({ deleted: 0, deletions_held: 60 })
    expect((await state()).status).toBe('PARTIALLY_SYNCED')
    await engine.rows(`update deletions set since = now() - interval '25 hours' where linked_account_id = $1`, [engine.key.linkedAccountId])
    await engine.sync('full')
    expect(await lastRun()).toMatchObject({ deleted: 60, deletions_held: 0 })
    expect((await state()).status).toBe('DONE')
  })

  it('F36 do not follow from a walk that saw fewer rows than the vendor said there are', async () => {
    await engine.sync()
    const { send } = server
    const shortened = { open: () => async (request: Parameters<typeof send>[0]) => {
      const response = await send(request)
      const body = response.body as { list?: unknown[]; left: number }
      return request.path === '/tickets' && request.query?.['above'] === undefined ? { ...response, body: { ...body, list: body.list!.slice(1) } } : response
    } }
    await engine.sync('full', { ...engine.deps, door: shortened })
    expect((await engine.feed()).filter(({ what }) => what === 'deleted')).toEqual([])
    expect((await state()).status).toBe('PARTIALLY_SYNCED')
  })

  it('are not believed when the vendor no longer knows the credentials', async () => {
    await engine.sync()
    server.rows.clear()
    server.before = ({ path }, count) => { if (path === '/me' && count > 1) throw new Fault('upstream.unauthorized') }
    server.requests = []
    await engine.sync('full')
    expect((await engine.feed()).filter(({ what }) => what === 'deleted')).toEqual([])
    const [account] = await engine.rows<{ status: string }>('select status from linked_accounts where id = $1', [engine.key.linkedAccountId])
    expect(account!.status).toBe('RELINK_NEEDED')
  })
})

describe('bad rows', () => {
  it('F44 lose the field that cannot be read, not the record', async () => {
    server.put(4, { title: 'explode' })
    server.put(5, { title: { not: 'text' } })
    await engine.sync()
    expect((await engine.tickets()).get('4')!.body).toMatchObject({ name: null, description: 'explode' })
    expect((await lastRun()).field_issues).toBe(1)
  })

  it('F50 F53 with NUL, lone surrogates, emoji and letters of other scripts are stored, and are the same the next time', async () => {
    const big = `🎫 e\u0301 \u00e9 \u05e9\u05dc\u05d5\u05dd ${'x'.repeat(100_000)}`
    server.put(4, { title: big, labels: ['a\u0000b', '\ud800'] })
    await engine.sync()
    expect((await engine.tickets()).get('4')!.body).toMatchObject({ description: big, tags: ['ab', '\ufffd'] })
    await engine.sync('full')
    expect(await lastRun()).toMatchObject({ unchanged: 25 })
  })

  it('F50 of any characters at all, in values, keys and ids, never stop a page, and are the same the next time', async () => {
    const unit = fc.oneof(fc.nat(0xffff), fc.constantFrom(0, 0x27, 0x5c, 0x7b, 0x2c, 0xd800, 0xdbff, 0xdc00, 0xdfff, 0xfffe, 0xffff))
    const text = fc.array(unit, { maxLength: 12 }).map((codes) => String.fromCharCode(...codes))
    const rows = fc.sample(fc.record({ id: text, title: text, labels: fc.array(text, { maxLength: 3 }), own: fc.dictionary(text, text, { maxKeys: 3 }) }), { numRuns: 300, seed: 50 })
    rows.forEach((row, n) => { server.put(n + 1, { ...row, id: `${n} ${row.id}` }) })
    const custom = { ...ticket, remoteFields: (row: object) => Object.entries((row as { own?: Record<string, string> }).own ?? {}).map(([key, value]) => ({ key, name: key, value })) }
    // The vendor goes on from the number that an id begins with.
    const { send } = server
    const door = { open: () => (request: Parameters<typeof send>[0]) => send({ ...request, query: { ...request.query, ...(request.query?.['above'] !== undefined && { above: String(Number.parseInt(String(request.query['above']), 10) + 1) }) } }) }
    const deps = { ...engine.deps, door, providers: new Map([['invented', { ...invented, resources: [custom] }]]) }
    await engine.sync(undefined, deps)
    const first = await lastRun()
    expect([first.state, first.created + first.quarantined]).toEqual(['succeeded', rows.length])
    expect(first.quarantined).toBe(rows.filter(({ id }) => !id.isWellFormed() || id.includes('\u0000')).length)
    await engine.sync('full', deps)
    expect(await lastRun()).toMatchObject({ created: 0, updated: 0, deleted: 0, unchanged: first.created, quarantined: first.quarantined })
  })

  it('F51 with numbers beyond what a double holds keep every digit of an id, and a number that is none is no value', async () => {
    const told = (text: string) => parseJson(text) as { id: unknown; title: unknown; changed: string }
    for (const [n, text] of ['{"id":9007199254740992,"title":1e400,"changed":"2026-01-01T00:00:00Z"}', '{"id":9007199254740993,"title":-0,"changed":"2026-01-01T00:00:00Z"}'].entries()) server.rows.set(101 + n, told(text))
    await engine.sync()
    const tickets = await engine.tickets()
    expect(['9007199254740992', '9007199254740993'].map((id) => tickets.get(id)?.body['name'])).toEqual([null, '0'])
    await engine.sync('full')
    expect(await lastRun()).toMatchObject({ unchanged: 27, created: 0, deleted: 0 })
  })

  it('F52 with days and instants that no calendar has lose the value, not the record', async () => {
    const due = ['0000-00-00T00:00:00Z', '2024-02-30T00:00:00Z', '12/25/2024', '', '9999-12-31T23:59:59Z', '2026-03-29T02:30:00', '2026-03-29T02:30:00+01:00', 1_700_000_000, 'N/A']
    due.forEach((at, n) => { server.put(n + 1, { due: at } as object) })
    const dated = { ...ticket, fields: { ...ticket.fields, due_date: (row: object) => instant((row as { due?: unknown }).due) } }
    await engine.sync(undefined, { ...engine.deps, providers: new Map([['invented', { ...invented, resources: [dated] }]]) })
    const tickets = await engine.tickets()
    expect(due.map((_, n) => tickets.get(String(n + 1))!.body['due_date'])).toEqual([null, null, null, null, '9999-12-31T23:59:59.000Z', null, '2026-03-29T01:30:00.000Z', null, null])
  })

  it('F48 of ten megabytes lose their longest text, not their page: the record is small, the raw payload is whole', async () => {
    server.put(4, { title: 'x'.repeat(10_000_000), labels: ['kept'] })
    await engine.sync()
    expect(await lastRun()).toMatchObject({ created: 25, quarantined: 0 })
    expect((await engine.tickets()).get('4')!.body).toMatchObject({ name: null, description: null, tags: ['kept'] })
    const [size] = await engine.rows<{ body: number; raw: number }>(`select max(octet_length(t.body)) as body, max(octet_length(p.payload)) as raw from ticketing_ticket t join raw_payloads p on p.linked_account_id = t.linked_account_id and p.record_id = t.id where t.linked_account_id = $1`, [engine.key.linkedAccountId])
    expect(size!.body).toBeLessThan(1_000_000)
    expect(size!.raw).toBeGreaterThan(10_000_000)
    expect((await lastRun()).field_issues).toBe(2)
  })

  it('F54 with a very long id are stored under its hash, once, and are found again', async () => {
    server.rows.set(26, { id: 'i'.repeat(9000), title: 'long', changed: new Date().toISOString() })
    await engine.sync()
    const [long] = [...(await engine.tickets()).keys()].filter((id) => id.startsWith('sha256:'))
    expect(long).toHaveLength(71)
    const [raw] = await engine.rows<{ payload: string }>('select p.payload from raw_payloads p join ticketing_ticket t on t.linked_account_id = p.linked_account_id and t.id = p.record_id where t.linked_account_id = $1 and t.remote_id = $2', [engine.key.linkedAccountId, long])
    expect(JSON.parse(raw!.payload)).toMatchObject({ id: 'i'.repeat(9000) })
    await engine.sync('full')
    expect(await lastRun()).toMatchObject({ unchanged: 26, deleted: 0 })
  })

  it('F55 that are each other\'s parents, or belong to what is not there, are stored whatever order they come in', async () => {
    server.put(1, { owner: '77' })
    const { models } = await import('#models')
    const parent = { ...engine.deps, providers: new Map([['invented', { ...invented, resources: [{ ...ticket, fields: { ...ticket.fields, parent_ticket: (row: { id: unknown }) => ({ '1': '2', '2': '1', '3': '9999' })[String(row.id)] ?? null } }] }]]) }
    await engine.sync(undefined, parent)
    const { recordId } = await import('#src/records/ids')
    const idOf = (remoteId: string) => recordId(engine.key.linkedAccountId, models['ticketing.Ticket'].id, remoteId)
    const tickets = await engine.tickets()
    expect(['1', '2', '3'].map((id) => tickets.get(id)!.body['parent_ticket'])).toEqual([idOf('2'), idOf('1'), idOf('9999')])
  })

  it('F35 that come twice on a page count once', async () => {
    server.rows.set(100, { ...server.rows.get(1)! })
    await engine.sync()
    expect(await engine.feed()).toHaveLength(25)
  })
})

describe('trouble', () => {
  it('G1 a failure at any request repeats at most one page and loses nothing', async () => {
    for (const failing of range(5)) {
      server = new InventedServer()
      for (const n of range(25)) server.put(n)
      engine = await inventedEngine(db.database, server)
      let failed = false
      server.before = (_, count) => { if (count === failing && !failed) { failed = true; throw new Fault('upstream.unavailable') } }
      await engine.sync()
      await engine.sync()
      expect((await engine.feed()).map(({ seq }) => seq), `failing at request ${failing}`).toEqual(range(25))
      expect(server.requests.filter(({ path }) => path === '/tickets').length).toBeLessThanOrEqual(4)
    }
  })

  it('G1 a page whose transaction fails half-way leaves no trace, and is written whole the next time', async () => {
    await engine.rows(`update feed_heads set seq = -1 where linked_account_id = $1`, [engine.key.linkedAccountId])
    await db.database.system.query('select 1')
    await engine.rows(`insert into changes (linked_account_id, organization_id, seq, model, record_id, remote_id, what, cause, at) values ($1, $2, 12, 'x', $1, 'x', 'created', 'sync', now())`, [engine.key.linkedAccountId, engine.key.organizationId])
    await expect(engine.sync()).rejects.toMatchObject({ code: 'internal' })
    const counts = async () => (await engine.rows<{ t: number; p: number; m: number; pages: number }>(`select (select count(*) from ticketing_ticket where linked_account_id = $1) t, (select count(*) from raw_payloads where linked_account_id = $1) p, (select count(*) from sync_pages where linked_account_id = $1) m, (select pages from sync_runs where linked_account_id = $1) pages`, [engine.key.linkedAccountId]))[0]!
    expect(await counts()).toEqual({ t: 10, p: 10, m: 1, pages: 1 })
    await engine.rows('delete from changes where linked_account_id = $1 and seq = 12', [engine.key.linkedAccountId])
    await engine.sync()
    expect(await counts()).toEqual({ t: 25, p: 25, m: 3, pages: 3 })
  })

  it('F01 the run waits at its checkpoint for as long as the vendor asks', async () => {
    const retryAt = new Date(Date.now() + 120_000)
    server.before = (_, count) => { if (count === 3) throw new Fault('upstream.rate_limited', { retryAt }) }
    await engine.sync()
    const { next_run_at, fault, failures } = await state()
    expect(Date.parse(next_run_at!)).toBeGreaterThanOrEqual(retryAt.getTime() - 1000)
    expect(fault).toMatchObject({ code: 'upstream.rate_limited' })
    expect(failures).toBe(0)
    expect(await lastRun()).toMatchObject({ state: 'running' })
    await engine.sync()
    expect(await engine.feed()).toHaveLength(25)
  })

  it('G13 what stops between the last page and the end of its run ends it the next time, and reads no page again', async () => {
    let stopped = false
    const stopping = { ...engine.deps, onPage: ({ page }: { page: number }) => { if (page === 3 && !stopped) { stopped = true; throw new Fault('upstream.rate_limited') } } }
    await engine.sync(undefined, stopping)
    expect(await lastRun()).toMatchObject({ state: 'running', pages: 3 })
    const asked = server.requests.length
    await engine.sync()
    expect(await lastRun()).toMatchObject({ state: 'succeeded', pages: 3 })
    expect(server.requests.slice(asked).filter(({ path }) => path === '/tickets')).toEqual([])
    expect(await engine.feed()).toHaveLength(25)
  })

  it('F33 a forgotten place restarts the walk once, and never counts as the end of the list', async () => {
    await engine.sync()
    server.rows.delete(25)
    let times = 0
    server.before = (request) => { if (request.query?.['above'] === '20' && times++ === 0) throw new Fault('upstream.cursor_gone') }
    await engine.sync('full')
    expect((await engine.feed()).slice(25)).toMatchObject([{ what: 'deleted', remote_id: '25' }])
  })

  it('F34 a list that goes in circles is stopped', async () => {
    const { send } = server
    const circling = { open: () => (request: Parameters<typeof send>[0]) => send(request.query?.['above'] === '20' ? { ...request, query: {} } : request) }
    await engine.sync(undefined, { ...engine.deps, door: circling })
    expect(await lastRun()).toMatchObject({ state: 'failed', pages: 2 })
    expect((await state()).fault).toMatchObject({ code: 'upstream.loop' })
  })

  it('F34 a vendor that ignores where the walk goes on is stopped at the second page, and deletes nothing', async () => {
    await engine.sync()
    const { send } = server
    const deaf = { open: () => (request: Parameters<typeof send>[0]) => send(request.path === '/tickets' ? { ...request, query: {} } : request) }
    await engine.sync('full', { ...engine.deps, door: deaf })
    expect(await lastRun()).toMatchObject({ state: 'failed', pages: 1, deleted: 0 })
    expect(await engine.feed()).toHaveLength(25)
  })

  it('F56 F57 a worker that comes back from the dead commits nothing', async () => {
    let overtaken: Promise<unknown> | undefined
    const quick = { ...engine.deps, leaseSeconds: 0.05 }
    server.before = async ({ query }, count) => {
      if (query?.['above'] !== '10' || overtaken !== undefined) return
      // While this worker hangs in a request, its lease grows old and another one takes the work over.
      await engine.rows(`update leases set heartbeat_at = now() - interval '1 hour' where linked_account_id = $1`, [engine.key.linkedAccountId])
      overtaken = engine.sync(undefined, engine.deps)
      await overtaken
      expect(count).toBeGreaterThan(0)
    }
    await engine.sync(undefined, { ...quick, leaseSeconds: 30 })
    await overtaken
    expect((await engine.feed()).map(({ seq }) => seq)).toEqual(range(25))
    const runs = await engine.rows('select state from sync_runs where linked_account_id = $1', [engine.key.linkedAccountId])
    expect(runs).toEqual([{ state: 'succeeded' }])
  })

  it('two workers never work on the same model of an account at once', async () => {
    let inside = 0
    let most = 0
    server.before = async () => { inside += 1; most = Math.max(most, inside); await new Promise((done) => setTimeout(done, 5)); inside -= 1 }
    await Promise.all(range(4).map(() => runSlice(engine.deps, engine.key)))
    expect(most).toBe(1)
    expect(await engine.feed()).toHaveLength(25)
  })

  it('F22 credentials that belong to somebody else stop the run before anything is stored', async () => {
    server.me = 'customer-2'
    await engine.sync()
    expect(await engine.feed()).toEqual([])
    expect((await state()).fault).toMatchObject({ code: 'account.identity_mismatch' })
  })
})
