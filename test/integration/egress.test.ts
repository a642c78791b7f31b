import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { parseAllowed } from '#src/egress/allowed-hosts'
import { openEgress } from '#src/egress/exchange'
import type { Egress, EgressOptions, EgressRequest, Hop } from '#src/egress/exchange'
import { Fault } from '#src/errors'
import { special } from '../support/addresses.ts'
import { certificate } from '../support/certificate.ts'
import { answer, drip, json, raw, reset, silence, startHostileVendor } from '../support/hostile-vendor.ts'
import type { HostileVendor } from '../support/hostile-vendor.ts'

const open: { close: () => Promise<void> }[] = []
afterEach(async () => { await Promise.all(open.splice(0).map((thing) => thing.close())) })

async function vendor(options: Parameters<typeof startHostileVendor>[0] = {}): Promise<HostileVendor> {
  const started = await startHostileVendor(options)
  open.push(started)
  return started
}
function egress(options: Partial<EgressOptions> = {}): Egress {
  const opened = openEgress({ allowed: parseAllowed('acme=127.0.0.0/8,acme=::1/128'), ...options })
  open.push(opened)
  return opened
}
const get = (url: string, more: Partial<EgressRequest> = {}): EgressRequest => ({ provider: 'acme', method: 'GET', url: new URL(url), headers: new Headers({ 'accept-encoding': 'gzip, br, deflate' }), body: null, ...more })
const faultOf = async (work: Promise<unknown>): Promise<Fault> => {
  const error = await work.then(() => null, (thrown: unknown) => thrown)
  if (!(error instanceof Fault)) throw new Error(`expected a fault, got ${String(error)}`)
  return error
}
const within = async (ms: number, work: () => Promise<Fault>): Promise<Fault> => {
  const began = performance.now()
  const fault = await work()
  const took = performance.now() - began
  expect(took).toBeGreaterThan(ms - 50)
  expect(took).toBeLessThan(ms + 500)
  return fault
}
const PAGE = JSON.stringify({ items: Array.from({ length: 200 }, (_, id) => ({ id, name: `Zoë ${id}` })) })

describe('where it may go', () => {
  test('T56 no special address gets as much as a TCP connection, whether it is written down or looked up', async () => {
    const server = await vendor()
    const closed = openEgress({ allowed: parseAllowed('acme=10.99.0.0/16'), lookup: async (host) => [Buffer.from(host.split('.')[0]!, 'hex').toString()] })
    open.push(closed)
    for (const address of special) {
      const literal = address.includes(':') ? `[${address}]` : address
      for (const scheme of ['http', 'https']) {
        expect((await faultOf(closed.exchange(get(`${scheme}://${literal}:${server.port}/`)))).code, address).toBe('upstream.blocked')
        expect((await faultOf(closed.exchange(get(`${scheme}://${Buffer.from(address).toString('hex')}.example:${server.port}/`)))).code, address).toBe('upstream.blocked')
      }
    }
    expect(server.connections()).toBe(0)
    // The same server is reached once it is listed: the zero above is not for want of a listener.
    expect((await egress().exchange(get(`${server.origin}/`))).status).toBe(200)
    expect(server.connections()).toBe(1)
  })

  test('T58 a name that first points outside and then inside is refused at the second connection', async () => {
    const server = await vendor()
    const answers = [['127.0.0.1'], ['127.0.0.2']]
    let asked = 0
    const rebound = egress({ allowed: parseAllowed(`acme=127.0.0.1/32`), lookup: async () => answers[asked++]! })
    server.script(json({}, { connection: 'close' }))
    expect((await rebound.exchange(get(`http://rebind.example:${server.port}/`))).status).toBe(200)
    expect((await faultOf(rebound.exchange(get(`http://rebind.example:${server.port}/`)))).code).toBe('upstream.blocked')
    expect([asked, server.connections()]).toEqual([2, 1])
  })

  test('T58 a name with one address outside and one inside is refused as a whole', async () => {
    const server = await vendor()
    const mixed = egress({ allowed: parseAllowed('acme=127.0.0.1/32'), lookup: async () => ['127.0.0.1', '10.0.0.1'] })
    expect((await faultOf(mixed.exchange(get(`http://mixed.example:${server.port}/`)))).code).toBe('upstream.blocked')
    expect(server.connections()).toBe(0)
  })

  test('a socket that one provider may open is never another provider\'s', async () => {
    const server = await vendor()
    const shared = egress({ allowed: parseAllowed('acme=127.0.0.0/8'), lookup: async () => ['127.0.0.1'] })
    expect((await shared.exchange(get(`http://intra.example:${server.port}/`))).status).toBe(200)
    expect((await faultOf(shared.exchange(get(`http://intra.example:${server.port}/`, { provider: 'other' })))).code).toBe('upstream.blocked')
    expect(server.seen).toHaveLength(1)
  })

  test('T56 its own listener is refused even where everything is allowed', async () => {
    const server = await vendor()
    const careful = egress({ ownPorts: () => [server.port] })
    expect((await faultOf(careful.exchange(get(server.origin)))).code).toBe('upstream.blocked')
    expect(server.connections()).toBe(0)
  })

  test('T68 proxy settings of the environment are not used', async () => {
    const server = await vendor()
    const proxy = await vendor()
    const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy', 'ALL_PROXY', 'NODE_USE_ENV_PROXY'] as const
    const before = names.map((name) => process.env[name])
    try {
      for (const name of names) process.env[name] = name === 'NODE_USE_ENV_PROXY' ? '1' : proxy.origin
      expect((await egress().exchange(get(server.origin))).status).toBe(200)
    } finally {
      names.forEach((name, at) => { if (before[at] === undefined) delete process.env[name]; else process.env[name] = before[at] })
    }
    expect([server.seen.length, proxy.connections()]).toEqual([1, 0])
  })

  test('T68 a dispatcher, socket path or agent in a request changes nothing', async () => {
    const server = await vendor()
    const other = await vendor()
    const smuggled = { dispatcher: { dispatch: () => { throw new Error('used') } }, socketPath: '/tmp/nowhere.sock', agent: {}, origin: other.origin }
    expect((await egress().exchange({ ...get(server.origin), ...smuggled })).status).toBe(200)
    expect([server.seen.length, other.connections()]).toEqual([1, 0])
  })
})

