import { createHash, randomBytes } from 'node:crypto'
import { get, type ClientRequest, type IncomingMessage } from 'node:http'
import { once } from 'node:events'
import { gzipSync } from 'node:zlib'
import { buffer } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import type { AnyProvider, AnyResource } from '#kit'
import { models } from '#models'
import type { AccountWork } from '#src/accounts/account'
import { keepLines } from '#src/accounts/scopes'
import { parseAllowed } from '#src/egress/allowed-hosts'
import { openEgress, type Egress } from '#src/egress/exchange'
import { downloadRoutes } from '#src/files/routes'
import type { LogEntry } from '#src/logs/entry'
import { openBudget } from '#src/upstream/budget'
import { createDoor } from '#src/upstream/client'
import { asCaller, testApi } from '../support/api.ts'
import { testDatabase, type TestDatabase } from '../support/db.ts'
import { account as doorAccount, KEY, provider } from '../support/door.ts'
import { answer, json, reset, silence, startHostileVendor, type HostileVendor, type Step } from '../support/hostile-vendor.ts'
import { seedAccount, seedOrganization, seedRecord, type SeededAccount } from '../support/seed.ts'
import { plainResource } from '../support/stored.ts'

const MB = 2 ** 20
const BYTES = randomBytes(3 * MB)
const NOBODY = '00000000-0000-8000-8000-000000000000'
const config = { downloadLimitBytes: 4 * MB }
const logs: LogEntry[] = []
let db: TestDatabase
let vendor: HostileVendor
let elsewhere: HostileVendor
let egress: Egress
let app: FastifyInstance
let origin: string
let apiKey: string
let who: SeededAccount
let work: AccountWork
let file: string

const attachment: AnyResource = { ...plainResource('ticketing.Attachment'), download: (row: { id: string }) => ({ path: `/files/${row.id}`, query: { raw: true } }) }
const withProvider = (changes: Partial<AnyProvider>): void => { work = { ...work, provider: provider({ resources: [attachment], ...changes }) } }
const seed = async (remoteId: string, fields: Record<string, unknown> = {}, options: { deleted?: boolean; account?: SeededAccount } = {}): Promise<string> =>
  (await seedRecord(db.database, options.account ?? who, 'ticketing.Attachment', remoteId, { file_name: 'März "1".pdf', content_type: 'application/pdf', ...fields }, { raw: { id: remoteId }, ...options })).id

async function build(): Promise<void> {
  const door = createDoor({ egress, budget: openBudget({ database: db.database }), log: (entry) => logs.push(entry) })
  const routes = [downloadRoutes({ database: db.database, door, logs: { write: () => undefined, flush: async () => undefined, close: async () => undefined }, account: async () => work, config, beginMs: 400, idleMs: 400 })]
  app = (await testApi(db.database, { routes })).app
  origin = await app.listen({ host: '127.0.0.1', port: 0 })
}

beforeAll(async () => {
  db = await testDatabase()
  vendor = await startHostileVendor()
  elsewhere = await startHostileVendor()
  egress = openEgress({ allowed: parseAllowed(`acme=127.0.0.1:${vendor.port},acme=127.0.0.1:${elsewhere.port}`) })
  const organization = await seedOrganization(db.database, 'Downloads')
  apiKey = organization.apiKey
  who = await seedAccount(db.database, organization.organizationId)
  work = { ...doorAccount(`${vendor.origin}/base`, { id: who.id, organizationId: who.organizationId }), integration: 'acme', category: 'ticketing', status: 'COMPLETE', baseUrl: `${vendor.origin}/base`, remoteIdentity: 'me' }
  withProvider({})
  file = await seed('7')
  await build()
})
afterAll(async () => { await app.close(); await egress.close(); await vendor.close(); await elsewhere.close(); await db.drop() })
afterEach(async () => {
  vendor.script(json({}))
  withProvider({})
  await db.database.tenantQuery(who.organizationId, { text: 'delete from upstream_budgets' })
  await db.database.system.query('delete from upstream_cells')
  logs.length = 0
})

const path = (id: string, query = '') => `/api/ticketing/v1/attachments/${id}/download${query}`
const download = (id = file, query = '', as = who, key = apiKey) => app.inject({ url: path(id, query), headers: asCaller(key, as.token) })
const bytes = (headers: Record<string, string> = {}, body = BYTES): Step => answer(200, { 'content-type': 'application/pdf', 'content-length': String(body.length), ...headers }, body)
const hashOf = (body: Buffer): string => createHash('sha256').update(body).digest('hex')
/** Over a socket, so that it can be left. */
const begun = async (): Promise<{ request: ClientRequest; response: IncomingMessage }> => {
  const request = get(origin + path(file), { headers: asCaller(apiKey, who.token) })
  const [response] = await once(request, 'response') as [IncomingMessage]
  return { request, response }
}

