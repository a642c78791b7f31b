import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createApiKey, revokeApiKey } from '#src/organizations/keys'
import { API_KEY, mintToken, parseToken } from '#src/organizations/tokens'
import type { FastifyPluginAsync } from 'fastify'
import { asCaller, testApi, type TestApi } from '../support/api.ts'
import { testDatabase, type TestDatabase } from '../support/db.ts'
import { seedAccount, seedOrganization, seedRecord, type SeededAccount, type SeededRecord } from '../support/seed.ts'

const tickets = '/api/ticketing/v1/tickets'
let db: TestDatabase
let api: TestApi
let a: { organizationId: string; apiKey: string; apiKeyId: string }
let b: typeof a
let accountA: SeededAccount
let accountB: SeededAccount
let ticketB: SeededRecord
let clock = Date.now()

/** A route of each kind, so that every declaration is exercised. */
const extra: FastifyPluginAsync = async (app) => {
  app.post('/api/v1/echo', { config: { scope: 'accounts:write' } }, async ({ body }) => ({ body }))
  app.get('/api/v1/optional', { config: { scope: 'logs:read', account: 'optional' } }, async ({ account }) => ({ account: account?.id ?? null }))
  app.get('/api/v1/careless', { config: { scope: 'logs:read' } }, async ({ account }) => ({ account }))
}

beforeAll(async () => {
  db = await testDatabase()
  api = await testApi(db.database, { routes: [extra], now: () => clock })
  a = await seedOrganization(db.database, 'A')
  b = await seedOrganization(db.database, 'B')
  accountA = await seedAccount(db.database, a.organizationId)
  accountB = await seedAccount(db.database, b.organizationId)
  ticketB = await seedRecord(db.database, accountB, 'ticketing.Ticket', '1', { name: 'secret of B' })
})
afterAll(async () => { await api.app.close(); await db.drop() })

const get = (url: string, headers: Record<string, string> = {}, remoteAddress = '192.0.2.9') => api.app.inject({ url, headers, remoteAddress })

const bare = (body: string): string => body.replaceAll(/req_[0-9a-f]{32}/g, 'REQ')
const forgotten: FastifyPluginAsync = async (app) => { app.get('/api/v1/forgotten', async () => 'open to all') }

