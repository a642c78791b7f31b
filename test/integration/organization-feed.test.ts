import type { LightMyRequestResponse } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deleteAccount } from '#src/accounts/delete'
import type { FeedPage } from '#src/changes/feed'
import { readOrganizationFeed, type OrganizationPlace } from '#src/changes/organization-feed'
import { pruneChanges } from '#src/changes/prune'
import type { Database } from '#src/db/client'
import { asCaller, testApi, type TestApi } from '../support/api.ts'
import { testDatabase, type TestDatabase } from '../support/db.ts'
import { seedAccount, seedOrganization, seedRecord, type SeededAccount } from '../support/seed.ts'

let db: TestDatabase
let api: TestApi
beforeAll(async () => {
  db = await testDatabase()
  api = await testApi(db.database)
})
afterAll(async () => { await api.app.close(); await db.drop() })

interface Entry { seq: number; linked_account_id: string; remote_id: string; what: string; model: string }
interface Feed { results: Entry[]; next: string; has_more: boolean; head: number | null }
interface Reader { get: (query: string) => Promise<LightMyRequestResponse>; read: (query: string) => Promise<Feed>; all: (after: string, pageSize?: number) => Promise<{ seen: Entry[]; next: string }> }

const readerOf = (apiKey: string): Reader => {
  const get = (query: string) => api.app.inject({ url: `/api/v1/changes?${query}`, headers: asCaller(apiKey) })
  const read = async (query: string): Promise<Feed> => {
    const answer = await get(query)
    expect(answer.statusCode, answer.body).toBe(200)
    return answer.json()
  }
  return {
    get, read,
    async all(after, pageSize = 100) {
      const seen: Entry[] = []
      for (let next = after; ;) {
        const page = await read(`page_size=${pageSize}${next === '' ? '' : `&after=${next}`}`)
        seen.push(...page.results)
        next = page.next
        if (!page.has_more) return { seen, next }
      }
    },
  }
}
const world = async (name: string, accounts: number) => {
  const key = await seedOrganization(db.database, name)
  const seeded = await Promise.all(Array.from({ length: accounts }, () => seedAccount(db.database, key.organizationId)))
  return { ...key, accounts: seeded as [SeededAccount, SeededAccount, SeededAccount], reader: readerOf(key.apiKey) }
}
const places = (entries: readonly Entry[]) => entries.map(({ linked_account_id: id, seq }) => `${id} ${seq}`)

