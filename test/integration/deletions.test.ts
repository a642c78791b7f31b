import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { models } from '#models'
import { ignoreRecord } from '#src/records/erase'
import { pruneTombstones } from '#src/records/forget'
import { changeAccountScopes } from '#src/sync/change-scopes'
import { deletionRoutes } from '#src/sync/deletion-routes'
import { cursorKeys, testApi, type TestApi } from '../support/api.ts'
import { testDatabase, type TestDatabase } from '../support/db.ts'
import { callerOf, inventedEngine, type Engine } from '../support/engine.ts'
import { invented, InventedServer, ticket } from '../support/invented-vendor.ts'

let db: TestDatabase
let api: TestApi
let server: InventedServer
let engine: Engine
let headers: Record<string, string>
const range = (n: number, from = 1) => Array.from({ length: n }, (_, i) => from + i)
interface Listed { record_id: string; remote_id: string; state: string; since: string; run_id: string; waits_until: string | null; can_be_undone_until: string | null }

beforeAll(async () => {
  db = await testDatabase()
  api = await testApi(db.database, { routes: [deletionRoutes({ database: db.database, cursorKeys })] })
})
afterAll(async () => { await api.app.close(); await db.drop() })
beforeEach(async () => {
  server = new InventedServer()
  for (const n of range(200)) server.put(n)
  engine = await inventedEngine(db.database, server)
  headers = await callerOf(db.database, engine)
  await engine.sync()
})

const list = async (query = '') => (await api.app.inject({ url: `/api/v1/deletions${query}`, headers })).json<{ next: string | null; results: Listed[] }>()
const decide = async (decision: string, payload?: object) => (await api.app.inject({ method: 'POST', url: `/api/v1/deletions/${decision}`, headers, ...(payload !== undefined && { payload }) })).json<{ records: number; has_more: boolean; code?: string }>()
const alive = async () => [...(await engine.tickets()).values()].filter(({ deleted }) => !deleted).length
const told = async (what: string) => (await engine.feed()).filter((change) => change.what === what).map(({ remote_id }) => Number(remote_id)).sort((a, b) => a - b)
const lastRun = async () => (await engine.rows<{ id: string; state: string; deleted: number; deletions_held: number }>('select * from sync_runs where linked_account_id = $1 order by started_at desc limit 1', [engine.key.linkedAccountId]))[0]!
const issues = () => engine.rows<{ code: string; status: string; details: string[] }>('select code, status, details from issues where linked_account_id = $1 order by code', [engine.key.linkedAccountId])
const trail = () => engine.rows<{ event_type: string; description: string }>(`select event_type, description from audit_events where organization_id = $1 and subject = $2 order by at`, [engine.key.organizationId, engine.key.linkedAccountId])
const waited = () => engine.rows(`update deletions set since = since - interval '25 hours' where linked_account_id = $1 and state = 'held'`, [engine.key.linkedAccountId])
const vanish = (...numbers: number[]) => { for (const n of numbers) server.rows.delete(n) }

