import { randomBytes } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import type { FastifyInstance } from 'fastify'
import type { AccountWork } from '#src/accounts/account'
import { localKms, openVault } from '#src/db/seal'
import { parseAllowed } from '#src/egress/allowed-hosts'
import { Fault } from '#src/errors'
import { openEgress, type Egress } from '#src/egress/exchange'
import type { Scope } from '#src/http/caller'
import { parseRule } from '#src/http/passthrough-rules'
import type { LogEntry } from '#src/logs/entry'
import { forgetKeys, openOnce, type Once } from '#src/idempotency/once'
import { createApiKey } from '#src/organizations/keys'
import { passthroughRoutes } from '#src/passthrough/routes'
import { openBudget } from '#src/upstream/budget'
import { createDoor } from '#src/upstream/client'
import type { Door, RawDoor } from '#src/upstream/door'
import { asCaller, testApi } from '../support/api.ts'
import { testDatabase, type TestDatabase } from '../support/db.ts'
import { account as doorAccount, KEY, provider } from '../support/door.ts'
import { answer, json, raw, reset, silence, startHostileVendor, type HostileVendor, type Step } from '../support/hostile-vendor.ts'
import { seedAccount, seedOrganization, type SeededAccount } from '../support/seed.ts'

type Json = Record<string, unknown>
const range = (n: number) => Array.from({ length: n }, (_, i) => i + 1)
let db: TestDatabase
let vendor: HostileVendor
let egress: Egress
let door: Door & RawDoor
let app: FastifyInstance
let who: SeededAccount
let work: AccountWork
let apiKey: string
let once: Once
const logs: LogEntry[] = []

beforeAll(async () => {
  db = await testDatabase()
  vendor = await startHostileVendor()
  egress = openEgress({ allowed: parseAllowed('acme=127.0.0.0/8') })
  door = createDoor({ egress, budget: openBudget({ database: db.database }), log: (entry) => logs.push(entry) })
  once = openOnce({ database: db.database, vault: openVault(db.database.system, localKms([randomBytes(32)])) })
  const organization = await seedOrganization(db.database, 'Passthrough')
  apiKey = organization.apiKey
  who = await seedAccount(db.database, organization.organizationId)
  work = {
    ...doorAccount(`${vendor.origin}/base`, { id: who.id, organizationId: who.organizationId, provider: provider({ secretKeys: ['api_token'] }) }),
    integration: 'acme', category: 'ticketing', status: 'COMPLETE', baseUrl: `${vendor.origin}/base`, remoteIdentity: 'me',
  }
  const routes = [passthroughRoutes({ database: db.database, door, once, logs: { write: () => undefined, flush: async () => undefined, close: async () => undefined }, account: async () => work, deadlineMs: 400 })]
  app = (await testApi(db.database, { routes })).app
})
afterAll(async () => { await app.close(); await egress.close(); await vendor.close(); await db.drop() })
afterEach(() => { vendor.script(json({})); logs.length = 0 })

async function pass(body: Json, key = apiKey, more: Record<string, string> = {}, token = who.token): Promise<{ status: number; body: Json; headers: Record<string, unknown> }> {
  const response = await app.inject({ method: 'POST', url: '/api/ticketing/v1/passthrough', headers: { ...asCaller(key, token), ...more }, payload: body })
  return { status: response.statusCode, body: response.json<Json>(), headers: response.headers }
}
const keyWithRules = async (...rules: string[]): Promise<string> => (await createApiKey(db.database, { organizationName: 'Passthrough', name: 'ruled', passthroughRules: rules.map(parseRule) })).apiKey
const keyWith = async (...scopes: Scope[]): Promise<string> => (await createApiKey(db.database, { organizationName: 'Passthrough', name: scopes.join(), scopes })).apiKey

