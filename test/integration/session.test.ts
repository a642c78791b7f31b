import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { AnyProvider, Session } from '#kit'
import { parseAllowed } from '#src/egress/allowed-hosts'
import { openEgress, type Egress } from '#src/egress/exchange'
import { Fault } from '#src/errors'
import type { LogEntry } from '#src/logs/entry'
import { ownBudget } from '#src/upstream/budget'
import { createDoor } from '#src/upstream/client'
import type { Door, DoorAccount, RawDoor } from '#src/upstream/door'
import { account, provider } from '../support/door.ts'
import { json, startHostileVendor, type HostileVendor } from '../support/hostile-vendor.ts'

// Credentials that are exchanged for a session: once, however many ask, and again when it ends.
const SECRET = 'canary-client-secret-0123456789'
let vendor: HostileVendor
let egress: Egress
let door: Door & RawDoor
let logs: LogEntry[]
let now: number
let pauses: Date[]
let tokens: number

const exchanging = (changes: Partial<AnyProvider> = {}): AnyProvider => provider({
  auth: {
    kind: 'token_exchange', fields: { secret: { label: 'Secret', pattern: /.+/, maxLength: 200 } },
    ask: ({ secret }) => ({ path: '/auth', form: { grant_type: 'client_credentials', client_secret: secret! } }),
    session: (body): Session | null => { const { token, lasts } = body as { token?: string; lasts?: number }; return token === undefined ? null : { token, ...(lasts !== undefined && { expiresInSeconds: lasts }) } },
    headers: (token) => ({ authorization: `Bearer ${token}` }),
  }, ...changes,
})
let one: DoorAccount
const send = (path = '/list') => door.open(one, { traceId: one.id })({ method: 'GET', path })
const codeOf = (error: unknown) => (error instanceof Fault ? error.code : error)
const exchanges = () => vendor.seen.filter(({ url }) => url === '/auth')

beforeAll(async () => {
  vendor = await startHostileVendor()
  egress = openEgress({ allowed: parseAllowed(`acme=127.0.0.1:${vendor.port}`) })
})
afterAll(async () => { await egress.close(); await vendor.close() })

/** `good` says which tokens the list takes; the exchange gives `box-token-1`, `box-token-2` ... */
function play({ good = () => true, lasts, auth }: { good?: (token: string) => boolean; lasts?: number; auth?: () => ReturnType<typeof json> } = {}): void {
  vendor.script((response, request, socket) => {
    if (request.url === '/auth') return (auth?.() ?? json({ token: `box-token-${++tokens}-canary`, ...(lasts !== undefined && { lasts }) }))(response, request, socket)
    const token = request.headers.authorization?.replace('Bearer ', '') ?? ''
    return (good(token) ? json({ ok: token }) : json({ error: 'expired' }, {}, 401))(response, request, socket)
  })
}

beforeEach(() => {
  logs = []
  pauses = []
  now = Date.now()
  tokens = 0
  ;(vendor.seen as unknown[]).length = 0
  one = account(vendor.origin, { provider: exchanging(), credentials: async () => ({ secret: SECRET }) })
  door = createDoor({ egress, log: (entry) => logs.push(entry), now: () => now, sleep: async () => undefined, budget: ownBudget(() => now, (until) => { pauses.push(until) }) })
})

