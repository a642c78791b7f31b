import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { AnyProvider, Send } from '#kit'
import { deleteAccount } from '#src/accounts/delete'
import { driftRoutes } from '#src/drift/routes'
import { createApiKey } from '#src/organizations/keys'
import { changeAccountScopes } from '#src/sync/change-scopes'
import { runSlice, type SyncDeps } from '#src/sync/slice'
import { asCaller, cursorKeys, testApi, type TestApi } from '../support/api.ts'
import { testDatabase, type TestDatabase } from '../support/db.ts'
import { inventedEngine, type Engine } from '../support/engine.ts'
import { invented, InventedServer, ticket } from '../support/invented-vendor.ts'

interface Found { integration: string; model: string; what: string; path: string; before: string | null; after: string | null; accounts: number; times: number; first_seen_at: string; last_seen_at: string }
let db: TestDatabase
let api: TestApi
let server: InventedServer
let engine: Engine
let told: Parameters<NonNullable<SyncDeps['onDrift']>>[0][]
const MODEL = 'ticketing.Ticket'

beforeAll(async () => {
  db = await testDatabase()
  api = await testApi(db.database, { routes: [driftRoutes({ database: db.database, cursorKeys })] })
})
afterAll(async () => { await api.app.close(); await db.drop() })
beforeEach(async () => {
  server = new InventedServer()
  told = []
  put(60)
  engine = await inventedEngine(db.database, server, { onDrift: (drift) => { told.push(drift) } })
  await engine.sync()
})

/** Tickets with whatever else a vendor may send. */
function put(count: number, more: (n: number) => object = () => ({})): void {
  for (let n = 1; n <= count; n += 1) server.put(n, { owner: `user ${n}`, labels: [], ...more(n) })
}
const keyOf = async ({ key: { organizationId } }: Engine = engine): Promise<string> => {
  const { rows: [row] } = await db.database.system.query<{ name: string }>('select name from organizations where id = $1', [organizationId])
  return (await createApiKey(db.database, { organizationName: row!.name, name: 'test' })).apiKey
}
const drift = async (query = '', apiKey?: string): Promise<{ next: string | null; results: Found[] }> => (await api.app.inject({ url: `/api/v1/drift${query}`, headers: asCaller(apiKey ?? await keyOf()) })).json()
const said = async (query = ''): Promise<string[]> => (await drift(query)).results.map(({ what, path, before, after, times }) => `${what} ${path} ${before}>${after} ${times}`)
const shapes = () => engine.rows<{ shape: string; basis: string; xmin: string }>('select shape, basis, xmin::text from payload_shapes where linked_account_id = $1', [engine.key.linkedAccountId])

