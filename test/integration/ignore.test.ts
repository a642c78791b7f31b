import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { models } from '#models'
import { uuid7 } from '#src/db/uuid7'
import { recordId } from '#src/records/ids'
import { ignoreRecord } from '#src/records/erase'
import { asCaller, testApi, type TestApi } from '../support/api.ts'
import { testDatabase, type TestDatabase } from '../support/db.ts'
import { inventedEngine, type Engine } from '../support/engine.ts'
import { InventedServer } from '../support/invented-vendor.ts'
import { seedAccount, seedOrganization, type SeededAccount } from '../support/seed.ts'
import { plainResource, storeRow } from '../support/stored.ts'

let db: TestDatabase
let api: TestApi
let key: { organizationId: string; apiKey: string; apiKeyId: string }
let account: SeededAccount
const NOBODY = '00000000-0000-8000-8000-000000000000'
const PLANTED = 'Annemarie-Planted'

beforeAll(async () => {
  db = await testDatabase()
  api = await testApi(db.database)
  key = await seedOrganization(db.database, 'A')
  account = await seedAccount(db.database, key.organizationId, 'crm')
})
afterAll(async () => { await api.app.close(); await db.drop() })

const contacts = '/api/crm/v1/contacts'
const ask = (method: 'GET' | 'POST', url: string, payload?: unknown, as = account, apiKey = key.apiKey) => api.app.inject({ method, url, headers: { ...asCaller(apiKey, as.token), ...(payload !== undefined && { 'content-type': 'application/json' }) }, ...(payload !== undefined && { payload: JSON.stringify(payload) }) })
const contact = (id: string, more: Record<string, unknown> = {}) => storeRow(db.database, account, plainResource('crm.Contact'), {
  id, first_name: PLANTED, email_addresses: [{ email_address: `${PLANTED}@acme.example`, email_address_type: 'WORK' }], custom: [{ key: 'nick', name: 'Nick', value: PLANTED }], ...more,
})

/** Every table and column of the database in which the text stands. */
async function tracesOf(text: string): Promise<string[]> {
  const { rows: tables } = await db.database.system.query<{ name: string }>(`select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition`)
  const found = await Promise.all(tables.map(async ({ name }) => ({ name, rows: (await db.database.system.query<{ n: number }>(`select count(*) as n from "${name}" t where t::text ilike $1`, [`%${text}%`])).rows[0]!.n })))
  return found.filter(({ rows }) => rows > 0).map(({ name }) => name)
}

/** An upstream log with a body, as the door would have kept it. */
async function keepLog({ id, organizationId }: { id: string; organizationId: string }): Promise<{ log: string; body: string }> {
  const at = new Date()
  const day = at.toISOString().slice(0, 10)
  const [log, body] = [uuid7(at.getTime()), randomUUID()]
  await db.database.system.query('select ensure_log_partitions($1::date, 1)', [day])
  await db.database.tenant(organizationId, async (client) => {
    await client.query(`insert into log_bodies (linked_account_id, day, id, organization_id, bytes, sealed) values ($1, $2, $3, $4, 1, '\\x00')`, [id, `${day}T00:00:00Z`, body, organizationId])
    await client.query(
      `insert into upstream_logs (linked_account_id, id, started_at, organization_id, integration, trace_id, method, host, path, query, attempt, duration_ms, request_bytes, response_bytes, headers, response_body)
       values ($1, $2, $3, $4, 'acme', 't', 'GET', 'h', '/p', '', 1, 1, 0, 1, '\\x00', $5)`, [id, log, at.toISOString(), organizationId, body])
  })
  return { log, body }
}
const bodiesLeft = async ({ id, organizationId }: { id: string; organizationId: string }): Promise<string[]> =>
  (await db.database.tenantQuery<{ id: string }>(organizationId, { text: 'select b.id from upstream_logs l join log_bodies b on b.linked_account_id = l.linked_account_id and b.id = l.response_body where l.linked_account_id = $1 order by l.id', values: [id] })).map((row) => row.id)

