import { afterEach, describe, expect, it } from 'vitest'
import type { SandboxVendor } from '#kit'
import type { ScriptedFault } from '#src/sandbox/faults'
import { startSandbox, type Sandbox } from '#src/sandbox/start'

interface Shop { things: { id: number; name: string }[] }

// A vendor that nobody knows: the engine of the sandbox knows none.
const shop: SandboxVendor<Shop> = {
  link: (origin) => ({ setup: { base_url: origin }, credentials: { key: 'k' } }),
  grow: (size) => ({ things: Array.from({ length: size }, (_, index) => ({ id: index + 1, name: `Thing ${index + 1}` })) }),
  secrets: () => [],
  change: () => ({}), remove: () => ({}), counts: () => ({}), troubles: [],
  routes: [
    { method: 'GET', path: '/things.json', answer: ({ query }, world) => ({ status: 200, body: { things: world.things.slice(Number(query.get('offset') ?? 0)).slice(0, 2) } }) },
    { method: 'GET', path: '/things/:id.json', answer: ({ params }, world) => ({ status: 200, body: world.things[Number(params['id']) - 1] ?? null }) },
    { method: 'POST', path: '/shops/:shop/things', answer: ({ params, body, headers }) => ({ status: 201, headers: { 'x-shop': params['shop']! }, body: { body, agent: headers.get('x-agent') } }) },
  ],
  otherwise: { status: 404, body: 'nothing here' },
}

const open: Sandbox<Shop>[] = []
const start = async (...faults: ScriptedFault[]): Promise<Sandbox<Shop>> => {
  const sandbox = await startSandbox({ vendor: shop, size: 5, faults })
  open.push(sandbox)
  return sandbox
}
afterEach(async () => { await Promise.all(open.splice(0).map((sandbox) => sandbox.close())) })
const get = (sandbox: Sandbox<Shop>, path = '/things.json', init: RequestInit = {}) => fetch(sandbox.origin + path, { ...init, signal: AbortSignal.timeout(5_000) })

describe('a vendor in a box', () => {
  it('answers by the vendor\'s routes, over real HTTP, on the loopback', async () => {
    const sandbox = await start()
    expect(new URL(sandbox.origin).hostname).toBe('127.0.0.1')
    expect(await (await get(sandbox, '/things.json?offset=4')).json()).toEqual({ things: [{ id: 5, name: 'Thing 5' }] })
    expect(await (await get(sandbox, '/things/2.json')).json()).toEqual({ id: 2, name: 'Thing 2' })
    const missing = await get(sandbox, '/things/2/parts.json')
    expect([missing.status, await missing.text()]).toEqual([404, 'nothing here'])
  })

  it('hands routes the parameters, headers and the body', async () => {
    const sandbox = await start()
    const response = await get(sandbox, '/shops/caf%C3%A9%20noir/things', { method: 'POST', headers: { 'x-agent': 'a' }, body: '{"name":"new"}' })
    expect([response.status, response.headers.get('x-shop'), await response.json()]).toEqual([201, 'café noir', { body: { name: 'new' }, agent: 'a' }])
  })

  it('shows a mistake in a route instead of hiding it', async () => {
    const sandbox = await start()
    sandbox.world.things = null as never
    const response = await get(sandbox)
    expect([response.status, await response.text()]).toEqual([500, expect.stringContaining('TypeError')])
  })

  it('shows a change of its world in the next answer', async () => {
    const sandbox = await start()
    sandbox.world.things.shift()
    expect(await (await get(sandbox)).json()).toMatchObject({ things: [{ id: 2 }, { id: 3 }] })
  })

  it('writes every request down, in order, with what became of it', async () => {
    const sandbox = await start({ kind: 'drop', at: 2 })
    await get(sandbox, '/things.json?offset=2')
    await expect(get(sandbox)).rejects.toThrow()
    await get(sandbox, '/nowhere')
    expect(sandbox.requests.map(({ method, path, query, status, fault }) => [method, path, query, status, fault])).toEqual([
      ['GET', '/things.json', '?offset=2', 200, null], ['GET', '/things.json', '', null, 'drop'], ['GET', '/nowhere', '', 404, null],
    ])
  })

  it('frees its port when it is closed, also with a request under way', async () => {
    const sandbox = await start({ kind: 'hang' })
    const waiting = get(sandbox).catch((error: unknown) => error)
    while (sandbox.requests.length === 0) await new Promise((resolve) => { setTimeout(resolve, 5) })
    await sandbox.close()
    expect(await waiting).toBeInstanceOf(Error)
    const again = await startSandbox({ vendor: shop, size: 1, port: sandbox.port })
    open.push(again)
    expect(again.port).toBe(sandbox.port)
  })
})