describe('redirects', () => {
  const secret = { 'authorization': 'Bearer canary-1', 'x-api-key': 'canary-2', 'x-acme-session': 'canary-3', 'cookie': 'canary-4' }

  test('T60 nothing that lets us in follows a redirect to another origin; at the same origin it does', async () => {
    const [first, second] = [await vendor(), await vendor()]
    first.script(answer(302, { location: '/moved' }), answer(307, { location: `${second.origin}/elsewhere` }))
    second.script(json({ ok: true }))
    const hops: Hop[] = []
    const done = await egress().exchange(get(`${first.origin}/start`, { headers: new Headers({ ...secret, accept: 'application/json' }), onHop: (hop) => hops.push(hop) }))
    expect(done.status).toBe(200)
    expect(first.seen[1]!.headers).toMatchObject(secret)
    expect(JSON.stringify(second.seen)).not.toContain('canary')
    expect(second.seen[0]!.headers.accept).toBe('application/json')
    expect(hops.map((hop) => [hop.status, hop.url.href])).toEqual([[302, `${first.origin}/start`], [307, `${first.origin}/moved`], [200, `${second.origin}/elsewhere`]])
  })

  test('T59 F19 a redirect to a place that may not be contacted is refused, one to a listed place is followed', async () => {
    const [listed, inside] = [await vendor(), await vendor({ host: '127.0.0.2' })]
    const careful = egress({ allowed: parseAllowed('acme=127.0.0.1/32') })
    for (const target of ['http://169.254.169.254/latest/meta-data', `${inside.origin}/`, 'http://[::ffff:7f00:2]/', 'file:///etc/passwd', 'gopher://127.0.0.1/']) {
      listed.script(answer(308, { location: target }))
      expect((await faultOf(careful.exchange(get(listed.origin)))).code, target).toBe('upstream.blocked')
    }
    expect(inside.connections()).toBe(0)
    const region = await vendor()
    region.script(json({ region: 2 }))
    listed.script(answer(308, { location: `${region.origin}/` }))
    expect((await careful.exchange(get(listed.origin))).body.toString()).toBe('{"region":2}')
  })

  test('T59 a redirect loop ends after three hops', async () => {
    const server = await vendor()
    server.script(answer(302, { location: '/' }))
    expect((await faultOf(egress().exchange(get(server.origin)))).code).toBe('upstream.unexpected')
    expect(server.seen).toHaveLength(4)
  })

  test('T59 a redirect from https to http is refused', async () => {
    const pair = certificate({ name: 'vendor.example' })
    const [safe, plain] = [await vendor({ tls: pair }), await vendor()]
    safe.script(answer(302, { location: `${plain.origin}/` }))
    const trusting = egress({ ca: pair.cert, lookup: async () => ['127.0.0.1'] })
    expect((await faultOf(trusting.exchange(get(`https://vendor.example:${safe.port}/`)))).code).toBe('upstream.blocked')
    expect([safe.seen.length, plain.connections()]).toEqual([1, 0])
  })

  test('a request that changes something is not repeated at another address', async () => {
    const [first, second] = [await vendor(), await vendor()]
    first.script(answer(307, { location: `${second.origin}/` }))
    expect((await faultOf(egress().exchange(get(first.origin, { method: 'POST', body: '{"a":1}' })))).code).toBe('upstream.unexpected')
    expect(second.connections()).toBe(0)
  })
})

