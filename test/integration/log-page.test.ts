import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { FastifyInstance } from 'fastify'
import { localKms, openVault } from '#src/db/seal'
import { uuid7 } from '#src/db/uuid7'
import { html } from '#src/http/html'
import type { LogEntry } from '#src/logs/entry'
import { createLocalAccess } from '#src/logs/local-access'
import type { LocalAccess } from '#src/logs/local-access'
import { logPages } from '#src/logs/page'
import { logRoutes } from '#src/logs/routes'
import { openLogWriter } from '#src/logs/write'
import { asCaller, cursorKeys, testApi } from '../support/api.ts'
import { testDatabase } from '../support/db.ts'
import type { TestDatabase } from '../support/db.ts'
import { seedAccount, seedOrganization } from '../support/seed.ts'
import type { SeededAccount } from '../support/seed.ts'

const HOSTILE = `"><script>alert('x')</script>&<img src=x onerror=alert(1)>`
let db: TestDatabase
let app: FastifyInstance
let access: LocalAccess
let at = Date.now()
let own: { organizationId: string; apiKey: string; account: SeededAccount; second: SeededAccount }
let other: { apiKey: string; account: SeededAccount }
const runId = randomUUID()
let whole: LogEntry

function entry(account: SeededAccount, seconds: number, overrides: Partial<LogEntry> = {}): LogEntry {
  const startedAt = new Date(Date.now() - 600_000 + seconds * 1000)
  return {
    id: uuid7(startedAt.getTime()), organizationId: account.organizationId, linkedAccountId: account.id, integration: 'acme', model: 'ticketing.Ticket', runId: null, requestId: null, traceId: 'trace', startedAt,
    method: 'GET', host: 'acme.example', path: '/issues', query: '', status: 200, attempt: 1, durationMs: 12, firstByteMs: 9, requestBytes: 0, responseBytes: 100, code: null, remedy: null,
    requestHeaders: {}, responseHeaders: {}, requestBody: null, responseBody: null, ...overrides,
  }
}

beforeAll(async () => {
  db = await testDatabase()
  const vault = openVault(db.database.system, localKms([randomBytes(32)]))
  access = createLocalAccess({ key: randomBytes(32), now: () => at })
  ;({ app } = await testApi(db.database, { routes: [logRoutes({ database: db.database, vault, cursorKeys }), logPages({ database: db.database, vault, access })] }))
  const organization = await seedOrganization(db.database, 'Own & Co')
  const strangers = await seedOrganization(db.database, 'Others')
  own = { ...organization, account: await seedAccount(db.database, organization.organizationId), second: await seedAccount(db.database, organization.organizationId) }
  other = { apiKey: strangers.apiKey, account: await seedAccount(db.database, strangers.organizationId) }
  const logs = openLogWriter({ database: db.database, vault, bodyKey: randomBytes(32), onError: (error) => { throw error } })
  whole = entry(own.account, 1, { path: `/${HOSTILE}`, query: `q=${HOSTILE}`, status: 503, code: 'upstream.rate_limited', remedy: 'wait', runId, requestHeaders: { 'x-note': HOSTILE }, responseBody: `{"id":9007199254740993,"note":${JSON.stringify(HOSTILE)}}`, requestBody: HOSTILE })
  logs.write(whole)
  for (let n = 2; n <= 8; n++) logs.write(entry(own.account, n, { path: `/issues/${n}` }))
  logs.write(entry(own.second, 9, { path: '/users', status: 404, code: 'upstream.not_found', remedy: 'fail' }))
  logs.write(entry(other.account, 10, { path: '/theirs' }))
  for (let n = 0; n < 120; n++) logs.write(entry(other.account, 20 + n, { path: `/many/${n}` }))
  await logs.close()
})
afterAll(async () => { await app.close(); await db.drop() })

const list = async (query = '', headers = asCaller(own.apiKey)) => {
  const response = await app.inject({ url: `/api/v1/logs${query}`, headers })
  return { status: response.statusCode, body: response.json<{ next: string | null; results: Record<string, unknown>[]; searched_after: string | null; code?: string }>() }
}
const show = async (url: string, headers: Record<string, string>) => app.inject({ url, headers })

