/** What the house does when Postgres, or the way to it, is in trouble. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDatabase, type Database } from '#src/db/client'
import { asCaller, testApi } from '../support/api.ts'
import { testDatabase, type TestDatabase } from '../support/db.ts'
import { inventedEngine } from '../support/engine.ts'
import { InventedServer } from '../support/invented-vendor.ts'
import { addressOf, through } from '../support/postgres-address.ts'
import { seedAccount, seedOrganization } from '../support/seed.ts'
import { COMMIT, startFaultProxy, type FaultProxy } from '../support/tcp-fault-proxy.ts'

let db: TestDatabase
let proxy: FaultProxy
beforeAll(async () => {
  db = await testDatabase({ poolSize: 8 })
  proxy = await startFaultProxy(() => addressOf(db.url))
})
afterAll(async () => { await proxy.close(); await db.drop() })

const pause = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms) })
const unavailable = { code: 'storage.unavailable' }
async function on<T>(options: Partial<Parameters<typeof openDatabase>[0]>, work: (database: Database) => Promise<T>): Promise<T> {
  const database = openDatabase({ url: db.url, ...options })
  try { return await work(database) } finally { await database.close() }
}
const range = (n: number): number[] => Array.from({ length: n }, (_, at) => at + 1)

describe('a commit whose answer is lost', () => {
  for (const when of ['before', 'after'] as const) {
    test(`F60 the connection is cut ${when} COMMIT arrives: no page is lost and none is written twice, at whichever page`, async () => {
      for (const cutAfterPage of [0, 1, 2]) {
        await on({ url: through(proxy.port, db.url) }, async (database) => {
          const server = new InventedServer()
          for (const n of range(25)) server.put(n)
          let page = 0
          const engine = await inventedEngine(database, server)
          const deps = { ...engine.deps, onPage: () => { page += 1; if (page === cutAfterPage) proxy.cutAt(COMMIT, when) } }
          const before = proxy.counts.cutBefore + proxy.counts.cutAfter
          // The first page is cut by what its request sets off, the others behind the page before.
          if (cutAfterPage === 0) server.before = (_, count) => { if (count === 1) proxy.cutAt(COMMIT, when) }
          await expect(engine.sync(undefined, deps)).rejects.toMatchObject(unavailable)
          expect(proxy.counts.cutBefore + proxy.counts.cutAfter).toBe(before + 1)
          await engine.sync(undefined, deps)
          expect((await engine.feed()).map(({ seq, what, remote_id: id }) => `${seq} ${what} ${id}`)).toEqual(range(25).map((n) => `${n} created ${n}`))
          expect((await engine.tickets()).size).toBe(25)
          const [run] = await engine.rows<{ state: string; pages: number; rows_read: number; manifest: number }>('select state, pages, rows_read, (select count(*) from sync_pages p where p.linked_account_id = r.linked_account_id) as manifest from sync_runs r where linked_account_id = $1', [engine.key.linkedAccountId])
          expect(run).toEqual({ state: 'succeeded', pages: 3, rows_read: 25, manifest: 3 })
        })
      }
    })
  }

  test('F60 what may have been committed is never sent again', async () => {
    await on({ url: through(proxy.port, db.url) }, async (database) => {
      const { organizationId } = await seedOrganization(db.database, randomUUID())
      for (const [when, kept] of [['before', 0], ['after', 1]] as const) {
        const id = randomUUID()
        proxy.cutAt(COMMIT, when)
        await expect(database.tenant(organizationId, (client) => client.query('insert into feed_heads (linked_account_id, organization_id) values ($1, $2)', [id, organizationId]))).rejects.toMatchObject(unavailable)
        await pause(100)
        expect(await db.database.tenantQuery(organizationId, { text: 'select seq from feed_heads where linked_account_id = $1', values: [id] })).toHaveLength(kept)
      }
    })
  })
})

describe('no connection to be had', () => {
  test('F64 a hundred requests for two connections that are busy are answered within two seconds and a little, with 503 and when to come again', async () => {
    await on({ poolSize: 2, waitMs: 1_000 }, async (database) => {
      const { app } = await testApi(database)
      const { organizationId, apiKey } = await seedOrganization(db.database, 'crowd')
      const account = await seedAccount(db.database, organizationId)
      const ask = () => app.inject({ url: '/api/ticketing/v1/tickets', headers: asCaller(apiKey, account.token) })
      expect((await ask()).statusCode).toBe(200)
      const holders = [1, 2].map(() => database.tenantQuery(organizationId, { text: 'select pg_sleep(4)' }))
      await pause(100)
      const began = performance.now()
      const answers = await Promise.all(range(100).map(ask))
      expect(performance.now() - began).toBeLessThan(3_000)
      for (const answer of answers) expect([answer.statusCode, answer.headers['retry-after'], answer.json<{ code: string }>().code]).toEqual([503, '1', 'storage.unavailable'])
      await Promise.all(holders)
      expect((await ask()).statusCode).toBe(200)
      await app.close()
    })
  })

  test('F64 a server that takes no more connections is 503 too, and not a mistake of ours', async () => {
    await on({ url: 'postgres://127.0.0.1:1/nothing' }, async (database) => {
      const { app } = await testApi(database)
      const { apiKey } = await seedOrganization(db.database, 'nobody')
      expect((await app.inject({ url: '/api/v1/changes', headers: asCaller(apiKey) })).json()).toMatchObject({ status: 503, code: 'storage.unavailable' })
      await app.close()
    })
  })
})

describe('conflicts', () => {
  test('F65 of two transactions in a deadlock both succeed, for the one that is rolled back is run again', async () => {
    const { organizationId } = await seedOrganization(db.database, 'deadlock')
    const [a, b] = [await seedAccount(db.database, organizationId), await seedAccount(db.database, organizationId)]
    let tries = 0
    const bump = (first: string, second: string) => db.database.tenant(organizationId, async (client) => {
      tries += 1
      const raise = 'update feed_heads set seq = seq + 1 where linked_account_id = $1'
      await client.query(raise, [first])
      if (tries <= 2) await pause(300)
      await client.query(raise, [second])
    })
    await Promise.all([bump(a.id, b.id), bump(b.id, a.id)])
    expect(tries).toBe(3)
    const heads = await db.database.tenantQuery(organizationId, { text: 'select seq from feed_heads where linked_account_id = any($1::uuid[])', values: [[a.id, b.id]] })
    expect(heads).toEqual([{ seq: 2 }, { seq: 2 }])
  })

  test('F65 a conflict that does not end is given up after three more tries, as trouble of the database', async () => {
    let tries = 0
    const conflict = db.database.tenant(randomUUID(), async (client) => {
      tries += 1
      await client.query(`do $$ begin raise exception 'conflict' using errcode = '40001'; end $$`)
    })
    await expect(conflict).rejects.toMatchObject(unavailable)
    expect(tries).toBe(4)
  })

  test('G1 a transaction in which a failed statement was passed over is not taken for committed', async () => {
    const { organizationId } = await seedOrganization(db.database, 'passed over')
    await expect(db.database.tenant(organizationId, async (client) => {
      await client.query('insert into feed_heads (linked_account_id, organization_id) values ($1, $2)', [randomUUID(), organizationId])
      await client.query('select 1 / 0').catch(() => undefined)
    })).rejects.toMatchObject({ code: 'internal' })
  })
})

describe('the connection that look-ups share', () => {
  const look = (database: Database, seconds = 0) => database.tenantLookup(randomUUID(), { text: 'select 1 as one from pg_sleep($1)', values: [seconds] })

  test('F59 when it breaks, whoever waits for it is told so, and the next one gets a new one', async () => {
    await on({ url: through(proxy.port, db.url) }, async (database) => {
      expect(await look(database)).toEqual([{ one: 1 }])
      for (const _ of [1, 2]) {
        const waiting = Promise.allSettled([look(database, 5), look(database)])
        await pause(100)
        expect(proxy.reset()).toBe(1)
        for (const outcome of await waiting) expect(outcome).toMatchObject({ status: 'rejected', reason: unavailable })
        expect(await Promise.all(range(20).map(() => look(database)))).toEqual(range(20).map(() => [{ one: 1 }]))
      }
    })
  })

  test('F59 where none can be had it is asked for again by the next', async () => {
    await on({ url: through(proxy.port, db.url) }, async (database) => {
      proxy.weather({ down: true })
      await expect(look(database)).rejects.toMatchObject(unavailable)
      proxy.weather({})
      expect(await look(database)).toEqual([{ one: 1 }])
    })
  })
})

describe('what hangs', () => {
  test('F66 work that never ends its transaction loses it, its locks and its connection, and the next one gets them', async () => {
    await on({ poolSize: 1, idleTransactionMs: 400 }, async (database) => {
      const { organizationId } = await seedOrganization(db.database, 'hangs')
      const account = await seedAccount(db.database, organizationId)
      const touch = { text: 'update feed_heads set modified_at = now() where linked_account_id = $1 returning seq', values: [account.id] }
      const hanging = database.tenant(organizationId, async (client) => {
        await client.query(touch)
        await new Promise(() => undefined)
      })
      await expect(hanging).rejects.toMatchObject(unavailable)
      expect(await database.tenantQuery(organizationId, touch)).toEqual([{ seq: 0 }])
    })
  })

  test('F66 a statement that takes too long is cut off', async () => {
    await on({ statementTimeoutMs: 300 }, async (database) => {
      await expect(database.tenantSelect(randomUUID(), { text: 'select pg_sleep(20), $1::int as one', values: [1] })).rejects.toMatchObject({ code: 'storage.unavailable', facts: { timedOut: true } })
    })
  })

  test('F66 a server that has vanished without a word is given up a little after it should have answered', async () => {
    const own = await startFaultProxy(() => addressOf(db.url))
    try {
      await on({ url: through(own.port, db.url), statementTimeoutMs: 500, poolSize: 1 }, async (database) => {
        await database.tenantQuery(randomUUID(), { text: 'select 1 as one' })
        own.weather({ latencyMs: 60_000 })
        const began = performance.now()
        await expect(database.tenantQuery(randomUUID(), { text: 'select 1 as one' })).rejects.toMatchObject(unavailable)
        expect(performance.now() - began).toBeLessThan(15_000)
        own.weather({})
        expect(await database.tenantQuery(randomUUID(), { text: 'select 1 as one' })).toEqual([{ one: 1 }])
      })
    } finally {
      await own.close()
    }
  })
})

describe('a disk that is full', () => {
  test('F63 what the server says of its disk is told as such: 503, with a code of its own', async () => {
    const full = db.database.tenant(randomUUID(), (client) => client.query(`do $$ begin raise exception 'could not extend file' using errcode = '53100'; end $$`))
    await expect(full).rejects.toMatchObject({ code: 'storage.full', entry: { status: 503 } })
  })
})