describe('a request of the caller\'s own', () => {
  test('goes out with our credentials below the linked address, query and all, and is one log that names the request', async () => {
    vendor.script(json({ issues: [{ id: 7, api_token: 'somebody-elses' }], echo: KEY }, { 'x-total-count': '1' }))
    const before = vendor.seen.length
    const { status, body, headers } = await pass({ method: 'GET', path: '/issues.json?ids[]=1&ids[]=2', data: null, headers: { 'Accept-Language': 'de', 'X-Acme-Version': 3 }, base_url_override: null })
    expect(status).toBe(200)
    expect(vendor.seen.slice(before)).toMatchObject([{ method: 'GET', url: '/base/issues.json?ids[]=1&ids[]=2', headers: { 'x-acme-key': KEY, 'accept-language': 'de', 'x-acme-version': '3' } }])
    expect(body).toMatchObject({ method: 'GET', path: '/issues.json?ids[]=1&ids[]=2', status: 200, response: { issues: [{ id: 7 }], echo: '[redacted]' }, response_type: 'JSON', response_headers: { 'x-total-count': '1' }, headers: { 'accept-language': 'de' } })
    expect(JSON.stringify(body)).not.toContain('somebody-elses')
    expect(logs).toMatchObject([{ id: body['log_id'], requestId: headers['x-request-id'], linkedAccountId: who.id, status: 200, code: null }])
  })

  test.each([
    ['POST', { data: '{"a":1}' }, 'application/json', '{"a":1}'],
    ['PUT', { data: '<a/>', request_format: 'XML' }, 'application/xml', '<a/>'],
    ['PATCH', { data: 'a=1&b=2', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }, 'application/x-www-form-urlencoded', 'a=1&b=2'],
    ['POST', { data: 'plain Zoë 😀', headers: { 'content-type': 'text/plain; charset=utf-8' } }, 'text/plain; charset=utf-8', 'plain Zoë 😀'],
    ['DELETE', {}, undefined, ''],
    ['OPTIONS', {}, undefined, ''],
    ['HEAD', {}, undefined, ''],
  ])('%s with %j arrives as it was meant', async (method, more, type, body) => {
    const answered = await pass({ method, path: '/things', ...more })
    expect(answered.status).toBe(200)
    const seen = vendor.seen.at(-1)!
    expect([seen.method, seen.headers['content-type'], seen.body]).toEqual([method, type, body])
  })

  test('whatever the vendor answers is the answer: errors, text, nothing, bytes', async () => {
    vendor.script(json({ errors: ['no'] }, {}, 422), answer(200, { 'content-type': 'application/xml' }, '<a>1</a>'), answer(204), answer(200, { 'content-type': 'image/png' }, Buffer.from([0x89, 0, 1, 2])), json('null'), json('{broken'), json([1, 2]))
    const ask = async (more: Json = {}): Promise<unknown[]> => { const { status, body } = await pass({ method: 'GET', path: '/x', ...more }); return [status, body['status'], body['response_type'], body['response']] }
    expect(await ask()).toEqual([200, 422, 'JSON', { errors: ['no'] }])
    expect(await ask()).toEqual([200, 200, 'JSON', '<a>1</a>'])
    expect(await ask()).toEqual([200, 204, 'JSON', null])
    const [, , type, bytes] = await ask()
    expect([type, gunzipSync(Buffer.from(bytes as string, 'base64'))]).toEqual(['BASE64_GZIP', Buffer.from([0x89, 0, 1, 2])])
    expect(await ask()).toEqual([200, 200, 'JSON', null])
    expect(await ask()).toEqual([200, 200, 'JSON', '{broken'])
    expect(await ask({ normalize_response: true })).toEqual([200, 200, 'JSON', { type: 'array', value: [1, 2] }])
  })

  test('a vendor that is silent is a 408, and one that cannot be reached a 502; a write is never sent twice', async () => {
    vendor.script(silence())
    const late = await pass({ method: 'POST', path: '/x', data: '{}' })
    expect([late.status, late.body['code'], late.body['outcome']]).toEqual([408, 'passthrough.timed_out', 'unknown'])
    expect(logs).toHaveLength(1)
    vendor.script(reset())
    const before = vendor.seen.length
    const gone = await pass({ method: 'POST', path: '/x', data: '{}' })
    expect([gone.status, gone.body['code'], vendor.seen.length - before]).toEqual([502, 'upstream.unreachable', 1])
  })

  test('a vendor\'s 429 is told as it is, and all keep its silence', async () => {
    vendor.script(answer(429, { 'retry-after': '60' }))
    expect((await pass({ method: 'GET', path: '/x' })).body['status']).toBe(429)
    const before = vendor.seen.length
    const next = await pass({ method: 'GET', path: '/x' })
    expect([next.status, next.body['code'], next.headers['retry-after'], vendor.seen.length - before]).toEqual([503, 'upstream.rate_limited', expect.stringMatching(/^6\d$/), 0])
    await db.database.tenantQuery(who.organizationId, { text: 'delete from upstream_budgets' })
    await db.database.system.query('delete from upstream_cells')
    door = createDoor({ egress, budget: openBudget({ database: db.database }), log: (entry) => logs.push(entry) })
    await app.close()
    app = (await testApi(db.database, { routes: [passthroughRoutes({ database: db.database, door, once, logs: { write: () => undefined, flush: async () => undefined, close: async () => undefined }, account: async () => work, deadlineMs: 400 })] })).app
  })
})

