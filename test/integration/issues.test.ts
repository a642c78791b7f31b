import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Fault, type FaultCode } from '#src/errors'
import { issueRoutes } from '#src/issues/routes'
import { resolveIssues } from '#src/issues/issue'
import { createApiKey } from '#src/organizations/keys'
import { asCaller, cursorKeys, testApi, type TestApi } from '../support/api.ts'
import { testDatabase, type TestDatabase } from '../support/db.ts'
import { inventedEngine, type Engine } from '../support/engine.ts'
import { invented, InventedServer } from '../support/invented-vendor.ts'

type Issue = { id: string; status: string; code: string; model: string; incidents: number; error_description: string; error_details: string[]; end_user: Record<string, unknown>; first_incident_time: string; last_incident_time: string; log_id: string | null; is_muted: boolean; resolved_at: string | null; linked_account_id: string }
let db: TestDatabase
let api: TestApi
let server: InventedServer
let engine: Engine
let key: string
beforeAll(async () => {
  db = await testDatabase()
  api = await testApi(db.database, { routes: [issueRoutes({ database: db.database, cursorKeys, providers: new Map([['invented', invented]]) })] })
})
afterAll(async () => { await api.app.close(); await db.drop() })
beforeEach(async () => {
  server = new InventedServer()
  for (let n = 1; n <= 3; n += 1) server.put(n)
  engine = await inventedEngine(db.database, server)
  const { rows: [organization] } = await db.database.system.query<{ name: string }>('select name from organizations where id = $1', [engine.key.organizationId])
  key = (await createApiKey(db.database, { organizationName: organization!.name, name: 'test' })).apiKey
})
const list = async (query = '', apiKey = key): Promise<Issue[]> => (await api.app.inject({ url: `/api/ticketing/v1/issues${query}`, headers: asCaller(apiKey) })).json<{ results: Issue[] }>().results
const failing = (code: FaultCode, logId = randomUUID()): string => {
  server.before = () => { throw new Fault(code, { detail: `It said ${code}.`, logId }) }
  return logId
}

describe('issues', () => {
  test('a run that fails opens one, with the log that shows it; again and again is the same one; a good run closes it', async () => {
    await engine.sync()
    expect(await list()).toEqual([])
    const logId = failing('upstream.rejected')
    await engine.sync('full')
    const [first] = await list() as [Issue]
    expect(first).toMatchObject({
      status: 'ONGOING', code: 'upstream.rejected', model: 'ticketing.Ticket', error_description: 'The vendor rejected the request.', error_details: ['It said upstream.rejected.'], log_id: logId, incidents: 1, is_muted: false, resolved_at: null,
      linked_account_id: engine.key.linkedAccountId, end_user: { id: engine.key.linkedAccountId, integration: 'Invented', integration_slug: 'invented', category: 'ticketing', end_user_organization_name: 'End' },
    })
    const latest = failing('upstream.rejected')
    await engine.sync('full')
    const [second, ...others] = await list() as [Issue]
    expect([second.id, second.incidents, second.log_id, second.first_incident_time, others]).toEqual([first.id, 2, latest, first.first_incident_time, []])
    expect(second.last_incident_time > first.last_incident_time).toBe(true)
    failing('upstream.loop')
    await engine.sync('full')
    expect((await list()).map(({ code }) => code).sort()).toEqual(['upstream.loop', 'upstream.rejected'])
    server.before = () => undefined
    await engine.sync('full')
    expect((await list()).map(({ status, resolved_at: at }) => [status, typeof at])).toEqual([['RESOLVED', 'string'], ['RESOLVED', 'string']])
    failing('upstream.rejected')
    await engine.sync('full')
    const again = (await list('?status=ONGOING'))
    expect(again.map(({ id, incidents, resolved_at: at }) => [id, incidents, at])).toEqual([[first.id, 3, null]])
    expect(again[0]!.first_incident_time > first.first_incident_time).toBe(true)
  })

  test('what only waits is no issue: a vendor that asks for time gets it', async () => {
    server.before = () => { throw new Fault('upstream.rate_limited', { retryAt: new Date(Date.now() + 60_000) }) }
    await engine.sync('full')
    expect(await list()).toEqual([])
  })

  test('a link that is given new credentials has none any more', async () => {
    failing('upstream.unauthorized')
    await engine.sync('full')
    expect((await list())[0]).toMatchObject({ status: 'ONGOING', end_user: { status: 'RELINK_NEEDED' } })
    await db.database.tenant(engine.key.organizationId, (client) => resolveIssues(client, engine.key.linkedAccountId, null))
    expect((await list()).map(({ status }) => status)).toEqual(['RESOLVED'])
  })

  test('are narrowed by every parameter, and one is found by its id', async () => {
    failing('upstream.rejected')
    await engine.sync('full')
    const [issue] = await list() as [Issue]
    const [past, future] = ['2020-01-01T00:00:00Z', '2100-01-01T00:00:00Z']
    for (const [query, count] of [
      ['?status=ONGOING', 1], ['?status=RESOLVED', 0], [`?linked_account_id=${issue.linked_account_id}`, 1], [`?linked_account_id=${randomUUID()}`, 0], ['?end_user_organization_name=End', 1], ['?end_user_organization_name=Start', 0],
      ['?integration_name=Invented', 1], ['?integration_name=invented', 1], ['?integration_name=Other', 0], [`?start_date=${past}`, 1], [`?start_date=${future}`, 0], [`?end_date=${future}`, 1], [`?end_date=${past}`, 0],
      [`?first_incident_time_after=${past}`, 1], [`?first_incident_time_after=${future}`, 0], [`?first_incident_time_before=${future}`, 1], [`?first_incident_time_before=${past}`, 0],
      [`?last_incident_time_after=${past}`, 1], [`?last_incident_time_after=${future}`, 0], [`?last_incident_time_before=${future}`, 1], [`?last_incident_time_before=${past}`, 0],
    ] as const) expect([query, (await list(query)).length]).toEqual([query, count])
    await db.database.tenantQuery(engine.key.organizationId, { text: 'update issues set is_muted = true' })
    expect([(await list()).length, (await list('?include_muted=true')).length]).toEqual([0, 1])
    const one = (apiKey: string, id: string) => api.app.inject({ url: `/api/ticketing/v1/issues/${id}`, headers: asCaller(apiKey) })
    expect((await one(key, issue.id)).json()).toMatchObject({ id: issue.id, is_muted: true })
    const { apiKey: stranger } = await createApiKey(db.database, { organizationName: 'Stranger', name: 'x' })
    const bare = (text: string): string => text.replaceAll(/req_[0-9a-f]+/g, '')
    const [theirs, nobodys] = [await one(stranger, issue.id), await one(stranger, randomUUID())]
    expect([theirs.statusCode, bare(theirs.body)]).toEqual([404, bare(nobodys.body)])
    expect(await list('?include_muted=true', stranger)).toEqual([])
  })
})
