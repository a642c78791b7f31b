import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pruneChanges } from '#src/changes/prune'
import { asCaller, testApi, type TestApi } from '../support/api.ts'
import { testDatabase, type TestDatabase } from '../support/db.ts'
import { seedAccount, seedOrganization, seedRecord, type SeededAccount } from '../support/seed.ts'

const changes = '/api/v1/changes'
let db: TestDatabase
let api: TestApi
let key: { organizationId: string; apiKey: string }
let account: SeededAccount

beforeAll(async () => {
  db = await testDatabase()
  api = await testApi(db.database)
  key = await seedOrganization(db.database, 'A')
  account = await seedAccount(db.database, key.organizationId)
})
afterAll(async () => { await api.app.close(); await db.drop() })

interface Feed { results: { seq: number; model: string; remote_id: string; what: string; at: string; fields: string[] | null }[]; next: string; has_more: boolean; head: number }
const get = (query: string, as = account) => api.app.inject({ url: `${changes}?${query}`, headers: asCaller(key.apiKey, as.token) })
const read = async (query: string, as = account): Promise<Feed> => {
  const answer = await get(query, as)
  expect(answer.statusCode, answer.body).toBe(200)
  return answer.json()
}

describe('the change feed', () => {
  test('an empty feed has a place to come back to, and a new account is at the beginning and at the head at once', async () => {
    const fresh = await seedAccount(db.database, key.organizationId)
    const first = await read('', fresh)
    expect(first).toMatchObject({ results: [], has_more: false, head: 0 })
    await seedRecord(db.database, fresh, 'ticketing.Ticket', '1')
    expect(await read(`after=${first.next}`, fresh)).toMatchObject({ results: [{ seq: 1, what: 'created' }], head: 1 })
  })

  test('changes come in order, page by page, each once; the last page leads on to what happens later', async () => {
    const before = await read('after=head')
    expect(before.results).toEqual([])
    for (let n = 0; n < 7; n += 1) await seedRecord(db.database, account, 'ticketing.Ticket', `${n}`, { name: 'first' })
    const record = await seedRecord(db.database, account, 'ticketing.Ticket', '3', { name: 'second' })
    await seedRecord(db.database, account, 'ticketing.Ticket', '4', {}, { deleted: true })
    const seen: Feed['results'] = []
    let page = await read('page_size=4')
    for (; page.has_more; page = await read(`page_size=4&after=${page.next}`)) { expect(page.results).toHaveLength(4); seen.push(...page.results) }
    seen.push(...page.results)
    expect(seen.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(seen[7]).toEqual({ seq: 8, linked_account_id: account.id, model: 'ticketing.Ticket', record_id: record.id, remote_id: '3', what: 'updated', cause: 'sync', fields: ['name'], raw_version: 1, run_id: null, log_id: null, at: record.modifiedAt })
    expect(seen[8]).toMatchObject({ what: 'deleted', remote_id: '4' })
    expect(page.head).toBe(9)
    expect((await read(`after=${page.next}`)).results).toEqual([])
    expect((await read(`after=${before.next}`)).results.map(({ seq }) => seq)).toEqual(seen.map(({ seq }) => seq))
  })

  test('one model can be followed alone; its cursor moves on with the feed, and works for the whole feed too', async () => {
    const place = (await read('after=head')).next
    await seedRecord(db.database, account, 'ticketing.User', 'u1')
    await seedRecord(db.database, account, 'ticketing.Ticket', '90')
    await seedRecord(db.database, account, 'ticketing.User', 'u2')
    await seedRecord(db.database, account, 'ticketing.Ticket', '91')
    const one = await read(`model=ticketing.User&page_size=1&after=${place}`)
    expect(one).toMatchObject({ results: [{ remote_id: 'u1' }], has_more: true })
    const two = await read(`model=ticketing.User&page_size=1&after=${one.next}`)
    expect(two).toMatchObject({ results: [{ remote_id: 'u2' }], has_more: false })
    expect((await read(`after=${two.next}`)).results).toEqual([])
    expect((await read(`after=${one.next}`)).results.map(({ remote_id: id }) => id)).toEqual(['90', 'u2', '91'])
    expect((await get('model=ticketing.Nonsense')).json()).toMatchObject({ status: 400, errors: [{ source: { parameter: 'model' } }] })
  })

  test('T04 a feed cursor that was bent, or is another account\'s, is refused', async () => {
    const { next } = await read('page_size=1')
    const sibling = await seedAccount(db.database, key.organizationId)
    expect((await get(`after=${next}`, sibling)).json()).toMatchObject({ status: 400, code: 'request.invalid_cursor' })
    for (const bent of [`${next}A`, next.slice(1), next.slice(0, -1), 'HEAD', '0', '17']) expect((await get(`after=${bent}`)).json(), bent).toMatchObject({ status: 400, code: 'request.invalid_cursor' })
    for (const size of ['0', '-1', '1001', '1e1']) expect((await get(`page_size=${size}`)).statusCode).toBe(400)
  })

  test('F91 a consumer that comes after its place has been pruned is told so and how to go on; one that comes in time is not', async () => {
    const slow = await seedAccount(db.database, key.organizationId)
    const beginning = (await read('after=head', slow)).next
    for (let n = 0; n < 5; n += 1) await seedRecord(db.database, slow, 'ticketing.Ticket', `${n}`)
    const third = (await read('page_size=3', slow)).next
    await db.database.system.query('delete from changes where linked_account_id = $1 and seq <= 3', [slow.id])
    for (const query of [`after=${beginning}`, '', `model=ticketing.User&after=${beginning}`]) {
      const answer = await get(query, slow)
      expect(answer.json(), query).toMatchObject({ status: 410, code: 'request.cursor_expired' })
      expect(answer.json<{ detail: string }>().detail).toContain('after=head')
    }
    expect((await read(`after=${third}`, slow)).results.map(({ seq }) => seq)).toEqual([4, 5])
    const head = (await read('after=head', slow)).next
    await db.database.system.query('delete from changes where linked_account_id = $1', [slow.id])
    expect((await read(`after=${head}`, slow)).results).toEqual([])
    expect((await get(`after=${third}`, slow)).statusCode).toBe(410)
  })

  test('F91 entries are kept for 30 days; who comes later and follows the recipe knows what a reader knows who was never away', async () => {
    const slow = await seedAccount(db.database, key.organizationId)
    for (let n = 0; n < 4; n += 1) await seedRecord(db.database, slow, 'ticketing.Ticket', `${n}`, { name: 'first' })
    const left = (await read('page_size=2', slow)).next
    const state = new Map<string, boolean>()
    const fold = (page: Feed): string => { for (const { remote_id: id, what } of page.results) state.set(id, what === 'deleted'); return page.next }
    let steady = fold(await read('', slow))
    const day = 86_400_000
    expect(await pruneChanges(db.database, { retentionDays: 30, now: Date.now() + 29 * day })).toMatchObject({ pruned: 0 })
    expect((await get(`after=${left}`, slow)).statusCode).toBe(200)
    await pruneChanges(db.database, { retentionDays: 30, now: Date.now() + 31 * day, batch: 3 })
    const answer = await get(`after=${left}`, slow)
    expect(answer.json()).toMatchObject({ status: 410, code: 'request.cursor_expired' })
    // What the answer says is to be done, while things go on.
    const place = (await read('after=head', slow)).next
    await seedRecord(db.database, slow, 'ticketing.Ticket', '1', {}, { deleted: true })
    await seedRecord(db.database, slow, 'ticketing.Ticket', 'new')
    const known = new Map<string, boolean>()
    const list = await api.app.inject({ url: '/api/ticketing/v1/tickets?page_size=1000&include_deleted_data=true', headers: asCaller(key.apiKey, slow.token) })
    for (const record of list.json<{ results: { remote_id: string; remote_was_deleted: boolean }[] }>().results) known.set(record.remote_id, record.remote_was_deleted)
    await seedRecord(db.database, slow, 'ticketing.Ticket', '2', {}, { deleted: true })
    for (const { remote_id: id, what } of (await read(`after=${place}`, slow)).results) known.set(id, what === 'deleted')
    steady = fold(await read(`after=${steady}`, slow))
    expect(known).toEqual(state)
    expect(known).toEqual(new Map([['0', false], ['1', true], ['2', true], ['3', false], ['new', false]]))
    expect((await read(`after=${steady}`, slow)).results).toEqual([])
  })

  test('F93 a cursor from before history was lost is refused, by its epoch and by being ahead of the feed', async () => {
    const restored = await seedAccount(db.database, key.organizationId)
    for (let n = 0; n < 3; n += 1) await seedRecord(db.database, restored, 'ticketing.Ticket', `${n}`)
    const ahead = (await read('', restored)).next
    await db.database.system.query('update feed_heads set seq = 2 where linked_account_id = $1', [restored.id])
    expect((await get(`after=${ahead}`, restored)).json()).toMatchObject({ status: 410, code: 'request.cursor_expired' })
    // As a restored backup has it, and then something else happened.
    await db.database.system.query('delete from changes where linked_account_id = $1 and seq = 3', [restored.id])
    const kept = (await read('', restored)).next
    for (const id of ['else', 'more']) await seedRecord(db.database, restored, 'ticketing.Ticket', id)
    expect((await get(`after=${ahead}`, restored)).json()).toMatchObject({ status: 410, code: 'request.cursor_expired' })
    expect((await read(`after=${kept}`, restored)).results.map(({ remote_id: id }) => id)).toEqual(['else', 'more'])
    await db.database.system.query('update feed_heads set epoch = 2 where linked_account_id = $1', [restored.id])
    expect((await get(`after=${kept}`, restored)).json()).toMatchObject({ status: 410, code: 'request.cursor_expired' })
    expect((await read('', restored)).results).toHaveLength(4)
  })

  test('F92 a consumer that reads while four writers write sees every change once and in order', async () => {
    const busy = await seedAccount(db.database, key.organizationId)
    // A backlog, so that the consumer is behind from the start.
    for (let n = 0; n < 20; n += 1) await seedRecord(db.database, busy, 'ticketing.Ticket', `0-${n % 10}`, { name: 'before' })
    let writing = true
    const writers = Promise.all([0, 1, 2, 3].map(async (writer) => { for (let n = 0; n < 30; n += 1) await seedRecord(db.database, busy, 'ticketing.Ticket', `${writer}-${n % 10}`, { name: `${n}` }) })).finally(() => { writing = false })
    const seen: number[] = []
    let next = ''
    for (let last = false; ;) {
      const page: Feed = await read(`page_size=7${next === '' ? '' : `&after=${next}`}`, busy)
      seen.push(...page.results.map(({ seq }) => seq))
      next = page.next
      if (last && page.results.length === 0) break
      last = !writing
    }
    await writers
    expect(seen).toEqual(Array.from({ length: 140 }, (_, n) => n + 1))
  })
})