describe('what it cannot be used for', () => {
  test.each(['//evil.example', '\\\\evil.example', '/\\evil.example', '/\t/evil.example', 'https://evil.example/', 'http:evil.example', '@evil.example/', '.evil.example/', '/../admin', '/%2e%2e/admin', '/..%2fadmin', '/%252e%252e/admin', '/%2f..%2fadmin', '/..%2fadmin/%25', '/a/..;/admin', '/%5c..%5cadmin', '/a%0d%0ab', 'issues'])('T61 the path %j leaves for nowhere', async (path) => {
    const before = vendor.connections()
    const { status, body } = await pass({ method: 'GET', path })
    expect([status, (body['errors'] as { source: Json }[])[0]!.source['pointer'], vendor.connections()]).toEqual([400, '/path', before])
  })

  test('T61 another base address is refused, and what stands behind a question mark stays a query', async () => {
    expect((await pass({ method: 'GET', path: '/x', base_url_override: 'https://evil.example' })).status).toBe(400)
    await pass({ method: 'GET', path: '/x?next=//evil.example/../y#z' })
    expect(vendor.seen.at(-1)).toMatchObject({ url: '/base/x?next=//evil.example/../y%23z', headers: { host: `127.0.0.1:${vendor.port}` } })
  })

  test.each(['Host', 'Authorization', 'authorization', 'X-Acme-Key', 'Content-Length', 'Transfer-Encoding', 'Connection', 'Cookie', 'X-Forwarded-For', 'X-Forwarded-Host', 'Forwarded', 'X-HTTP-Method-Override', 'Proxy-Authorization', 'TE', 'Upgrade', 'Expect', 'User-Agent', 'Accept-Encoding', 'a b', ''])('T62 the header %j cannot be set', async (name) => {
    const before = vendor.seen.length
    const { status, body } = await pass({ method: 'GET', path: '/x', headers: { [name]: 'x' } })
    expect([status, (body['errors'] as { source: Json }[])[0]!.source['pointer'], vendor.seen.length]).toEqual([400, `/headers/${name}`, before])
  })

  test('T62 a value that ends the line, and a header given twice, are refused', async () => {
    for (const headers of [{ accept: 'a\r\nx-evil: 1' }, { accept: 'a\u0000' }, { 'prefer': '😀' }, { accept: 'a', Accept: 'b' }]) expect((await pass({ method: 'GET', path: '/x', headers })).status).toBe(400)
  })

  test('T63 a vendor\'s cookies, markup and orders to browsers are data in ours, or not there', async () => {
    vendor.script(answer(200, { 'content-type': 'text/html', 'set-cookie': 'sid=1', 'access-control-allow-origin': '*', 'content-security-policy': 'none', 'refresh': '0;url=https://evil.example', 'clear-site-data': '"*"' }, '<script>alert(1)</script>'))
    const { body, headers } = await pass({ method: 'GET', path: '/x' })
    expect(body['response']).toBe('<script>alert(1)</script>')
    expect(headers['content-type']).toBe('application/json; charset=utf-8')
    expect(headers['x-content-type-options']).toBe('nosniff')
    for (const name of ['set-cookie', 'access-control-allow-origin', 'refresh', 'clear-site-data']) expect([name, headers[name], (body['response_headers'] as Json)[name]]).toEqual([name, undefined, undefined])
  })

  test('T64 it has a scope of its own, and changing things another; what is refused never reaches the vendor', async () => {
    const before = vendor.seen.length
    const without = await pass({ method: 'GET', path: '/x' }, await keyWith('accounts:read', 'accounts:write', 'records:read', 'records:write', 'passthrough:write'))
    expect([without.status, without.body['required_scope']]).toEqual([403, 'passthrough'])
    const reader = await keyWith('passthrough')
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const { status, body } = await pass({ method, path: '/employees/1' }, reader)
      expect([method, status, body['required_scope']]).toEqual([method, 403, 'passthrough:write'])
    }
    expect(vendor.seen.length).toBe(before)
    expect((await pass({ method: 'GET', path: '/employees/1' }, reader)).body['status']).toBe(200)
  })

  test('T64 a key with rules sends what one of them allows, is told which rules it has, and the vendor sees nothing of the rest', async () => {
    const key = await keyWithRules('GET,HEAD /employees/**', 'POST /comments/*')
    expect((await pass({ method: 'GET', path: '/employees/1?fields=name' }, key)).body['status']).toBe(200)
    expect((await pass({ method: 'POST', path: '/comments/1', data: '{"text":"_method"}' }, key)).body['status']).toBe(200)
    const before = vendor.seen.length
    for (const request of [
      { method: 'DELETE', path: '/employees/1' }, { method: 'GET', path: '/salaries' }, { method: 'POST', path: '/comments/1/likes' },
      // What a vendor takes for another method or another path.
      { method: 'POST', path: '/comments/1?_method=delete' }, { method: 'POST', path: '/comments/1', data: '_method=DELETE', headers: { 'content-type': 'application/x-www-form-urlencoded' } }, { method: 'POST', path: '/comments/1', data: '{"_method":"PUT"}' },
      { method: 'POST', path: '/comments/1%2flikes' }, { method: 'POST', path: '/comments/1%252Flikes' }, { method: 'POST', path: '/comments/;x/1' }, { method: 'POST', path: '//comments/1' }, { method: 'POST', path: '/comments/' },
    ]) {
      const { status, body } = await pass(request, key)
      expect([request, status, body['code'], body['passthrough_rules'], body['outcome']]).toEqual([request, 403, 'request.forbidden', ['GET,HEAD /employees/**', 'POST /comments/*'], 'not_applied'])
      expect(body['detail']).toContain(`allows ${request.method} `)
    }
    expect(vendor.seen.length).toBe(before)
    const lines = await db.database.tenantQuery<{ event_type: string; description: string; subject: string }>(who.organizationId, { text: `select * from audit_events where event_type = 'PASSTHROUGH_REFUSED' order by id` })
    expect(lines).toHaveLength(11)
    expect(lines[0]).toMatchObject({ subject: who.id, description: expect.stringMatching(/^DELETE was not sent .*req_/) as string })
  })

  test('T64 rules widen no scope, and those for other accounts and vendors allow nothing here; a key with none sends nothing', async () => {
    const reader = (await createApiKey(db.database, { organizationName: 'Passthrough', name: 'narrow', scopes: ['passthrough'], passthroughRules: [parseRule('DELETE /**')] })).apiKey
    expect((await pass({ method: 'DELETE', path: '/x' }, reader)).body['required_scope']).toBe('passthrough:write')
    const before = vendor.seen.length
    for (const rules of [['GET /** another-vendor'], ['GET /** 11111111-1111-4111-8111-111111111111'], []]) expect((await pass({ method: 'GET', path: '/x' }, await keyWithRules(...rules))).status, rules.join()).toBe(403)
    expect(vendor.seen.length).toBe(before)
    const [{ integration }] = await db.database.tenantQuery<{ integration: string }>(who.organizationId, { text: 'select integration from linked_accounts where id = $1', values: [who.id] }) as [{ integration: string }]
    expect((await pass({ method: 'GET', path: '/x' }, await keyWithRules(`GET /** ${integration} ${who.id}`))).status).toBe(200)
  })

  test('T64 each is in the audit trail before it leaves, with who and where, without what', async () => {
    vendor.script(silence())
    await pass({ method: 'DELETE', path: '/people/jane.doe@example.test' })
    const [line] = await db.database.tenantQuery<{ event_type: string; description: string; subject: string; api_key_id: string; ip_address: string }>(who.organizationId, { text: 'select * from audit_events order by id desc limit 1' })
    expect(line).toMatchObject({ event_type: 'PASSTHROUGH_REQUEST', subject: who.id, ip_address: '127.0.0.1' })
    expect(line!.api_key_id).toMatch(/^[0-9a-f-]{36}$/)
    expect(line!.description).toMatch(/^DELETE .*req_/)
    expect(line!.description).not.toContain('jane')
  })

  test.each([
    [{ method: 'GET', path: '/x', data: '{}' }, '/data'], [{ method: 'POST', path: '/x', data: '{broken' }, '/data'], [{ method: 'get', path: '/x' }, '/method'], [{ method: 'GET' }, '/path'], [{ method: 'GET', path: '/x', more: 1 }, '/more'],
  ])('%j is refused with the place that is wrong', async (body, pointer) => {
    const answered = await pass(body)
    expect([answered.status, (answered.body['errors'] as { source: Json }[])[0]!.source['pointer']]).toEqual([400, pointer])
  })

  test('T70 a flood of it leaves the sync a fifth of what the vendor allows', async () => {
    const limits = { concurrency: 5, requests: { count: 100, perSeconds: 1 } }
    const flooded: AccountWork = { ...work, id: '11111111-1111-4111-8111-111111111111', provider: provider({ limits }) }
    const stop = new AbortController()
    let floods = 0
    const flood = Array.from({ length: 200 }, async () => {
      while (!stop.signal.aborted) {
        try { await door.pass(flooded, { traceId: 't', signal: stop.signal }, { method: 'GET', path: '/flood', search: '', headers: {}, body: null }); floods += 1 } catch (error) { if (!stop.signal.aborted) throw error }
      }
    })
    await new Promise((resolve) => { setTimeout(resolve, 300) })
    const send = door.open(flooded, { traceId: 's' })
    const began = performance.now()
    floods = 0
    let syncs = 0
    const lanes = Array.from({ length: 5 }, async () => { while (performance.now() - began < 2_000) { await send({ method: 'GET', path: '/sync' }); syncs += 1 } })
    await Promise.all(lanes)
    stop.abort()
    await Promise.all(flood)
    // What was given up on its way still arrives.
    for (let before = -1; before !== vendor.seen.length;) { before = vendor.seen.length; await new Promise((resolve) => { setTimeout(resolve, 150) }) }
    console.log(`T70: ${syncs} of ${syncs + floods} requests were the sync's`)
    expect(syncs / (syncs + floods)).toBeGreaterThanOrEqual(0.2)
    // The callers had their share, and the vendor was never asked for more than it allows.
    expect(floods).toBeGreaterThan(20)
    expect(syncs + floods).toBeLessThanOrEqual(220)
  })
})

