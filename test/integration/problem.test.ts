import { connect, type AddressInfo } from 'node:net'
import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Value } from '@sinclair/typebox/value'
import { catalogue, Fault, type FaultCode } from '#src/errors'
import { problemSchema } from '#src/api/schemas'
import { asCaller, testApi, type TestApi } from '../support/api.ts'
import { testDatabase, type TestDatabase } from '../support/db.ts'
import { seedAccount, seedOrganization, type SeededAccount } from '../support/seed.ts'

let db: TestDatabase
let api: TestApi
let key: { organizationId: string; apiKey: string }
let account: SeededAccount
let handled = 0

const PII = 'jane.doe@acme.example'
const Body = Type.Object({
  salary: Type.Integer(), name: Type.String({ maxLength: 20 }), active: Type.Boolean(), note: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  kind: Type.Optional(Type.Union([Type.Literal('full'), Type.Literal('part')])),
}, { additionalProperties: false })

const extra: FastifyPluginAsyncTypebox = async (app) => {
  app.post('/api/v1/write', { config: { scope: 'accounts:write' }, schema: { body: Body } }, async ({ body }) => { handled += 1; return body })
  app.post('/api/v1/free', { config: { scope: 'accounts:write' } }, async ({ body }) => { handled += 1; return { body, clean: ({} as { x?: unknown }).x === undefined } })
  app.post('/api/v1/form', { config: { scope: 'accounts:write', form: true } }, async ({ body }) => ({ body }))
  app.get<{ Params: { code: FaultCode } }>('/api/v1/fault/:code', { config: { scope: 'public' } }, async ({ params }) => {
    throw new Fault(params.code, { detail: 'Detail for people.', logId: '00000000-0000-7000-8000-000000000000', upstreamStatus: 429, retryAt: new Date(Date.now() + 4_200) })
  })
  app.get('/api/v1/pg', { config: { scope: 'accounts:read' } }, async ({ caller }) => db.database.tenantQuery(caller!.organizationId, { text: `select ($1::text)::uuid from api_keys_of_nobody_${PII.length}`, values: [PII] }))
  app.get('/api/v1/pg-value', { config: { scope: 'accounts:read' } }, async ({ caller }) => db.database.tenantQuery(caller!.organizationId, { text: 'select ($1::text)::uuid', values: [PII] }))
  app.get('/api/v1/slow', { config: { scope: 'accounts:read' } }, async ({ caller }) => db.database.tenant(caller!.organizationId, async (client) => { await client.query('set local statement_timeout = 200'); await client.query('select pg_sleep(20)') }))
  app.get('/api/v1/crash', { config: { scope: 'public' } }, async () => { throw new TypeError(`cannot read ${PII}`) })
  app.get('/api/v1/file', { config: { scope: 'public' } }, async (_, reply) => reply.header('content-disposition', 'attachment; filename="a\r\nset-cookie: stolen=1\u2028.pdf"').send({ ok: true }))
  app.get('/api/v1/large', { config: { scope: 'public' } }, async () => ({ text: 'freight '.repeat(1_000) }))
}

beforeAll(async () => {
  db = await testDatabase()
  api = await testApi(db.database, { routes: [extra] })
  key = await seedOrganization(db.database, 'A')
  account = await seedAccount(db.database, key.organizationId)
})
afterAll(async () => { await api.app.close(); await db.drop() })

const get = (url: string, headers: Record<string, string> = {}) => api.app.inject({ url, headers: { ...asCaller(key.apiKey, account.token), ...headers } })
const post = (url: string, payload: string, headers: Record<string, string> = { 'content-type': 'application/json' }) => api.app.inject({ method: 'POST', url, payload, headers: { ...asCaller(key.apiKey), ...headers } })

