import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { localKms, openVault } from '#src/db/seal'
import type { Vault } from '#src/db/seal'
import { uuid7 } from '#src/db/uuid7'
import type { LogEntry, LogWriter } from '#src/logs/entry'
import { pruneLogs } from '#src/logs/prune'
import { getLog, listLogs, systemReader, tenantReader, type LogFilter } from '#src/logs/query'
import { openLogWriter } from '#src/logs/write'
import type { LogWriterOptions } from '#src/logs/write'
import { testDatabase } from '../support/db.ts'
import type { TestDatabase } from '../support/db.ts'

let db: TestDatabase
let vault: Vault
const bodyKey = randomBytes(32)
beforeAll(async () => {
  db = await testDatabase()
  vault = openVault(db.database.system, localKms([randomBytes(32)]))
})
afterAll(() => db.drop())

const ORGANIZATION = randomUUID()
const ACCOUNT = randomUUID()
const lost: { message: string; lost: number }[] = []
const writer = (options: Partial<LogWriterOptions> = {}): LogWriter => openLogWriter({ database: db.database, vault, bodyKey, onError: (error, count) => lost.push({ message: error.message, lost: count }), ...options })

function entry(overrides: Partial<LogEntry> = {}): LogEntry {
  const startedAt = overrides.startedAt ?? new Date()
  return {
    id: uuid7(startedAt.getTime()), organizationId: ORGANIZATION, linkedAccountId: ACCOUNT, integration: 'acme', model: 'ticketing.Ticket', runId: null, requestId: null, traceId: 'trace', startedAt,
    method: 'GET', host: 'acme.example', path: '/issues', query: 'page=1', status: 200, attempt: 1, durationMs: 12, firstByteMs: 9, requestBytes: 0, responseBytes: 100, code: null, remedy: null,
    requestHeaders: { accept: 'application/json' }, responseHeaders: { 'content-type': 'application/json' }, requestBody: null, responseBody: '{"a":1}', ...overrides,
  }
}
const count = async (table: string, where = 'true', values: unknown[] = []): Promise<number> => (await db.database.system.query<{ n: number }>(`select count(*)::int as n from ${table} where ${where}`, values)).rows[0]!.n

