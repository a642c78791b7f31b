import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Fault } from '#src/errors'
import { syncStatuses, type SyncStatus } from '#src/sync/status'
import { testApi, type TestApi } from '../support/api.ts'
import { testDatabase, type TestDatabase } from '../support/db.ts'
import { callerOf, inventedEngine, type Engine } from '../support/engine.ts'
import { InventedServer } from '../support/invented-vendor.ts'

let db: TestDatabase
let server: InventedServer
let engine: Engine
let api: TestApi
let headers: Record<string, string>
beforeAll(async () => { db = await testDatabase(); api = await testApi(db.database) })
afterAll(async () => { await api.app.close(); await db.drop() })
beforeEach(async () => {
  server = new InventedServer()
  for (let n = 1; n <= 25; n++) server.put(n)
  engine = await inventedEngine(db.database, server)
  headers = await callerOf(db.database, engine)
})

const status = async (): Promise<SyncStatus> => (await syncStatuses(db.database, { ...engine.key, category: 'ticketing', inParts: new Set() }))[0]!
const issues = async () => (await engine.rows<{ code: string; status: string }>('select code, status from issues where linked_account_id = $1', [engine.key.linkedAccountId])).map((issue) => `${issue.code} ${issue.status}`)
const runsBegan = async () => (await engine.rows<{ at: string }>('select started_at as at from sync_runs where linked_account_id = $1 order by started_at', [engine.key.linkedAccountId])).map(({ at }) => at)
const served = async () => { const answer = await api.app.inject({ url: '/api/ticketing/v1/tickets?page_size=100', headers }); return [answer.statusCode, answer.json<{ results: unknown[] }>().results.length] }
const usedUp = (): never => { throw new Fault('upstream.rate_limited', { retryAt: new Date(Date.now() + 3_600_000) }) }
/** The run that is under way, and its pages, are so much older. */
const age = async (hours: number, pagesToo = true): Promise<void> => {
  await engine.rows(`update sync_runs set started_at = started_at - $2 * interval '1 hour' where linked_account_id = $1`, [engine.key.linkedAccountId, hours])
  if (pagesToo) await engine.rows(`update sync_pages set committed_at = committed_at - $2 * interval '1 hour' where linked_account_id = $1`, [engine.key.linkedAccountId, hours])
}

describe('a vendor whose quota is used up', () => {
  test('F05 is served from what is there, which says since when it is stale; and no longer when it has been read again', async () => {
    await engine.sync()
    expect(await status()).toMatchObject({ status: 'DONE', stale_since: null })
    server.before = usedUp
    await engine.sync('incremental')
    const [first, second] = await runsBegan()
    expect(await status()).toMatchObject({ sync_status_reason: 'RATE_LIMITED', data_fresh_as_of: first, stale_since: second })
    expect(await served()).toEqual([200, 25])
    server.before = () => undefined
    await engine.sync()
    expect(await status()).toMatchObject({ status: 'DONE', sync_status_reason: null, data_fresh_as_of: second, stale_since: null })
  })

  test('F05 stays stale through every try that fails, since the first of them', async () => {
    await engine.sync()
    server.before = () => { throw new Fault('upstream.forbidden') }
    await engine.sync('incremental')
    server.before = usedUp
    await engine.sync('incremental')
    const [, failed] = await runsBegan()
    expect((await status()).stale_since).toBe(failed)
    // The next try is under way, and nothing is known to be wrong with it yet.
    await engine.rows('update sync_states set fault = null where linked_account_id = $1', [engine.key.linkedAccountId])
    expect((await status()).stale_since).toBe(failed)
  })

  test('F03 is an issue when it has let nothing be read for a day, and not before; and over when it does', async () => {
    server.before = usedUp
    await engine.sync()
    await age(23)
    await engine.sync()
    expect(await issues()).toEqual([])
    await age(2)
    await engine.sync()
    expect(await issues()).toEqual(['upstream.rate_limited ONGOING'])
    server.before = () => undefined
    await engine.sync()
    expect([await issues(), await served()]).toEqual([['upstream.rate_limited RESOLVED'], [200, 25]])
  })

  test('F03 is none while it lets pages through, however long the run takes', async () => {
    let asked = 0
    server.before = () => { if (++asked > 3) usedUp() }
    await engine.sync()
    expect((await engine.rows<{ pages: number }>('select pages from sync_runs where linked_account_id = $1', [engine.key.linkedAccountId]))[0]!.pages).toBeGreaterThan(0)
    await age(48, false)
    await engine.sync()
    expect(await issues()).toEqual([])
    await age(48)
    await engine.sync()
    expect(await issues()).toEqual(['upstream.rate_limited ONGOING'])
  })
})