describe('deletions that look wrong', () => {
  it('G5 F40 wait and are raised, and happen by themselves only where they have been missing for a day', async () => {
    vanish(...range(60))
    await engine.sync('full')
    expect(await lastRun()).toMatchObject({ deleted: 0, deletions_held: 60 })
    expect(await issues()).toMatchObject([{ code: 'sync.deletions_held', status: 'ONGOING', details: [expect.stringContaining('60 records')] }])
    const { results } = await list()
    expect(results).toHaveLength(60)
    expect(Date.parse(results[0]!.waits_until!) - Date.parse(results[0]!.since)).toBe(24 * 3_600_000)
    await waited()
    // What goes missing on the next day is as many again, and has waited for nothing.
    vanish(...range(55, 101))
    await engine.sync('full')
    expect(await told('deleted')).toEqual(range(60))
    expect(await lastRun()).toMatchObject({ deleted: 60, deletions_held: 55 })
    expect((await list()).results.map(({ remote_id }) => Number(remote_id)).sort((a, b) => a - b)).toEqual(range(55, 101))
    expect(await issues()).toMatchObject([{ status: 'ONGOING', details: [expect.stringContaining('55 records')] }])
  })

  it('G5 F40 are taken back as soon as the vendor shows the records again, and what is missing then counts from the beginning', async () => {
    const rows = new Map(server.rows)
    vanish(...range(60))
    await engine.sync('full')
    await waited()
    for (const n of range(20)) server.put(n)
    await engine.sync('incremental')
    expect((await list()).results).toHaveLength(40)
    for (const n of range(40, 21)) server.rows.set(n, rows.get(n)!)
    await engine.sync('full')
    expect((await list()).results).toEqual([])
    expect(await issues()).toMatchObject([{ status: 'RESOLVED' }])
    vanish(...range(60))
    await engine.sync('full')
    expect([await told('deleted'), (await list()).results.length]).toEqual([[], 60])
  })

  it('G5 F40 do not hold up the few that any run may delete, once the many have been decided about', async () => {
    vanish(...range(60))
    await engine.sync('full')
    expect(await decide('discard')).toEqual({ records: 60, has_more: false })
    vanish(100)
    await engine.sync('full')
    expect(await told('deleted')).toEqual([100])
    expect(await lastRun()).toMatchObject({ deleted: 1, deletions_held: 0 })
  })

  it('F40 G5 are not believed where a row came whose id could not be read: it may be any of the missing', async () => {
    server.put(4, { id: null })
    vanish(9)
    await engine.sync('full')
    expect([await told('deleted'), (await lastRun()).deletions_held]).toEqual([[], 2])
    server.put(4)
    await engine.sync('full')
    expect([await told('deleted'), (await list()).results.length]).toEqual([[9], 0])
  })

  it('F40 F15 F12 F17 do not follow from a read that broke off, was refused, or was answered with something else', async () => {
    const { Fault } = await import('#src/errors')
    for (const code of ['upstream.unexpected', 'upstream.not_json', 'upstream.forbidden', 'upstream.cut_short'] as const) {
      const rows = new Map(server.rows)
      vanish(198, 199, 200)
      server.before = ({ query }) => { if (query?.['above'] === '50') throw new Fault(code) }
      await engine.sync('full')
      server.before = () => undefined
      server.rows = rows
      await engine.rows(`update sync_states set failures = 0 where linked_account_id = $1`, [engine.key.linkedAccountId])
      expect([await told('deleted'), (await list()).results.length], code).toEqual([[], 0])
    }
  })
})

describe('a person decides', () => {
  it('G5 confirmed deletions happen at once, are told to the feed, and close the issue', async () => {
    vanish(...range(60))
    await engine.sync('full')
    const [first] = (await list('?page_size=1')).results
    expect(await decide('confirm', { record_ids: [first!.record_id] })).toEqual({ records: 1, has_more: false })
    expect([await alive(), (await issues())[0]!.status]).toEqual([199, 'ONGOING'])
    expect(await decide('confirm')).toEqual({ records: 59, has_more: false })
    expect([await alive(), (await issues())[0]!.status]).toEqual([140, 'RESOLVED'])
    expect(await told('deleted')).toEqual(range(60))
    expect((await engine.feed()).map(({ seq }) => seq)).toEqual(range(260))
    expect(await trail()).toEqual([{ event_type: 'CONFIRMED_DELETIONS', description: '1 deletions that waited were confirmed.' }, { event_type: 'CONFIRMED_DELETIONS', description: '59 deletions that waited were confirmed.' }])
    expect(await decide('confirm')).toEqual({ records: 0, has_more: false })
  })

  it('G5 discarded deletions never happen by themselves, until the vendor shows the record and it goes missing anew', async () => {
    const row = server.rows.get(7)!
    vanish(...range(60))
    await engine.sync('full')
    await decide('discard')
    expect((await issues())[0]!.status).toBe('RESOLVED')
    await engine.rows(`update deletions set since = since - interval '30 days' where linked_account_id = $1`, [engine.key.linkedAccountId])
    await engine.sync('full')
    expect([await alive(), (await list('?state=kept')).results.length, (await lastRun()).deletions_held]).toEqual([200, 60, 0])
    server.rows.set(7, row)
    await engine.sync('full')
    expect((await list('?state=kept')).results).toHaveLength(59)
    vanish(7)
    await engine.sync('full')
    expect(await told('deleted')).toEqual([7])
    // What was kept can still be deleted, where it is named.
    const [kept] = (await list('?state=kept')).results
    expect([(await decide('confirm')).records, (await decide('confirm', { record_ids: [kept!.record_id] })).records]).toEqual([0, 1])
    expect(await alive()).toBe(198)
  })

  it('pages through the list, and refuses what is not there', async () => {
    vanish(...range(60))
    await engine.sync('full')
    const seen: string[] = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: { next: string | null; results: Listed[] } = await list(`?page_size=25${cursor === '' ? '' : `&cursor=${cursor}`}`)
      seen.push(...page.results.map(({ record_id: id }) => id))
      cursor = page.next
    }
    expect([seen.length, new Set(seen).size]).toEqual([60, 60])
    expect((await decide('confirm', { model: 'ticketing.Nothing' })).code).toBe('request.invalid')
    expect((await decide('undo', {})).code).toBe('request.invalid')
    expect((await api.app.inject({ url: '/api/v1/deletions', headers: { authorization: headers['authorization']! } })).statusCode).toBe(401)
  })
})

