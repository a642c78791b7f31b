import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase, openPool, type Database } from '#src/db/client'
import { asFault } from '#src/errors'
import { knownToQueue } from '#src/sync/queue-pool'
import type { SyncDeps } from '#src/sync/slice'
import { onServer, testDatabase, type TestDatabase } from '../support/db.ts'
import { inventedEngine, type Engine } from '../support/engine.ts'
import { InventedServer } from '../support/invented-vendor.ts'
import { addressOf, COMMIT, startFaultProxy, type FaultProxy } from '../support/tcp-fault-proxy.ts'

// Between the engine and Postgres stands a proxy that cuts connections in the moments that matter.
let test: TestDatabase
let proxy: FaultProxy
let database: Database
beforeAll(async () => {
  test = await testDatabase()
  proxy = await startFaultProxy(() => addressOf(test.url))
  const url = new URL(test.url)
  database = openDatabase({ url: `postgres://${url.username}${url.password === '' ? '' : `:${url.password}`}@127.0.0.1:${proxy.port}${url.pathname}` })
})
afterAll(async () => {
  await database.close()
  await proxy.close()
  await test.drop()
})
afterEach(() => { proxy.calm() })

const range = (to: number): number[] => Array.from({ length: to }, (_, n) => n + 1)

/** Works on until the run has succeeded, as workers do that come after one another; gives how often it broke off. */
async function untilDone(engine: Engine, deps: SyncDeps): Promise<number> {
  for (let broken = 0; ; broken++) {
    const fault = await engine.sync(undefined, deps).then(() => null, (error: unknown) => asFault(error))
    const [run] = await engine.rows<{ state: string }>('select state from sync_runs where linked_account_id = $1', [engine.key.linkedAccountId])
    if (run?.state === 'succeeded') return broken + (fault === null ? 0 : 1)
    if (fault === null || broken > 5) throw new Error(`it neither broke nor ended: ${run?.state}`, { cause: fault })
    // Whoever held the lease may not have been able to give it back.
    await test.database.tenantQuery(engine.key.organizationId, { text: `update leases set heartbeat_at = now() - interval '1 hour' where linked_account_id = $1`, values: [engine.key.linkedAccountId] })
  }
}

const kept = async (engine: Engine) => (await engine.rows<{ records: number; originals: number; pages: number; runs: number }>(
  `select (select count(*)::int from ticketing_ticket where linked_account_id = $1) as records, (select count(*)::int from raw_payloads where linked_account_id = $1) as originals,
     (select count(*)::int from sync_pages where linked_account_id = $1) as pages, (select count(*)::int from sync_runs where linked_account_id = $1) as runs`, [engine.key.linkedAccountId]))[0]

describe('a connection that is cut at COMMIT', () => {
  for (const when of ['before', 'after'] as const) {
    it(`G1 F60 ${when === 'before' ? 'before it was sent' : 'with its answer lost'}, at any page and at the end of the run, leaves no page out and none twice`, async () => {
      for (const page of range(4)) {
        const server = new InventedServer()
        for (const n of range(25)) server.put(n)
        const engine = await inventedEngine(database, server)
        const cuts = proxy.counts.cutBefore + proxy.counts.cutAfter
        let cut = false
        const once = (): void => { if (!cut) { cut = true; proxy.cutAt(COMMIT, when) } }
        // The next commit behind the answer of a page is that page's; the next one behind the last page is the run's.
        let listed = 0
        server.before = ({ path }) => { if (path === '/tickets' && ++listed === page) once() }
        const broken = await untilDone(engine, { ...engine.deps, onPage: ({ page: committed }) => { if (committed === 3 && page === 4) once() } })
        expect(proxy.counts.cutBefore + proxy.counts.cutAfter - cuts, `page ${page}`).toBe(1)
        expect(broken, `page ${page}`).toBe(1)
        expect((await engine.feed()).map(({ seq }) => seq), `page ${page}`).toEqual(range(25))
        expect(await kept(engine), `page ${page}`).toEqual({ records: 25, originals: 25, pages: 3, runs: 1 })
      }
    })
  }

  it('F59 with every connection reset in the middle of a page is one that is written whole the next time', async () => {
    const server = new InventedServer()
    for (const n of range(25)) server.put(n)
    const engine = await inventedEngine(database, server)
    let times = 0
    server.before = ({ path }) => { if (path === '/tickets' && times++ === 1) setImmediate(() => proxy.reset()) }
    const slow: SyncDeps = { ...engine.deps, logs: { ...engine.deps.logs, flush: async () => { await new Promise((resolve) => { setTimeout(resolve, 20) }) } } }
    await untilDone(engine, slow)
    expect((await engine.feed()).map(({ seq }) => seq)).toEqual(range(25))
    expect(await kept(engine)).toEqual({ records: 25, originals: 25, pages: 3, runs: 1 })
  })
})