describe('a session', () => {
  it('is begun once for all that wait for it, in the vendor\'s manner, and is shared by runs', async () => {
    play()
    const answers = await Promise.all(Array.from({ length: 5 }, () => send()))
    await send()
    expect(exchanges()).toHaveLength(1)
    expect([exchanges()[0]!.method, exchanges()[0]!.headers['content-type'], exchanges()[0]!.body]).toEqual(['POST', 'application/x-www-form-urlencoded', `grant_type=client_credentials&client_secret=${SECRET}`])
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
  })

  it('is begun anew a little before it ends', async () => {
    play({ lasts: 3600 })
    await send()
    now += 3_500_000
    await send()
    expect(exchanges()).toHaveLength(1)
    now += 60_000
    await send()
    expect(exchanges()).toHaveLength(2)
  })

  it('F16 that the vendor ended early is begun anew once for all that notice, and what was asked is asked again', async () => {
    play({ good: (token) => !token.startsWith('box-token-1-') })
    const answers = await Promise.all(Array.from({ length: 6 }, () => send()))
    expect(answers.every(({ status }) => status === 200)).toBe(true)
    expect(exchanges()).toHaveLength(2)
  })

  it('is not begun for ever: a new one that is refused too is a matter for the customer', async () => {
    play({ good: () => false })
    expect(await send().catch(codeOf)).toBe('upstream.unauthorized')
    expect(exchanges()).toHaveLength(2)
    expect(vendor.seen).toHaveLength(4)
  })

  it.each([[400, 'upstream.unauthorized'], [401, 'upstream.unauthorized'], [403, 'upstream.unauthorized'], [200, 'upstream.unauthorized']] as const)('that the vendor refuses with %i means that the customer must connect again', async (status, code) => {
    play({ auth: () => json({ error: 'invalid_client' }, {}, status) })
    expect(await send().catch(codeOf)).toBe(code)
    expect(vendor.seen).toHaveLength(1)
    play()
    expect((await send()).status).toBe(200)
  })

  it('waits as the vendor asks where the exchange itself is limited', async () => {
    play({ auth: () => json({}, { 'retry-after': '30' }, 429) })
    expect(await send().catch(codeOf)).toBe('upstream.rate_limited')
    expect((pauses[0]!.getTime() - now) / 1000).toBeGreaterThanOrEqual(30)
  })

  it('is tried again where the exchange fails in passing', async () => {
    let failed = 0
    play({ auth: () => (failed++ < 2 ? json({}, {}, 502) : json({ token: 'box-token-9-canary' })) })
    expect((await send()).status).toBe(200)
    expect(exchanges()).toHaveLength(3)
  })

  it('of other credentials is another', async () => {
    play()
    await send()
    one = { ...one, credentials: async () => ({ secret: `${SECRET}-new` }) }
    await send()
    expect(exchanges().map(({ body }) => body.endsWith('-new'))).toEqual([false, true])
  })

  it('leaves neither the credentials nor its token in a log', async () => {
    play({ good: (token) => !token.startsWith('box-token-1-') })
    await send(`/list?echo=box-token-2-canary&s=${SECRET}`.replace(/\?.*/, ''))
    await send().catch(() => undefined)
    expect(logs.length).toBeGreaterThanOrEqual(5)
    expect(JSON.stringify(logs)).not.toMatch(/canary/)
  })

  it('serves requests of callers too', async () => {
    play({ good: (token) => !token.startsWith('box-token-1-') })
    expect((await door.pass(one, { traceId: one.id }, { method: 'POST', path: '/list', search: '', headers: {}, body: null })).status).toBe(200)
    expect(exchanges()).toHaveLength(2)
  })
})

describe('a silence that a vendor asks for in its own words', () => {
  it('is kept as long as the adapter reads from them', async () => {
    one = account(vendor.origin, { provider: provider({ limits: { concurrency: 1, requests: { count: 1000, perSeconds: 1 }, wait: ({ body, headers }) => ((body as { reset?: number } | null)?.reset ?? (headers.has('x-interval-ms') ? Number(headers.get('x-interval-ms')) / 1000 : null)) } }) })
    for (const [step, seconds] of [[json({ reset: 42 }, { 'retry-after': '7' }, 429), 42], [json({}, { 'x-interval-ms': '10000' }, 429), 10], [json({}, { 'retry-after': '7' }, 429), 7]] as const) {
      pauses.length = 0
      now += 100_000
      vendor.script(step)
      await send().catch(() => undefined)
      expect((pauses[0]!.getTime() - now) / 1000).toBeGreaterThanOrEqual(seconds)
      expect((pauses[0]!.getTime() - now) / 1000).toBeLessThan(seconds * 1.1 + 1)
    }
  })
})

describe('a search that is sent with POST', () => {
  it('is a read: it is tried again like one, and a write is not', async () => {
    one = account(vendor.origin)
    vendor.script(json({}, {}, 502), json({ ok: true }))
    const ask = door.open(one, { traceId: one.id })
    expect((await ask({ method: 'POST', path: '/search', body: { a: 1 }, isRead: true, headers: { 'x-version': '2' }, query: { id: [1, 2] } })).status).toBe(200)
    expect(vendor.seen.map(({ url, body, headers }) => [url, body, headers['content-type'], headers['x-version']])).toEqual(Array.from({ length: 2 }, () => ['/search?id=1&id=2', '{"a":1}', 'application/json', '2']))
    vendor.script(json({}, {}, 502), json({ ok: true }))
    expect(await ask({ method: 'POST', path: '/make', body: { a: 1 } }).catch(codeOf)).toBe('upstream.unavailable')
  })
})