describe('GET /api/v1/logs', () => {
  test('gives the organisation\'s logs, newest first, and nobody else\'s', async () => {
    const { body } = await list()
    expect(body.results.map((log) => log['path'])).toEqual(['/users', '/issues/8', '/issues/7', '/issues/6', '/issues/5', '/issues/4', '/issues/3', '/issues/2', `/${HOSTILE}`])
    expect(Object.keys(body.results[0]!)).not.toContain('organization_id')
  })

  test('an account token narrows it to that account, and contradicting it is an error', async () => {
    const headers = asCaller(own.apiKey, own.second.token)
    expect((await list('', headers)).body.results).toHaveLength(1)
    expect((await list(`?linked_account_id=${own.account.id}`, headers)).body.code).toBe('request.invalid')
    expect((await list(`?linked_account_id=${own.account.id}`)).body.results).toHaveLength(8)
    expect((await list(`?linked_account_id=${other.account.id}`)).body.results).toEqual([])
  })

  test('T04 a cursor walks the list and is good for nothing else', async () => {
    const paths: unknown[] = []
    let query = '?page_size=4&integration=acme'
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body } = await list(`${query}${cursor === '' ? '' : `&cursor=${cursor}`}`)
      paths.push(...body.results.map((log) => log['path']))
      cursor = body.next
    }
    expect(new Set(paths).size).toBe(9)
    const { body: { next } } = await list('?page_size=4')
    for (const url of [`?page_size=4&method=GET&cursor=${next}`, `?cursor=${next!.slice(0, -2)}`, `?cursor=${next}&linked_account_id=${own.account.id}`]) expect((await list(url)).body.code, url).toBe('request.invalid_cursor')
    expect((await list(`?cursor=${next}`, asCaller(other.apiKey))).body.code).toBe('request.invalid_cursor')
  })

  test.each([['?status_class=4xx', 1], ['?status=503', 1], ['?method=post', 0], ['?path=/issues', 7], ['?path=USERS', 1], [`?run_id=${runId}`, 1], ['?fault_code=upstream.not_found', 1], ['?model=ticketing.Ticket', 9], ['?started_after=2999-01-01T00:00:00Z', 0], ['?started_before=2999-01-01T00:00:00%2B02:00', 9]])('filters by %s', async (query, expected) => {
    const { status, body } = await list(query)
    expect([status, body.results.length]).toEqual([200, expected])
    expect(body.searched_after === null).toBe(!query.includes('path='))
  })

  test.each(['?page_size=-1', '?page_size=0', '?page_size=1001', '?status_class=6xx', '?started_after=yesterday', '?linked_account_id=1', '?nonsense=1', '?cursor=', '?status=99'])('refuses %s', async (query) => {
    expect(await list(query)).toMatchObject({ status: 400 })
  })

  test('one log is given whole to its organisation, and is not there for others', async () => {
    const one = async (headers: Record<string, string>) => app.inject({ url: `/api/v1/logs/${whole.id}`, headers })
    expect((await one(asCaller(own.apiKey))).json()).toMatchObject({ id: whole.id, code: 'upstream.rate_limited', title: 'The vendor asks us to slow down.', request: { headers: { 'x-note': HOSTILE }, body: HOSTILE }, response: { headers: {}, body: whole.responseBody } })
    expect((await one(asCaller(other.apiKey))).statusCode).toBe(404)
    expect((await one(asCaller(own.apiKey, own.second.token))).statusCode).toBe(404)
    expect((await one({})).statusCode).toBe(401)
    const { apiKey } = await seedOrganization(db.database, 'No logs', ['records:read'])
    expect((await one(asCaller(apiKey))).statusCode).toBe(403)
  })
})