describe('ignoring a record', () => {
  test('erases every field of it from every table, keeps its ids, and tells the feed once', async () => {
    const id = await contact('c1')
    expect(await tracesOf(PLANTED)).toEqual(expect.arrayContaining(['crm_contact', 'raw_payloads', 'record_values']))
    const answer = await ask('POST', `${contacts}/ignore/${id}`, { reason: 'GDPR', message: 'Ticket 17' })
    expect([answer.statusCode, answer.body]).toEqual([200, ''])
    expect(await tracesOf(PLANTED)).toEqual([])
    const record = (await ask('GET', `${contacts}/${id}?include_remote_data=true&include_remote_fields=true`)).json<Record<string, unknown>>()
    expect(record).toMatchObject({ id, remote_id: 'c1', remote_data: null, remote_fields: [], remote_was_deleted: false })
    for (const field of Object.keys(models['crm.Contact'].schema.properties)) expect([null, []], field).toContainEqual(record[field])
    const again = await ask('POST', `${contacts}/ignore/${id}`, { reason: 'OTHER' })
    expect(again.statusCode).toBe(200)
    const feed = (await ask('GET', '/api/v1/changes')).json<{ results: { record_id: string; what: string; cause: string; fields: string[] | null; at: string; raw_version: number | null }[] }>().results.filter(({ record_id: of }) => of === id)
    expect(feed.map(({ what, cause }) => `${what} ${cause}`)).toEqual(['created sync', 'updated erase'])
    expect(feed[1]!.fields).toEqual(['first_name', 'email_addresses'])
    expect(feed[1]).toMatchObject({ at: record['modified_at'], raw_version: null })
    const [kept] = await db.database.tenantQuery<{ reason: string; message: string | null }>(key.organizationId, { text: 'select reason, message from ignored_records where record_id = $1', values: [id] })
    expect(kept).toEqual({ reason: 'OTHER', message: null })
    const trail = await db.database.tenantQuery<{ event_type: string; subject: string; api_key_id: string }>(key.organizationId, { text: `select event_type, subject, api_key_id from audit_events where subject = $1`, values: [id] })
    const line = { event_type: 'IGNORED_RECORD', subject: id, api_key_id: key.apiKeyId }
    expect(trail).toEqual([line, line])
  })

  test('lists leave it out unless they are asked for empty records, and no filter finds it by what it was', async () => {
    const id = await contact('c2', { first_name: 'Bo', email_addresses: [{ email_address: 'bo@acme.example', email_address_type: 'WORK' }] })
    const listed = async (query: string): Promise<string[]> => (await ask('GET', `${contacts}?${query}`)).json<{ results: { id: string }[] }>().results.map((row) => row.id)
    expect(await listed('email_addresses=bo@acme.example')).toEqual([id])
    await ask('POST', `${contacts}/ignore/${id}`, { reason: 'GENERAL_CUSTOMER_REQUEST' })
    expect(await listed('remote_id=c2')).toEqual([])
    expect(await listed('remote_id=c2&include_shell_data=true')).toEqual([id])
    expect(await listed('email_addresses=bo@acme.example&include_shell_data=true')).toEqual([])
  })

  test('what is not there, of another account, or of a model that cannot be ignored is not found; a body without a reason is refused', async () => {
    const id = await contact('c3')
    const other = await seedAccount(db.database, key.organizationId, 'crm')
    const stranger = await seedOrganization(db.database, 'B')
    for (const url of [`${contacts}/ignore/${NOBODY}`, `${contacts}/ignore/x`]) expect((await ask('POST', url, { reason: 'GDPR' })).json()).toMatchObject({ status: 404, code: 'request.not_found', outcome: 'not_applied' })
    expect((await ask('POST', `${contacts}/ignore/${id}`, { reason: 'GDPR' }, other)).statusCode).toBe(404)
    expect((await ask('POST', `${contacts}/ignore/${id}`, { reason: 'GDPR' }, account, stranger.apiKey)).statusCode).toBe(401)
    expect((await ask('POST', `/api/crm/v1/leads/ignore/${id}`, { reason: 'GDPR' })).statusCode).toBe(404)
    expect((await ask('POST', `${contacts}/ignore/${id}`, {})).json()).toMatchObject({ status: 400, errors: [{ source: { pointer: '/reason' } }] })
    const reader = await seedOrganization(db.database, 'A', ['records:read'])
    expect((await ask('POST', `${contacts}/ignore/${id}`, { reason: 'GDPR' }, account, reader.apiKey)).json()).toMatchObject({ status: 403, required_scope: 'records:write' })
    expect((await ask('GET', `${contacts}/${id}`)).json()).toMatchObject({ first_name: PLANTED })
  })

  test('the bodies of the upstream logs that showed it are gone, others stay', async () => {
    const id = await contact('c4')
    const [shown, unrelated] = [await keepLog(account), await keepLog(account)]
    await db.database.tenant(account.organizationId, async (client) => {
      await client.query(`with shown as (insert into page_contents (linked_account_id, id, organization_id, record_ids, raw_versions) values ($1, $2, $3, $5, '{1}')) insert into sync_pages (linked_account_id, run_id, page, organization_id, page_token, log_ids, contents) values ($1, $2, 0, $3, '', $4, $2)`, [account.id, randomUUID(), account.organizationId, [shown.log], [id]])
    })
    await ask('POST', `${contacts}/ignore/${id}`, { reason: 'GDPR' })
    expect(await bodiesLeft(account)).toEqual([unrelated.body])
  })
})

