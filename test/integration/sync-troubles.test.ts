import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { models } from '#models'
import { runSlice } from '#src/sync/slice'
import { syncStatuses } from '#src/sync/status'
import { testDatabase, type TestDatabase } from '../support/db.ts'
import { answer, drip, json, raw, silence, startHostileVendor, type Step } from '../support/hostile-vendor.ts'
import { httpEngine, type HttpEngine, type HttpEngineOptions } from '../support/http-engine.ts'
import { invented, ticket } from '../support/invented-vendor.ts'
import { notOffered, type AnyResource } from '../support/kit.ts'

// What vendors answer instead of an answer, over real sockets, through the real door, into real tables.
let db: TestDatabase
const open: { close: () => Promise<void> }[] = []
const range = (n: number) => Array.from({ length: n }, (_, i) => i + 1)

beforeAll(async () => { db = await testDatabase() })
afterAll(() => db.drop())
afterEach(async () => { await Promise.all(open.splice(0).map((thing) => thing.close())) })

async function world(options: HttpEngineOptions = {}): Promise<HttpEngine> {
  const made = await httpEngine(db.database, options)
  open.push(made)
  for (const n of range(25)) made.server.put(n)
  return made
}
/** Behind the first page of the list, so that the trouble comes when something is stored already. */
const behindPage1 = (step: Step): HttpEngine['instead'] => ({ query }) => (query?.['above'] === undefined ? null : step)
/** A vendor that nobody needs to ask who we are before each run. */
const askedAtLink: HttpEngineOptions = { provider: { whoami: { ...invented.whoami, ask: 'at_link' } } }
const PAGE = { 'content-type': 'text/html; charset=utf-8' }

describe('an answer that is none', () => {
  it.each<[string, Step, string]>([
    ['F08 silence', silence(), 'upstream.timed_out'],
    ['F09 a body that drips', drip(10), 'upstream.timed_out'],
    ['F10 a body that is shorter than it says', raw('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 5000\r\n\r\n{"list":[],"left":0}'), 'upstream.cut_short'],
    ['F10 chunks without their end', raw('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n14\r\n{"list":[],"left":0}\r\n'), 'upstream.cut_short'],
    ['F10 half of a gzip stream', json(gzipSync(randomBytes(5_000)).subarray(0, 2_000), { 'content-encoding': 'gzip' }), 'upstream.cut_short'],
    ['F11 half of a JSON text', json('{"list":[{"id":11,"title":"Ticket'), 'upstream.not_json'],
    ['F12 a page for people', answer(200, PAGE, '<!doctype html><title>Back soon</title>'), 'upstream.not_json'],
    ['F12 a page for people that calls itself JSON', json('<!doctype html><title>Sign in</title>'), 'upstream.not_json'],
    ['F13 JSON under another name', answer(200, { 'content-type': 'text/plain' }, '{"list":[],"left":0}'), 'upstream.not_json'],
    ['F13 JSON under no name', answer(200, {}, '{"list":[],"left":0}'), 'upstream.not_json'],
    ['F15 a 204', answer(204), 'upstream.unexpected'],
    ['F15 an empty 200', answer(200, { 'content-type': 'application/json' }), 'upstream.unexpected'],
    ['F15 a 304', answer(304), 'upstream.unexpected'],
    ['F15 null for a list', json('null'), 'upstream.unexpected'],
    ['F17 a 403', answer(403), 'upstream.forbidden'],
    ['F18 a 404', answer(404), 'upstream.not_found'],
    ['F18 a 410', answer(410), 'upstream.not_found'],
  ])('%s in the middle of a complete read stores nothing of the page, deletes nothing, and keeps the place', async (_what, step, code) => {
    const vendor = await world({ limits: { totalMs: 120 } })
    const { engine, server, status, deleted } = vendor
    await engine.sync()
    for (const n of [3, 17]) server.rows.delete(n)
    server.put(18, { title: 'changed meanwhile' })
    vendor.instead = behindPage1(step)
    await engine.sync('full')
    const { runs: [run], fault } = await status()
    expect(fault?.code).toBe(code)
    expect(run).toMatchObject({ kind: 'full', pages: 1, deleted: 0 })
    expect(run!.state === 'failed' || run!.checkpoint.place !== null).toBe(true)
    expect((await engine.feed()).length).toBe(25)
    expect(await deleted()).toEqual([])
    vendor.instead = () => null
    await engine.sync('full')
    expect(await deleted()).toEqual(['17', '3'])
    expect((await engine.tickets()).get('18')!.body['name']).toBe('changed meanwhile')
    expect((await status()).fault).toBeNull()
  })
})

