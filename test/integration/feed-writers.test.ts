import { afterAll, beforeAll, expect, test } from 'vitest'
import { openWaker } from '#src/changes/wake'
import { asCaller, testApi, type TestApi } from '../support/api.ts'
import { testDatabase, type TestDatabase } from '../support/db.ts'
import { writeFeeds } from '../support/feed-writers.ts'
import { seedAccount, seedOrganization, type SeededAccount } from '../support/seed.ts'

/** 100,000 and more for the figure that is published; every day enough to lose some, were the feed wrong. */
const ENTRIES = Number(process.env['INTERMODAL_FEED_ENTRIES'] ?? 3_000)

let db: TestDatabase
let api: TestApi
beforeAll(async () => {
  db = await testDatabase({ poolSize: 16 })
  api = await testApi(db.database)
})
afterAll(async () => { await api.app.close(); await db.drop() })

interface Entry { seq: number; linked_account_id: string; record_id: string; what: string; at: string }
interface Feed { results: Entry[]; next: string; has_more: boolean }

test(`F92 G3 G4 of ${ENTRIES} entries by eight writers, readers of accounts and of the organisation miss none and see none twice, in commit order, and never a state older than its entry`, async () => {
  const { organizationId, apiKey } = await seedOrganization(db.database, 'busy')
  const accounts: SeededAccount[] = []
  for (let n = 0; n < 4; n += 1) accounts.push(await seedAccount(db.database, organizationId))
  const waker = openWaker(db.database, 20)
  let writing = true
  let stale = 0

  const follow = async (headers: Record<string, string>, sizes: readonly number[], beginAt: string): Promise<Entry[]> => {
    const seen: Entry[] = []
    let next = beginAt
    for (let n = 0, last = false; ; n += 1) {
      const answer = await api.app.inject({ url: `/api/v1/changes?page_size=${sizes[n % sizes.length]}${writing ? '&wait=2' : ''}${next === '' ? '' : `&after=${next}`}`, headers })
      expect(answer.statusCode, answer.body).toBe(200)
      const page = answer.json<Feed>()
      seen.push(...page.results)
      next = page.next
      const told = page.results.at(-1)
      if (told !== undefined && n % 5 === 0) {
        const [record] = await db.database.tenantQuery<{ modified_at: string }>(organizationId, { text: 'select modified_at from ticketing_tag where linked_account_id = $1 and id = $2', values: [told.linked_account_id, told.record_id] })
        if (record === undefined || record.modified_at < told.at) stale += 1
      }
      if (last && !page.has_more && page.results.length === 0) return seen
      last = !writing
    }
  }

  const writers = writeFeeds(db.database, { accounts, writers: 8, entries: ENTRIES, changed: ({ id }) => { waker.changed({ organizationId, linkedAccountId: id }) } }).finally(() => { writing = false })
  const [rolledBack, all, again, one] = await Promise.all([
    writers, follow(asCaller(apiKey), [100, 7, 1000], ''), follow(asCaller(apiKey), [333], ''), follow(asCaller(apiKey, accounts[0]!.token), [50, 500], ''),
  ])
  await waker.close()

  expect(rolledBack).toBeGreaterThan(0)
  expect(stale).toBe(0)
  const { rows: heads } = await db.database.system.query<{ id: string; seq: number }>('select linked_account_id as id, seq from feed_heads where organization_id = $1', [organizationId])
  expect(heads.reduce((sum, { seq }) => sum + seq, 0)).toBeGreaterThanOrEqual(ENTRIES)
  for (const { id, seq } of heads) {
    const own = all.filter((entry) => entry.linked_account_id === id)
    expect(own.findIndex((entry, at) => entry.seq !== at + 1), 'dense and in order').toBe(-1)
    expect(own).toHaveLength(seq)
    expect(own.findIndex((entry, at) => at > 0 && entry.at <= own[at - 1]!.at), 'the clock rises with the numbers').toBe(-1)
    if (id === accounts[0]!.id) expect(one).toEqual(own)
  }
  // Two readers with other pages and at other times saw one order.
  expect(again).toEqual(all)
  // Folded, the feed is the tables.
  const folded = new Map(all.map((entry) => [entry.record_id, { at: entry.at, gone: entry.what === 'deleted' }]))
  const records = await db.database.tenantQuery<{ id: string; modified_at: string; remote_was_deleted: boolean }>(organizationId, { text: 'select id, modified_at, remote_was_deleted from ticketing_tag where linked_account_id = any($1::uuid[])', values: [accounts.map(({ id }) => id)] })
  expect(folded).toEqual(new Map(records.map((record) => [record.id, { at: record.modified_at, gone: record.remote_was_deleted }])))
}, 600_000)
