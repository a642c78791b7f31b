import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cursorKey } from '#src/db/keyset'
import { asCaller, testApi, type TestApi } from '../support/api.ts'
import { testDatabase, type TestDatabase } from '../support/db.ts'
import { seedAccount, seedOrganization, seedRecord, type SeededAccount } from '../support/seed.ts'

const tickets = '/api/ticketing/v1/tickets'
let db: TestDatabase
let api: TestApi
let key: { organizationId: string; apiKey: string }
let other: { organizationId: string; apiKey: string }
let account: SeededAccount
let sibling: SeededAccount
let foreign: SeededAccount

beforeAll(async () => {
  db = await testDatabase()
  api = await testApi(db.database)
  key = await seedOrganization(db.database, 'A')
  other = await seedOrganization(db.database, 'B')
  account = await seedAccount(db.database, key.organizationId)
  sibling = await seedAccount(db.database, key.organizationId)
  foreign = await seedAccount(db.database, other.organizationId)
  for (const each of [account, sibling, foreign]) {
    for (let n = 0; n < 6; n += 1) await seedRecord(db.database, each, 'ticketing.Ticket', `${n}`, { name: `of ${each.id}`, status: 'OPEN' })
    for (let n = 0; n < 3; n += 1) await seedRecord(db.database, each, 'ticketing.Comment', `${n}`, { body: 'hello' })
  }
})
afterAll(async () => { await api.app.close(); await db.drop() })

const get = (url: string, token = account.token, apiKey = key.apiKey) => api.app.inject({ url, headers: asCaller(apiKey, token) })
const cursorOf = async (query = ''): Promise<string> => (await get(`${tickets}?page_size=2${query}`)).json<{ next: string }>().next
const problem = { status: 400, code: 'request.invalid_cursor', errors: [{ source: { parameter: 'cursor' }, problem_type: 'INVALID_CURSOR' }] }

describe('cursors of lists', () => {
  test('T04 F96 a cursor that was bent, cut or invented is 400 and never 500', async () => {
    const cursor = await cursorOf()
    const bytes = Buffer.from(cursor, 'base64url')
    for (let bit = 0; bit < bytes.length * 8; bit += 3) {
      const bent = Buffer.from(bytes)
      bent[bit >> 3]! ^= 1 << (bit & 7)
      expect((await get(`${tickets}?page_size=2&cursor=${bent.toString('base64url')}`)).json()).toMatchObject(problem)
    }
    for (const bent of [cursor.slice(1), cursor.slice(0, -1), `${cursor}A`, 'null', '0', 'cD0yMDI2', '%00', '🚢']) expect((await get(`${tickets}?cursor=${encodeURIComponent(bent)}`)).json(), bent).toMatchObject({ status: 400 })
    for (const bad of ['', 'a'.repeat(1_025)]) expect((await get(`${tickets}?cursor=${bad}`)).json()).toMatchObject({ status: 400, errors: [{ source: { parameter: 'cursor' } }] })
  })

  test('T04 a cursor of another organisation, account, list or filter is refused', async () => {
    const cursor = await cursorOf()
    expect((await get(`${tickets}?cursor=${cursor}`)).statusCode).toBe(200)
    for (const answer of [
      await get(`${tickets}?cursor=${cursor}`, sibling.token), await get(`${tickets}?cursor=${cursor}`, foreign.token, other.apiKey), await get(`/api/ticketing/v1/comments?cursor=${cursor}`),
      await get(`${tickets}?status=OPEN&cursor=${cursor}`), await get(`${tickets}?include_deleted_data=true&cursor=${cursor}`), await get(`${tickets}?modified_after=2020-01-01T00:00:00Z&cursor=${cursor}`), await get(`${tickets}?remote_id=1&cursor=${cursor}`),
    ]) expect(answer.json()).toMatchObject(problem)
    const feed = (await get('/api/v1/changes?page_size=2')).json<{ next: string }>().next
    expect((await get(`${tickets}?cursor=${feed}`)).json()).toMatchObject(problem)
    const narrow = await cursorOf('&status=OPEN')
    for (const query of ['', '&status=CLOSED', '&status=OPEN&tags=x']) expect((await get(`${tickets}?cursor=${narrow}${query}`)).json()).toMatchObject(problem)
  })

  test('a cursor stays good when only the looks change, or the same filter is spelled otherwise', async () => {
    const cursor = await cursorOf('&modified_after=2020-01-01T00:00:00Z&include_deleted_data=false')
    for (const query of ['&page_size=5', '&expand=creator', '&include_remote_data=true', '&include_remote_fields=true']) {
      expect((await get(`${tickets}?modified_after=2020-01-01T01:00:00.000%2B01:00&cursor=${cursor}${query}`)).statusCode).toBe(200)
    }
  })

  test('T04 a cursor signed with a retired key is read, one signed with a stranger\'s is not', async () => {
    const cursor = await cursorOf()
    const rotated = await testApi(db.database, { cursorKeys: [cursorKey(Buffer.alloc(32, 9)), cursorKey(Buffer.alloc(32, 7))] })
    const strange = await testApi(db.database, { cursorKeys: [cursorKey(Buffer.alloc(32, 9))] })
    const headers = asCaller(key.apiKey, account.token)
    expect((await rotated.app.inject({ url: `${tickets}?cursor=${cursor}`, headers })).statusCode).toBe(200)
    expect((await strange.app.inject({ url: `${tickets}?cursor=${cursor}`, headers })).json()).toMatchObject(problem)
    await rotated.app.close()
    await strange.app.close()
  })
})

