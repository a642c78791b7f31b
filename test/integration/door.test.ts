import { randomUUID } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { parseAllowed } from '#src/egress/allowed-hosts'
import { openEgress } from '#src/egress/exchange'
import type { EgressLimits } from '#src/egress/exchange'
import { Fault } from '#src/errors'
import type { LogEntry } from '#src/logs/entry'
import { openBudget } from '#src/upstream/budget'
import { createDoor } from '#src/upstream/client'
import type { DoorDeps } from '#src/upstream/client'
import type { DoorAccount, DoorContext } from '#src/upstream/door'
import { testDatabase } from '../support/db.ts'
import type { TestDatabase } from '../support/db.ts'
import { account, KEY, provider } from '../support/door.ts'
import { answer, drip, json, raw, reset, silence, startHostileVendor } from '../support/hostile-vendor.ts'
import type { HostileVendor, Step } from '../support/hostile-vendor.ts'

let db: TestDatabase
beforeAll(async () => { db = await testDatabase() })
afterAll(() => db.drop())
const open: { close: () => Promise<void> }[] = []
afterEach(async () => { await Promise.all(open.splice(0).map((thing) => thing.close())) })

async function vendor(options: Parameters<typeof startHostileVendor>[0] = {}): Promise<HostileVendor> {
  const started = await startHostileVendor(options)
  open.push(started)
  return started
}

/** A door of its own: as another process would have it. */
function door({ limits = {}, ...deps }: Partial<DoorDeps> & { limits?: Partial<EgressLimits> } = {}) {
  const logs: LogEntry[] = []
  const egress = openEgress({ allowed: parseAllowed('acme=127.0.0.0/8'), limits })
  open.push(egress)
  const opened = createDoor({ egress, budget: openBudget({ database: db.database, ...(deps.now === undefined ? {} : { now: deps.now }) }), log: (entry) => logs.push(entry), random: () => 0, ...deps })
  return { door: opened, logs, sender: (who: DoorAccount, context: Partial<DoorContext> = {}) => opened.open(who, { traceId: 'trace', ...context }) }
}
const GET = { method: 'GET', path: '/items' } as const
const faultOf = async (work: Promise<unknown>): Promise<Fault> => {
  const error = await work.then(() => null, (thrown: unknown) => thrown)
  if (!(error instanceof Fault)) throw new Error(`expected a fault, got ${String(error)}`)
  return error
}