describe('a file', () => {
  test('comes to the last byte as the vendor sends it, with the credentials of the account, and is one log without any of it', async () => {
    vendor.script(bytes())
    const before = vendor.seen.length
    const got = await download()
    expect(got.statusCode).toBe(200)
    expect(hashOf(got.rawPayload)).toBe(hashOf(BYTES))
    expect(got.headers).toMatchObject({
      'content-type': 'application/pdf', 'content-length': String(BYTES.length), 'content-disposition': `attachment; filename="M_rz _1_.pdf"; filename*=UTF-8''M%C3%A4rz%20_1_.pdf`,
      'x-content-type-options': 'nosniff', 'cache-control': 'private, no-store', 'content-security-policy': `default-src 'none'; frame-ancestors 'none'`,
    })
    expect(vendor.seen.slice(before)).toMatchObject([{ method: 'GET', url: '/base/files/7?raw=true', headers: { 'x-acme-key': KEY, 'accept': '*/*', 'accept-encoding': 'identity' } }])
    await vi.waitFor(() => { expect(logs).toHaveLength(1) })
    expect(logs).toMatchObject([{ linkedAccountId: who.id, model: 'ticketing.Attachment', requestId: got.headers['x-request-id'], status: 200, code: null, responseBytes: BYTES.length, responseBody: '[not kept: a file]' }])
  })

  test('that comes packed is unpacked, and one that is JSON, empty or a web page is a file all the same', async () => {
    vendor.script(answer(200, { 'content-encoding': 'gzip', 'content-type': 'text/plain' }, gzipSync('hello')), json('{"api_token": "theirs"', { 'content-type': 'application/json' }), answer(200, { 'content-length': '0' }), answer(200, { 'content-type': 'text/html' }, '<script>1</script>'))
    const packed = await download()
    expect([packed.body, packed.headers['content-length'], packed.headers['content-encoding']]).toEqual(['hello', undefined, undefined])
    expect((await download()).body).toBe('{"api_token": "theirs"')
    const empty = await download()
    expect([empty.statusCode, empty.body, empty.headers['content-type']]).toEqual([200, '', 'application/pdf'])
    const page = await download()
    expect([page.headers['content-type'], String(page.headers['content-disposition']).startsWith('attachment;'), page.headers['x-content-type-options']]).toEqual(['text/html', true, 'nosniff'])
  })

  test('T76 whose name, type and headers are an attack is served without them', async () => {
    const evil = await seed('evil', { file_name: 'a\r\nSet-Cookie: sid=1\r\n\r\n<script>.html', content_type: 'text/html\r\nx: y' })
    vendor.script(answer(200, { 'content-type': 'nonsense', 'set-cookie': 'sid=1', 'access-control-allow-origin': '*', 'content-disposition': 'inline', 'refresh': '0', 'content-security-policy': 'none' }, 'x'))
    const { headers, statusCode } = await download(evil)
    expect(statusCode).toBe(200)
    expect(headers['content-type']).toBe('application/octet-stream')
    expect(headers['content-disposition']).toBe('attachment; filename="aSet-Cookie_ sid=1_script_.html"')
    expect(headers['content-security-policy']).toContain(`default-src 'none'`)
    for (const name of ['set-cookie', 'access-control-allow-origin', 'refresh']) expect(headers).not.toHaveProperty(name)
  })

  test('is not converted: the type it has may be named, another is refused and nothing is sent', async () => {
    vendor.script(bytes({}, Buffer.from('x')))
    expect((await download(file, '?mime_type=Application/PDF&include_shell_data=true')).statusCode).toBe(200)
    const before = vendor.seen.length
    const refused = await download(file, '?mime_type=text/plain')
    expect([refused.statusCode, refused.json<{ errors: unknown[] }>().errors[0]]).toMatchObject([400, { source: { parameter: 'mime_type' } }])
    expect(vendor.seen).toHaveLength(before)
  })
})