describe('an answer that is cut', () => {
  it('F10 at any byte is stored as a whole or not at all, and the run goes on where it was', async () => {
    const vendor = await world({ limits: { totalMs: 2_000 } })
    const { engine, server } = vendor
    for (const n of range(10)) server.put(n + 10, { title: 'x'.repeat(600) })
    let cut: number | null = null
    let size = 0
    vendor.instead = ({ query }) => {
      if (query?.['above'] !== '10' || cut === null) return null
      const at = cut
      return (_response, _request, socket) => {
        const bytes = Buffer.from(JSON.stringify({ list: range(10).map((n) => server.rows.get(n + 10)), left: 15 }))
        size = bytes.length
        const head = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${bytes.length}\r\nconnection: close\r\n\r\n`
        socket.end(Buffer.concat([Buffer.from(head), bytes.subarray(0, at)]))
      }
    }
    for (cut = 0; cut === 0 || cut < size; cut += 1024) {
      // A host that only fails is left alone for a while.
      vendor.ahead += 120_000
      await engine.sync()
      expect([cut, (await engine.tickets()).size]).toEqual([cut, 10])
    }
    expect(size).toBeGreaterThan(6_000)
    cut = size
    vendor.ahead += 120_000
    await engine.sync()
    expect((await engine.feed()).map(({ seq }) => seq)).toEqual(range(25))
  })
})

describe('an answer that nobody can read', () => {
  it('F11 is an issue after three tries, which shows how it begins and nothing of what it says, and ends with the trouble', async () => {
    const vendor = await world()
    const { engine, status } = vendor
    const secret = 'Salary of Zoë: 4711'
    vendor.instead = behindPage1(json(`{"a":[1,2,"${secret}`))
    for (const tries of range(3)) {
      await engine.sync()
      const { issues, fault, runs } = await status()
      expect([tries, issues.map(({ code }) => code), fault?.code, runs.map(({ state }) => state)]).toEqual([tries, tries < 3 ? [] : ['upstream.not_json'], 'upstream.not_json', ['running']])
    }
    const { issues: [issue] } = await status()
    expect(issue!.details[0]).toContain('{"x":[0,0,"xxxxxx xx xxx: 0000')
    expect(issue!.details[0]).not.toMatch(/Salary|4711/)
    vendor.instead = () => null
    await engine.sync()
    expect(await status()).toMatchObject({ status: 'DONE', fault: null, issues: [{ code: 'upstream.not_json', status: 'RESOLVED' }] })
    expect(await engine.feed()).toHaveLength(25)
  })

  it('F12 is looked behind when it comes again: where the vendor no longer knows the credentials, that is what is wrong', async () => {
    const vendor = await world(askedAtLink)
    const { engine, status, deleted } = vendor
    await engine.sync()
    const page = answer(200, PAGE, '<form action="/login">')
    const me: Step[] = [json({ me: 'customer-1' })]
    vendor.instead = ({ path }) => (path === '/me' ? me[0]! : page)
    await engine.sync('full')
    expect(await status()).toMatchObject({ account: 'COMPLETE', fault: { code: 'upstream.not_json' } })
    // The vendor is in trouble; whose credentials these are, it still knows, or does not say.
    for (const still of [json({ me: 'customer-1' }), page, answer(503)]) {
      me[0] = still
      await engine.sync()
      expect(await status()).toMatchObject({ account: 'COMPLETE', fault: { code: 'upstream.not_json' }, runs: [{ state: 'running' }, {}] })
    }
    me[0] = answer(401)
    await engine.sync()
    expect(await status()).toMatchObject({ account: 'RELINK_NEEDED', fault: { code: 'upstream.unauthorized' }, runs: [{ state: 'failed', deleted: 0 }, {}] })
    expect(await deleted()).toEqual([])
  })
})

describe('an answer in other letters', () => {
  const latin = (title: string): Buffer => Buffer.from(`{"list":[{"id":1,"changed":"2026-01-02T03:04:05Z","title":"${title}"}],"left":1}`, 'latin1')
  const wide = (title: string): Buffer => Buffer.from(`\uFEFF{"list":[{"id":1,"changed":"2026-01-02T03:04:05Z","title":"${title}"}],"left":1}`, 'utf16le')
  const utf8 = (title: string): Buffer => latin(Buffer.from(title).toString('latin1'))
  it.each<[string, string, Buffer, string]>([
    ['with a byte order mark', '', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), utf8('Zoë 😀')]), 'Zoë 😀'],
    ['in UTF-16, little end first, that does not say so', '', wide('Zoë 😀').subarray(2), 'Zoë 😀'],
    ['in UTF-16, big end first, with its mark', '; charset=utf-8', wide('Zoë 😀').swap16(), 'Zoë 😀'],
    ['in Latin 1', '; charset=iso-8859-1', latin('Zoë'), 'Zoë'],
    ['in Windows\' own', '; charset="windows-1252"', latin('Zoë \u0080'), 'Zoë €'],
    ['in Shift JIS', '; charset=shift_jis', latin('\u0093\u008c\u008b\u009e'), '東京'],
    ['with bytes that are no UTF-8', '; charset=utf-8', latin('Zoë A'), 'Zo\ufffd A'],
    ['in a charset that nobody knows', '; charset=klingon', utf8('Zoë'), 'Zoë'],
  ])('F14 %s is stored as what it says', async (_what, charset, bytes, stored) => {
    const vendor = await world()
    vendor.instead = ({ path }) => (path === '/tickets' ? json(bytes, { 'content-type': `application/json${charset}` }) : null)
    await vendor.engine.sync()
    expect([...(await vendor.engine.tickets()).values()].map(({ body }) => body['name'])).toEqual([stored])
  })
})

describe('what is not there', () => {
  const tag: AnyResource = {
    model: models['ticketing.Tag'], version: 1,
    read: { path: '/tags', items: (page: { list: readonly unknown[] }) => page.list, pages: { kind: 'single' }, rows: { kind: 'items' }, incremental: 'full_only', deletions: { seenAs: 'missing_from_full_read' } },
    identity: { remoteId: (row: { id: string }) => row.id },
    fields: Object.fromEntries(Object.keys(models['ticketing.Tag'].schema.properties).map((name) => [name, notOffered])),
  }

  it('F17 is one model: it says why, the others go on, and the account stays linked', async () => {
    const vendor = await world({ resources: [ticket, tag] })
    const { engine, status } = vendor
    const tags = { ...engine.key, model: 'ticketing.Tag' }
    await engine.rows(`insert into sync_states (linked_account_id, model, organization_id, status, mapping_version, next_run_at) values ($1, 'ticketing.Tag', $2, 'SYNCING', 1, now())`, [engine.key.linkedAccountId, engine.key.organizationId])
    await engine.rows(`insert into leases (linked_account_id, model, organization_id) values ($1, 'ticketing.Tag', $2)`, [engine.key.linkedAccountId, engine.key.organizationId])
    vendor.instead = ({ path }) => (path === '/tags' ? json({ list: [{ id: 'red' }] }) : null)
    await runSlice(engine.deps, tags)
    await engine.rows(`update sync_states set next_kind = 'full' where linked_account_id = $1`, [engine.key.linkedAccountId])
    vendor.instead = ({ path }) => (path === '/tags' ? answer(403) : null)
    await runSlice(engine.deps, tags)
    await engine.sync()
    const statuses = await syncStatuses(db.database, { ...engine.key, category: 'ticketing', inParts: new Set() })
    expect(statuses.map(({ model_id, status: at, sync_status_reason }) => [model_id, at, sync_status_reason])).toEqual([['ticketing.TicketingTag', 'FAILED', 'UPSTREAM_FORBIDDEN'], ['ticketing.Ticket', 'DONE', null]])
    expect(await status()).toMatchObject({ account: 'COMPLETE', issues: [{ code: 'upstream.forbidden', status: 'ONGOING' }] })
    expect(await engine.rows('select remote_id, remote_was_deleted from ticketing_tag where linked_account_id = $1', [engine.key.linkedAccountId])).toEqual([{ remote_id: 'red', remote_was_deleted: false }])
    expect((await engine.tickets()).size).toBe(25)
  })

  it('F18 is gone only when it was not there three times in a day, and neither is the account; all data stays', async () => {
    const vendor = await world(askedAtLink)
    const { engine, status, deleted } = vendor
    await engine.sync()
    let me: Step | null = answer(404)
    vendor.instead = ({ path }) => (path === '/me' ? me : answer(404))
    const older = (hours: number) => engine.rows(`update sync_runs set started_at = started_at - $2 * interval '1 hour' where linked_account_id = $1`, [engine.key.linkedAccountId, hours])
    const missing = { account: 'COMPLETE', status: 'FAILED', fault: { code: 'upstream.not_found' } }
    for (const _ of range(4)) {
      await engine.sync('full')
      expect(await status()).toMatchObject(missing)
    }
    // A day, but the vendor knows whose credentials these are: it is the list that is not there. Or it is in trouble, and says neither.
    await older(25)
    for (const other of [null, answer(503), answer(403)]) {
      me = other
      await engine.sync('full')
      expect(await status()).toMatchObject(missing)
    }
    // Seen in between, it begins anew: one look after a day is no third one.
    vendor.instead = () => null
    await engine.sync('full')
    vendor.instead = ({ path }) => (path === '/me' ? me : answer(410))
    await engine.sync('full')
    await older(30)
    me = answer(404)
    await engine.sync('full')
    expect(await status()).toMatchObject(missing)
    await engine.sync('full')
    expect(await status()).toMatchObject({ account: 'RELINK_NEEDED', status: 'FAILED', fault: { code: 'account.gone' } })
    expect((await status()).issues.map(({ code, status: at }) => [code, at])).toContainEqual(['account.gone', 'ONGOING'])
    expect(await deleted()).toEqual([])
    expect((await engine.tickets()).size).toBe(25)
    const [state] = await engine.rows<{ next_run_at: string | null }>('select next_run_at from sync_states where linked_account_id = $1', [engine.key.linkedAccountId])
    expect(state!.next_run_at).toBeNull()
  })
})

describe('a list that is elsewhere now', () => {
  it('F19 is read where the operator lets it be read, without what lets us in, and nowhere else', async () => {
    const elsewhere = await startHostileVendor()
    open.push(elsewhere)
    const vendor = await world()
    const { engine, status } = vendor
    elsewhere.script(json({ list: [{ id: 1, title: 'moved', changed: '2026-01-02T03:04:05Z' }], left: 1 }))
    vendor.instead = ({ path }) => (path === '/tickets' ? answer(308, { location: `${elsewhere.origin}/eu/tickets` }) : null)
    await engine.sync()
    expect([...(await engine.tickets()).values()].map(({ body }) => body['name'])).toEqual(['moved'])
    expect(elsewhere.seen).toMatchObject([{ url: '/eu/tickets' }])
    expect(elsewhere.seen[0]!.headers['x-key']).toBeUndefined()
    const before = elsewhere.connections()
    for (const location of [`http://127.0.0.2:${elsewhere.port}/tickets`, 'http://169.254.169.254/tickets']) {
      vendor.instead = ({ path }) => (path === '/tickets' ? answer(308, { location }) : null)
      await engine.sync('full')
      expect(await status()).toMatchObject({ fault: { code: 'upstream.blocked' }, runs: [{ state: 'failed', deleted: 0 }, {}] })
      await engine.rows('delete from sync_runs where linked_account_id = $1 and state = $2', [engine.key.linkedAccountId, 'failed'])
    }
    expect(elsewhere.connections()).toBe(before)
    expect((await engine.tickets()).get('1')!.deleted).toBe(false)
  })
})

describe('another customer\'s data', () => {
  it('F22 is not stored where the vendor mixes customers up, and nothing is deleted because of it', async () => {
    const vendor = await world()
    const { engine, server, status, deleted } = vendor
    await engine.sync()
    const before = await engine.feed()
    server.rows.clear()
    server.put(900, { title: 'of customer-2' })
    server.me = 'customer-2'
    await engine.sync('full')
    expect(await status()).toMatchObject({ account: 'RELINK_NEEDED', fault: { code: 'account.identity_mismatch' }, runs: [{ state: 'failed', pages: 0 }, {}] })
    expect(await engine.feed()).toEqual(before)
    // Mixed up only after the run began: what it did not show is not believed to be gone.
    server.me = 'customer-1'
    await engine.rows(`update linked_accounts set status = 'COMPLETE' where id = $1`, [engine.key.linkedAccountId])
    vendor.instead = ({ path }) => { if (path !== '/me') server.me = 'customer-2'; return null }
    await engine.sync('full')
    expect((await status()).fault?.code).toBe('account.identity_mismatch')
    expect(await deleted()).toEqual([])
  })
})