describe('TLS', () => {
  test.each([
    ['self-signed and unknown', { name: 'vendor.example' }, false],
    ['for another host', { name: 'other.example' }, true],
    ['expired', { name: 'vendor.example', from: new Date(Date.now() - 7_200_000), to: new Date(Date.now() - 3_600_000) }, true],
    ['not yet valid', { name: 'vendor.example', from: new Date(Date.now() + 3_600_000), to: new Date(Date.now() + 7_200_000) }, true],
  ])('T66 a certificate that is %s is refused before anything is sent', async (_what, options, trusted) => {
    const pair = certificate(options)
    const server = await vendor({ tls: pair })
    const careful = egress({ lookup: async () => ['127.0.0.1'], ...(trusted ? { ca: pair.cert } : {}) })
    expect((await faultOf(careful.exchange(get(`https://vendor.example:${server.port}/`)))).code).toBe('upstream.tls')
    expect(server.seen).toHaveLength(0)
  })

  test('T66 a valid certificate is taken, also with NODE_TLS_REJECT_UNAUTHORIZED=0 in force it is looked at', async () => {
    const good = certificate({ name: 'vendor.example' })
    const bad = certificate({ name: 'vendor.example' })
    const [first, second] = [await vendor({ tls: good }), await vendor({ tls: bad })]
    const careful = egress({ lookup: async () => ['127.0.0.1'], ca: good.cert })
    expect((await careful.exchange(get(`https://vendor.example:${first.port}/`))).status).toBe(200)
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
    try {
      expect((await faultOf(careful.exchange(get(`https://vendor.example:${second.port}/`)))).code).toBe('upstream.tls')
    } finally {
      delete process.env['NODE_TLS_REJECT_UNAUTHORIZED']
    }
  })
})

