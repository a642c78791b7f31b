import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openDatabase } from '#src/db/client'
import { forgetKeys } from '#src/idempotency/once'
import { pruneSuperseded } from '#src/records/superseded'
import { keepHouse } from '#src/sync/housekeeping'
import { pruneRuns } from '#src/sync/prune-runs'
import { onDatabase, testDatabase, type TestDatabase } from '../support/db.ts'
import { inventedEngine, type Engine } from '../support/engine.ts'
import { InventedServer } from '../support/invented-vendor.ts'

const DAYS = { retentionDays: 90 }
const DAY_MS = 86_400_000

let db: TestDatabase
let server: InventedServer
let engine: Engine
beforeAll(async () => { db = await testDatabase() })
afterAll(() => db.drop())
beforeEach(async () => {
  // Each test has the house to itself.
  for (const table of ['prune_marks', 'feed_heads', 'raw_payloads']) await db.database.system.query(`delete from ${table}`)
  server = new InventedServer()
  for (let n = 1; n <= 25; n++) server.put(n)
  engine = await inventedEngine(db.database, server)
})

const own = <R extends Record<string, unknown>>(text: string): Promise<R[]> => engine.rows<R>(text, [engine.key.linkedAccountId])
const runs = async () => (await own<{ kind: string; state: string }>('select kind, state from sync_runs where linked_account_id = $1 order by started_at')).map(({ kind, state }) => `${kind} ${state}`)
/** Everything that there is now is so much older. */
async function age(days: number): Promise<void> {
  await own(`update sync_runs set started_at = started_at - ${days} * interval '1 day', finished_at = finished_at - ${days} * interval '1 day' where linked_account_id = $1`)
  await own(`update raw_payloads set fetched_at = fetched_at - ${days} * interval '1 day' where linked_account_id = $1`)
}
/** Manifests name what is there, and nothing is there that none names. */
async function expectWhole(): Promise<void> {
  const [row] = await own<{ lost: number; orphans: number; strays: number }>(
    `select (select count(*) from sync_pages p where p.linked_account_id = $1 and not exists (select from page_contents c where c.linked_account_id = $1 and c.id = p.contents)) as lost,
       (select count(*) from page_contents c where c.linked_account_id = $1 and not exists (select from sync_pages p where p.linked_account_id = $1 and p.contents = c.id)) as orphans,
       (select count(*) from sync_pages p where p.linked_account_id = $1 and not exists (select from sync_runs r where r.linked_account_id = $1 and r.id = p.run_id)) as strays`)
  expect(row).toEqual({ lost: 0, orphans: 0, strays: 0 })
}

describe('old runs', () => {
  async function history(): Promise<void> {
    await engine.sync()
    for (const kind of ['full', 'incremental', 'full', 'incremental'] as const) {
      server.put(3, { title: `${kind} ${Math.random()}` })
      await engine.sync(kind)
    }
  }

  test('go with their manifests and with what only those named; what the status of a model tells of stays', async () => {
    await history()
    await age(100)
    await engine.sync('incremental')
    expect(await pruneRuns(db.database, { ...DAYS, batch: 2 })).toMatchObject({ runs: 4 })
    expect(await runs()).toEqual(['full succeeded', 'incremental succeeded'])
    await expectWhole()
    const before = await engine.feed()
    expect(await pruneRuns(db.database, DAYS)).toEqual({ runs: 0, pages: 0 })
    await engine.sync('full')
    expect([await engine.feed(), await runs()]).toEqual([before, ['full succeeded', 'incremental succeeded', 'full succeeded']])
  })

  test('stay while they are young, or not over', async () => {
    await history()
    await age(89)
    expect(await pruneRuns(db.database, DAYS)).toEqual({ runs: 0, pages: 0 })
    await age(10)
    await own(`update sync_runs set state = 'running' where linked_account_id = $1`)
    expect(await pruneRuns(db.database, DAYS)).toEqual({ runs: 0, pages: 0 })
  })

  test('are taken by two workers together, and where a worker was stopped the next one goes on', async () => {
    await history()
    await age(100)
    const stopped = await pruneRuns(db.database, { ...DAYS, batch: 1, signal: AbortSignal.abort() })
    expect(stopped).toEqual({ runs: 0, pages: 0 })
    const other = openDatabase({ url: db.url, poolSize: 2 })
    const both = await Promise.all([pruneRuns(db.database, { ...DAYS, batch: 1 }), pruneRuns(other, { ...DAYS, batch: 1 })])
    await other.close()
    expect(both.reduce((sum, { pages }) => sum + pages, 0)).toBeGreaterThan(6)
    expect(await runs()).toEqual(['full succeeded', 'incremental succeeded'])
    await expectWhole()
  })

  test('go without what a page names that is being written at this moment', async () => {
    await engine.sync()
    await engine.sync('full')
    await engine.sync('full')
    await age(100)
    await own(`delete from sync_pages p using sync_runs r where p.linked_account_id = $1 and r.linked_account_id = $1 and r.id = p.run_id and r.started_at > (select min(started_at) from sync_runs where linked_account_id = $1)`)
    // The page shows what the old one did, so it names what is there already; its transaction is open until its logs are written.
    let written = (): void => undefined
    const flushing = new Promise<void>((resolve) => { written = resolve })
    let began = (): void => undefined
    const open = new Promise<void>((resolve) => { began = resolve })
    const syncing = engine.sync('full', { ...engine.deps, logs: { ...engine.deps.logs, flush: () => { began(); return flushing } } })
    await open
    await new Promise((resolve) => { setTimeout(resolve, 300) })
    const pruning = pruneRuns(db.database, DAYS)
    await new Promise((resolve) => { setTimeout(resolve, 300) })
    written()
    await Promise.all([syncing, pruning])
    expect((await pruning).pages).toBe(3)
    await expectWhole()
  })
})

