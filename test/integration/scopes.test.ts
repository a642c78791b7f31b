import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RedmineWorld } from '../../providers/redmine/sandbox/world.ts'
import { scopes, type Scope } from '#src/http/caller'
import { createApiKey } from '#src/organizations/keys'
import { changeAccountScopes } from '#src/sync/change-scopes'
import { inventedEngine } from '../support/engine.ts'
import { everything, synced } from '../support/intermodal.ts'
import { InventedServer } from '../support/invented-vendor.ts'
import { product, type Product } from '../support/product.ts'

type Json = Record<string, unknown>
let it_: Product
beforeAll(async () => { it_ = await product() })
afterAll(() => it_.close())
const world = (): RedmineWorld => it_.vendor.world as RedmineWorld

/** Every table's every row as text. */
async function dump(): Promise<string> {
  const client = new Client({ connectionString: it_.url })
  await client.connect()
  try {
    const { rows: tables } = await client.query<{ name: string }>(`select quote_ident(schemaname) || '.' || quote_ident(tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`)
    expect(tables.length).toBeGreaterThan(20)
    const parts: string[] = []
    for (const { name } of tables) parts.push(...(await client.query<{ line: string }>(`select t::text as line from ${name} t`)).rows.map(({ line }) => line))
    return parts.join('\n')
  } finally { await client.end() }
}
/** Every log of the account, opened: in the tables they are sealed. */
async function logsOf(accountId: string): Promise<string> {
  let text = ''
  const { results } = await it_.api.get<{ results: { id: string }[] }>(`/api/v1/logs?page_size=100&linked_account_id=${accountId}`)
  expect(results.length).toBeGreaterThan(3)
  for (const { id } of results) text += JSON.stringify(await it_.api.get(`/api/v1/logs/${id}`))
  return text
}
const accountOf = async (token: string): Promise<string> => (await it_.api.get<{ id: string }>('/api/ticketing/v1/account-details', token)).id
const change = (token: string, common_models: unknown) => it_.api.ask('POST', '/api/ticketing/v1/linked-account-scopes', { token, body: { common_models } })
const defaults = (common_models: unknown) => it_.api.ask('POST', '/api/ticketing/v1/default-scopes', { body: { common_models } })
const modelIn = (body: Json, name: string) => (body['common_models'] as Json[]).find((model) => model['model_name'] === name) as { model_permissions: Json; field_permissions: { enabled_fields: string[]; disabled_fields: string[] } }
const without = [{ model_name: 'Ticket', field_permissions: { disabled_fields: ['description'] } }, { model_name: 'User', field_permissions: { disabled_fields: ['email_address'] } }, { model_name: 'Comment', model_permissions: { READ: { is_enabled: false } } }]

