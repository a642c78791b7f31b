import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { parseAllowed } from '#src/egress/allowed-hosts'
import { openEgress } from '#src/egress/exchange'
import { Fault } from '#src/errors'
import { openBudget } from '#src/upstream/budget'
import { forgetCells } from '#src/upstream/cells'
import { createDoor } from '#src/upstream/client'
import { testDatabase, type TestDatabase } from '../support/db.ts'
import { account } from '../support/door.ts'
import { inventedEngine } from '../support/engine.ts'
import { answer, json, startHostileVendor, type HostileVendor } from '../support/hostile-vendor.ts'
import { InventedServer } from '../support/invented-vendor.ts'

let db: TestDatabase
beforeAll(async () => { db = await testDatabase() })
afterAll(() => db.drop())
const open: { close: () => Promise<void> }[] = []
afterEach(async () => { await Promise.all(open.splice(0).map((thing) => thing.close())) })

/** Processes with doors of their own, a clock that all go by, and vendors that they ask. */
async function world(many: number) {
  const clock = { at: Date.now() }
  const vendor = async (): Promise<HostileVendor> => { const started = await startHostileVendor(); open.push(started); return started }
  const doors = Array.from({ length: many }, () => {
    const egress = openEgress({ allowed: parseAllowed('acme=127.0.0.0/8') })
    open.push(egress)
    return createDoor({ egress, budget: openBudget({ database: db.database, now: () => clock.at }), log: () => undefined, now: () => clock.at, sleep: async (ms) => { clock.at += Math.min(ms, 5) } })
  })
  const senders = (origin: string) => doors.map((door) => { const send = door.open(account(origin), { traceId: 't' }); return () => send({ method: 'GET', path: '/items' }).then(() => null, (error: unknown) => error as Fault) })
  return { clock, vendor, doors, senders }
}

describe('a vendor in trouble', () => {
  test('F06 is asked no more than thirty times in ten minutes, by all processes together; others are not concerned; and it is back within a minute', async () => {
    const { clock, vendor, senders } = await world(4)
    const [broken, well] = [await vendor(), await vendor()]
    broken.script(answer(502))
    const asks = senders(broken.origin)
    const others = senders(well.origin)
    const began = clock.at
    let last: Fault | null = null
    while (clock.at - began < 600_000) {
      for (const ask of asks) last = await ask()
      for (const ask of others) expect(await ask()).toBeNull()
      clock.at += 4_000
    }
    console.log(`F06: ${broken.seen.length} requests in ten minutes of nothing but 502`)
    expect(broken.seen.length).toBeLessThanOrEqual(30)
    // It is not forgotten either.
    expect(broken.seen.length).toBeGreaterThan(20)
    expect([last!.code, last!.facts.retryAt!.getTime() > clock.at - 4_000]).toEqual(['upstream.unavailable', true])
    broken.script(json({}))
    const healed = clock.at
    while (await asks[0]!() !== null) clock.at += 1_000
    expect(clock.at - healed).toBeLessThan(60_000)
    clock.at += 5_000
    for (const ask of asks) expect(await ask()).toBeNull()
  }, 60_000)

  test('F06 after a while one request asks how it is, and the others wait for that', async () => {
    const { clock, vendor, senders } = await world(4)
    const broken = await vendor()
    broken.script(answer(502))
    const asks = senders(broken.origin)
    for (let n = 0; n < 6; n++) await Promise.all(asks.map((ask) => ask()))
    const before = broken.seen.length
    clock.at += 46_000
    await Promise.all(asks.map((ask) => ask()))
    expect(broken.seen.length - before).toBe(1)
  })

  test('F06 that fails for some and answers most is not left alone', async () => {
    const { clock, vendor, senders } = await world(2)
    const half = await vendor()
    half.script((response, request, socket) => (half.seen.length % 4 === 0 ? answer(502) : json({}))(response, request, socket))
    const asks = senders(half.origin)
    for (let n = 0; n < 60; n++) {
      for (const ask of asks) expect((await ask())?.facts.retryAt).toBeUndefined()
      clock.at += 500
    }
    expect(half.seen.length).toBeGreaterThanOrEqual(120)
  })

  test('F06 cannot be made of one that is well: what callers send past us is not counted', async () => {
    const { vendor, doors, senders, clock } = await world(1)
    const well = await vendor()
    well.script(answer(500))
    for (let n = 0; n < 40; n++) await doors[0]!.pass(account(well.origin), { traceId: 't' }, { method: 'GET', path: '/poison', search: '', headers: {}, body: null })
    well.script(json({}))
    clock.at += 3_000
    expect(await senders(well.origin)[0]!()).toBeNull()
  })

  test('F06 that is left alone is no failure of a run: it waits at its place until the host is asked again', async () => {
    const server = new InventedServer()
    for (let n = 1; n <= 25; n++) server.put(n)
    const engine = await inventedEngine(db.database, server)
    const retryAt = new Date(Date.now() + 45_000)
    server.before = (_, count) => { if (count === 3) throw new Fault('upstream.unavailable', { retryAt }) }
    await engine.sync()
    const [state] = await engine.rows<{ next_run_at: string; failures: number }>('select next_run_at, failures from sync_states where linked_account_id = $1', [engine.key.linkedAccountId])
    expect(state!.failures).toBe(0)
    expect(Date.parse(state!.next_run_at)).toBeGreaterThan(retryAt.getTime() - 1_000)
    expect(Date.parse(state!.next_run_at)).toBeLessThan(retryAt.getTime() + 10_000)
  })
})

test('what processes agreed on is forgotten when nobody has asked for two days', async () => {
  const key = `tenant ${randomUUID()}`
  const { cells } = openBudget({ database: db.database })
  await cells.change(key, () => ({ state: { kept: true }, result: null }))
  await db.database.system.query(`insert into upstream_cells (key, state, version, changed_at) values ('old', '{}', 1, now() - interval '3 days')`)
  await forgetCells(db.database)
  expect((await db.database.system.query('select key from upstream_cells where key = any($1)', [[key, 'old']])).rows).toEqual([{ key }])
})

test('two processes that change the same at once both do, one after the other', async () => {
  const key = `tenant ${randomUUID()}`
  const budgets = Array.from({ length: 4 }, () => openBudget({ database: db.database }))
  await Promise.all(budgets.flatMap(({ cells }) => Array.from({ length: 25 }, () => cells.change<{ n: number }, null>(key, (state) => ({ state: { n: (state?.n ?? 0) + 1 }, result: null })))))
  expect(await budgets[0]!.cells.change<{ n: number }, number>(key, (state) => ({ state, result: state!.n }))).toBe(100)
  // The database's clock is known to within what a message takes.
  const { rows: [row] } = await db.database.system.query<{ at: number }>('select (extract(epoch from clock_timestamp()) * 1000)::float8 as at')
  expect(Math.abs(budgets[0]!.cells.now() - row!.at)).toBeLessThan(200)
})