describe('the log page', () => {
  const here = { host: 'localhost:3000' }
  const enter = async (): Promise<Record<string, string>> => {
    const link = new URL(await access.issueLink('http://localhost:3000'))
    const response = await app.inject({ url: link.pathname + link.search, headers: here })
    expect(response.statusCode).toBe(303)
    return { ...here, cookie: String(response.headers['set-cookie']).split(';')[0]! }
  }

  test('a link opens it once, for ten minutes, and leaves a cookie that scripts and other sites do not get', async () => {
    const link = new URL(await access.issueLink('http://localhost:3000'))
    const first = await show(link.pathname + link.search, here)
    expect(first.headers['set-cookie']).toMatch(/^intermodal_logs=[\w.-]+; Path=\/logs; HttpOnly; SameSite=Strict; Max-Age=43200$/)
    expect(first.headers.location).toBe('/logs')
    expect((await show(link.pathname + link.search, here)).statusCode).toBe(403)
    const late = new URL(await access.issueLink('http://localhost:3000'))
    at += 601_000
    expect((await show(late.pathname + late.search, here)).statusCode).toBe(403)
    for (const token of ['', 'x', `${link.searchParams.get('token')}x`]) expect((await show(`/logs/enter?token=${token}`, here)).statusCode).toBe(403)
  })

  test('a link from before a restart, and a link used as a session, are refused', async () => {
    const key = randomBytes(32)
    const link = new URL(await createLocalAccess({ key, now: () => at - 5_000 }).issueLink('http://localhost'))
    const restarted = createLocalAccess({ key, now: () => at })
    await expect(restarted.enter(link.searchParams.get('token')!)).rejects.toThrow('used already')
    expect(await restarted.isSession(link.searchParams.get('token')!)).toBe(false)
    const session = await restarted.enter(new URL(await restarted.issueLink('http://localhost')).searchParams.get('token')!)
    expect(await restarted.isSession(session)).toBe(true)
    await expect(restarted.enter(session)).rejects.toThrow('not valid')
    expect(await createLocalAccess({ key: randomBytes(32) }).isSession(session)).toBe(false)
  })

  test('a visit ends after twelve hours', async () => {
    const visitor = await enter()
    expect((await show('/logs', visitor)).statusCode).toBe(200)
    at += 12 * 3_600_000 + 1_000
    expect((await show('/logs', visitor)).statusCode).toBe(403)
  })

  test('T53 it is shown at this machine only: not without a session, not through a proxy, not under another name, not from another page', async () => {
    const visitor = await enter()
    for (const [what, headers] of Object.entries({
      'no session': here, 'x-forwarded-for': { ...visitor, 'x-forwarded-for': '127.0.0.1' }, 'forwarded': { ...visitor, forwarded: 'for=127.0.0.1' }, 'x-real-ip': { ...visitor, 'x-real-ip': '127.0.0.1' },
      'a rebound name': { ...visitor, host: 'evil.example:3000' }, 'a name that only begins so': { ...visitor, host: 'localhost.evil.example' }, 'another site': { ...visitor, 'sec-fetch-site': 'cross-site' }, 'another port of this machine': { ...visitor, 'sec-fetch-site': 'same-site' },
    })) for (const url of ['/logs', `/logs/${whole.id}`]) expect((await show(url, headers)).statusCode, `${what} ${url}`).toBe(403)
    expect((await app.inject({ url: '/logs', headers: visitor, remoteAddress: '192.168.1.7' })).statusCode).toBe(403)
    expect((await app.inject({ url: '/logs', headers: { ...visitor, host: '[::1]:3000' }, remoteAddress: '::1' })).statusCode).toBe(200)
    expect((await app.inject({ url: '/logs', headers: { ...visitor, host: '127.0.0.1:3000' }, remoteAddress: '::ffff:127.0.0.1' })).statusCode).toBe(200)
  })

  test('it lists every organisation\'s requests, filters them, and leads on to older ones', async () => {
    const visitor = await enter()
    const first = await show('/logs', visitor)
    expect(first.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(first.body.match(/<tr>/g)).toHaveLength(101)
    expect(first.body).toContain('Own &amp; Co')
    const older = /<a href="([^"]+)" rel="next">/.exec(first.body)![1]!.replaceAll('&amp;', '&')
    const second = await show(older, visitor)
    expect(second.body.match(/<tr>/g)).toHaveLength(31)
    expect(second.body).toContain('/issues/8')
    expect(second.body).not.toContain('rel="next"')
    for (const [query, rows] of [[`organization=${own.organizationId}`, 9], [`account=${own.second.id}`, 1], ['status=4xx', 1], ['status=none', 0], ['method=POST', 0], ['path=%2Fissues', 7], [`run=${runId}`, 1], ['model=ticketing.User', 0], ['after=2999-01-01T00%3A00', 0], [`organization=${own.organizationId}&before=2999-01-01T00%3A00`, 9]] as const) {
      const { body, statusCode } = await show(`/logs?${query}`, visitor)
      expect([statusCode, (body.match(/<tr>/g)?.length ?? 1) - 1], query).toEqual([200, rows])
    }
    for (const query of ['account=x', 'run=1', 'status=6xx', 'after=now', 'older=x', 'older=2026-01-01T00:00:00Z,1', `older=9999-99-99T99:99:99Z,${randomUUID()}`]) expect((await show(`/logs?${query}`, visitor)).statusCode, query).toBe(400)
  })

  test('one request is shown whole, with what to do, every digit of it, and nothing that a browser would run', async () => {
    const visitor = await enter()
    const { body, headers, statusCode } = await show(`/logs/${whole.id}`, visitor)
    expect(statusCode).toBe(200)
    for (const text of ['The vendor asks us to slow down.', 'as soon as the vendor&#39;s pause is over', '&quot;id&quot;: 9007199254740993', `/logs?account=${own.account.id}&amp;run=${runId}`, 'upstream.rate_limited']) expect(body).toContain(text)
    expect(body.match(/<[^>]*>/g)!.filter((tag) => /^<(script|img|style|iframe|object)|\s(on\w+|style)=/i.test(tag))).toEqual([])
    expect(body.match(/&lt;script&gt;/g)!.length).toBeGreaterThanOrEqual(4)
    expect(headers['content-security-policy']).toBe(`default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`)
    expect((await show(`/logs?path=${encodeURIComponent(HOSTILE)}`, visitor)).body).not.toMatch(/<script|<img/i)
    for (const id of [randomUUID(), 'x', uuid7(0)]) expect((await show(`/logs/${id}`, visitor)).statusCode).toBe(404)
  })

  test('the stylesheet is its own file', async () => {
    const response = await show('/logs/style.css', here)
    expect([response.statusCode, response.headers['content-type']]).toEqual([200, 'text/css; charset=utf-8'])
    expect(response.body).toContain('prefers-color-scheme')
  })
})

test('html escapes every value that it did not make itself', () => {
  expect(html`<a title="${HOSTILE}">${[html`<b>${1}</b>`, HOSTILE, null, undefined, false]}</a>`.text).toBe(`<a title="&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;&lt;img src=x onerror=alert(1)&gt;"><b>1</b>&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;&lt;img src=x onerror=alert(1)&gt;</a>`)
})