describe('a tombstone', () => {
  it('G5 F41 is undone with everything that the record said, one by one or all of a run, and the feed says restored', async () => {
    const before = await engine.rows('select id, body, aside, remote_fields, by_due_date from ticketing_ticket where linked_account_id = $1 order by id', [engine.key.linkedAccountId])
    vanish(...range(10))
    await engine.sync('full')
    const { results } = await list('?state=done')
    expect(Date.parse(results[0]!.can_be_undone_until!) - Date.parse(results[0]!.since)).toBe(90 * 86_400_000)
    expect(await decide('undo', { record_ids: [results[0]!.record_id] })).toEqual({ records: 1, has_more: false })
    expect(await decide('undo', { run_id: results[0]!.run_id })).toEqual({ records: 9, has_more: false })
    expect(await told('restored')).toEqual(range(10))
    expect((await engine.feed()).map(({ seq }) => seq)).toEqual(range(220))
    expect(await engine.rows('select id, body, aside, remote_fields, by_due_date from ticketing_ticket where linked_account_id = $1 and not remote_was_deleted order by id', [engine.key.linkedAccountId])).toEqual(before)
    // The vendor still does not have them, which is not news.
    await engine.sync('full')
    expect([await alive(), await told('deleted')]).toEqual([200, range(10)])
    expect((await trail()).map(({ event_type }) => event_type)).toEqual(['UNDID_DELETIONS', 'UNDID_DELETIONS'])
  })

  it('F41 that the vendor itself takes back needs no undoing, and can be deleted again', async () => {
    const row = server.rows.get(7)!
    vanish(7)
    await engine.sync('full')
    server.rows.set(7, row)
    await engine.sync('full')
    expect([(await list('?state=done')).results, (await engine.tickets()).get('7')!.deleted]).toEqual([[], false])
    vanish(7)
    await engine.sync('full')
    expect((await engine.feed()).filter(({ remote_id }) => remote_id === '7').map(({ what }) => what)).toEqual(['created', 'deleted', 'restored', 'deleted'])
  })

  it('G5 is erased for good after 90 days, and not a day before', async () => {
    vanish(1, 2)
    await engine.sync('full')
    const age = (days: number, remoteId: string) => engine.rows(`update deletions set since = now() - $2 * interval '1 day' where linked_account_id = $1 and remote_id = $3`, [engine.key.linkedAccountId, days, remoteId])
    await age(89.9, '1')
    await age(90.1, '2')
    expect(await pruneTombstones(db.database)).toEqual({ erased: 1 })
    expect([(await engine.tickets()).has('1'), (await engine.tickets()).has('2')]).toEqual([true, false])
    const left = await engine.rows<{ n: number }>('select count(*) as n from raw_payloads where linked_account_id = $1', [engine.key.linkedAccountId])
    expect(left[0]!.n).toBe(199)
    expect((await list('?state=done')).results.map(({ remote_id }) => remote_id)).toEqual(['1'])
    server.put(2)
    await engine.sync('full')
    expect((await engine.feed()).at(-1)).toMatchObject({ what: 'created', remote_id: '2' })
  })

  it('G16 of a record that was ignored cannot be undone, before or after', async () => {
    vanish(1, 2)
    await engine.sync('full')
    const { results } = await list('?state=done')
    const scope = { organizationId: engine.key.organizationId, id: engine.key.linkedAccountId }
    expect(await ignoreRecord(db.database, scope, models['ticketing.Ticket'], results[0]!.record_id, { reason: 'GDPR', message: null })).toBe(true)
    expect(await decide('undo', { run_id: results[0]!.run_id })).toEqual({ records: 1, has_more: false })
    expect(await decide('undo', { record_ids: [results[0]!.record_id] })).toEqual({ records: 0, has_more: false })
    expect((await engine.tickets()).get(results[0]!.remote_id)!.deleted).toBe(true)
  })
})