describe('bodies', () => {
  test.each([
    ['plain', null, Buffer.from(PAGE)], ['gzip', 'gzip', gzipSync(PAGE)], ['deflate', 'deflate', deflateSync(PAGE)], ['deflate without its header', 'deflate', deflateRawSync(PAGE)],
    ['brotli', 'br', brotliCompressSync(PAGE)], ['gzip twice', 'gzip, gzip', gzipSync(gzipSync(PAGE))],
  ])('a %s body comes whole', async (_what, encoding, bytes) => {
    const server = await vendor()
    server.script(json(bytes, encoding === null ? {} : { 'content-encoding': encoding }))
    const done = await egress().exchange(get(server.origin))
    expect(done.body.toString()).toBe(PAGE)
    expect(done.wireBytes).toBe(bytes.length)
  })

  test('F10 a body that is cut anywhere is a fault, never a shorter body', async () => {
    const server = await vendor()
    const opened = egress()
    const whole = Buffer.from(PAGE)
    const packed = gzipSync(PAGE)
    const chunked = Buffer.concat([Buffer.from(`${whole.length.toString(16)}\r\n`), whole, Buffer.from('\r\n0\r\n\r\n')])
    for (let cut = 0; cut < whole.length; cut += 1000) {
      server.script(raw(Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${whole.length}\r\n\r\n`), whole.subarray(0, cut)])))
      expect((await faultOf(opened.exchange(get(server.origin)))).code, `content-length, ${cut}`).toBe('upstream.cut_short')
      server.script(raw(Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n'), chunked.subarray(0, cut)])))
      expect((await faultOf(opened.exchange(get(server.origin)))).code, `chunked, ${cut}`).toBe('upstream.cut_short')
    }
    for (let cut = 1; cut < packed.length; cut += 50) {
      // The transport is whole; only the compressed stream inside it breaks off.
      server.script(json(packed.subarray(0, cut), { 'content-encoding': 'gzip', 'content-length': String(cut) }))
      expect((await faultOf(opened.exchange(get(server.origin)))).code, `gzip, ${cut}`).toBe('upstream.cut_short')
    }
  })

  test('T65 a decompression bomb is stopped at the cap, without the memory that it asks for', async () => {
    const server = await vendor()
    const bomb = gzipSync(Buffer.alloc(200 * 1048576, 32))
    server.script(json(bomb, { 'content-encoding': 'gzip' }))
    const opened = egress()
    await opened.exchange(get(server.origin)).catch(() => undefined)
    const before = process.memoryUsage().rss
    let peak = before
    const watch = setInterval(() => { peak = Math.max(peak, process.memoryUsage().rss) }, 5)
    const fault = await faultOf(opened.exchange(get(server.origin)))
    clearInterval(watch)
    expect(fault.code).toBe('upstream.too_large')
    expect((Math.max(peak, process.memoryUsage().rss) - before) / 1048576).toBeLessThan(64)
  })

  test('T65 a bomb below the cap is told by its ratio; what merely compresses well passes', async () => {
    const server = await vendor()
    const opened = egress()
    server.script(json(gzipSync(Buffer.alloc(20 * 1048576, 32)), { 'content-encoding': 'gzip' }))
    expect((await faultOf(opened.exchange(get(server.origin)))).message).toContain('unpacks to more than 100 times its size')
    const rows = JSON.stringify(Array.from({ length: 60_000 }, (_, id) => ({ id, subject: 'The printer is on fire again', done: false, hash: (id * 2_654_435_761) % 2 ** 32 })))
    expect(rows.length).toBeGreaterThan(4 * 1048576)
    server.script(json(gzipSync(rows), { 'content-encoding': 'gzip' }))
    expect((await opened.exchange(get(server.origin))).body.length).toBe(rows.length)
    // Small answers compress beyond any ratio and are harmless.
    server.script(json(gzipSync(Buffer.alloc(1048576, 32)), { 'content-encoding': 'gzip' }))
    expect((await opened.exchange(get(server.origin))).body.length).toBe(1048576)
  })

  test('T65 a body that does not compress is stopped at the cap too, and one below it passes', async () => {
    const server = await vendor()
    const small = egress({ limits: { decodedBytes: 100_000 } })
    server.script(json('x'.repeat(100_001)))
    expect((await faultOf(small.exchange(get(server.origin)))).code).toBe('upstream.too_large')
    server.script(json('x'.repeat(100_000)))
    expect((await small.exchange(get(server.origin))).body.length).toBe(100_000)
  })

  test('an encoding that was not asked for is a fault', async () => {
    const server = await vendor()
    server.script(json('{}', { 'content-encoding': 'constructor' }))
    expect((await faultOf(egress().exchange(get(server.origin)))).code).toBe('upstream.unexpected')
  })
})

describe('time and connections', () => {
  test('F09 T65 a body that drips for ever ends at the deadline of the whole exchange', async () => {
    const server = await vendor()
    server.script(drip(20))
    const fault = await within(600, () => faultOf(egress({ limits: { totalMs: 600 } }).exchange(get(server.origin))))
    expect(fault.code).toBe('upstream.timed_out')
  })

  test('F08 headers that do not come end at their own deadline', async () => {
    const server = await vendor()
    server.script(silence())
    const fault = await within(400, () => faultOf(egress({ limits: { headersMs: 400 } }).exchange(get(server.origin))))
    expect(fault.code).toBe('upstream.timed_out')
  })

  test('F08 the deadline covers all hops together', async () => {
    const server = await vendor()
    server.script((response) => setTimeout(() => response.writeHead(302, { location: '/' }).end(), 200))
    expect((await within(500, () => faultOf(egress({ limits: { totalMs: 500 } }).exchange(get(server.origin))))).code).toBe('upstream.timed_out')
  })

  test('F08 a connection that is not accepted ends at the deadline for connecting', async () => {
    // Nothing answers a look-up here: the part of connecting that can be made to hang without leaving this machine.
    const stuck = egress({ limits: { connectMs: 300 }, lookup: () => new Promise(() => undefined) })
    expect((await within(300, () => faultOf(stuck.exchange(get('https://stuck.example/'))))).code).toBe('upstream.unreachable')
  })

  test('F06 a refused and a reset connection are told apart from an answer', async () => {
    const gone = await startHostileVendor()
    await gone.close()
    expect((await faultOf(egress().exchange(get(gone.origin)))).code).toBe('upstream.unreachable')
    const server = await vendor()
    server.script(reset())
    expect((await faultOf(egress().exchange(get(server.origin)))).code).toBe('upstream.unreachable')
    server.script(raw('SSH-2.0-OpenSSH_9.2\r\n'))
    expect((await faultOf(egress().exchange(get(server.origin)))).code).toBe('upstream.unreachable')
  })

  test('F21 a name that does not resolve is not a 404, and works again when it does', async () => {
    const server = await vendor()
    let up = false
    const flapping = egress({ lookup: async () => { if (up) return ['127.0.0.1']; throw Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' }) } })
    const fault = await faultOf(flapping.exchange(get(`http://vendor.example:${server.port}/`)))
    expect([fault.code, fault.message]).toEqual(['upstream.unreachable', `The name vendor.example:${server.port} does not resolve.`])
    up = true
    expect((await flapping.exchange(get(`http://vendor.example:${server.port}/`))).status).toBe(200)
  })

  test('one who stops waiting gets his own reason back, and the vendor\'s connection is closed', async () => {
    const server = await vendor()
    server.script(drip(20))
    const controller = new AbortController()
    const reason = new Error('the worker stops')
    setTimeout(() => controller.abort(reason), 200)
    await expect(egress().exchange(get(server.origin, { signal: controller.signal }))).rejects.toBe(reason)
  })
})