describe('the queue', () => {
  it('F59 is told trouble with connections as something that it repeats, because it would end the process otherwise; mistakes stay what they are', async () => {
    const own = await startFaultProxy(() => addressOf(test.url))
    const url = new URL(test.url)
    const pool = knownToQueue(openPool({ connectionString: `postgres://${url.username}${url.password === '' ? '' : `:${url.password}`}@127.0.0.1:${own.port}${url.pathname}`, max: 1 }))
    const codeOf = (promise: Promise<unknown>): Promise<unknown> => promise.then(() => null, (error: { code?: string }) => error.code)
    try {
      const client = await pool.connect()
      expect(await codeOf(client.query('select nothing from nowhere'))).toBe('42P01')
      expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }])
      own.cutAt(Buffer.from('complete_job'), 'before')
      expect(await codeOf(client.query('select 1 as complete_job'))).toBe('40001')
      client.release(true)
      own.weather({ down: true })
      expect(await codeOf(pool.connect())).toBe('40001')
      own.weather({})
      const { rows: [backend] } = await pool.query<{ pid: number }>('select pg_backend_pid() as pid')
      const asleep = pool.connect().then((again) => codeOf(again.query('select pg_sleep(10)')).finally(() => again.release(true)))
      await new Promise((resolve) => { setTimeout(resolve, 50) })
      await onServer(`select pg_terminate_backend(${backend!.pid})`)
      expect(await asleep).toBe('40001')
    } finally {
      await pool.end()
      await own.close()
    }
  })
})

describe('the proxy', () => {
  it('delays, cuts short, refuses, and lets through what it should', async () => {
    const echo = createServer((socket) => { socket.on('error', () => undefined); socket.pipe(socket) }).listen(0, '127.0.0.1')
    await once(echo, 'listening')
    const own = await startFaultProxy(() => ({ host: '127.0.0.1', port: (echo.address() as AddressInfo).port }))
    const { connect } = await import('node:net')
    const talk = (text: string): Promise<string> => new Promise((resolve) => {
      let heard = ''
      const socket = connect({ host: '127.0.0.1', port: own.port })
      socket.on('data', (piece: Buffer) => { heard += String(piece); if (heard === text) socket.end() })
      socket.on('error', () => undefined)
      socket.on('close', () => { resolve(heard) })
      socket.write(text)
    })
    try {
      expect(await talk('hello')).toBe('hello')
      own.weather({ latencyMs: 60 })
      const began = performance.now()
      expect(await talk('slowly')).toBe('slowly')
      expect(performance.now() - began).toBeGreaterThanOrEqual(115)
      own.weather({ limitBytes: 3 })
      expect(await talk('too much')).toBe('')
      own.weather({ down: true })
      expect(await talk('anybody?')).toBe('')
      own.weather({})
      own.cutAt(Buffer.from('now'), 'before')
      expect(await talk('cut it now')).toBe('')
      own.cutAt(Buffer.from('now'), 'after')
      expect(await talk('cut it now')).toBe('')
      expect(await talk('and now not')).toBe('and now not')
      expect(own.counts).toMatchObject({ connections: 7, limited: 1, cutBefore: 1, cutAfter: 1 })
    } finally {
      await own.close()
      echo.close()
    }
  })
})