describe('the vendor\'s own word', () => {
  it('G5 F40 is held too, from where a run has deleted too much by it: the rest waits, is raised, and can be decided about', async () => {
    const marked = { ...ticket, read: { ...ticket.read, deletions: { seenAs: 'flag' as const, gone: (row: { title: unknown }) => row.title === 'gone' } } }
    const deps = { ...engine.deps, providers: new Map([['invented', { ...invented, resources: [marked] }]]) }
    for (const n of range(120)) server.put(n, { title: 'gone' })
    await engine.sync('incremental', deps)
    const held = (await list()).results.length
    expect([await alive(), held]).toEqual([150, 70])
    expect(await lastRun()).toMatchObject({ deleted: 50, deletions_held: 70 })
    expect(await issues()).toMatchObject([{ code: 'sync.deletions_held', status: 'ONGOING', details: [expect.stringContaining('70 records')] }])
    for (const n of range(10, 111)) server.put(n, { title: 'here' })
    await engine.sync('incremental', deps)
    expect((await list()).results).toHaveLength(60)
    await waited()
    await engine.sync('full', deps)
    expect([await alive(), (await list()).results.length, (await issues())[0]!.status]).toEqual([90, 0, 'RESOLVED'])
  })

  it('F41 G5 is not asked twice, except for what a person has brought back', async () => {
    const marked = { ...ticket, read: { ...ticket.read, deletions: { seenAs: 'flag' as const, gone: (row: { title: unknown }) => row.title === 'gone' } } }
    const deps = { ...engine.deps, providers: new Map([['invented', { ...invented, resources: [marked] }]]) }
    server.put(3, { title: 'gone' })
    await engine.sync('full', deps)
    expect(await told('deleted')).toEqual([3])
    const [done] = (await list('?state=done')).results
    await decide('undo', { record_ids: [done!.record_id] })
    await engine.sync('full', deps)
    expect([await told('deleted'), (await engine.tickets()).get('3')!.deleted]).toEqual([[3], false])
    server.put(3, { title: 'back' })
    await engine.sync('full', deps)
    server.put(3, { title: 'gone' })
    await engine.sync('full', deps)
    expect(await told('deleted')).toEqual([3, 3])
  })
})

describe('rules that become stricter', () => {
  const withoutNames = async ({ reads = true } = {}) => {
    await changeAccountScopes(db.database, engine.key, { category: 'ticketing', actor: null, lines: [{ model: 'ticketing.Ticket', reads: null, writes: null, enabledFields: [], disabledFields: ['name', 'description'] }] })
    if (reads) await engine.sync()
  }
  const bodies = async () => (await engine.rows<{ body: string }>('select body from ticketing_ticket where linked_account_id = $1', [engine.key.linkedAccountId])).map(({ body }) => body).join()

  it('T11 G5 erase tombstones for good: nothing that may not be kept comes back by undoing', async () => {
    server.put(7, { title: 'Planted' })
    await engine.sync('incremental')
    vanish(7)
    await engine.sync('full')
    const [done] = (await list('?state=done')).results
    await withoutNames({ reads: false })
    expect(await bodies()).not.toContain('Planted')
    expect(await decide('undo', { record_ids: [done!.record_id] })).toEqual({ records: 0, has_more: false })
  })

  it('T11 G5 leave no tombstone of what was never read under them, and a whole one of what was', async () => {
    server.put(7, { title: 'Planted' })
    await engine.sync('incremental')
    vanish(7)
    await withoutNames()
    expect([await told('deleted'), (await engine.tickets()).has('7')]).toEqual([[7], false])
    vanish(8)
    await engine.sync('full')
    expect((await list('?state=done')).results.map(({ remote_id }) => remote_id)).toEqual(['8'])
  })
})