describe('pages that have not changed', () => {
  test('T22 a page that has not changed is 304 to whoever holds its tag, and the tag is of this account, this query and this state only', async () => {
    const own = await seedAccount(db.database, key.organizationId)
    await seedRecord(db.database, own, 'ticketing.Ticket', '1', { name: 'first' })
    const ask = (url: string, tag: string | undefined, as = own) => api.app.inject({ url, headers: { ...asCaller(key.apiKey, as.token), ...(tag !== undefined && { 'if-none-match': tag }) } })
    const first = await ask(tickets, undefined)
    const tag = first.headers.etag as string
    expect(tag).toMatch(/^"[a-z0-9]+\.1\.1\.\d+\.\d{6}"$/)
    const same = await ask(tickets, tag)
    expect([same.statusCode, same.body, same.headers.etag]).toEqual([304, '', tag])
    expect(same.headers).toMatchObject({ 'cache-control': 'private, no-store' })
    expect(same.headers).not.toHaveProperty('content-security-policy')
    for (const [url, as] of [[`${tickets}?page_size=5`, own], [`${tickets}?expand=creator`, own], [tickets, sibling]] as const) expect((await ask(url, tag, as)).statusCode).toBe(200)
    expect((await ask(`${tickets}?include_remote_data=true`, tag)).headers.etag).toBeUndefined()
    await seedRecord(db.database, own, 'ticketing.User', 'u', {})
    const later = await ask(tickets, tag)
    expect(later.statusCode).toBe(200)
    expect(later.headers.etag).not.toBe(tag)
  })
})

describe('walks while records change', () => {
  test('F94 whatever is added or changed between pages, every record that is there throughout is seen, and the walk ends', async () => {
    const step = fc.oneof(fc.record({ kind: fc.constant('change' as const), n: fc.nat(11) }), fc.record({ kind: fc.constant('add' as const), n: fc.nat() }), fc.record({ kind: fc.constant('delete' as const), n: fc.nat(11) }))
    await fc.assert(fc.asyncProperty(fc.array(fc.array(step, { maxLength: 3 }), { maxLength: 8 }), fc.integer({ min: 1, max: 5 }), async (script, size) => {
      const own = await seedAccount(db.database, key.organizationId)
      for (let n = 0; n < 12; n += 1) await seedRecord(db.database, own, 'ticketing.Ticket', `${n}`, { name: 'first' })
      const latest = new Map(Array.from({ length: 12 }, (_, n) => [`${n}`, 'first']))
      const deleted = new Set<string>()
      const seen = new Map<string, string>()
      let cursor: string | null = ''
      let pages = 0
      while (cursor !== null) {
        const page: { next: string | null; results: { remote_id: string; name: string }[] } = (await get(`${tickets}?page_size=${size}${cursor === '' ? '' : `&cursor=${cursor}`}`, own.token)).json()
        for (const record of page.results) seen.set(record.remote_id, record.name)
        cursor = page.next
        pages += 1
        for (const { kind, n } of script[pages - 1] ?? []) {
          const remoteId = kind === 'add' ? `new-${n}` : `${n}`
          const name = `${kind} at page ${pages}`
          await seedRecord(db.database, own, 'ticketing.Ticket', remoteId, { name }, { deleted: kind === 'delete' })
          if (kind === 'delete') deleted.add(remoteId)
          else latest.set(remoteId, name)
        }
        expect(pages).toBeLessThan(100)
      }
      for (let n = 0; n < 12; n += 1) {
        // Deleted for a while: not there throughout.
        if (deleted.has(`${n}`)) continue
        expect(seen.has(`${n}`), `record ${n}`).toBe(true)
        // What changed before the walk ended was ahead of it on the clock, so its newest state was seen.
        if (script.length < pages) expect(seen.get(`${n}`), `record ${n}`).toBe(latest.get(`${n}`))
      }
    }), { numRuns: 12 })
  })
})