describe('writing', () => {
  test('what was written comes back whole, and nothing of it lies open in the tables', async () => {
    const log = entry({ status: null, code: 'upstream.timed_out', remedy: 'retry', firstByteMs: null, runId: randomUUID(), requestId: 'req_1', requestBody: '{"plainly":"visible"}', responseBody: `a\0b😀 ${'plainly visible '.repeat(5000)}`, path: '/with\0nul/\uD800', requestHeaders: { 'x-plainly': 'visible' } })
    const logs = writer()
    logs.write(log)
    await logs.close()
    const back = await getLog(tenantReader(db.database, ORGANIZATION), vault, log.id)
    expect(back).toMatchObject({
      id: log.id, linked_account_id: ACCOUNT, organization_id: ORGANIZATION, integration: 'acme', model: 'ticketing.Ticket', run_id: log.runId, request_id: 'req_1', started_at: expect.stringContaining(log.startedAt.toISOString().slice(0, 23)) as string, method: 'GET', host: 'acme.example',
      path: '/withnul/\uFFFD', query: 'page=1', status: null, attempt: 1, duration_ms: 12, first_byte_ms: null, code: 'upstream.timed_out', remedy: 'retry',
      request_headers: { 'x-plainly': 'visible' }, response_headers: { 'content-type': 'application/json' }, request_body: log.requestBody, response_body: log.responseBody,
    })
    for (const table of ['upstream_logs', 'log_bodies']) {
      const { rows } = await db.database.system.query<{ row: string }>(`select t::text as row from ${table} t`)
      expect(rows.length).toBeGreaterThan(0)
      expect(rows.map(({ row }) => row).join('')).not.toContain('plainly')
      expect(Buffer.from(rows.map(({ row }) => row).join('').replaceAll(/[^0-9a-f]/g, ''), 'hex').toString('latin1')).not.toContain('plainly')
    }
  })

  test('another organisation, and another account of the same one, does not see it', async () => {
    const log = entry()
    const logs = writer()
    logs.write(log)
    await logs.close()
    expect(await getLog(tenantReader(db.database, randomUUID()), vault, log.id)).toBeNull()
    expect(await getLog(tenantReader(db.database, ORGANIZATION), vault, log.id, randomUUID())).toBeNull()
    expect(await getLog(tenantReader(db.database, ORGANIZATION), vault, log.id, ACCOUNT)).not.toBeNull()
  })

  test('a log is in Postgres within 250 ms, without anybody asking', async () => {
    const log = entry()
    const logs = writer()
    logs.write(log)
    const began = performance.now()
    while (await count('upstream_logs', 'id = $1', [log.id]) === 0 && performance.now() - began < 2_000) await new Promise((resolve) => { setTimeout(resolve, 20) })
    expect(performance.now() - began).toBeLessThan(600)
    await logs.close()
  })

  test('thousands at once are all there after close, in the order that they were written', async () => {
    const account = randomUUID()
    const logs = writer()
    const entries = Array.from({ length: 2_500 }, (_, n) => entry({ linkedAccountId: account, path: `/n/${n}`, responseBody: n % 3 === 0 ? null : `body ${n % 50}` }))
    for (const log of entries) logs.write(log)
    await logs.close()
    const found: string[] = []
    for (let after = null as { startedAt: string; id: string } | null, more = true; more;) {
      const page = await listLogs(tenantReader(db.database, ORGANIZATION), { linkedAccountId: account }, { after, limit: 300 })
      found.push(...page.rows.map(({ path }) => path))
      after = page.next
      more = after !== null
    }
    expect(found).toHaveLength(2_500)
    expect(found.toReversed()).toEqual(entries.map(({ path }) => path))
    // Fifty bodies, less those of numbers that 3 divides in every turn: none.
    expect(await count('log_bodies', 'linked_account_id = $1', [account])).toBe(50)
  }, 60_000)

  test('the same body is kept once a day and account, is not told apart by restarts, and does not look the same in two accounts', async () => {
    const [one, two] = [randomUUID(), randomUUID()]
    const body = JSON.stringify({ page: randomUUID() })
    for (let restart = 0; restart < 2; restart++) {
      const logs = writer()
      for (let n = 0; n < 5; n++) for (const linkedAccountId of [one, two]) logs.write(entry({ linkedAccountId, responseBody: body, requestBody: body }))
      await logs.close()
    }
    const yesterday = new Date(Date.now() - 86_400_000)
    const logs = writer()
    logs.write(entry({ linkedAccountId: one, responseBody: body, startedAt: yesterday }))
    await logs.close()
    const { rows } = await db.database.system.query<{ linked_account_id: string; id: string }>('select linked_account_id, id from log_bodies where linked_account_id = any($1)', [[one, two]])
    expect(rows.filter((row) => row.linked_account_id === one)).toHaveLength(2)
    expect(rows.filter((row) => row.linked_account_id === two)).toHaveLength(1)
    expect(new Set(rows.map(({ id }) => id)).size).toBe(2)
    const [log] = (await listLogs(systemReader(db.database), { linkedAccountId: two }, { limit: 1 })).rows
    expect((await getLog(systemReader(db.database), vault, log!.id))!.response_body).toBe(body)
  })

  test('a day without partitions gets them by itself', async () => {
    const startedAt = new Date(Date.now() - 5 * 86_400_000)
    const logs = writer()
    const log = entry({ startedAt })
    logs.write(log)
    await logs.close()
    expect((await getLog(systemReader(db.database), vault, log.id))!.response_body).toBe('{"a":1}')
  })

  test('a row that Postgres will not take is reported, and its neighbours are kept', async () => {
    lost.length = 0
    const account = randomUUID()
    const logs = writer()
    for (let n = 0; n < 20; n++) logs.write(entry({ linkedAccountId: account, ...(n === 7 ? { runId: 'not an id' } : {}) }))
    await logs.close()
    expect(await count('upstream_logs', 'linked_account_id = $1', [account])).toBe(19)
    expect(lost.map((report) => report.lost)).toEqual([1])
  })

  test('while Postgres is away the logs wait, and are there when it is back; the work that they tell of never fails', async () => {
    lost.length = 0
    const account = randomUUID()
    let away = true
    const system = new Proxy(db.database.system, { get: (pool, name) => (name === 'query' && away ? () => Promise.reject(Object.assign(new Error('gone'), { code: '57P01' })) : Reflect.get(pool, name, pool) as unknown) })
    const logs = writer({ database: { ...db.database, system }, retryMs: [50, 100, 200, 400], batchMs: 10 })
    logs.write(entry({ linkedAccountId: account }))
    setTimeout(() => { away = false }, 200)
    await logs.flush()
    expect(await count('upstream_logs', 'linked_account_id = $1', [account])).toBe(1)
    away = true
    for (let n = 0; n < 3; n++) logs.write(entry({ linkedAccountId: account }))
    await logs.close()
    expect(lost).toEqual([{ message: 'gone', lost: 3 }])
  })

  test('a full buffer says how much it lost, and does not grow', async () => {
    lost.length = 0
    const account = randomUUID()
    const logs = writer({ bufferBytes: 50_000 })
    for (let n = 0; n < 100; n++) logs.write(entry({ linkedAccountId: account, responseBody: 'x'.repeat(1_000) }))
    await logs.close()
    const kept = await count('upstream_logs', 'linked_account_id = $1', [account])
    expect(kept).toBe(23)
    expect(lost.map((report) => report.lost)).toEqual([77])
  })
})