describe('what is not there', () => {
  test('T01 a file of another organisation, another account, nobody, or one that is deleted, ignored, or no id, answers alike, and nothing is sent', async () => {
    const other = await seedOrganization(db.database, 'Other')
    const theirs = await seedAccount(db.database, other.organizationId)
    const beside = await seedAccount(db.database, who.organizationId)
    const foreign = await seed('1', {}, { account: theirs })
    const ids = [NOBODY, foreign, await seed('1', {}, { account: beside }), await seed('8', {}, { deleted: true }), await seed('9'), 'nonsense']
    await db.database.tenantQuery(who.organizationId, { text: `update ${models['ticketing.Attachment'].table} set is_erased = true where linked_account_id = $1 and id = $2`, values: [who.id, ids[4]!] })
    const before = vendor.seen.length
    const answers = await Promise.all(ids.map((id) => download(id)))
    const bare = answers.map(({ body, headers }) => body.replaceAll(String(headers['x-request-id']), '<request>'))
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(ids.map(() => 404))
    expect(new Set(bare).size).toBe(1)
    expect((await download(file, '', theirs, other.apiKey)).statusCode).toBe(404)
    expect(vendor.seen).toHaveLength(before)
  })

  test('T11 a file whose address or model is switched off is not fetched', async () => {
    const place = { organizationId: who.organizationId, linkedAccountId: who.id, category: 'ticketing' }
    const said = (line: { reads?: boolean; disabledFields?: readonly string[] }) => db.database.tenant(who.organizationId, (client) => keepLines(client, place, [{ model: 'ticketing.Attachment', reads: line.reads ?? null, writes: null, enabledFields: [], disabledFields: line.disabledFields ?? [] }]))
    const before = vendor.seen.length
    await said({ reads: false })
    expect((await download()).statusCode).toBe(404)
    await said({ disabledFields: ['file_url'] })
    expect((await download()).statusCode).toBe(404)
    expect(vendor.seen).toHaveLength(before)
    await said({ disabledFields: ['uploaded_by'] })
    vendor.script(answer(500, { 'content-type': 'text/plain' }, 'Annemarie-Planted'))
    await download()
    expect(logs.at(-1)!.responseBody).not.toContain('Annemarie-Planted')
    await db.database.tenant(who.organizationId, (client) => keepLines(client, place, []))
  })

  test('a vendor without files, or whose row says no place, has none', async () => {
    const { download: _, ...without } = attachment
    for (const resource of [without, { ...attachment, download: () => null }]) {
      withProvider({ resources: [resource] })
      const got = await download()
      expect([got.statusCode, got.json<{ detail: string }>().detail]).toEqual([404, 'Acme does not say where this file is.'])
    }
  })
})

describe('a vendor that refuses', () => {
  test.each([
    [401, {}, 424, 'upstream.unauthorized'], [403, {}, 424, 'upstream.forbidden'], [404, {}, 404, 'request.not_found'], [410, {}, 404, 'request.not_found'],
    [429, { 'retry-after': '60' }, 503, 'upstream.rate_limited'], [500, {}, 502, 'upstream.unavailable'], [304, {}, 502, 'upstream.unexpected'],
  ] as const)('with %i is told as a problem that names its log', async (status, headers, ours, code) => {
    vendor.script(answer(status, headers, status === 304 ? null : 'no'))
    const got = await download()
    expect([got.statusCode, got.headers['content-type'], got.json<{ code: string }>().code]).toEqual([ours, 'application/problem+json; charset=utf-8', code])
    expect(got.json()).toMatchObject({ upstream: { status, log_id: logs.at(-1)!.id } })
    expect(got.headers['content-disposition']).toBeUndefined()
    if (status !== 429) return
    expect(got.headers['retry-after']).toMatch(/^6\d$/)
    const before = vendor.seen.length
    expect([(await download()).statusCode, vendor.seen.length]).toEqual([503, before])
    // The silence is kept in the process, too.
    await app.close()
    await build()
  })

  test('under a good status, by its own rules, is no file', async () => {
    withProvider({ errors: [{ status: 200, when: ({ headers }) => headers.get('x-login') === 'failed', code: 'upstream.unauthorized' }] })
    vendor.script(bytes({ 'x-login': 'failed' }))
    const got = await download()
    expect([got.statusCode, got.json<{ code: string }>().code]).toEqual([424, 'upstream.unauthorized'])
    expect(logs).toMatchObject([{ code: 'upstream.unauthorized', id: got.json<{ upstream: { log_id: string } }>().upstream.log_id }])
  })

  test('strangers by showing them something else is asked first who we are', async () => {
    withProvider({ whoami: { path: '/me', identity: (body) => (body as { me?: string }).me ?? null, ask: 'around_each_run' } })
    vendor.script(json({ me: 'somebody else' }), bytes())
    const before = vendor.seen.length
    expect((await download()).json()).toMatchObject({ status: 409, code: 'account.identity_mismatch' })
    expect(vendor.seen.slice(before).map(({ url }) => url)).toEqual(['/base/me'])
    vendor.script(json({ me: 'me' }), bytes())
    expect((await download()).statusCode).toBe(200)
  })

  test('to answer, or cannot be reached, is a problem and no empty file', async () => {
    vendor.script(silence())
    expect((await download()).json()).toMatchObject({ status: 504, code: 'upstream.timed_out' })
    vendor.script(reset())
    expect((await download()).json()).toMatchObject({ status: 502, code: 'upstream.unreachable' })
  })
})