describe('a request that is sent again under the same key', () => {
  const write = { method: 'POST', path: '/issues', data: '{"subject":"Once"}' }
  const named = (key: string, body: Json = write) => pass(body, apiKey, { 'idempotency-key': key })

  test('T20 is carried out once, and answered as it was the first time', async () => {
    vendor.script(json({ id: 1 }))
    const before = vendor.seen.length
    const first = await named('order-1')
    vendor.script(json({ id: 2 }))
    const second = await named('order-1')
    expect([first.status, second.status, vendor.seen.length - before]).toEqual([200, 200, 1])
    expect(second.body).toEqual(first.body)
    expect([first.headers['idempotent-replayed'], second.headers['idempotent-replayed']]).toEqual([undefined, 'true'])
    // Sealed where it is kept.
    const { rows } = await db.database.system.query<{ line: string }>('select t::text as line from idempotent_requests t')
    expect(rows.length).toBeGreaterThan(0)
    expect(rows.map(({ line }) => line).join()).not.toContain('subject')
  })

  test('T20 with another body is refused', async () => {
    await named('order-2')
    const before = vendor.seen.length
    expect(await named('order-2', { ...write, data: '{"subject":"Twice"}' })).toMatchObject({ status: 422, body: { code: 'request.idempotency_key_reused', outcome: 'not_applied' } })
    expect(vendor.seen.length).toBe(before)
  })

  test('T20 while the first is on its way is told to wait', async () => {
    vendor.script((response, request, socket) => { setTimeout(() => { json({ id: 3 })(response, request, socket) }, 200) })
    const before = vendor.seen.length
    const answers = await Promise.all([named('order-3'), named('order-3'), named('order-3')])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409])
    expect(answers.filter(({ status }) => status === 409).map(({ body }) => body['code'])).toEqual(['request.in_flight', 'request.in_flight'])
    expect(vendor.seen.length - before).toBe(1)
  })

  test('T20 by another organisation, or for another account, is a request of its own', async () => {
    await named('order-4')
    const stranger = await seedOrganization(db.database, 'Stranger')
    const theirs = await seedAccount(db.database, stranger.organizationId)
    const mine = await seedAccount(db.database, who.organizationId)
    const before = vendor.seen.length
    // The one door of this test leads to one vendor; whose request it is, is told by the key and the token.
    expect(await pass({ ...write, data: '{"subject":"Another"}' }, stranger.apiKey, { 'idempotency-key': 'order-4' }, theirs.token)).toMatchObject({ status: 200, headers: { 'x-request-id': expect.any(String) as string } })
    expect((await pass({ ...write, data: '{"subject":"Mine"}' }, apiKey, { 'idempotency-key': 'order-4' }, mine.token)).status).toBe(200)
    expect(vendor.seen.length - before).toBe(2)
  })

  test('T20 whose outcome is not known is not sent again; one that never left is', async () => {
    vendor.script(silence())
    expect((await named('order-5')).status).toBe(408)
    vendor.script(json({}))
    const before = vendor.seen.length
    expect(await named('order-5')).toMatchObject({ status: 409, body: { code: 'request.conflict' } })
    expect(vendor.seen.length).toBe(before)
    const { credentials } = work
    work = { ...work, credentials: () => Promise.reject(new Fault('account.credential_unreadable')) }
    expect((await named('order-6')).body['code']).toBe('account.credential_unreadable')
    work = { ...work, credentials }
    expect((await named('order-6')).status).toBe(200)
  })

  test('T20 F79 whose process died on the way is not sent again', async () => {
    await named('order-8')
    const lost = (seconds: number) => db.database.system.query(`update idempotent_requests set finished_at = null, answer = null, created_at = now() - $1 * interval '1 second' where key = 'order-8'`, [seconds])
    const before = vendor.seen.length
    await lost(10)
    expect((await named('order-8')).body['code']).toBe('request.in_flight')
    await lost(600)
    expect((await named('order-8')).body['code']).toBe('request.conflict')
    expect(vendor.seen.length).toBe(before)
  })

  test('F79 fifty times at once is one request to the vendor, and whoever asks again afterwards gets its answer', async () => {
    let objects = 0
    vendor.script((response, request, socket) => { objects += 1; setTimeout(() => { json({ id: objects })(response, request, socket) }, 150) })
    const answers = await Promise.all(range(50).map(() => named('fifty')))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, ...range(49).map(() => 409)])
    const again = await Promise.all(range(10).map(() => named('fifty')))
    expect([objects, again.map(({ status, body }) => [status, (body['response'] as Json)['id']])]).toEqual([1, range(10).map(() => [200, 1])])
  })

  test('F79 that the vendor refused gets that refusal again; that we refused was never carried out, and may be put right', async () => {
    vendor.script(json({ errors: ['no'] }, {}, 500))
    const before = vendor.seen.length
    const refused = [await named('refused'), await named('refused')]
    expect([refused.map(({ body }) => body['status']), vendor.seen.length - before]).toEqual([[500, 500], 1])
    expect((await named('mended', { ...write, data: '{broken' })).status).toBe(400)
    expect((await named('mended')).status).toBe(200)
  })

  test.each<[string, Step]>([['is reset', reset()], ['breaks off', raw('HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"id":')], ['does not come', silence()]])('F07 whose answer %s after the vendor carried it out is not sent twice, and nobody says how it ended', async (what, step) => {
    const objects: string[] = []
    vendor.script((response, request, socket) => { objects.push(request.url!); step(response, request, socket) })
    const first = await named(what.replaceAll(' ', '-'))
    expect([first.status >= 400, first.body['outcome']]).toEqual([true, 'unknown'])
    vendor.script((response, request, socket) => { objects.push(request.url!); json({ id: 2 })(response, request, socket) })
    expect(await named(what.replaceAll(' ', '-'))).toMatchObject({ status: 409, body: { code: 'request.conflict' } })
    expect(objects).toEqual(['/base/issues'])
  })

  test('F80 goes on when its caller has hung up, and the same key tells how it ended', async () => {
    await app.listen({ host: '127.0.0.1', port: 0 })
    const { port } = app.server.address() as AddressInfo
    const gone = new AbortController()
    vendor.script((response, request, socket) => { gone.abort(); setTimeout(() => { json({ id: 80 })(response, request, socket) }, 100) })
    const before = vendor.seen.length
    await expect(fetch(`http://127.0.0.1:${port}/api/ticketing/v1/passthrough`, { method: 'POST', headers: { ...asCaller(apiKey, who.token), 'content-type': 'application/json', 'idempotency-key': 'hung-up' }, body: JSON.stringify(write), signal: gone.signal })).rejects.toThrow('abort')
    await vi.waitFor(async () => expect((await named('hung-up')).status).toBe(200), { timeout: 3_000 })
    const { body, headers } = await named('hung-up')
    expect([(body['response'] as Json)['id'], headers['idempotent-replayed'], vendor.seen.length - before]).toEqual([80, 'true', 1])
  })

  test('reads have no use for a key, and a key that is none is refused', async () => {
    const before = vendor.seen.length
    for (const _ of [1, 2]) expect((await named('read', { method: 'GET', path: '/issues' })).status).toBe(200)
    expect(vendor.seen.length - before).toBe(2)
    for (const key of ['', ' ', 'a b', 'x'.repeat(256), 'größe']) expect((await named(key)).status, key).toBe(400)
  })

  test('is a request of its own again after two days', async () => {
    await named('order-7')
    await forgetKeys(db.database)
    const count = async () => (await db.database.system.query<{ n: number }>(`select count(*) as n from idempotent_requests where key = 'order-7'`)).rows[0]!.n
    expect(await count()).toBe(1)
    await db.database.system.query(`update idempotent_requests set created_at = now() - interval '49 hours' where key = 'order-7'`)
    await forgetKeys(db.database)
    expect(await count()).toBe(0)
  })
})
