import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { models } from '#models'
import { ignoreRecord } from '#src/records/erase'
import { recordId } from '#src/records/ids'
import { keptRecords } from '#src/records/kept'
import { tombstone } from '#src/records/tombstone'
import { quarantineRoutes } from '#src/sync/quarantine-routes'
import type { SyncDeps } from '#src/sync/slice'
import { Fault } from '#src/errors'
import { cursorKeys, testApi, type TestApi } from '../support/api.ts'
import { testDatabase, type TestDatabase } from '../support/db.ts'
import { callerOf, inventedEngine, type Engine } from '../support/engine.ts'
import { invented, InventedServer, ticket } from '../support/invented-vendor.ts'

let db: TestDatabase
let server: InventedServer
let engine: Engine
/** What the API's routes work with: the mapping of the moment. */
let now: SyncDeps
let api: TestApi
let headers: Record<string, string>
const range = (n: number) => Array.from({ length: n }, (_, i) => i + 1)
interface Row { remote_key: string; code: string; detail: string; attempts: number; log_id: string }
type Fields = typeof ticket.fields

/** The invented vendor with another version of its mapping. */
const mapping = (version: number, fields: Partial<Fields>, rest: Partial<typeof ticket> = {}): SyncDeps => ({ ...engine.deps, providers: new Map([['invented', { ...invented, resources: [{ ...ticket, ...rest, version, fields: { ...ticket.fields, ...fields } }] }]]) })
const exploding = (): SyncDeps => mapping(1, {}, { identity: { remoteId: (row) => { if (row.title === 'poison') throw new Error('the id is \u0000 nowhere'); return ticket.identity.remoteId(row) } } })
/** A year that our checks let pass and Postgres does not know. */
const yearNought = (version: number): SyncDeps => mapping(version, { due_date: (row) => (row.title === 'nought' ? '0000-01-01T00:00:00.000Z' : null) })

beforeAll(async () => { db = await testDatabase() })
afterAll(() => db.drop())
beforeEach(async () => {
  server = new InventedServer()
  for (const n of range(25)) server.put(n)
  engine = await inventedEngine(db.database, server)
  now = engine.deps
  const sync: Pick<SyncDeps, 'database' | 'providers' | 'account'> = { database: db.database, get providers() { return now.providers }, account: (organizationId, id) => now.account(organizationId, id) }
  api = await testApi(db.database, { routes: [quarantineRoutes({ database: db.database, cursorKeys, sync })] })
  headers = await callerOf(db.database, engine)
  return () => api.app.close()
})

const list = async (query = '') => (await api.app.inject({ url: `/api/v1/quarantine${query}`, headers })).json<{ next: string | null; results: Row[] }>()
const retry = async () => (await api.app.inject({ method: 'POST', url: '/api/v1/quarantine/retry', headers })).json<{ healed: number; failed: number; has_more: boolean }>()
const lastRun = async () => (await engine.rows<{ id: string; kind: string; state: string; created: number; updated: number; unchanged: number; quarantined: number }>('select * from sync_runs where linked_account_id = $1 order by started_at desc limit 1', [engine.key.linkedAccountId]))[0]!
const runs = async () => (await engine.rows<{ kind: string }>('select kind from sync_runs where linked_account_id = $1 order by started_at', [engine.key.linkedAccountId])).map(({ kind }) => kind)
const issues = async () => (await engine.rows<{ code: string; status: string; details: string[] }>('select code, status, details from issues where linked_account_id = $1 order by code', [engine.key.linkedAccountId])).map(({ code, status, details }) => [code, status, details[0]])
const names = async () => [...(await engine.tickets()).keys()].map(Number).sort((a, b) => a - b)