describe('versions of a vendor\'s row that newer ones replaced', () => {
  const versions = async (remoteId: number) => (await own<{ version: number }>(`select p.version from raw_payloads p join ticketing_ticket t on t.linked_account_id = p.linked_account_id and t.id = p.record_id where p.linked_account_id = $1 and t.remote_id = '${remoteId}' order by 1`)).map(({ version }) => version)
  const change = async (title: string, ids = [3]): Promise<void> => {
    for (const id of ids) server.put(id, { title })
    await engine.sync('full')
  }

  test('go when they have been replaced for so long; the newest stays however old it is', async () => {
    await engine.sync()
    await age(100)
    await change('second')
    await age(80)
    await change('third')
    await age(10)
    // The second took the first one's place 90 days ago, and the third the second's 10 days ago.
    expect(await pruneSuperseded(db.database, DAYS)).toEqual({ pruned: 1 })
    expect([await versions(3), await versions(4)]).toEqual([[2, 3], [1]])
    expect(await pruneSuperseded(db.database, DAYS)).toEqual({ pruned: 0 })
    expect(await pruneSuperseded(db.database, { ...DAYS, now: Date.now() + 200 * DAY_MS })).toEqual({ pruned: 1 })
    expect([await versions(3), await versions(4)]).toEqual([[3], [1]])
    // What is left is what records are mapped from.
    expect(await own(`select 1 from ticketing_ticket t where t.linked_account_id = $1 and not exists (select from raw_payloads p where p.linked_account_id = $1 and p.record_id = t.id and p.version = t.raw_version)`)).toEqual([])
  })

  test('go in batches, from where the last run stopped, and by two at once', async () => {
    const ids = Array.from({ length: 25 }, (_, n) => n + 1)
    await engine.sync()
    for (const title of ['a', 'b', 'c']) await change(title, ids)
    await age(100)
    // Ten rows of a page came at one instant: a batch takes them together.
    expect(await pruneSuperseded(db.database, { ...DAYS, batch: 1, signal: AbortSignal.abort() })).toEqual({ pruned: 10 })
    const other = openDatabase({ url: db.url, poolSize: 2 })
    const both = await Promise.all([pruneSuperseded(db.database, { ...DAYS, batch: 1 }), pruneSuperseded(other, { ...DAYS, batch: 1 })])
    await other.close()
    expect(both.reduce((sum, { pruned }) => sum + pruned, 0)).toBe(65)
    expect((await own<{ n: number }>('select count(*) as n from raw_payloads where linked_account_id = $1 and version <> 4'))[0]).toEqual({ n: 0 })
    expect((await own<{ n: number }>('select count(*) as n from raw_payloads where linked_account_id = $1'))[0]).toEqual({ n: 25 })
  })
})

describe('keeping house', () => {
  test('what is old goes a batch at a time, and a batch that was cut off is taken up again', async () => {
    await own(`insert into idempotent_requests (linked_account_id, route, key, organization_id, request_hash, created_at) select $1, 'r', n::text, organization_id, '\\x00', now() - interval '3 days' from feed_heads, generate_series(1, 7) n where linked_account_id = $1`)
    expect(await forgetKeys(db.database, { batch: 3, signal: AbortSignal.abort() })).toBe(3)
    expect(await forgetKeys(db.database, { batch: 3 })).toBe(4)
  })

  test('runs stay as long as the logs that erasing finds by them, and trouble with one kind of things keeps no other', async () => {
    await engine.sync()
    await engine.sync('full')
    await age(100)
    server.put(3, { title: 'new' })
    await engine.sync('incremental')
    const rename = (from: string, to: string) => onDatabase(new URL(db.url).pathname.slice(1), `alter table ${from} rename to ${to}`)
    await rename('changes', 'changes_away')
    const troubles: string[] = []
    const keep = (logs: number) => keepHouse(db.database, { logs, changes: 30, history: 90 }, new AbortController().signal, (what) => { troubles.push(what) })
    try {
      await keep(365)
      expect(await runs()).toHaveLength(3)
      await keep(30)
    } finally {
      await rename('changes_away', 'changes')
    }
    expect([troubles, await runs()]).toEqual([['changes', 'changes'], ['full succeeded', 'incremental succeeded']])
  })
})