describe('a request', () => {
  test('has a body under GET where a vendor asks for one, in the log too', async () => {
    const server = await vendor()
    const { sender, logs } = door()
    server.script(json({ items: [] }))
    await sender(account(server.origin))({ ...GET, body: { filters: { plan: 3 } } })
    expect(server.seen).toMatchObject([{ method: 'GET', url: '/items', headers: { 'content-type': 'application/json' }, body: '{"filters":{"plan":3}}' }])
    expect(logs[0]).toMatchObject({ method: 'GET', requestBody: '{"filters":{"plan":3}}' })
  })

  test('carries the credentials, comes back parsed, and is one log row that tells all but the secrets', async () => {
    const server = await vendor()
    const { sender, logs } = door()
    server.script(json({ items: [1], user: { api_token: 'other-users-token', id: 7 } }, { 'x-request-id': 'abc', 'set-cookie': 'sid=1' }))
    const who = account(`${server.origin}/base/`, { provider: provider({ secretKeys: ['api_token'], headers: { 'x-acme-version': '3' } }) })
    const runId = randomUUID()
    const response = await sender(who, { runId, model: 'ticketing.Ticket' })({ ...GET, query: { page: 2, token: 'in-the-query' } })
    expect(response).toMatchObject({ status: 200, body: { items: [1], user: { id: 7 } } })
    expect(response.body).not.toHaveProperty('user.api_token')
    expect(server.seen).toMatchObject([{ method: 'GET', url: '/base/items?page=2&token=in-the-query', headers: { 'x-acme-key': KEY, 'x-acme-version': '3', 'accept': 'application/json' } }])
    expect(logs).toHaveLength(1)
    expect(logs[0]).toMatchObject({
      id: response.logId, linkedAccountId: who.id, organizationId: who.organizationId, integration: 'acme', model: 'ticketing.Ticket', runId, requestId: null, traceId: 'trace', method: 'GET', host: `127.0.0.1:${server.port}`,
      path: '/base/items', query: 'page=2&token=[redacted]', status: 200, attempt: 1, code: null, remedy: null, requestBody: null, responseBody: '{"items":[1],"user":{"api_token":"[redacted]","id":7}}',
      requestHeaders: { 'x-acme-key': '[redacted]', 'accept': 'application/json' }, responseHeaders: { 'content-type': 'application/json', 'x-request-id': 'abc', 'set-cookie': '[redacted]' },
    })
    expect(new Date(Number.parseInt(response.logId.replace('-', '').slice(0, 12), 16))).toEqual(logs[0]!.startedAt)
  })

  test('with a form sends its numbers and truths as texts, and is what it says', async () => {
    const server = await vendor()
    const { sender, logs } = door()
    server.script(json({ ok: true }))
    await sender(account(server.origin))({ method: 'POST', path: '/items', form: { name: 'é & ü', count: 3, whole: false } })
    expect(server.seen).toMatchObject([{ method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' } }])
    expect(Object.fromEntries(new URLSearchParams(logs[0]!.requestBody!))).toEqual({ name: 'é & ü', count: '3', whole: 'false' })
  })

  test('with a body sends it as JSON, once, whatever comes back', async () => {
    const server = await vendor()
    const { sender, logs } = door()
    server.script(answer(502))
    const fault = await faultOf(sender(account(server.origin))({ method: 'POST', path: '/items', body: { name: 'é', password: 'geheim' } }))
    expect(fault).toMatchObject({ code: 'upstream.unavailable', facts: { upstreamStatus: 502, logId: logs[0]!.id } })
    expect(server.seen).toMatchObject([{ method: 'POST', body: '{"name":"é","password":"geheim"}', headers: { 'content-type': 'application/json' } }])
    expect(logs).toMatchObject([{ requestBody: '{"name":"é","password":"[redacted]"}', code: 'upstream.unavailable', remedy: 'retry' }])
  })

  test('T90 no live secret is in any log row, wherever the vendor echoes it', async () => {
    const server = await vendor()
    const { sender, logs } = door()
    const user = 'canary user@acme.example'
    const password = 'canary/p+ss "word"'
    const basic = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
    const who = account(server.origin, { provider: provider({ auth: { kind: 'basic', fields: {}, user: () => user, password: () => password } }), credentials: async () => ({ user, password }) })
    const other = await vendor()
    other.script(json({ ok: true }))
    server.script(
      json({ echo: { headers: { Authorization: basic }, deep: [[{ note: `${password} and ${encodeURIComponent(password)}` }]], b64: Buffer.from(`x:${password}`).toString('base64') }, authorization: basic }),
      answer(302, { 'location': `${other.origin}/cb?session=${encodeURIComponent(password)}`, 'x-debug': basic, 'server': `${password}, and again ${password}` }),
      answer(422, { 'content-type': 'text/html' }, `<p>Bad password: ${password}</p><input value="${basic}">`),
      answer(500, { 'content-type': 'application/x-www-form-urlencoded' }, new URLSearchParams({ password, user }).toString()),
    )
    const send = sender(who, { retries: false })
    await send({ ...GET, query: { q: password } })
    await send({ ...GET, path: `/users/${encodeURIComponent(password)}` })
    await faultOf(send({ method: 'PUT', path: '/me', body: { password, nested: { list: [password, user] } } }))
    const fault = await faultOf(send(GET))
    expect(logs).toHaveLength(5)
    const everything = JSON.stringify(logs) + JSON.stringify(fault.facts) + fault.message
    for (const secret of [password, user, 'canary', basic.slice(6), encodeURIComponent(password), JSON.stringify(password).slice(1, -1), Buffer.from(password).toString('base64').slice(2, 14)]) expect(everything).not.toContain(secret)
    // The vendor did get it: the log is clean because it was cleaned.
    expect(server.seen[0]!.headers.authorization).toBe(basic)
  })

  test('credentials that cannot be sent are refused without being quoted', async () => {
    const server = await vendor()
    const { sender, logs } = door()
    const fault = await faultOf(sender(account(server.origin, { credentials: async () => ({ key: 'canary\r\nx-evil: 1' }) }))(GET))
    expect(fault.code).toBe('request.invalid')
    expect(`${fault.message}${String(fault.cause)}${String(fault.stack)}`).not.toContain('canary')
    expect([logs.length, server.connections()]).toEqual([0, 0])
  })

  test('T60 each hop of a redirect is a row, and the credentials stay behind', async () => {
    const [server, other] = [await vendor(), await vendor()]
    const { sender, logs } = door()
    server.script(answer(301, { location: `${other.origin}/new` }))
    other.script(json({ moved: true }))
    const response = await sender(account(server.origin))(GET)
    expect(response.body).toEqual({ moved: true })
    expect(JSON.stringify(other.seen)).not.toContain('canary')
    expect(logs.map(({ host, path, status, attempt, code }) => [host, path, status, attempt, code])).toEqual([[`127.0.0.1:${server.port}`, '/items', 301, 1, null], [`127.0.0.1:${other.port}`, '/new', 200, 1, null]])
    expect(response.logId).toBe(logs[1]!.id)
  })

  test('T59 a redirect to where it may not go is a fault whose log shows where that was', async () => {
    const server = await vendor()
    const { sender, logs } = door()
    server.script(answer(302, { location: 'http://169.254.169.254/latest/meta-data' }))
    const fault = await faultOf(sender(account(server.origin))(GET))
    expect(fault.code).toBe('upstream.blocked')
    expect(logs.map(({ host, status, code }) => [host, status, code])).toEqual([[`127.0.0.1:${server.port}`, 302, null], ['169.254.169.254', null, 'upstream.blocked']])
    expect(fault.facts.logId).toBe(logs[1]!.id)
  })
})

describe('retries inside a request', () => {
  test.each<[string, readonly Step[], string]>([
    ['F06 a 502', [answer(502)], 'upstream.unavailable'], ['F06 a reset connection', [reset()], 'upstream.unreachable'], ['F10 an answer cut short', [raw('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"a":')], 'upstream.cut_short'],
    ['F10 a gzip stream cut short', [json(gzipSync('{"a":1}'.padEnd(5000)).subarray(0, 30), { 'content-encoding': 'gzip' })], 'upstream.cut_short'],
    ['F11 half of a JSON text', [json('{"a":[1,2')], 'upstream.not_json'], ['F12 a web page', [answer(200, { 'content-type': 'text/html' }, '<html>')], 'upstream.not_json'], ['F08 silence', [silence()], 'upstream.timed_out'], ['F09 a dripping body', [drip(10)], 'upstream.timed_out'],
  ])('%s: a read is tried again, each try is a row, and it ends after four', async (_what, [bad], code) => {
    const server = await vendor()
    const { sender, logs } = door({ limits: { totalMs: 150 } })
    server.script(bad!, bad!, bad!, json({ at: 'last' }))
    const response = await sender(account(server.origin))(GET)
    expect(response.body).toEqual({ at: 'last' })
    expect(logs.map((log) => [log.attempt, log.code])).toEqual([[1, code], [2, code], [3, code], [4, null]])
    server.script(bad!)
    const fault = await faultOf(sender(account(server.origin))(GET))
    expect([fault.code, fault.facts.logId, logs.length, server.seen.length]).toEqual([code, logs[7]!.id, 8, 8])
  })

  test('F06 the pauses grow and are spread at random, and end within seconds', async () => {
    const server = await vendor()
    server.script(answer(500))
    const slept: number[] = []
    const { sender } = door({ random: () => 1, sleep: async (ms) => { slept.push(ms) } })
    await faultOf(sender(account(server.origin))(GET))
    expect(slept).toEqual([250, 1000, 4000])
    const half: number[] = []
    await faultOf(door({ random: () => 0.5, sleep: async (ms) => { half.push(ms) } }).sender(account(server.origin))(GET))
    expect(half).toEqual([125, 500, 2000])
  })

  test('F06 after ten seconds of trying the fault goes to the run\'s own schedule', async () => {
    const server = await vendor()
    server.script(answer(500))
    let at = 0
    const { sender } = door({ now: () => at, sleep: async () => { at += 11_000 } })
    await faultOf(sender(account(server.origin))(GET))
    expect(server.seen).toHaveLength(2)
  })

  test('one who waits gets the fault at once', async () => {
    const server = await vendor()
    server.script(answer(503))
    const { sender } = door()
    expect((await faultOf(sender(account(server.origin), { retries: false })(GET))).code).toBe('upstream.unavailable')
    expect(server.seen).toHaveLength(1)
  })

  test.each([[404, 'upstream.not_found'], [403, 'upstream.forbidden'], [401, 'upstream.unauthorized'], [422, 'upstream.rejected'], [410, 'upstream.not_found']] as const)('a %i is not tried again', async (status, code) => {
    const server = await vendor()
    server.script(answer(status))
    const { sender, logs } = door()
    expect(await faultOf(sender(account(server.origin))(GET))).toMatchObject({ code, facts: { upstreamStatus: status } })
    expect([server.seen.length, logs.length]).toEqual([1, 1])
  })

  test('F20 a kept-alive connection that the vendor closes is no failure, even for one who waits', async () => {
    const server = await vendor()
    const { sender, logs } = door()
    const send = sender(account(server.origin), { retries: false })
    for (let round = 0; round < 5; round++) {
      server.script(json({ round }))
      expect((await send(GET)).body).toEqual({ round })
      // The vendor drops the idle connection exactly when the next request is on its way.
      server.script(reset(), json({ again: round }))
      expect((await send(GET)).body).toEqual({ again: round })
    }
    expect(logs.filter((log) => log.code !== null)).toHaveLength(5)
    expect(logs).toHaveLength(server.seen.length)
  })

  test('a caller who stops gets his reason, the row says that no answer was taken, and nothing more is sent', async () => {
    const server = await vendor()
    const { sender, logs } = door()
    const controller = new AbortController()
    const reason = new Error('the worker stops')
    server.script((...arrived) => { drip(10)(...arrived); setTimeout(() => controller.abort(reason), 100) })
    await expect(sender(account(server.origin), { signal: controller.signal })(GET)).rejects.toBe(reason)
    expect([server.seen.length, logs.length, logs[0]!.code]).toEqual([1, 1, null])
  })
})

describe('what must not be kept', () => {
  test('T11 a log that is to go without bodies says that there were some, and has nothing of them', async () => {
    const server = await vendor()
    server.script(json({ salary: 'planted-4711' }))
    const { sender, logs } = door()
    expect((await sender(account(server.origin), { bodies: false })({ method: 'POST', path: '/items', body: { salary: 'planted-0815' } })).body).toEqual({ salary: 'planted-4711' })
    expect(JSON.stringify(logs)).not.toContain('planted')
    expect([logs[0]!.requestBody, logs[0]!.responseBody, logs[0]!.responseBytes > 0]).toEqual([expect.stringContaining('not kept'), expect.stringContaining('not kept'), true])
  })
})

describe('rate limits', () => {
  test('F01 a 429 pauses the account for all processes until the vendor\'s moment; nothing sleeps, and other accounts go on', async () => {
    const server = await vendor()
    let at = Date.now()
    const now = (): number => at
    const slept: number[] = []
    const sleep = async (ms: number): Promise<void> => { slept.push(ms) }
    const [here, there] = [door({ now, sleep }), door({ now, sleep })]
    const who = account(server.origin)
    server.script(json({}), json({}), answer(429, { 'retry-after': '120' }), json({ again: true }))
    const send = here.sender(who)
    await send(GET)
    await send(GET)
    const fault = await faultOf(send(GET))
    expect(fault).toMatchObject({ code: 'upstream.rate_limited', facts: { upstreamStatus: 429, logId: here.logs[2]!.id } })
    expect(fault.facts.retryAt!.getTime() - at).toBe(120_000)
    for (const wait of [0, 60_000, 59_000]) {
      at += wait
      expect((await faultOf(send(GET))).facts.retryAt).toEqual(fault.facts.retryAt)
      expect((await faultOf(there.sender(who)(GET))).facts.retryAt).toEqual(fault.facts.retryAt)
    }
    expect(server.seen).toHaveLength(3)
    expect(here.logs.length + there.logs.length).toBe(3)
    expect((await here.sender(account(server.origin, { organizationId: who.organizationId }))(GET)).body).toEqual({ again: true })
    at += 1_001
    expect((await there.sender(who)(GET)).body).toEqual({ again: true })
    expect((await send(GET)).body).toEqual({ again: true })
    expect(slept).toEqual([])
    // The least of a few: what a busy machine adds is not ours.
    server.script(answer(429, { 'retry-after': '120' }))
    const spans: number[] = []
    for (let n = 0; n < 4; n++) {
      const began = performance.now()
      await faultOf(here.sender(account(server.origin))(GET))
      spans.push(performance.now() - began)
    }
    expect(Math.min(...spans)).toBeLessThan(100)
  })

  test('F01 a process that just saw no pause notices another\'s within two seconds', async () => {
    const server = await vendor()
    let at = Date.now()
    const [here, there] = [door({ now: () => at }), door({ now: () => at })]
    const who = account(server.origin)
    server.script(json({}), answer(429, { 'retry-after': '60' }))
    await there.sender(who)(GET)
    at += 1_001
    await faultOf(here.sender(who)(GET))
    at += 1_001
    expect((await faultOf(there.sender(who)(GET))).facts.upstreamStatus).toBeUndefined()
    expect(server.seen).toHaveLength(2)
  })

  test('F01 the return is spread by up to a tenth; F02 without a header it backs off further each time, until an answer is good', async () => {
    const server = await vendor()
    let at = Date.now()
    const { sender } = door({ now: () => at, random: () => 1 })
    const send = sender(account(server.origin))
    const delay = async (): Promise<number> => {
      const until = (await faultOf(send(GET))).facts.retryAt!.getTime()
      const ms = until - at
      at = until + 2_001
      return ms
    }
    server.script(answer(503, { 'retry-after': '100' }), answer(429), answer(429), answer(429, { 'retry-after': 'soon' }), json({}), answer(429))
    expect(await delay()).toBe(110_000)
    expect([await delay(), await delay(), await delay()]).toEqual([2_000, 4_000, 8_000])
    await send(GET)
    expect(await delay()).toBe(1_000)
  })

  test('a pause is never shortened by a later, shorter one', async () => {
    const server = await vendor()
    const at = Date.now()
    const late = (seconds: string): Step => (response) => { setTimeout(() => { response.writeHead(429, { 'retry-after': seconds }).end() }, 50) }
    server.script(late('90'), late('10'))
    const { sender } = door({ now: () => at })
    const who = account(server.origin)
    const faults = await Promise.all([1, 2].map(() => faultOf(sender(who)(GET))))
    expect(faults.map(({ facts }) => facts.retryAt!.getTime() - at)).toContain(90_000)
    const [row] = await db.database.tenantQuery<{ paused_until: string }>(who.organizationId, { text: 'select paused_until from upstream_budgets where linked_account_id = $1', values: [who.id] })
    expect(Date.parse(row!.paused_until) - at).toBe(90_000)
  })

  test('the provider\'s limits bound what is under way at once', async () => {
    const server = await vendor()
    let busy = 0
    let most = 0
    server.script((response) => {
      most = Math.max(most, ++busy)
      setTimeout(() => { busy--; response.writeHead(200, { 'content-type': 'application/json' }).end('{}') }, 20)
    })
    const send = door().sender(account(server.origin, { provider: provider({ limits: { concurrency: 3, requests: { count: 10_000, perSeconds: 1 } } }) }))
    await Promise.all(Array.from({ length: 12 }, () => send(GET)))
    expect([most, server.seen.length]).toEqual([3, 12])
  })
})

describe('what comes back', () => {
  test('F15 a 204 and an empty 200 are null, never an empty list', async () => {
    const server = await vendor()
    const send = door().sender(account(server.origin))
    server.script(answer(204), answer(200))
    expect([(await send(GET)).body, (await send(GET)).body]).toEqual([null, null])
  })

  test('F14 an answer in another charset is read, with every sign', async () => {
    const server = await vendor()
    server.script(answer(200, { 'content-type': 'application/json; charset=utf-16le' }, Buffer.from('\uFEFF{"a":"Zoë 😀"}', 'utf16le')))
    const { sender, logs } = door()
    expect((await sender(account(server.origin))(GET)).body).toEqual({ a: 'Zoë 😀' })
    expect(logs[0]!.responseBody).toBe('{"a":"Zoë 😀"}')
  })

  test('a NUL, an emoji and a megabyte come through, and the log keeps the first part', async () => {
    const server = await vendor()
    const text = `a\0b😀${'x'.repeat(1_000_000)}`
    server.script(json({ description: text }))
    const { sender, logs } = door()
    expect((await sender(account(server.origin))(GET)).body).toEqual({ description: text })
    expect(logs[0]!.responseBody).toMatch(/\[cut here: the first 256 K characters of 10000\d\d bytes are kept\]$/)
  })

  test('T65 an answer beyond the cap is a fault and is not asked for again', async () => {
    const server = await vendor()
    server.script(json(gzipSync(Buffer.alloc(50 * 1048576, 32)), { 'content-encoding': 'gzip' }))
    const { sender, logs } = door()
    expect((await faultOf(sender(account(server.origin))(GET))).code).toBe('upstream.too_large')
    expect([server.seen.length, logs.length]).toEqual([1, 1])
  })

  test('credentials are opened once for many requests, and anew after the vendor refused them', async () => {
    const server = await vendor()
    let opened = 0
    const send = door().sender(account(server.origin, { credentials: async () => { opened++; return { key: `key-${opened}` } } }))
    server.script(json({}), json({}), answer(401), json({}))
    await send(GET)
    await send(GET)
    await faultOf(send(GET))
    await send(GET)
    expect(opened).toBe(2)
    expect(server.seen.map(({ headers }) => headers['x-acme-key'])).toEqual(['key-1', 'key-1', 'key-1', 'key-2'])
  })
})