describe('a bad row', () => {
  it('G15 F46 leaves its page whole: the others are stored, it is listed with its reason and its log, and raised with a count', async () => {
    server.put(4, { id: null })
    server.put(5, { id: [] })
    server.put(6, { id: '' })
    await engine.sync()
    expect(await lastRun()).toMatchObject({ state: 'succeeded', created: 22, quarantined: 3 })
    const { results } = await list()
    expect(results.map(({ code, attempts }) => [code, attempts])).toEqual(range(3).map(() => ['mapping.unidentified', 1]))
    expect(results[0]).toMatchObject({ remote_key: expect.stringMatching(/^row:/), detail: expect.stringContaining('id'), log_id: expect.any(String) })
    expect(await issues()).toEqual([['sync.rows_quarantined', 'ONGOING', '3 rows are in quarantine.']])
    const first = await list('?page_size=2')
    expect([first.results.length, (await list(`?page_size=2&cursor=${first.next}`)).results.length]).toEqual([2, 1])
    // The vendor mends two of them, and no longer has the third.
    server.put(4)
    server.put(5)
    server.rows.delete(6)
    await engine.sync('full')
    expect([(await list()).results, await issues()]).toEqual([[], [['sync.rows_quarantined', 'RESOLVED', '3 rows are in quarantine.']]])
    expect(await names()).toEqual(range(25).filter((n) => n !== 6))
  })

  it('G15 F47 that breaks the mapping is kept, also where the reason itself cannot be stored, and heals without the vendor when the mapping is mended', async () => {
    server.put(4, { title: 'poison' })
    await engine.sync(undefined, exploding())
    const [page] = await engine.rows<{ run_id: string; page: number; log_id: string }>('select run_id, page, log_id from quarantine where linked_account_id = $1', [engine.key.linkedAccountId])
    expect((await list()).results).toMatchObject([{ code: 'mapping.unidentified' }])
    const asked = server.requests.length
    now = mapping(2, {})
    await engine.rows('update sync_states set next_run_at = now() where linked_account_id = $1', [engine.key.linkedAccountId])
    expect(await retry()).toEqual({ healed: 1, failed: 0, has_more: false })
    expect(server.requests.length).toBe(asked)
    expect([(await list()).results, (await names()).length, (await issues())[0]![1]]).toEqual([[], 25, 'RESOLVED'])
    expect((await engine.tickets()).get('4')!.body).toMatchObject({ name: 'poison' })
    // The record came from the page that its row came from.
    expect(await engine.rows('select run_id, page, log_id from raw_payloads where linked_account_id = $1 and record_id = $2', [engine.key.linkedAccountId, recordId(engine.key.linkedAccountId, 'ticketing.Ticket', '4')])).toEqual([page])
    expect((await engine.feed()).map(({ seq }) => seq)).toEqual(range(25))
    const [line] = await engine.rows<{ description: string }>(`select description from audit_events where event_type = 'RETRIED_QUARANTINE' and subject = $1`, [engine.key.linkedAccountId])
    expect(line!.description).toContain('1 are records now')
  })

  it('G15 that Postgres refuses is found among the others of its page and kept aside', async () => {
    for (const n of [3, 7, 8]) server.put(n, { title: 'nought' })
    await engine.sync(undefined, yearNought(1))
    expect(await lastRun()).toMatchObject({ state: 'succeeded', created: 22, quarantined: 3 })
    expect((await list()).results.map(({ remote_key, code }) => [remote_key, code])).toEqual([['3', 'mapping.unstorable'], ['7', 'mapping.unstorable'], ['8', 'mapping.unstorable']])
    expect((await engine.feed()).map(({ seq }) => seq)).toEqual(range(22))
    now = yearNought(1)
    expect(await retry()).toEqual({ healed: 0, failed: 3, has_more: false })
    expect((await list()).results.map(({ attempts }) => attempts)).toEqual([2, 2, 2])
    now = engine.deps
    expect(await retry()).toEqual({ healed: 3, failed: 0, has_more: false })
    expect(await names()).toEqual(range(25))
  })

  it('G15 whose time of change cannot be read stops neither its page nor the run', async () => {
    server.rows.set(5, null as never)
    server.put(6, { changed: { at: 1 } as never })
    await engine.sync()
    expect(await lastRun()).toMatchObject({ state: 'succeeded', created: 24, quarantined: 1 })
  })

  it('F47 is tried again with what the vendor sent last, and never over what came later', async () => {
    server.put(4, { title: 'poison' })
    server.put(5, { title: 'poison' })
    await engine.sync(undefined, exploding())
    server.put(4, { title: 'whole' })
    await engine.sync('incremental', mapping(1, {}, { identity: { remoteId: (row) => (row.title === 'poison' ? null : ticket.identity.remoteId(row)) } }))
    expect((await engine.tickets()).get('4')!.body).toMatchObject({ name: 'whole' })
    now = engine.deps
    expect(await retry()).toMatchObject({ failed: 0 })
    expect((await engine.tickets()).get('4')!.body).toMatchObject({ name: 'whole' })
    expect([(await list()).results, (await names()).length]).toEqual([[], 25])
  })

  it('F47 G5 of a record that the vendor has deleted meanwhile does not bring it back', async () => {
    await engine.sync()
    server.put(3, { title: 'nought' })
    await engine.sync('incremental', yearNought(1))
    const { key: { organizationId, linkedAccountId } } = engine
    await db.database.tenant(organizationId, (client) => tombstone(client, { organizationId, linkedAccountId, model: models['ticketing.Ticket'], cause: 'sync', runId: linkedAccountId, page: 0 }, [recordId(linkedAccountId, 'ticketing.Ticket', '3')]))
    await retry()
    expect([(await list()).results, (await engine.tickets()).get('3')!.deleted]).toEqual([[], true])
  })

  it('F47 of a record that is ignored is never a record again', async () => {
    await engine.sync()
    const id = recordId(engine.key.linkedAccountId, 'ticketing.Ticket', '3')
    server.put(3, { title: 'nought' })
    await engine.sync('incremental', yearNought(1))
    expect((await list()).results.map(({ remote_key }) => remote_key)).toEqual(['3'])
    await ignoreRecord(db.database, { organizationId: engine.key.organizationId, id: engine.key.linkedAccountId }, models['ticketing.Ticket'], id, { reason: 'GDPR', message: null })
    expect([(await list()).results, await retry()]).toEqual([[], { healed: 0, failed: 0, has_more: false }])
    expect((await engine.tickets()).get('3')!.body['name']).toBeNull()
  })
})