describe('faults at will', () => {
  it('strike at the nth request that matches, as often as told, and then never more', async () => {
    const sandbox = await start({ kind: 'status', status: 502, match: /^GET \/things\.json/, at: 2, times: 2 })
    const statuses: number[] = []
    for (const path of ['/things.json', '/things/1.json', '/things.json', '/things.json?offset=1', '/things.json']) statuses.push((await get(sandbox, path)).status)
    expect(statuses).toEqual([200, 200, 502, 502, 200])
    expect(sandbox.faults.pending()).toBe(0)
  })

  it('are added and taken back while it runs', async () => {
    const sandbox = await start()
    sandbox.faults.add({ kind: 'status', status: 500, times: 10 })
    expect((await get(sandbox)).status).toBe(500)
    sandbox.faults.clear()
    expect((await get(sandbox)).status).toBe(200)
  })

  it.each([
    [{ kind: 'retry_after', after: '7' }, 429, { 'retry-after': '7' }, '{"error":"slow down"}'],
    [{ kind: 'retry_after', after: '120', status: 503 }, 503, { 'retry-after': '120' }, '{"error":"slow down"}'],
    [{ kind: 'empty' }, 200, {}, ''],
    [{ kind: 'other_shape' }, 200, {}, '{"surprise":true}'],
    [{ kind: 'garbage_json' }, 200, { 'content-type': 'application/json' }, '{"items": [1, 2,'],
    [{ kind: 'huge', bytes: 10 }, 200, {}, '"xxxxxxxxxx"'],
    [{ kind: 'status', status: 401, body: { no: 1 }, headers: { 'x-a': 'b' } }, 401, { 'x-a': 'b' }, '{"no":1}'],
  ] as const)('answer %j', async (fault, status, headers, body) => {
    const response = await get(await start(fault))
    expect([response.status, await response.text()]).toEqual([status, body])
    for (const [name, value] of Object.entries(headers)) expect(response.headers.get(name)).toBe(value)
  })

  it('send a page for people, or elsewhere', async () => {
    const sandbox = await start({ kind: 'html' }, { kind: 'redirect', to: 'https://elsewhere.example/', at: 2 })
    expect((await get(sandbox)).headers.get('content-type')).toMatch('text/html')
    const moved = await get(sandbox, '/things.json', { redirect: 'manual' })
    expect([moved.status, moved.headers.get('location')]).toEqual([302, 'https://elsewhere.example/'])
  })

  it('break an answer off half-way, though its length was announced', async () => {
    const response = await get(await start({ kind: 'cut_short' }))
    expect(response.status).toBe(200)
    await expect(response.text()).rejects.toThrow()
  })

  it('let an answer drip, or wait', async () => {
    const sandbox = await start({ kind: 'drip', bytes: 10, everyMs: 5 }, { kind: 'delay', ms: 60, at: 2 })
    const right = '{"things":[{"id":1,"name":"Thing 1"},{"id":2,"name":"Thing 2"}]}'
    const began = performance.now()
    expect(await (await get(sandbox)).text()).toBe(right)
    expect(performance.now() - began).toBeGreaterThan(25)
    const waited = performance.now()
    expect(await (await get(sandbox)).text()).toBe(right)
    expect(performance.now() - waited).toBeGreaterThan(50)
  })

  it('give the first page again and again', async () => {
    const sandbox = await start({ kind: 'loop', at: 2, times: 2 })
    const first = await (await get(sandbox)).text()
    expect(await (await get(sandbox, '/things.json?offset=2')).text()).toBe(first)
    expect(await (await get(sandbox, '/things.json?offset=4')).text()).toBe(first)
    expect(await (await get(sandbox, '/things.json?offset=4')).text()).not.toBe(first)
  })
})