describe('what a vendor sends', () => {
  it('is learnt while it is read for the first time, and nothing of that is news', async () => {
    expect(await drift()).toEqual({ next: null, previous: null, results: [] })
    expect(Object.keys((JSON.parse((await shapes())[0]!.shape) as { inside: object }).inside).toSorted()).toEqual(['changed', 'id', 'labels', 'owner', 'title'])
  })

  it('F43 with a field that it never sent is read as before, and stands in the list once, with counts', async () => {
    put(3, () => ({ urgency: { level: 1 } }))
    await engine.sync('incremental')
    expect(await said()).toEqual(['new_field urgency null>object 3'])
    expect(told).toEqual([{ integration: 'invented', linkedAccountId: engine.key.linkedAccountId, model: MODEL, what: 'new_field', path: 'urgency', before: '', after: 'object' }])
    const [first] = (await drift()).results
    expect(first).toMatchObject({ integration: 'invented', model: MODEL, accounts: 1, first_seen_at: first!.last_seen_at })
    put(2, () => ({ urgency: { level: 2 } }))
    await engine.sync('incremental')
    expect(await said()).toEqual(['new_field urgency null>object 5'])
    expect(told).toHaveLength(1)
    expect((await drift()).results[0]!.last_seen_at > first!.last_seen_at).toBe(true)
    expect((await engine.tickets()).size).toBe(60)
    expect((await engine.rows<{ n: number }>('select count(*) as n from quarantine where linked_account_id = $1', [engine.key.linkedAccountId]))[0]!.n).toBe(0)
  })

  it('of another type is told also where the row can be no record', async () => {
    put(2, (n) => ({ id: { now: n }, title: n }))
    await engine.sync('incremental')
    expect(await said()).toEqual(['retyped_field id number>object 2', 'retyped_field title string>number 2'])
    expect((await engine.rows<{ n: number }>('select count(*) as n from quarantine where linked_account_id = $1', [engine.key.linkedAccountId]))[0]!.n).toBe(2)
  })

  it('without a field that it always sent is told after so many, of large pages by a sample', async () => {
    // Of each page of ten, five are looked at.
    for (let round = 0; round < 3; round += 1) {
      put(60, () => ({ owner: undefined, title: `round ${round}` }))
      await engine.sync('full')
    }
    expect((await drift()).results.map(({ what, path, before, after }) => [what, path, before, after])).toEqual([['lost_field', 'owner', 'string', null]])
    const [{ times }] = (await drift()).results as [Found]
    // 90 were looked at; the first 49 proved nothing yet.
    expect(times).toBe(41)
  })

  it('that has not changed costs nothing: not one line is written', async () => {
    const before = await shapes()
    await engine.sync('full')
    await engine.sync('incremental')
    expect(await shapes()).toEqual(before)
  })

  it('is kept as names and types: no value of it, and no key that is one, is in any line', async () => {
    const canaries = ['canary-text', 'canary@example.test', '0f3c0000-1111-8222-8333-444455556666', 'Canary Person']
    put(30, (n) => ({ title: canaries[0], nested: { by: { [canaries[1]!]: canaries[0], [canaries[2]!]: n, [canaries[3]!]: [canaries[0]] } }, amount: 48_151_623 }))
    await engine.sync('incremental')
    expect((await said()).map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual(['new_field amount', 'new_field nested'])
    const kept = JSON.stringify([await shapes(), await engine.rows('select * from drift where linked_account_id = $1', [engine.key.linkedAccountId])])
    for (const canary of [...canaries, '48151623', 'Ticket 7', 'user 7']) expect(kept).not.toContain(canary)
    expect(kept).toContain('amount')
  })

  it('with keys that are data does not fill the list: they are forgotten when they show themselves', async () => {
    for (let round = 0; round < 6; round += 1) {
      put(60, (n) => ({ title: `round ${round}`, ...Object.fromEntries(Array.from({ length: 30 }, (_, m) => [`k_${round}_${n}_${m}`, m])) }))
      await engine.sync('full')
    }
    expect(await said()).toEqual([])
    expect((await shapes())[0]!.shape.length).toBeLessThan(2_000)
    expect(JSON.parse((await shapes())[0]!.shape)).toMatchObject({ isMap: true, inside: { id: {}, title: {}, owner: {} } })
  })

  it('is learnt anew under another version of the adapter', async () => {
    put(3, () => ({ urgency: 1 }))
    await engine.sync('incremental')
    expect(await said()).toHaveLength(1)
    const raised: AnyProvider = { ...invented, resources: [{ ...ticket, version: 2 }] }
    await engine.sync('full', { ...engine.deps, providers: new Map([['invented', raised]]) })
    expect(await said()).toEqual([])
    expect((await shapes())[0]!.basis).toBe('2')
  })

  it('is learnt by one worker at a time: counts are right whoever reads the pages', async () => {
    await engine.rows('update sync_states set next_kind = $2 where linked_account_id = $1', [engine.key.linkedAccountId, 'full'])
    put(40, () => ({ urgency: 1 }))
    const slow: Send = async (request) => { await new Promise((resolve) => { setTimeout(resolve, 5) }); return server.send(request) }
    const deps: SyncDeps = { ...engine.deps, sliceMs: 0, door: { open: () => slow } }
    for (let more = true; more;) more = (await Promise.all([runSlice(deps, engine.key), runSlice(deps, engine.key), runSlice(deps, engine.key)])).includes('more')
    // Four pages of ten with the field; five of each were looked at.
    expect(await said()).toEqual(['new_field urgency null>number 20'])
    expect(told).toHaveLength(1)
  })
})

describe('the list of drift', () => {
  it('sums over accounts, counts words with it, is walked page by page and narrowed, and shows no other organisation\'s', async () => {
    put(2, () => ({ urgency: 1, areas: [] }))
    await engine.sync('incremental')
    const { organizationId, linkedAccountId } = engine.key
    const second = '00000000-0000-4000-8000-000000000077'
    await engine.rows(`insert into linked_accounts (id, organization_id, category, integration, end_user_origin_id, end_user_organization_name, end_user_email_address, status, setup, remote_identity, token_public_id, token_hash)
      values ($1, $2, 'ticketing', 'invented', 'second', 'End', 'e@example.test', 'COMPLETE', '{}', 'me', 'second', '\\x00')`, [second, organizationId])
    await engine.rows(`insert into drift (linked_account_id, organization_id, model, what, path, type_before, type_after, times) values ($1, $2, $3, 'new_field', 'urgency', '', 'number', 5)`, [second, organizationId, MODEL])
    await engine.rows(`insert into unseen_words (linked_account_id, organization_id, model, field, word, times) values ($1, $2, $3, 'status', 'Geparkt', 4)`, [second, organizationId, MODEL])
    const all = await drift()
    expect(all.results.map(({ what, path, after, accounts, times }) => [what, path, after, accounts, times])).toEqual([['new_field', 'areas', 'list', 1, 2], ['new_field', 'urgency', 'number', 2, 7], ['unseen_word', 'status', 'Geparkt', 1, 4]])
    const walked: Found[] = []
    const apiKey = await keyOf()
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: Awaited<ReturnType<typeof drift>> = await drift(`?page_size=1${cursor === '' ? '' : `&cursor=${cursor}`}`, apiKey)
      walked.push(...page.results)
      cursor = page.next
    }
    expect(walked).toEqual(all.results)
    expect(await said('?what=unseen_word')).toEqual(['unseen_word status null>Geparkt 4'])
    expect(await said(`?linked_account_id=${second}&model=${MODEL}&integration=invented&what=new_field`)).toEqual(['new_field urgency null>number 5'])
    expect(await said('?integration=other')).toEqual([])
    expect((await api.app.inject({ url: '/api/v1/drift?what=other', headers: asCaller(apiKey) })).statusCode).toBe(400)
    const other = await inventedEngine(db.database, server)
    expect((await drift('', await keyOf(other))).results).toEqual([])
    expect((await drift(`?linked_account_id=${linkedAccountId}`, await keyOf(other))).results).toEqual([])
    const blind = await createApiKey(db.database, { organizationName: 'Blind', name: 'test', scopes: ['accounts:read'] })
    expect((await api.app.inject({ url: '/api/v1/drift', headers: asCaller(blind.apiKey) })).statusCode).toBe(403)
  })

  it('forgets an account that is unlinked, and what must not be kept any more', async () => {
    put(2, () => ({ urgency: 1 }))
    await engine.sync('incremental')
    expect(await said()).toHaveLength(1)
    const { organizationId, linkedAccountId } = engine.key
    await changeAccountScopes(db.database, { organizationId, linkedAccountId }, { category: 'ticketing', lines: [{ model: MODEL, reads: null, writes: null, enabledFields: [], disabledFields: ['description'] }], actor: null })
    expect([await said(), await shapes()]).toEqual([[], []])
    await engine.sync('full')
    expect(await shapes()).toHaveLength(1)
    await deleteAccount(db.database, organizationId, linkedAccountId, null)
    expect(await shapes()).toEqual([])
  })
})