describe('a vendor that sends us on', () => {
  test('T60 to another origin is followed without anything that lets us in, and every hop is logged without secrets', async () => {
    vendor.script(answer(302, { location: `${elsewhere.origin}/media/7?token=canary-signed-token` }))
    elsewhere.script(bytes())
    const got = await download()
    expect([got.statusCode, hashOf(got.rawPayload)]).toEqual([200, hashOf(BYTES)])
    const [seen] = elsewhere.seen.slice(-1)
    expect(seen).toMatchObject({ method: 'GET', url: '/media/7?token=canary-signed-token' })
    expect(JSON.stringify(seen!.headers)).not.toContain(KEY)
    expect(seen!.headers).not.toHaveProperty('x-acme-key')
    await vi.waitFor(() => { expect(logs).toHaveLength(2) })
    expect(logs.map(({ status, host }) => [status, host])).toEqual([[302, `127.0.0.1:${vendor.port}`], [200, `127.0.0.1:${elsewhere.port}`]])
    expect(JSON.stringify(logs)).not.toMatch(/canary-signed-token|canary-live-key/)
  })

  test('T59 to an address inside is not followed', async () => {
    for (const location of ['http://127.0.0.1:1/x', 'http://169.254.169.254/latest/meta-data', 'http://[::1]:5432/', 'file:///etc/passwd']) {
      vendor.script(answer(302, { location }))
      expect((await download()).json(), location).toMatchObject({ code: 'upstream.blocked' })
    }
    vendor.script(answer(302, { location: '/base/again' }))
    expect((await download()).json()).toMatchObject({ code: 'upstream.unexpected' })
  })
})

describe('a file without end', () => {
  test('T65 that says it is too large is refused at once, and one that does not say so is broken off', async () => {
    vendor.script((response) => { response.writeHead(200, { 'content-length': String(5 * MB) }); response.write('x') })
    expect((await download()).json()).toMatchObject({ status: 502, code: 'upstream.too_large' })
    vendor.script(answer(200, { 'transfer-encoding': 'chunked' }, randomBytes(6 * MB)))
    const { response } = await begun()
    await expect(buffer(response)).rejects.toThrow()
    await vi.waitFor(() => { expect(logs.at(-1)).toMatchObject({ status: 200, code: 'upstream.too_large' }) })
    vendor.script(answer(200, { 'content-encoding': 'gzip' }, gzipSync(Buffer.alloc(100 * MB))))
    const bomb = await begun()
    await expect(buffer(bomb.response)).rejects.toThrow()
  })

  test('that breaks off, or falls silent, breaks ours off: it never looks whole', async () => {
    vendor.script((response, _, socket) => { response.writeHead(200, { 'content-length': '1000' }); response.write('half', () => socket.destroy()) })
    await expect(begun().then(({ response }) => buffer(response))).rejects.toThrow()
    await vi.waitFor(() => { expect(logs.at(-1)).toMatchObject({ code: 'upstream.cut_short', responseBytes: 4 }) })
    vendor.script((response) => { response.writeHead(200, {}); response.write('half') })
    await expect(begun().then(({ response }) => buffer(response))).rejects.toThrow()
    await vi.waitFor(() => { expect(logs.at(-1)).toMatchObject({ code: 'upstream.timed_out' }) })
  })

  test('is taken no faster than its reader takes it, and not at all once its reader has left', async () => {
    let written = 0
    let closed = false
    config.downloadLimitBytes = 1000 * MB
    const chunk = randomBytes(64 * 1024)
    withProvider({ limits: { concurrency: 1, requests: { count: 10_000, perSeconds: 1 } } })
    vendor.script((response, _, socket) => {
      socket.once('close', () => { closed = true })
      response.writeHead(200, {})
      const more = (): void => { while (!socket.destroyed && response.write(chunk)) written += chunk.length }
      response.on('drain', more)
      more()
    })
    const { request, response } = await begun()
    response.pause()
    await vi.waitFor(async () => { const before = written; await delay(150); expect(written).toBe(before) }, { timeout: 5_000 })
    // What lies in sockets on the way.
    expect(written).toBeLessThan(64 * MB)
    expect(closed).toBe(false)
    request.destroy()
    await vi.waitFor(() => { expect(closed).toBe(true) })
    await vi.waitFor(() => { expect(logs.at(-1)).toMatchObject({ status: 200, code: null }) })
    // Its place is free again: there is only one.
    vendor.script(bytes())
    expect((await download()).statusCode).toBe(200)
  })

  test('whose reader leaves before it begins is not waited for', async () => {
    let closed = false
    vendor.script((_response, _request, socket) => { socket.once('close', () => { closed = true }) })
    const request = get(origin + path(file), { headers: asCaller(apiKey, who.token) })
    request.on('error', () => undefined)
    const before = vendor.seen.length
    await vi.waitFor(() => { expect(vendor.seen.length).toBe(before + 1) })
    request.destroy()
    await vi.waitFor(() => { expect(closed).toBe(true) }, { timeout: 300 })
  })
})
