import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { rateLimiter } from '#src/http/rate-limit'
import { asCaller, testApi, type TestApi } from '../support/api.ts'
import { testDatabase, type TestDatabase } from '../support/db.ts'
import { seedAccount, seedOrganization, type SeededAccount } from '../support/seed.ts'

let db: TestDatabase
let api: TestApi
let at = Date.now()
let apiKey: string
let [a, b]: SeededAccount[] = []
beforeAll(async () => {
  db = await testDatabase()
  api = await testApi(db.database, { config: { trustProxy: [], rateLimitPerMinute: 10 }, now: () => at })
  const organization = await seedOrganization(db.database, 'Limited')
  apiKey = organization.apiKey
  ;[a, b] = [await seedAccount(db.database, organization.organizationId), await seedAccount(db.database, organization.organizationId)]
})
afterAll(async () => { await api.app.close(); await db.drop() })
afterEach(() => { vi.useRealTimers() })
const ask = (token?: string) => api.app.inject({ url: token === undefined ? '/api/organizations/integrations' : '/api/ticketing/v1/tickets', headers: asCaller(apiKey, token) })

describe('how often a caller may ask', () => {
  test('every answer says how much is left; the one too many is a 429 that says when to come back, and then it works', async () => {
    // `Retry-After` counts from the clock of the answer, which stands still like the limiter's.
    vi.useFakeTimers({ toFake: ['Date'], now: at })
    for (let left = 9; left >= 0; left -= 1) {
      const { statusCode, headers } = await ask(a!.token)
      expect([statusCode, headers['ratelimit-limit'], headers['ratelimit-remaining'], headers['ratelimit-reset']]).toEqual([200, '10', String(left), String((10 - left) * 6)])
    }
    const refused = await ask(a!.token)
    expect([refused.statusCode, refused.headers['retry-after'], refused.headers['ratelimit-remaining']]).toEqual([429, '6', '0'])
    expect(refused.json()).toMatchObject({ code: 'request.too_many', retryable: true })
    // Another account, and the key without one, have their own.
    expect((await ask(b!.token)).headers['ratelimit-remaining']).toBe('9')
    expect((await ask()).headers['ratelimit-remaining']).toBe('9')
    at += 5_999
    expect((await ask(a!.token)).statusCode).toBe(429)
    at += 1
    expect((await ask(a!.token)).statusCode).toBe(200)
    expect((await ask(a!.token)).statusCode).toBe(429)
  })

  test('a refused request uses nothing up, and who has no key is not counted', async () => {
    at += 600_000
    expect((await ask(a!.token)).headers['ratelimit-remaining']).toBe('9')
    const stranger = await api.app.inject({ url: '/api/ticketing/v1/tickets' })
    expect([stranger.statusCode, stranger.headers['ratelimit-limit']]).toEqual([401, undefined])
    expect((await ask(a!.token)).headers['ratelimit-remaining']).toBe('8')
  })

  test('no window of a minute ever lets more than twice a minute\'s share through, however it lies', () => {
    let now = 0
    const { take } = rateLimiter({ perMinute: 60, now: () => now })
    const passed: number[] = []
    for (; now < 300_000; now += 97) if (take('x').allowed) passed.push(now)
    for (const from of passed) expect(passed.filter((moment) => moment >= from && moment < from + 60_000).length).toBeLessThanOrEqual(120)
    expect(passed.filter((moment) => moment >= 60_000 && moment < 120_000).length).toBeLessThanOrEqual(61)
    expect(passed.length).toBeGreaterThan(60 + 4 * 58)
  })

  test('without a limit there are no headers and nothing is counted', async () => {
    const free = await testApi(db.database, { config: { trustProxy: [], rateLimitPerMinute: 0 } })
    const { statusCode, headers } = await free.app.inject({ url: '/api/organizations/integrations', headers: asCaller(apiKey) })
    expect([statusCode, headers['ratelimit-limit']]).toEqual([200, undefined])
    await free.app.close()
  })
})