describe('bodies', () => {
  test('of all sizes come back as they were, written one after another', async () => {
    const [logs, reader] = [writer(), tenantReader(db.database, ORGANIZATION)]
    const texts = ['{}', `{"ä":"${'ü'.repeat(900)}"}`, randomBytes(40_000).toString('base64'), '😀'.repeat(65_000), 'z'.repeat(65_536), '[]']
    const written = texts.map((text) => entry({ responseBody: text, requestBody: text.toUpperCase() }))
    for (const log of written) logs.write(log)
    await logs.close()
    for (const [n, { id }] of written.entries()) expect(await getLog(reader, vault, id)).toMatchObject({ response_body: texts[n]!, request_body: texts[n]!.toUpperCase() })
  })
})

describe('reading', () => {
  const organization = randomUUID()
  const [first, second] = [randomUUID(), randomUUID()]
  const runId = randomUUID()
  const base = Date.parse(new Date().toISOString().slice(0, 10)) + 1_000
  const read = () => tenantReader(db.database, organization)
  const found = async (filter: LogFilter, now?: number): Promise<string[]> => (await listLogs(read(), filter, { limit: 50, ...(now === undefined ? {} : { now }) })).rows.map(({ trace_id: name }) => name)

  beforeAll(async () => {
    const logs = writer()
    const at = (seconds: number, name: string, overrides: Partial<LogEntry>) => logs.write(entry({ organizationId: organization, linkedAccountId: first, startedAt: new Date(base + seconds * 1000), traceId: name, ...overrides }))
    at(-9 * 86_400, 'old', { path: '/issues/9' })
    at(1, 'ok', { runId })
    at(2, 'missing', { status: 404, code: 'upstream.not_found', path: '/issues/1.json' })
    at(3, 'broken', { status: 502, code: 'upstream.unavailable', linkedAccountId: second, model: 'ticketing.User', path: '/Users' })
    at(4, 'silent', { status: null, code: 'upstream.timed_out', method: 'POST', integration: 'other' })
    at(5, 'moved', { status: 302, path: '/100%_sure' })
    await logs.close()
  })

  test.each<[string, () => LogFilter, string[]]>([
    ['nothing', () => ({}), ['moved', 'silent', 'broken', 'missing', 'ok', 'old']],
    ['account', () => ({ linkedAccountId: second }), ['broken']], ['integration', () => ({ integration: 'other' }), ['silent']], ['model', () => ({ model: 'ticketing.User' }), ['broken']], ['run', () => ({ runId }), ['ok']],
    ['2xx', () => ({ statusClass: '2xx' }), ['ok', 'old']], ['3xx', () => ({ statusClass: '3xx' }), ['moved']], ['4xx', () => ({ statusClass: '4xx' }), ['missing']], ['5xx', () => ({ statusClass: '5xx' }), ['broken']], ['no answer', () => ({ statusClass: 'none' }), ['silent']],
    ['status', () => ({ status: 404 }), ['missing']], ['method', () => ({ method: 'post' }), ['silent']], ['code', () => ({ code: 'upstream.unavailable' }), ['broken']],
    ['path prefix', () => ({ path: '/issues/' }), ['missing']], ['path part, in any case', () => ({ path: 'USER' }), ['broken']], ['signs of patterns, meant as they are', () => ({ path: '0%_s' }), ['moved']], ['a pattern that is none', () => ({ path: '/%' }), []],
    ['path with a beginning', () => ({ path: '/issues/', startedAfter: new Date(base - 10 * 86_400_000).toISOString() }), ['missing', 'old']],
    ['time', () => ({ startedAfter: new Date(base + 2_000).toISOString(), startedBefore: new Date(base + 4_000).toISOString() }), ['broken', 'missing']],
    ['several', () => ({ linkedAccountId: first, statusClass: '4xx', method: 'GET' }), ['missing']],
  ])('filters by %s', async (_what, filter, expected) => {
    expect(await found(filter())).toEqual(expected)
  })

  test('a search by path looks at seven days and says so; other lists do not', async () => {
    const now = base + 60_000
    expect((await listLogs(read(), { path: '/issues' }, { limit: 10, now })).searchedAfter).toBe(new Date(now - 7 * 86_400_000).toISOString())
    expect((await listLogs(read(), { path: '/issues', startedAfter: '2026-01-01T00:00:00Z' }, { limit: 10 })).searchedAfter).toBeNull()
    expect((await listLogs(read(), { statusClass: '5xx' }, { limit: 10 })).searchedAfter).toBeNull()
  })

  test('pages do not repeat or skip, also where many began in the same millisecond', async () => {
    const account = randomUUID()
    const logs = writer()
    const startedAt = new Date()
    const ids = Array.from({ length: 23 }, () => { const log = entry({ organizationId: organization, linkedAccountId: account, startedAt }); logs.write(log); return log.id })
    await logs.close()
    const seen: string[] = []
    for (let after = null as { startedAt: string; id: string } | null, more = true; more;) {
      const page = await listLogs(read(), { linkedAccountId: account }, { after, limit: 5 })
      seen.push(...page.rows.map(({ id }) => id))
      after = page.next
      more = after !== null
    }
    expect(seen).toEqual(ids.toSorted().toReversed())
  })

  test('an id that is no log finds nothing', async () => {
    for (const id of [randomUUID(), uuid7(Date.now()), uuid7(0)]) expect(await getLog(read(), vault, id)).toBeNull()
  })
})