describe('a sync', () => {
  test('leaves an ignored record alone, whatever the vendor says of it from then on', async () => {
    const server = new InventedServer()
    for (let n = 1; n <= 3; n += 1) server.put(n)
    const engine = await inventedEngine(db.database, server)
    await engine.sync('full')
    const { linkedAccountId, organizationId } = engine.key
    const id = recordId(linkedAccountId, 'ticketing.Ticket', '2')
    expect(await ignoreRecord(db.database, { id: linkedAccountId, organizationId }, models['ticketing.Ticket'], id, { reason: 'GDPR', message: null })).toBe(true)
    server.put(2, { title: PLANTED, owner: PLANTED })
    server.put(3, { title: 'Changed' })
    await engine.sync('full')
    server.rows.delete(2)
    await engine.sync('full')
    const tickets = await engine.tickets()
    expect(tickets.get('2')).toMatchObject({ deleted: false, body: { name: null, description: null, assignees: [] } })
    expect(tickets.get('3')!.body).toMatchObject({ name: 'Changed' })
    expect((await engine.feed()).filter(({ remote_id: of }) => of === '2').map(({ what }) => what)).toEqual(['created', 'updated'])
    expect(await engine.rows('select 1 from raw_payloads where linked_account_id = $1 and record_id = $2', [linkedAccountId, id])).toEqual([])
  })

  test('that ends deletes the log bodies of its pages that showed an ignored record, and no others', async () => {
    const server = new InventedServer()
    for (let n = 1; n <= 13; n += 1) server.put(n)
    const kept: { path: string; body: string }[] = []
    const engine: Engine = await inventedEngine(db.database, server, { door: { open: ({ id, organizationId }) => async (request) => {
      const answer = await server.send(request)
      const { log, body } = await keepLog({ id, organizationId })
      kept.push({ path: `${request.path} ${String(request.query?.['above'] ?? '')}`, body })
      return { ...answer, logId: log }
    } } })
    await engine.sync('full')
    const owner = { id: engine.key.linkedAccountId, organizationId: engine.key.organizationId }
    await ignoreRecord(db.database, owner, models['ticketing.Ticket'], recordId(owner.id, 'ticketing.Ticket', '12'), { reason: 'GDPR', message: null })
    const left = async (): Promise<string[]> => { const ids = await bodiesLeft(owner); return kept.filter(({ body }) => ids.includes(body)).map(({ path }) => path) }
    const pages = (paths: string[]): string[] => paths.filter((path) => path.startsWith('/tickets'))
    expect(pages(kept.map(({ path }) => path))).toEqual(['/tickets ', '/tickets 10'])
    expect(pages(await left())).toEqual(['/tickets '])
    await engine.sync('full')
    expect(pages(kept.map(({ path }) => path))).toHaveLength(4)
    expect(pages(await left())).toEqual(['/tickets ', '/tickets '])
  })

  test('whose page is under way when the record is ignored does not bring it back', async () => {
    const server = new InventedServer()
    server.put(1, { title: 'Before' })
    const engine = await inventedEngine(db.database, server)
    await engine.sync('full')
    const { linkedAccountId, organizationId } = engine.key
    const id = recordId(linkedAccountId, 'ticketing.Ticket', '1')
    server.put(1, { title: PLANTED })
    const ignored: boolean[] = []
    // The vendor has answered with the record; the erasure comes between its answer and the page's commit.
    server.before = async (request) => {
      if (request.path !== '/tickets' || ignored.length > 0) return
      ignored.push(await ignoreRecord(db.database, { id: linkedAccountId, organizationId }, models['ticketing.Ticket'], id, { reason: 'GDPR', message: null }))
    }
    await engine.sync('full')
    expect(ignored).toEqual([true])
    expect((await engine.tickets()).get('1')!.body['name']).toBeNull()
    expect(await engine.rows('select 1 from raw_payloads where linked_account_id = $1', [linkedAccountId])).toEqual([])
  })
})