describe('what is kept', () => {
  it('T11 what the organisation switched off is in no table and in no log, although the vendor sent it', async () => {
    const mail = 'planted-mail@private.test'
    // Whose key it is: the vendor tells it already while the account is linked.
    world().users[0]!.mail = mail
    const [described, remark, custom] = ['planted-salary-4711', 'planted-remark-0815', 'planted-custom-2342']
    for (const issue of world().issues) {
      issue.description = `It is ${described}`
      for (const journal of issue.journals) journal.notes = remark
      for (const field of issue.custom.keys()) issue.custom.set(field, custom)
    }
    expect((await defaults(without)).status).toBe(200)
    const token = await it_.linked('careful')
    const statuses = await until(token, (all) => all.find(({ model_name }) => model_name === 'Comment')?.status === 'DISABLED' && all.every(({ status }) => status !== 'SYNCING'))
    expect(statuses.filter(({ status }) => status === 'DISABLED').map(({ model_name }) => model_name)).toEqual(['Comment'])
    const tickets = await everything(it_.api, '/api/ticketing/v1/tickets?include_remote_data=true&include_remote_fields=true', token)
    expect(tickets.length).toBeGreaterThan(20)
    for (const ticket of tickets) {
      expect(ticket).toMatchObject({ description: null, name: expect.any(String) as string })
      expect(JSON.stringify(ticket['remote_data'])).toContain('subject')
    }
    expect(it_.vendor.requests.some(({ path }) => path.startsWith('/issues.json'))).toBe(true)
    const [database, logs] = [await dump(), await logsOf(await accountOf(token))]
    for (const plant of [described, remark, custom, mail]) expect([plant, database.includes(plant), logs.includes(plant)]).toEqual([plant, false, false])
    // The same search finds what may be kept.
    expect(database).toContain(tickets[0]!['name'])
    await defaults([])
    await it_.api.ask('POST', '/api/ticketing/v1/delete-account', { token })
  })

  it('T11 what is switched off later is erased: from records, originals and logs, and the feed tells of it', async () => {
    const plant = 'planted-later-1848'
    for (const issue of world().issues) issue.description = plant
    const token = await it_.linked('late')
    await synced(it_.api, token)
    expect(await dump()).toContain(plant)
    const id = await accountOf(token)
    expect(await logsOf(id)).toContain(plant)
    const began = Date.now()
    expect((await change(token, [without[0]])).status).toBe(200)
    expect(await logsOf(id)).not.toContain(plant)
    await synced(it_.api, token, { since: began })
    expect(await dump()).not.toContain(plant)
    const [ticket] = await everything(it_.api, '/api/ticketing/v1/tickets', token) as [Json]
    expect(ticket['description']).toBeNull()
    // And back: what is allowed again comes again.
    const again = Date.now()
    await change(token, [])
    await synced(it_.api, token, { since: again })
    expect((await everything(it_.api, '/api/ticketing/v1/tickets', token)).every((record) => record['description'] === plant)).toBe(true)
  })

  it('T11 a default that becomes stricter reaches the accounts that are there, without waiting for them', async () => {
    const plant = 'planted-default-1912'
    for (const issue of world().issues) issue.description = plant
    const token = await it_.linked('default')
    await synced(it_.api, token)
    expect(await dump()).toContain(plant)
    const began = Date.now()
    expect((await defaults([without[0]])).status).toBe(200)
    expect(Date.now() - began).toBeLessThan(2_000)
    await expect.poll(async () => (await everything(it_.api, '/api/ticketing/v1/tickets', token)).every((ticket) => ticket['description'] === null), { timeout: 60_000, interval: 100 }).toBe(true)
    await synced(it_.api, token, { since: began })
    expect(await dump()).not.toContain(plant)
    expect(await logsOf(await accountOf(token))).not.toContain(plant)
    await defaults([])
    await it_.api.ask('POST', '/api/ticketing/v1/delete-account', { token })
  })

  it('T11 the requests of an account of which something is off are logged without bodies, and of no other', async () => {
    const server = new InventedServer()
    server.put(1)
    const kept: unknown[] = []
    const engine = await inventedEngine(it_.house.database, server, { door: { open: (_, { bodies }) => { kept.push(bodies); return server.send } } })
    await engine.sync()
    await changeAccountScopes(it_.house.database, engine.key, { category: 'ticketing', lines: [{ model: 'ticketing.Ticket', reads: null, writes: null, enabledFields: [], disabledFields: ['name'] }], actor: null })
    await engine.sync()
    expect(kept).toEqual([true, false])
    expect([...(await engine.tickets()).values()].map(({ body }) => body['name'])).toEqual([null])
  })

  it('a model that is switched off is not read, not by a wish for a sync either; switched on again it is', async () => {
    const token = await it_.linked('off-and-on')
    await synced(it_.api, token)
    await change(token, [{ model_name: 'User', model_permissions: { READ: { is_enabled: false } } }])
    const statusOf = async () => (await it_.api.get<{ results: { model_name: string; status: string; next_sync_start: string | null }[] }>('/api/ticketing/v1/sync-status', token)).results.find(({ model_name }) => model_name === 'User')!
    expect(await statusOf()).toMatchObject({ status: 'DISABLED', next_sync_start: null })
    const asked = it_.vendor.requests.length
    await it_.api.ask('POST', '/api/ticketing/v1/sync-status/resync', { token })
    await until(token, (all) => all.filter(({ model_name }) => model_name !== 'User').every(({ status }) => status === 'DONE'))
    expect(it_.vendor.requests.slice(asked).filter(({ path }) => path.startsWith('/users.json'))).toEqual([])
    expect(await statusOf()).toMatchObject({ status: 'DISABLED' })
    await change(token, [])
    await until(token, (all) => all.find(({ model_name }) => model_name === 'User')!.status === 'DONE')
    expect(it_.vendor.requests.slice(asked).some(({ path }) => path.startsWith('/users.json'))).toBe(true)
  })

  it('an account says something else than the default, field by field; what it does not name is as the default has it', async () => {
    const token = await it_.linked('override')
    await defaults([{ model_name: 'Ticket', model_permissions: { WRITE: { is_enabled: false } }, field_permissions: { disabled_fields: ['description', 'priority'] } }])
    const inherited = (await it_.api.ask('GET', '/api/ticketing/v1/linked-account-scopes', { token })).body
    expect(modelIn(inherited, 'Ticket')).toMatchObject({ model_permissions: { READ: { is_enabled: true }, WRITE: { is_enabled: false } }, field_permissions: { disabled_fields: ['description', 'priority'] } })
    const { body } = await change(token, [{ model_name: 'Ticket', model_permissions: null, field_permissions: { enabled_fields: ['priority'], disabled_fields: ['name'] } }])
    expect(modelIn(body, 'Ticket')).toMatchObject({ model_permissions: { WRITE: { is_enabled: false } } })
    expect([...modelIn(body, 'Ticket').field_permissions.disabled_fields].sort()).toEqual(['description', 'name'])
    expect(modelIn((await it_.api.ask('GET', '/api/ticketing/v1/default-scopes')).body, 'Ticket').field_permissions.disabled_fields).toContain('priority')
    await defaults([])
  })

  it.each([
    [[{ model_name: 'Tickets' }], '/common_models/0/model_name'],
    [[{ model_name: 'Ticket' }, { model_name: 'Ticket' }], '/common_models/1/model_name'],
    [[{ model_name: 'Ticket', field_permissions: { disabled_fields: ['salary'] } }], '/common_models/0/field_permissions/disabled_fields'],
    [[{ model_name: 'Ticket', field_permissions: { enabled_fields: ['name'], disabled_fields: ['name'] } }], '/common_models/0/field_permissions'],
    [[{ model_name: 'Ticket', model_permissions: { DELETE: {} } }], '/common_models/0/model_permissions/DELETE'],
  ])('%j is refused with the place that is wrong', async (models, pointer) => {
    const { status, body } = await defaults(models)
    expect([status, (body['errors'] as { source: Json }[])[0]!.source['pointer']]).toEqual([400, pointer])
  })
})