const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`
const list = (length: number): string => JSON.stringify(Array.from({ length }, () => 0))

describe('one error body', () => {
  test('every fault of the catalogue is answered with its status in the one documented shape', async () => {
    for (const code of Object.keys(catalogue) as FaultCode[]) {
      const answer = await get(`/api/v1/fault/${code}`)
      expect(answer.statusCode, code).toBe(catalogue[code].status)
      expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8')
      expect([...Value.Errors(problemSchema, answer.json())], code).toEqual([])
      expect(answer.json()).toMatchObject({ code, request_id: answer.headers['x-request-id'], errors: [{ problem_type: catalogue[code].problem }], upstream: { status: 429 } })
      expect(answer.headers['retry-after']).toBe('5')
    }
  })

  test('what Fastify itself refuses has the same shape: no route, no such method, no body, a bad address', async () => {
    const answers = [
      [404, 'request.not_found', await get('/nowhere')],
      [404, 'request.not_found', await get('/api/ticketing/v1/nowhere')],
      [405, 'request.method_not_allowed', await post('/api/ticketing/v1/tags', '{}')],
      [405, 'request.method_not_allowed', await post('/api/ticketing/v1/tickets/00000000-0000-8000-8000-000000000000', '{}')],
      [415, 'request.unsupported_media_type', await post('/api/v1/free', '<a/>', { 'content-type': 'application/xml' })],
      [400, 'request.invalid', await post('/api/v1/write', '')],
      [400, 'request.invalid', await post('/api/v1/write', '{"a":')],
      [400, 'request.invalid', await get('/api/v1/%ff')],
    ] as const
    for (const [status, code, answer] of answers) {
      expect(answer.statusCode, answer.body).toBe(status)
      expect([...Value.Errors(problemSchema, answer.json())]).toEqual([])
      expect(answer.json()).toMatchObject({ code, status })
    }
    expect(answers[2][2].headers['allow']).toBe('GET, HEAD')
  })

  test('a client that asks for application/json only gets the same body under that name', async () => {
    for (const [accept, type] of [['application/json', 'application/json'], ['*/*', 'application/problem+json'], ['application/json, */*', 'application/problem+json'], ['application/problem+json, application/json', 'application/problem+json']] as const) {
      expect((await get('/nowhere', { accept })).headers['content-type'], accept).toBe(`${type}; charset=utf-8`)
    }
  })

  test('T80 bytes that are not HTTP, headers without end and a length that is told twice are answered in the same shape', async () => {
    await api.app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = api.app.server.address() as AddressInfo
    const talk = (text: string): Promise<string> => new Promise((resolve, reject) => {
      let heard = ''
      connect(port, '127.0.0.1').on('data', (chunk) => { heard += chunk }).on('close', () => resolve(heard)).on('error', reject).end(text, 'latin1')
    })
    for (const [text, status] of [['NONSENSE\r\n\r\n', 400], [`GET / HTTP/1.1\r\nhost: a\r\nx: ${'a'.repeat(17_000)}\r\n\r\n`, 431], ['POST /api/v1/free HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n', 400]] as const) {
      const heard = await talk(text)
      expect(heard).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
      const body = JSON.parse(heard.slice(heard.indexOf('\r\n\r\n') + 4)) as object
      expect([...Value.Errors(problemSchema, body)]).toEqual([])
      expect(body).toMatchObject({ status })
    }
    expect(await talk('GET /nowhere HTTP/1.1\r\nhost: a\r\nuser-agent: \x1b[31mred\r\nconnection: close\r\n\r\n')).toMatch(/^HTTP\/1.1 400 /)
    // The C1 control that starts a terminal sequence, and U+2028 in UTF-8: HTTP lets both through.
    await talk('GET /nowhere HTTP/1.1\r\nhost: a\r\nuser-agent: \x9b31mred \xe2\x80\xa8 line\r\nconnection: close\r\n\r\n')
    const line = api.logLines.find((entry) => entry.includes('31mred'))!
    expect((JSON.parse(line) as { userAgent: string }).userAgent).toBe('?31mred ??? line')
  })

  test('T80 a body that drips is given up in time, and so is whoever says nothing at all', async () => {
    const { server } = api.app
    expect([server.headersTimeout, server.requestTimeout, server.timeout, server.maxRequestsPerSocket]).toEqual([20_000, 30_000, 60_000, 10_000])
    // As configured, only sooner.
    server.headersTimeout = 400
    server.requestTimeout = 500
    const { port } = server.address() as AddressInfo
    const began = performance.now()
    const socket = connect(port, '127.0.0.1')
    socket.write(`POST /api/v1/free HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\nauthorization: Bearer ${key.apiKey}\r\ncontent-length: 1000\r\n\r\n`)
    const drip = setInterval(() => { if (socket.writable) socket.write(' ') }, 100)
    const heard = await new Promise<string>((resolve, reject) => {
      let text = ''
      socket.on('data', (chunk) => { text += chunk }).on('close', () => resolve(text)).on('error', reject)
    })
    clearInterval(drip)
    server.headersTimeout = 20_000
    server.requestTimeout = 30_000
    expect(heard).toMatch(/^HTTP\/1.1 408 /)
    expect(performance.now() - began).toBeLessThan(12_000)
  })

  test('T75 every line of the log is one JSON object of printable characters', () => {
    expect(api.logLines.length).toBeGreaterThan(30)
    for (const line of api.logLines) {
      expect(() => JSON.parse(line) as unknown).not.toThrow()
      // oxlint-disable-next-line no-control-regex
      expect(line.trimEnd()).not.toMatch(/[\x00-\x1f\x7f-\x9f\u2028\u2029]/)
    }
  })

  test('T21 an error of the database or of our code says nothing but the request id', async () => {
    for (const url of ['/api/v1/pg', '/api/v1/pg-value', '/api/v1/crash']) {
      const answer = await get(url)
      expect(answer.json()).toMatchObject({ status: 500, code: 'internal', detail: catalogue.internal.title, request_id: answer.headers['x-request-id'] })
      expect(answer.body).not.toMatch(/select|uuid|syntax|relation|api_keys|jane|TypeError|\.ts|at /i)
    }
  })

  test('T19 a slow query is cut off and answered with 503 and Retry-After', async () => {
    const before = Date.now()
    const answer = await get('/api/v1/slow')
    expect(Date.now() - before).toBeLessThan(200 + 1_500)
    expect(answer.json()).toMatchObject({ status: 503, code: 'storage.unavailable', retryable: true })
    expect(answer.headers['retry-after']).toBe('1')
    const { rows } = await db.database.system.query(`select 1 from pg_stat_activity where query like '%pg_sleep(20)%' and state = 'active' and pid <> pg_backend_pid()`)
    expect(rows).toEqual([])
  })

  test('T76 a header value with a line break neither breaks the answer nor becomes a header', async () => {
    const answer = await get('/api/v1/file')
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['content-disposition']).toBe('attachment; filename="a set-cookie: stolen=1 .pdf"')
    expect(answer.headers['set-cookie']).toBeUndefined()
  })

  test('T22 every answer forbids caches, sniffing and framing', async () => {
    for (const url of ['/health', '/nowhere', '/api/ticketing/v1/tickets', '/api/v1/crash']) {
      expect((await get(url)).headers).toMatchObject({ 'cache-control': 'private, no-store', 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY', 'referrer-policy': 'no-referrer' })
    }
  })
})

describe('bodies', () => {
  test('T78 nothing is coerced and nothing is stripped: each wrong field is named', async () => {
    const answer = await post('/api/v1/write', '{"salary":null,"name":null,"active":null,"kind":"half","org_id":"x"}')
    expect(answer.statusCode).toBe(400)
    const { errors } = answer.json<{ errors: { source: { pointer: string }; problem_type: string }[] }>()
    expect(Object.fromEntries(errors.map(({ source, problem_type: type }) => [source.pointer, type]))).toEqual({ '/active': 'INCORRECT_FIELD_TYPE', '/kind': 'INVALID_FIELD_CHOICE', '/name': 'INCORRECT_FIELD_TYPE', '/org_id': 'UNRECOGNIZED_FIELD', '/salary': 'INCORRECT_FIELD_TYPE' })
    for (const value of ['"1"', '1.5', 'true', '[1]']) expect((await post('/api/v1/write', `{"salary":${value},"name":"a","active":true}`)).statusCode).toBe(400)
    const missing = await post('/api/v1/write', '{"salary":1}')
    expect(missing.json()).toMatchObject({ outcome: 'not_applied', errors: [{ source: { pointer: '/name' }, problem_type: 'MISSING_REQUIRED_FIELD' }, { source: { pointer: '/active' }, problem_type: 'MISSING_REQUIRED_FIELD' }] })
    const exact = { salary: 0, name: '', active: false, note: null, kind: 'full' }
    expect((await post('/api/v1/write', JSON.stringify(exact))).json()).toEqual(exact)
  })

  test('T10 a field that is not the caller\'s to set is refused by name', async () => {
    for (const field of ['organization_id', 'id', 'is_deleted', 'linked_account_id']) {
      expect((await post('/api/v1/write', `{"salary":1,"name":"a","active":true,"${field}":"x"}`)).json()).toMatchObject({ status: 400, errors: [{ source: { pointer: `/${field}` }, problem_type: 'UNRECOGNIZED_FIELD' }] })
    }
  })

  test('T71 names that would poison a prototype are refused, in every spelling', async () => {
    for (const body of ['{"__proto__":{"x":1}}', '{"a":{"__proto__":{"x":1}}}', '{"constructor":{"prototype":{"x":1}}}', '{"\\u005f_proto__":{"x":1}}']) expect((await post('/api/v1/free', body)).json()).toMatchObject({ status: 400, code: 'request.invalid' })
    expect(({} as { x?: unknown }).x).toBeUndefined()
    expect((await post('/api/v1/form', '__proto__[x]=1&__proto__=2&constructor=3', { 'content-type': 'application/x-www-form-urlencoded' })).statusCode).toBe(200)
    expect(({} as { x?: unknown }).x).toBeUndefined()
  })

  test('T72 nesting, long lists and large bodies are refused before they cost anything', async () => {
    await post('/api/v1/free', nested(64))
    const begin = performance.now()
    expect((await post('/api/v1/free', '['.repeat(50_000))).json()).toMatchObject({ status: 400, code: 'request.invalid' })
    expect(performance.now() - begin).toBeLessThan(100)
    expect((await post('/api/v1/free', nested(64))).statusCode).toBe(200)
    expect((await post('/api/v1/free', nested(65))).statusCode).toBe(400)
    expect((await post('/api/v1/free', `{"a":"${'['.repeat(1_000)}\\"${'{'.repeat(1_000)}"}`)).statusCode).toBe(200)
  })

  test('F97 a body of 1.1 MiB is 413; ten thousand entries pass and one more is 400; a hundred levels are 400', async () => {
    expect((await post('/api/v1/free', JSON.stringify('a'.repeat(1_153_434)))).json()).toMatchObject({ status: 413, code: 'request.too_large' })
    expect((await post('/api/v1/free', list(10_000))).statusCode).toBe(200)
    expect((await post('/api/v1/free', list(10_001))).statusCode).toBe(400)
    expect((await post('/api/v1/free', `${'{"a":'.repeat(100)}1${'}'.repeat(100)}`)).statusCode).toBe(400)
  })

  test('T79 a content type that is spelled cleverly does not get past validation', async () => {
    const before = handled
    for (const type of ['application/json\t;x', 'Application/JSON ;', 'text/plain', 'application/json;charset=utf-7', 'application/jsonx', 'application/vnd.api+json', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=a']) {
      expect((await post('/api/v1/free', '{"a":1}', { 'content-type': type })).statusCode, type).toBe(415)
    }
    expect((await api.app.inject({ method: 'POST', url: '/api/v1/free', payload: Buffer.from('{}'), headers: asCaller(key.apiKey) })).statusCode).toBe(415)
    expect(handled).toBe(before)
    for (const type of ['application/json', 'APPLICATION/JSON', 'application/json; charset=UTF-8']) expect((await post('/api/v1/free', '{"a":1}', { 'content-type': type })).statusCode, type).toBe(200)
    expect((await post('/api/v1/form', 'a=1&a=2', { 'content-type': 'application/x-www-form-urlencoded' })).json()).toEqual({ body: { a: ['1', '2'] } })
  })

  test('T81 a name given twice is refused, in any spelling and at any depth; the same name in two objects is not', async () => {
    for (const body of ['{"a":1,"a":2}', '{"b":{"a":1,"a":2}}', '[{"a":1,"\\u0061":2}]', '{"a":{"x":[{"q":1}]},"b":1,"a":2}']) expect((await post('/api/v1/free', body)).json(), body).toMatchObject({ status: 400, code: 'request.invalid' })
    expect((await post('/api/v1/free', '{"a":{"a":1},"b":{"a":"a,\\"a\\":2"},"c":["a","a"]}')).statusCode).toBe(200)
  })

  test('a body that is not there is no empty object', async () => {
    expect((await api.app.inject({ method: 'POST', url: '/api/v1/free', headers: asCaller(key.apiKey) })).json()).toEqual({ clean: true })
    expect((await post('/api/v1/write', '')).statusCode).toBe(400)
  })
})

describe('compression', () => {
  test('a large answer is compressed as the client asks, a small one never', async () => {
    const plain = await get('/api/v1/large')
    expect(plain.headers['content-encoding']).toBeUndefined()
    const zstd = await get('/api/v1/large', { 'accept-encoding': 'gzip, zstd' })
    expect(zstd.headers).toMatchObject({ 'content-encoding': 'zstd', vary: 'accept-encoding' })
    expect(zstdDecompressSync(zstd.rawPayload).toString()).toBe(plain.body)
    const gzip = await get('/api/v1/large', { 'accept-encoding': 'gzip, deflate, zstd;q=0' })
    expect(gzip.headers['content-encoding']).toBe('gzip')
    expect(gunzipSync(gzip.rawPayload).toString()).toBe(plain.body)
    expect((await get('/api/v1/large', { 'accept-encoding': 'br, gzip;q=0' })).headers['content-encoding']).toBeUndefined()
    expect((await get('/health', { 'accept-encoding': 'gzip' })).headers['content-encoding']).toBeUndefined()
  })
})