test('T94 logs older than they are kept go with their partitions, bodies too, and the coming days are made', async () => {
  const account = randomUUID()
  const day = 86_400_000
  const now = Date.parse('2027-03-10T12:00:00Z')
  const logs = writer()
  for (const age of [0, 29, 30, 31, 45]) logs.write(entry({ linkedAccountId: account, startedAt: new Date(now - age * day), traceId: String(age), responseBody: `body of ${age}` }))
  await logs.close()
  expect((await pruneLogs(db.database, { retentionDays: 30, now })).dropped).toBeGreaterThanOrEqual(4)
  const left = await listLogs(systemReader(db.database), { linkedAccountId: account }, { limit: 10 })
  expect(left.rows.map((row) => row.trace_id)).toEqual(['0', '29', '30'])
  expect(await count('log_bodies', 'linked_account_id = $1', [account])).toBe(3)
  const { rows } = await db.database.system.query<{ name: string }>(`select relname as name from pg_class where relname ~ '^upstream_logs_p202703(1[0-9])$' order by 1`)
  expect(rows.map(({ name }) => name.slice(-2))).toEqual(['10', '11', '12', '13', '14', '15', '16', '17'])
  expect(await pruneLogs(db.database, { retentionDays: 30, now })).toEqual({ dropped: 0 })
})