interface Status { readonly model_name: string; readonly status: string }
async function until(token: string, good: (all: Status[]) => boolean): Promise<Status[]> {
  let seen: Status[] = []
  await expect.poll(async () => { seen = (await it_.api.get<{ results: Status[] }>('/api/ticketing/v1/sync-status', token)).results; return good(seen) }, { timeout: 60_000, interval: 100 }).toBe(true)
  return seen
}

describe('what a key may do', () => {
  it('T08 every route of the whole app is closed to a key that has all scopes but its own, and open to one that has it', async () => {
    const { database } = it_.house
    const keyFor = async (name: string, allowed: readonly Scope[]) => (await createApiKey(database, { organizationName: 'Test', name, scopes: allowed })).apiKey
    const [only, but] = [new Map<string, string>(), new Map<string, string>()]
    for (const scope of scopes) {
      only.set(scope, await keyFor(`only ${scope}`, [scope]))
      but.set(scope, await keyFor(`but ${scope}`, scopes.filter((other) => other !== scope)))
    }
    const none = await keyFor('none', [])
    const token = await it_.linked('matrix')
    const document = it_.app.swagger() as unknown as { paths: Record<string, Record<string, { security?: object[] }>> }
    const seen = new Set<string>()
    let looked = 0
    for (const [path, operations] of Object.entries(document.paths)) {
      for (const [verb, { security }] of Object.entries(operations)) {
        // Nobody takes the account away that the rest of the walk needs.
        if (security?.length === 0 || /\/(delete-account|regenerate)$/.test(path)) continue
        const ask = async (key: string): Promise<{ status: number; required: unknown }> => {
          const { statusCode, body } = await it_.app.inject({ method: verb.toUpperCase() as 'GET', url: path.replaceAll(/\{\w+\}/g, '00000000-0000-4000-8000-000000000000'), headers: { authorization: `Bearer ${key}`, 'x-account-token': token } })
          return { status: statusCode, required: statusCode === 403 ? (JSON.parse(body) as Json)['required_scope'] : null }
        }
        const { status, required } = await ask(none)
        expect([verb, path, status, only.has(required as string)]).toEqual([verb, path, 403, true])
        const scope = required as Scope
        expect([path, await ask(but.get(scope)!)]).toEqual([path, { status: 403, required: scope }])
        expect((await ask(only.get(scope)!)).status, `${verb} ${path}`).not.toBe(403)
        seen.add(scope)
        looked += 1
      }
    }
    console.log(`T08: ${looked} routes, ${looked * 3} requests`)
    expect(looked).toBeGreaterThan(100)
    // The one that is left is asked for by the method in the body of a passthrough, which has a test of its own.
    expect([...scopes].filter((scope) => !seen.has(scope))).toEqual(['passthrough:write'])
  }, 120_000)
})