describe('the change feed of an organisation', () => {
  test('G3 it has every entry of every account once, each account in its own order, and whoever reads it again in other pages reads the same', async () => {
    const { accounts, reader } = await world('order', 3)
    const before = await reader.read('after=head')
    expect(before).toMatchObject({ results: [], has_more: false, head: null })
    const [a, b, c] = accounts
    for (let n = 0; n < 5; n += 1) await seedRecord(db.database, a, 'ticketing.Ticket', `${n}`)
    for (let n = 0; n < 3; n += 1) await seedRecord(db.database, b, 'ticketing.Ticket', `${n}`)
    const first = await reader.all('', 2)
    expect(places(first.seen)).toEqual([1, 2, 3, 4, 5].map((seq) => `${a.id} ${seq}`).concat([1, 2, 3].map((seq) => `${b.id} ${seq}`)))
    for (const account of [c, a, b]) await seedRecord(db.database, account, 'ticketing.Ticket', '0', { name: 'later' })
    const second = await reader.all(first.next)
    expect(places(second.seen)).toEqual([`${c.id} 1`, `${a.id} 6`, `${b.id} 4`])
    for (const size of [1, 3, 4, 11, 1000]) expect(places((await reader.all('', size)).seen), `pages of ${size}`).toEqual(places([...first.seen, ...second.seen]))
    expect(places((await reader.all(before.next)).seen)).toEqual(places([...first.seen, ...second.seen]))
    expect((await reader.read(`after=${second.next}`))).toMatchObject({ results: [], has_more: false })
  })

  test('one model can be followed alone, through stretches that have none of it', async () => {
    const { accounts: [a, b], reader } = await world('model', 2)
    for (let n = 0; n < 4; n += 1) { await seedRecord(db.database, a, 'ticketing.Ticket', `${n}`); await reader.read('') }
    await seedRecord(db.database, b, 'ticketing.User', 'u1')
    await seedRecord(db.database, b, 'ticketing.Ticket', '9')
    await seedRecord(db.database, b, 'ticketing.User', 'u2')
    const found: string[] = []
    let next = ''
    for (let page = await reader.read('model=ticketing.User&page_size=1'); ; page = await reader.read(`model=ticketing.User&page_size=1&after=${next}`)) {
      found.push(...page.results.map(({ remote_id: id }) => id))
      next = page.next
      if (!page.has_more) break
    }
    expect(found).toEqual(['u1', 'u2'])
    expect((await reader.read(`after=${next}`)).results).toEqual([])
  })

  test('T04 its cursor is good for no other organisation and for no account, and theirs are not good for it', async () => {
    const mine = await world('mine', 1)
    const theirs = await world('theirs', 1)
    for (const { accounts } of [mine, theirs]) await seedRecord(db.database, accounts[0], 'ticketing.Ticket', '1')
    const { next } = await mine.reader.read('')
    const asAccount = { ...asCaller(mine.apiKey, mine.accounts[0].token) }
    const own = (await api.app.inject({ url: '/api/v1/changes', headers: asAccount })).json<Feed>()
    expect((await theirs.reader.get(`after=${next}`)).json()).toMatchObject({ status: 400, code: 'request.invalid_cursor' })
    expect((await mine.reader.get(`after=${own.next}`)).json()).toMatchObject({ status: 400, code: 'request.invalid_cursor' })
    expect((await api.app.inject({ url: `/api/v1/changes?after=${next}`, headers: asAccount })).json()).toMatchObject({ status: 400, code: 'request.invalid_cursor' })
    expect((await theirs.reader.all('')).seen.every(({ linked_account_id: id }) => id === theirs.accounts[0].id)).toBe(true)
  })

  test('an account that is unlinked leaves the feed, also from under a reader that is in the middle of it', async () => {
    const { organizationId, accounts: [a, b], reader } = await world('unlinked', 2)
    for (const account of [a, b]) for (let n = 0; n < 4; n += 1) await seedRecord(db.database, account, 'ticketing.Ticket', `${n}`)
    const middle = await reader.read('page_size=2')
    expect(places(middle.results)).toEqual([`${a.id} 1`, `${a.id} 2`])
    await deleteAccount(db.database, organizationId, a.id, null)
    expect(places((await reader.all(middle.next)).seen)).toEqual([1, 2, 3, 4].map((seq) => `${b.id} ${seq}`))
    expect(places((await reader.all('')).seen)).toEqual([1, 2, 3, 4].map((seq) => `${b.id} ${seq}`))
    await deleteAccount(db.database, organizationId, b.id, null)
    expect(await reader.read(`after=${middle.next}`)).toMatchObject({ results: [], has_more: false })
    const { rows } = await db.database.system.query('select 1 from feed_stretches where organization_id = $1 union all select 1 from feed_told where organization_id = $1', [organizationId])
    expect(rows).toEqual([])
  })

  test('F91 a reader that comes too late is told so and how to go on, whether the stretches or only their first entries are gone', async () => {
    const { organizationId, accounts: [a, b], reader } = await world('slow', 2)
    for (const account of [a, b]) for (let n = 0; n < 4; n += 1) await seedRecord(db.database, account, 'ticketing.Ticket', `${n}`)
    const early = await reader.read('page_size=2')
    const done = await reader.all(early.next)
    const age = (table: string, column: string, where: string) => db.database.system.query(`update ${table} set ${column} = ${column} - interval '31 days' where organization_id = $1 and ${where}`, [organizationId])
    await age('changes', 'at', `seq <= 3 and linked_account_id = '${a.id}'`)
    expect(await pruneChanges(db.database, { retentionDays: 30, batch: 2 })).toEqual({ pruned: 3 })
    for (const query of ['', `after=${early.next}`, `model=ticketing.User&after=${early.next}`]) {
      const answer = await reader.get(query)
      expect(answer.json(), query).toMatchObject({ status: 410, code: 'request.cursor_expired' })
      expect(answer.json<{ detail: string }>().detail).toContain('after=head')
    }
    await seedRecord(db.database, b, 'ticketing.Ticket', '9')
    expect(places((await reader.all(done.next)).seen)).toEqual([`${b.id} 5`])
    await age('feed_stretches', 'told_at', 'number <= 2')
    await pruneChanges(db.database, { retentionDays: 30 })
    expect((await reader.get(`after=${early.next}`)).statusCode).toBe(410)
    expect((await reader.get('')).statusCode).toBe(410)
    expect(places((await reader.all(done.next)).seen)).toEqual([`${b.id} 5`])
    // All accounts' entries are told once only, also when their stretches are no longer kept.
    await seedRecord(db.database, a, 'ticketing.Ticket', '9')
    expect(places((await reader.all(done.next)).seen)).toEqual([`${b.id} 5`, `${a.id} 5`])
  })

  test('F93 a cursor from a history that was lost is refused, also where the feed has grown past it again', async () => {
    const { organizationId, accounts: [a], reader } = await world('restored', 1)
    await seedRecord(db.database, a, 'ticketing.Ticket', '1')
    const kept = await reader.read('')
    await seedRecord(db.database, a, 'ticketing.Ticket', '2')
    const lost = await reader.read(`after=${kept.next}`)
    // As a restored backup has it: the second entry and its stretch never were.
    await db.database.system.query('delete from changes where linked_account_id = $1 and seq = 2', [a.id])
    await db.database.system.query('delete from feed_stretches where organization_id = $1 and number = 2', [organizationId])
    await db.database.system.query('update organization_feeds set stretches = 1 where organization_id = $1', [organizationId])
    await db.database.system.query('update feed_told set seq = 1 where linked_account_id = $1', [a.id])
    await db.database.system.query('update feed_heads set seq = 1 where linked_account_id = $1', [a.id])
    expect((await reader.get(`after=${lost.next}`)).json()).toMatchObject({ status: 410, code: 'request.cursor_expired' })
    await seedRecord(db.database, a, 'ticketing.Ticket', '3')
    expect((await reader.read(`after=${kept.next}`)).results.map(({ remote_id: id }) => id)).toEqual(['3'])
    expect((await reader.get(`after=${lost.next}`)).json()).toMatchObject({ status: 410, code: 'request.cursor_expired' })
  })

  test('a page touches as many rows as it shows, wherever it begins', async () => {
    const { organizationId, reader } = await world('past', 30)
    const grow = (entries: number) => db.database.system.query(
      `with n as (select h.linked_account_id as id, h.seq + g as seq from feed_heads h cross join generate_series(1, $2::int) g where h.organization_id = $1), told as (
         insert into changes (linked_account_id, seq, organization_id, model, record_id, remote_id, what, cause, at) select id, seq, $1, 'ticketing.Ticket', gen_random_uuid(), seq::text, 'created', 'sync', now() + seq * interval '1 microsecond' from n)
       update feed_heads set seq = seq + $2::int where organization_id = $1`, [organizationId, entries])
    for (const entries of [200, 1, 1, 1, 1]) { await grow(entries); await reader.read('after=head') }
    await db.database.system.query('analyze changes; analyze feed_stretches; analyze feed_heads; analyze feed_told')
    let touched = 0
    interface Plan { 'Actual Rows': number; 'Actual Loops': number; 'Rows Removed by Filter'?: number; 'Relation Name'?: string; Plans?: Plan[] }
    const scans = (plan: Plan): Plan[] => [...(plan['Relation Name'] === undefined ? [] : [plan]), ...(plan.Plans ?? []).flatMap(scans)]
    const explaining: Database = {
      ...db.database,
      async tenantSelect(organization, query) {
        const [row] = await db.database.tenantQuery<{ 'QUERY PLAN': { Plan: Plan }[] }>(organization, { ...query, name: `explain_${query.name}`, text: `explain (analyze, format json) ${query.text}` })
        // Whether there is news is asked of the heads; here it is about entries.
        if (query.name !== 'feed_has_news') for (const scan of scans(row!['QUERY PLAN'][0]!.Plan)) touched += scan['Actual Loops'] * (scan['Actual Rows'] + (scan['Rows Removed by Filter'] ?? 0))
        return db.database.tenantSelect(organization, query)
      },
    }
    let place: OrganizationPlace | null = null
    let pages = 0
    for (let more = true; more; pages += 1) {
      touched = 0
      const page: FeedPage<OrganizationPlace> = await readOrganizationFeed(explaining, organizationId, { after: place, pageSize: 100, model: null })
      // Where stretches are short, each entry has a stretch of its own.
      expect(touched, `page ${pages}`).toBeLessThan(100 * 6)
      place = page.next
      more = page.hasMore
    }
    expect(pages).toBe(Math.ceil(30 * 204 / 100))
  })
})