describe('a new version of a mapping', () => {
  it('F47 G15 maps what is kept anew without asking the vendor, tells the feed what differs, and then reads on as before', async () => {
    server.put(4, { title: 'poison' })
    await engine.sync(undefined, exploding())
    const raw = () => engine.rows('select record_id, version, xmin::text from raw_payloads where linked_account_id = $1 order by 1, 2', [engine.key.linkedAccountId])
    const kept = await raw()
    server.requests = []
    const next = mapping(2, { name: (row) => (Number(row.id) % 2 === 0 ? `New ${String(row.title)}` : String(row.title)) })
    await engine.sync(undefined, next)
    expect(await runs()).toEqual(['initial', 'remap', 'incremental'])
    const remapped = await engine.rows<{ rows_read: number; updated: number; unchanged: number; state: string }>(`select * from sync_runs where linked_account_id = $1 and kind = 'remap'`, [engine.key.linkedAccountId])
    expect(remapped).toMatchObject([{ state: 'succeeded', rows_read: 25, updated: 11, unchanged: 13 }])
    expect(server.requests.filter(({ path, query }) => path === '/tickets' && query?.['since'] === undefined)).toEqual([])
    const feed = await engine.feed()
    expect(feed.map(({ seq }) => seq)).toEqual(range(24 + 11 + 1))
    expect(feed.slice(24, 35).every(({ what, fields }) => what === 'updated' && fields?.join() === 'name')).toBe(true)
    expect(feed[35]).toMatchObject({ what: 'created', remote_id: '4' })
    expect((await raw()).slice(0, 100).filter((row) => kept.some((old) => JSON.stringify(old) === JSON.stringify(row)))).toHaveLength(24)
    expect((await list()).results).toEqual([])
    // Nothing is left to map: a complete read finds every row as it is.
    await engine.sync('full', next)
    expect(await lastRun()).toMatchObject({ kind: 'full', unchanged: 25, updated: 0, created: 0 })
  })

  it('F47 G1 goes on where it stopped, batch by batch, and keeps what somebody wished for meanwhile', async () => {
    await engine.sync()
    for (const n of range(600).slice(25)) server.put(n)
    await engine.sync('full')
    const batches: number[] = []
    const next = { ...mapping(2, { name: () => 'new' }), sliceMs: 0, onPage: ({ page, rowsRead }: { page: number; rowsRead: number }) => { batches.push(rowsRead); if (page === 2 && batches.length === 2) throw new Fault('upstream.rate_limited', { retryAt: new Date() }) } }
    await engine.sync('full', next)
    expect(await lastRun()).toMatchObject({ kind: 'remap', state: 'running' })
    await engine.sync(undefined, next)
    expect(batches.slice(0, 4)).toEqual([500, 600, 600, 600])
    expect(await runs()).toEqual(['initial', 'full', 'remap', 'full'])
    expect(new Set([...(await engine.tickets()).values()].map(({ body }) => body['name']))).toEqual(new Set(['new']))
    expect((await engine.feed()).map(({ seq }) => seq)).toEqual(range(1200))
  })

  it('F47 F57 is worked on under the fence: who was overtaken maps nothing', async () => {
    for (const n of range(600)) server.put(n)
    await engine.sync()
    let overtaken: Promise<void> | undefined
    const next = mapping(2, { name: () => 'new' })
    const slow = { ...next, onPage: () => { overtaken ??= (async () => {
      await engine.rows(`update leases set heartbeat_at = now() - interval '1 hour' where linked_account_id = $1`, [engine.key.linkedAccountId])
      await engine.sync(undefined, next)
    })() } }
    await engine.sync(undefined, slow)
    await overtaken
    expect((await engine.feed()).map(({ seq }) => seq)).toEqual(range(1200))
  })

  it('F47 that changed once more begins anew, and a record that fails now stays as it was, and is listed', async () => {
    await engine.sync()
    const second = { ...mapping(2, { name: () => 'second' }), onPage: () => { throw new Fault('upstream.rate_limited', { retryAt: new Date() }) } }
    await engine.sync(undefined, second)
    server.put(9, { title: 'nought' })
    const third = yearNought(3)
    await engine.sync(undefined, third)
    expect(await engine.rows('select kind, state, mapping_version from sync_runs where linked_account_id = $1 order by started_at', [engine.key.linkedAccountId])).toMatchObject([
      { kind: 'initial', mapping_version: 1 }, { kind: 'remap', state: 'cancelled', mapping_version: 2 }, { kind: 'remap', state: 'succeeded', mapping_version: 3 }, { kind: 'incremental', mapping_version: 3 },
    ])
    expect((await list()).results.map(({ remote_key }) => remote_key)).toEqual(['9'])
    expect((await engine.tickets()).get('9')!.body['name']).toBe('Ticket 9')
  })

  it('F47 F49 takes no more into memory than a batch holds, and leaves no record out, whatever their sizes', async () => {
    const sizes = [9_000_000, 0, 5_000_000, 5_000_000, 10, 0, 9_000_000, 10]
    sizes.forEach((size, n) => {
      const row = { labels: [`n${n}`], blob: 'x'.repeat(size) }
      server.put(n + 1, row)
    })
    for (const n of range(25).slice(8)) server.rows.delete(n)
    await engine.sync()
    const { rows: [some] } = await db.database.system.query<{ record_id: string }>(`select record_id from raw_payloads where linked_account_id = $1 order by record_id offset 1 limit 1`, [engine.key.linkedAccountId])
    await engine.rows('delete from raw_payloads where linked_account_id = $1 and record_id = $2', [engine.key.linkedAccountId, some!.record_id])
    const read: number[] = []
    const place = { linkedAccountId: engine.key.linkedAccountId, model: models['ticketing.Ticket'] }
    const found: string[] = []
    for (let after = '00000000-0000-0000-0000-000000000000'; ;) {
      const batch = await db.database.tenant(engine.key.organizationId, (client) => keptRecords(client, place.linkedAccountId, place.model, after))
      if (batch.length === 0) break
      found.push(...batch.map(({ id }) => id))
      read.push(batch.slice(0, -1).reduce((sum, { payload }) => sum + (payload?.length ?? 0), 0))
      after = batch.at(-1)!.id
    }
    expect(new Set(found).size).toBe(8)
    expect(Math.max(...read)).toBeLessThan(8 * 1024 * 1024)
  })

  it('reads from the vendor where what is kept is not enough', async () => {
    await engine.sync()
    await engine.rows('delete from raw_payloads where linked_account_id = $1 and record_id = $2', [engine.key.linkedAccountId, recordId(engine.key.linkedAccountId, 'ticketing.Ticket', '3')])
    await engine.sync(undefined, mapping(2, { name: () => 'new' }))
    expect(await runs()).toEqual(['initial', 'remap', 'full'])
    expect((await engine.tickets()).get('3')!.body['name']).toBe('new')
  })

  it('of a run that began under another one is mapped anew behind it', async () => {
    let stopped = false
    await engine.sync(undefined, { ...engine.deps, onPage: () => { if (!stopped) { stopped = true; throw new Fault('upstream.rate_limited', { retryAt: new Date() }) } } })
    const next = mapping(2, { name: () => 'new' })
    await engine.sync(undefined, next)
    await engine.sync(undefined, next)
    expect((await runs()).slice(0, 2)).toEqual(['initial', 'remap'])
    expect(new Set([...(await engine.tickets()).values()].map(({ body }) => body['name']))).toEqual(new Set(['new']))
  })
})