describe('who may ask', () => {
  test('T01 another organisation\'s record looks exactly like one that does not exist', async () => {
    const theirs = await get(`${tickets}/${ticketB.id}`, asCaller(a.apiKey, accountA.token))
    const random = await get(`${tickets}/00000000-0000-8000-8000-000000000000`, asCaller(a.apiKey, accountA.token))
    const shapeless = await get(`${tickets}/no-such-ticket`, asCaller(a.apiKey, accountA.token))
    expect([theirs.statusCode, random.statusCode, shapeless.statusCode]).toEqual([404, 404, 404])
    expect(bare(theirs.body)).toBe(bare(random.body))
    expect(bare(theirs.body)).toBe(bare(shapeless.body))
    expect((await get(`${tickets}/${ticketB.id}`, asCaller(b.apiKey, accountB.token))).json()).toMatchObject({ name: 'secret of B' })
  })

  test('T02 one organisation\'s key with another\'s account token names no account, and no row of the other is read', async () => {
    const spy = vi.spyOn(db.database, 'tenantLookup')
    const answer = await get(tickets, asCaller(a.apiKey, accountB.token))
    expect(answer.statusCode).toBe(401)
    expect(answer.json()).toMatchObject({ code: 'request.account_unknown', errors: [{ problem_type: 'LINKED_ACCOUNT_NOT_FOUND' }] })
    expect(spy.mock.calls.map(([organizationId]) => organizationId)).toEqual([a.organizationId])
    spy.mockRestore()
    // Also where the process has just seen the token with the right key.
    expect((await get(tickets, asCaller(b.apiKey, accountB.token))).statusCode).toBe(200)
    expect((await get(tickets, asCaller(a.apiKey, accountB.token))).statusCode).toBe(401)
  })

  test('a missing, foreign or mistyped account token is refused where a route needs one, and not looked at where it does not', async () => {
    for (const token of [undefined, a.apiKey, `${accountA.token}x`, 'nonsense']) expect((await get(tickets, asCaller(a.apiKey, token))).json()).toMatchObject({ status: 401, code: 'request.account_unknown' })
    expect((await get('/api/v1/careless', asCaller(a.apiKey, 'nonsense'), '192.0.2.10')).json()).toEqual({ account: null })
    expect((await get('/api/v1/optional', asCaller(a.apiKey), '192.0.2.10')).json()).toEqual({ account: null })
    expect((await get('/api/v1/optional', asCaller(a.apiKey, accountA.token), '192.0.2.10')).json()).toEqual({ account: accountA.id })
    expect((await get('/api/v1/optional', asCaller(a.apiKey, accountB.token), '192.0.2.10')).statusCode).toBe(401)
  })

  test('T12 a thousand invented keys are refused without asking the database, then told to wait; a valid key is not locked out', async () => {
    const spy = vi.spyOn(db.database.system, 'query')
    const statuses: number[] = []
    for (let n = 0; n < 1_000; n += 1) {
      const { token } = mintToken(API_KEY)
      statuses.push((await get(tickets, asCaller(`${token.slice(0, -6)}000000`, accountA.token), '198.51.100.7')).statusCode)
    }
    expect(spy).not.toHaveBeenCalled()
    spy.mockRestore()
    expect(new Set(statuses.slice(0, 20))).toEqual(new Set([401]))
    expect(new Set(statuses.slice(20))).toEqual(new Set([429]))
    const slowed = await get(tickets, asCaller('nonsense'), '198.51.100.7')
    expect(slowed.headers['retry-after']).toMatch(/^[1-9]\d*$/)
    expect((await get(tickets, asCaller(a.apiKey, accountA.token), '198.51.100.7')).statusCode).toBe(200)
  })

  test('T12 a well-formed key that was never given out, and a right id with a wrong secret, are refused', async () => {
    const stranger = mintToken(API_KEY).token
    expect((await get(tickets, asCaller(stranger, accountA.token), '198.51.100.20')).json()).toMatchObject({ status: 401, code: 'request.unauthenticated' })
    const { publicId } = parseToken(API_KEY, a.apiKey)!
    await db.database.system.query('update api_keys set secret_hash = $2 where public_id = $1', [publicId, Buffer.alloc(32)])
    clock += 5_001
    expect((await get(tickets, asCaller(a.apiKey, accountA.token), '198.51.100.21')).statusCode).toBe(401)
    await db.database.system.query(`update api_keys set secret_hash = sha256($2::bytea) where public_id = $1`, [publicId, Buffer.from(parseToken(API_KEY, a.apiKey)!.secret)])
    clock += 5_001
    expect((await get(tickets, asCaller(a.apiKey, accountA.token), '198.51.100.21')).statusCode).toBe(200)
  })

  test('T09 a key of another environment opens nothing here, though its secret is the right one', async () => {
    // There are live keys only: what is tried out has an installation of its own. The name of the environment is part of the key.
    for (const other of [a.apiKey.replace('im_live_', 'im_test_'), a.apiKey.replace('im_live_', 'im_acct_'), accountA.token.replace('im_acct_', 'im_live_')]) {
      expect(other).not.toBe(a.apiKey)
      expect((await get(tickets, asCaller(other, accountA.token), '198.51.100.22')).json(), other.slice(0, 8)).toMatchObject({ status: 401, code: 'request.unauthenticated' })
    }
    expect((await get(tickets, asCaller(a.apiKey, accountA.token.replace('im_acct_', 'im_test_')), '198.51.100.23')).json()).toMatchObject({ status: 401, code: 'request.account_unknown' })
    expect((await get(tickets, asCaller(a.apiKey, accountA.token), '198.51.100.22')).statusCode).toBe(200)
  })

  test('T14 the database holds no key, and what it holds opens nothing', async () => {
    const { rows } = await db.database.system.query<{ row: string; hash: string }>(`select api_keys::text as row, encode(secret_hash, 'hex') as hash from api_keys`)
    for (const { apiKey } of [a, b]) {
      const { secret } = parseToken(API_KEY, apiKey)!
      // Bytes are shown in hex.
      for (const { row } of rows) for (const form of [secret, Buffer.from(secret).toString('hex'), Buffer.from(secret).toString('base64')]) expect(row).not.toContain(form)
    }
    for (const { hash } of rows) expect((await get(tickets, asCaller(hash, accountA.token), '198.51.100.30')).statusCode).toBe(401)
  })

  test('T15 a revoked key is refused within five seconds by a process that knew it, and at once by one that did not', async () => {
    const fresh = await createApiKey(db.database, { organizationName: 'A', name: 'short-lived' })
    expect((await get(tickets, asCaller(fresh.apiKey, accountA.token))).statusCode).toBe(200)
    await revokeApiKey(db.database, fresh.id)
    clock += 5_001
    expect((await get(tickets, asCaller(fresh.apiKey, accountA.token), '198.51.100.40')).statusCode).toBe(401)
    const other = await testApi(db.database)
    expect((await other.app.inject({ url: tickets, headers: asCaller(fresh.apiKey, accountA.token) })).statusCode).toBe(401)
    await other.app.close()
  })

  test('T15 a key that has expired is refused', async () => {
    const { apiKey } = await createApiKey(db.database, { organizationName: 'A', name: 'until soon', expiresAt: new Date(clock + 1_000) })
    expect((await get(tickets, asCaller(apiKey, accountA.token))).statusCode).toBe(200)
    clock += 1_001
    expect((await get(tickets, asCaller(apiKey, accountA.token), '198.51.100.41')).statusCode).toBe(401)
  })

  test('T15 the last use of a key is noted, at most once a minute', async () => {
    const key = await createApiKey(db.database, { organizationName: 'A', name: 'watched' })
    const lastUsed = async (): Promise<string | null> => (await db.database.system.query<{ at: string | null }>('select last_used_at as at from api_keys where id = $1', [key.id])).rows[0]!.at
    expect(await lastUsed()).toBeNull()
    await get(tickets, asCaller(key.apiKey, accountA.token))
    await vi.waitFor(async () => expect(await lastUsed()).not.toBeNull())
    const first = await lastUsed()
    const spy = vi.spyOn(db.database.system, 'query')
    for (let n = 0; n < 5; n += 1) await get(tickets, asCaller(key.apiKey, accountA.token))
    const updates = (): unknown[] => spy.mock.results.filter((_, n) => JSON.stringify(spy.mock.calls[n]).includes('update api_keys')).map(({ value }) => value as unknown)
    expect(updates()).toEqual([])
    // Another process, or this one a minute of its own clock later: the database decides by its clock.
    clock += 60_001
    await get(tickets, asCaller(key.apiKey, accountA.token))
    expect(updates()).toHaveLength(1)
    await Promise.all(updates())
    spy.mockRestore()
    expect(await lastUsed()).toBe(first)
  })

  test('T08 a key without the scope of the route is refused and told which scope it lacks, on every route', async () => {
    const routes = { 'records:read': tickets, 'logs:read': '/api/v1/optional' } as const
    for (const [scope, url] of Object.entries(routes)) {
      const { apiKey } = await createApiKey(db.database, { organizationName: 'A', name: 'narrow', scopes: ['accounts:read'] })
      const answer = await get(url, asCaller(apiKey, accountA.token))
      expect(answer.json()).toMatchObject({ status: 403, code: 'request.forbidden', required_scope: scope })
      const none = await createApiKey(db.database, { organizationName: 'A', name: 'none', scopes: [] })
      expect((await get(url, asCaller(none.apiKey, accountA.token))).statusCode).toBe(403)
    }
  })

  test('T08 an app with a route that declares no scope does not start', async () => {
    await expect(testApi(db.database, { routes: [forgotten] })).rejects.toThrow('/api/v1/forgotten')
  })

  test('T17 a secret in the address is refused by name, whatever else is right, and reaches no log line', async () => {
    for (const name of ['api_key', 'API_KEY', 'token', 'account_token', 'x-account-token', 'access_token']) {
      const answer = await get(`${tickets}?${name}=s3cr3t-canary`, asCaller(a.apiKey, accountA.token))
      expect(answer.json()).toMatchObject({ status: 400, code: 'request.secret_in_url', errors: [{ source: { parameter: name } }] })
      expect(answer.body).not.toContain('s3cr3t-canary')
    }
    await get('/api/nowhere?api_key=s3cr3t-canary')
    expect(api.logLines.length).toBeGreaterThan(5)
    expect(api.logLines.join('')).not.toContain('s3cr3t-canary')
  })

  test('T18 a forged X-Forwarded-For does not change who is counted', async () => {
    const statuses: number[] = []
    for (let n = 0; n < 25; n += 1) statuses.push((await get(tickets, { 'x-forwarded-for': `203.0.113.${n}`, authorization: 'Bearer wrong' }, '198.51.100.50')).statusCode)
    expect(statuses.slice(20)).toEqual([429, 429, 429, 429, 429])
    expect(api.logLines.join('')).not.toContain('203.0.113.')
  })

  test('T18 behind a proxy that the operator named, the client behind it is counted', async () => {
    const proxied = await testApi(db.database, { config: { trustProxy: ['10.0.0.0/8'] } })
    for (let n = 0; n < 25; n += 1) expect((await proxied.app.inject({ url: tickets, remoteAddress: '10.1.2.3', headers: { 'x-forwarded-for': `203.0.113.${n}`, authorization: 'Bearer wrong' } })).statusCode).toBe(401)
    await proxied.app.close()
  })

  test('T22 answers may not be kept by caches, and two keys at one address see their own data', async () => {
    const [ours, theirs] = [await get(tickets, asCaller(a.apiKey, accountA.token)), await get(tickets, asCaller(b.apiKey, accountB.token))]
    expect([ours.headers['cache-control'], theirs.headers['cache-control']]).toEqual(['private, no-store', 'private, no-store'])
    expect(ours.json().results).toEqual([])
    expect(theirs.json().results).toHaveLength(1)
  })
})
