import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { openDatabase } from '#src/db/client'
import { claimTurn, countWaiting, type Caps } from '#src/sync/claim'
import { lanes, lanesOf, TURNS_IN_A_LANE } from '#src/sync/lanes'
import { holdFence } from '#src/sync/lease'
import { openTurns } from '#src/sync/turns'
import { crowd, type Crowd, type Member } from '../support/crowd.ts'
import { onDatabase, testDatabase, type TestDatabase } from '../support/db.ts'
import { addressOf, startFaultProxy } from '../support/tcp-fault-proxy.ts'

// Counted in turns, not in seconds: a busy machine may take its time.
vi.setConfig({ testTimeout: 60_000 })

let test: TestDatabase
let people: Crowd
let organizationId: string
const unbounded: Caps = { account: 100, organization: 100_000 }
const range = (n: number) => Array.from({ length: n }, (_, i) => i)
const strict = lanesOf(0)

beforeAll(async () => { test = await testDatabase({ poolSize: 16 }) })
afterAll(() => test.drop())
beforeEach(async () => {
  await test.database.system.query('delete from sync_states')
  await test.database.system.query('delete from leases')
  people = crowd(test.database)
  organizationId = await people.organization()
})

const join = (count: number, options: Parameters<Crowd['join']>[1] = {}, of = organizationId): Promise<Member[]> => Promise.all(range(count).map(() => people.join(of, options)))
const turnsOf = (caps: Caps = unbounded) => openTurns(people.deps, { leaseSeconds: 30, caps, askedEveryMs: 0 })
/** Takes turns until there are none, `places` at a time; a page is a turn wherever others wait. */
async function work(places = 1, caps?: Caps): Promise<void> {
  await Promise.all(range(places).map(async () => { const turns = turnsOf(caps); while (await turns.take()) { /* the next one */ } }))
}
const states = async <R extends Record<string, unknown>>(columns: string, account?: string) => (await test.database.system.query<R>(`select ${columns} from sync_states where $1::uuid is null or linked_account_id = $1 order by linked_account_id, model`, [account ?? null])).rows

describe('turns', () => {
  it('G14 F75 go round: while one account reads very many pages, each of the others waits for no more pages than there are accounts', async () => {
    const [large] = await join(1, { tickets: 600 })
    const small = await join(9, { tickets: 25 })
    await work()
    const { asked } = people
    expect(asked.length).toBe(60 + 9 * 3)
    for (const { id } of small) {
      const at = asked.flatMap((of, place) => (of === id ? [place] : []))
      expect(at).toHaveLength(3)
      // Never more than one page of each of the ten between two of its own.
      expect(Math.max(at[0]! + 1, at[1]! - at[0]!, at[2]! - at[1]!)).toBeLessThanOrEqual(10)
    }
    expect(asked.slice(30).every((id) => id === large!.id)).toBe(true)
  })

  it('G14 count accounts, not models: one with three lists has no more turns than one with one', async () => {
    const [wide] = await join(1, { tickets: 100, models: ['ticketing.Ticket', 'ticketing.Tag', 'ticketing.Team'] })
    const [narrow] = await join(1, { tickets: 100 })
    await work()
    const first = people.asked.slice(0, 20)
    expect([first.filter((id) => id === wide!.id).length, first.filter((id) => id === narrow!.id).length]).toEqual([10, 10])
  })

  it('are longer where nobody waits: an account alone reads on without giving its place away', async () => {
    const [alone] = await join(1, { tickets: 100 })
    expect(await turnsOf().take()).toBe(true)
    expect((await states<{ status: string; turns: number }>('status, turns', alone!.id))[0]).toEqual({ status: 'DONE', turns: 0 })
    expect(people.asked).toHaveLength(10)
  })

  it('G14 an account reads on where another place is free: those who wait are called to that one', async () => {
    const [large] = await join(1, { tickets: 100 })
    const [small] = await join(1, { tickets: 5 })
    let free = 4
    const turns = openTurns(people.deps, { leaseSeconds: 30, caps: unbounded, askedEveryMs: 0, callOthers: () => (free -= 1) >= 0 })
    await turns.take()
    // Asked behind each page: four times somebody was free, and then nobody.
    expect(people.asked).toEqual(Array.from({ length: 5 }, () => large!.id))
    await turns.take()
    expect(people.asked.at(-1)).toBe(small!.id)
  })

  it('G14 no account holds more places than its cap, and no organisation more than its own, however many workers ask at once', async () => {
    const others = await people.organization()
    const [wide] = await join(1, { models: ['ticketing.Ticket', 'ticketing.Tag', 'ticketing.Team'] })
    await join(5, {}, others)
    const options = { leaseSeconds: 30, caps: { account: 2, organization: 3 } }
    const given = (await Promise.all(range(16).map((nth) => claimTurn(test.database, options, lanesOf(nth))))).filter((lease) => lease !== null)
    expect([given.filter((lease) => lease.linkedAccountId === wide!.id).length, given.filter((lease) => lease.organizationId === others).length]).toEqual([2, 3])
    expect(await countWaiting(test.database, options, 10)).toBe(0)
    // A place that is given back is had by the next.
    await given.find((lease) => lease.linkedAccountId === wide!.id)!.release()
    const next = await claimTurn(test.database, options, strict)
    expect(next!.linkedAccountId).toBe(wide!.id)
    await Promise.all([...given, next!].map((lease) => lease.release()))
  })
})

describe('lanes', () => {
  it('are served in order: what a person asked for, what a vendor told of, what is due, what is long', async () => {
    const [backfill, incremental, webhook, interactive] = [await join(1, { lane: lanes.backfill, tickets: 5 }), await join(1, { lane: lanes.incremental, tickets: 5 }), await join(1, { lane: lanes.webhook, tickets: 5 }), await join(1, { lane: lanes.interactive, tickets: 5 })].map(([member]) => member!.id)
    await work()
    expect(people.asked).toEqual([interactive, webhook, incremental, backfill])
  })

  it('the last one stands still for nobody: one turn in five is given from the other end', async () => {
    const [slow] = await join(1, { lane: lanes.backfill, tickets: 200 })
    await join(40, { lane: lanes.incremental, tickets: 5 })
    await work()
    const first = people.asked.slice(0, 40)
    expect(first.filter((id) => id === slow!.id)).toHaveLength(8)
  })

  it('who has had eight turns in one is a long read, and goes on in the last: asking often keeps nobody else waiting', async () => {
    const [asked] = await join(1, { lane: lanes.interactive, tickets: 1000 })
    await join(30, { lane: lanes.incremental, tickets: 5 })
    await work()
    expect(TURNS_IN_A_LANE).toBe(8)
    const first = people.asked.slice(0, 38)
    expect(first.slice(0, 4)).toEqual(Array.from({ length: 4 }, () => asked!.id))
    // Its eight, then one in five of the rest.
    expect(first.filter((id) => id === asked!.id).length).toBeLessThanOrEqual(8 + 6)
    expect(new Set(first).size).toBeGreaterThan(20)
  })
})

describe('what is handed out', () => {
  it('is nothing that is paused, not due, of an account that must be linked anew, or under the lease of somebody alive', async () => {
    const [paused, later, broken, held, free] = (await join(5)).map(({ id }) => id)
    await test.database.system.query(`update sync_states set paused_at = now() where linked_account_id = $1`, [paused])
    await test.database.system.query(`update sync_states set next_run_at = now() + interval '1 minute' where linked_account_id = $1`, [later])
    await test.database.system.query(`update linked_accounts set status = 'RELINK_NEEDED' where id = $1`, [broken])
    await test.database.system.query(`update leases set holder = 'somebody', heartbeat_at = now() where linked_account_id = $1`, [held])
    expect(await countWaiting(test.database, { leaseSeconds: 30, caps: unbounded }, 10)).toBe(1)
    const lease = await claimTurn(test.database, { leaseSeconds: 30, caps: unbounded }, strict)
    expect(lease!.linkedAccountId).toBe(free)
    expect(await claimTurn(test.database, { leaseSeconds: 30, caps: unbounded }, strict)).toBeNull()
    await lease!.release()
  })

  it('F56 is also what a dead worker left behind, as soon as its lease is too old', async () => {
    const [{ id }] = await join(1) as [Member]
    const dead = await claimTurn(test.database, { leaseSeconds: 30, caps: unbounded }, strict)
    expect(await claimTurn(test.database, { leaseSeconds: 30, caps: unbounded }, strict)).toBeNull()
    await test.database.system.query(`update leases set heartbeat_at = heartbeat_at - interval '31 seconds' where linked_account_id = $1`, [id])
    const heir = await claimTurn(test.database, { leaseSeconds: 30, caps: unbounded }, strict)
    expect(heir).toMatchObject({ linkedAccountId: id, epoch: dead!.epoch + 1 })
    await Promise.all([dead!.release(), heir!.release()])
  })

  it('costs the same with a hundred thousand accounts: only those that wait longest are looked at, by the index', async () => {
    await test.database.system.query(
      `insert into linked_accounts (id, organization_id, category, integration, end_user_origin_id, end_user_organization_name, end_user_email_address, status, setup, remote_identity, token_public_id, token_hash)
       select gen_random_uuid(), $1, 'ticketing', 'invented', n::text, 'End', 'e@example.test', 'COMPLETE', '{}', 'x', 'many-' || n, '\\x00' from generate_series(1, 100000) n`, [organizationId])
    await test.database.system.query(`insert into leases (linked_account_id, model, organization_id) select id, 'ticketing.Ticket', organization_id from linked_accounts where organization_id = $1`, [organizationId])
    await test.database.system.query(
      `insert into sync_states (linked_account_id, model, organization_id, status, mapping_version, lane, next_run_at)
       select id, 'ticketing.Ticket', organization_id, 'DONE', 1, 2, now() + (random() - 0.5) * interval '10 minutes' from linked_accounts where organization_id = $1`, [organizationId])
    const blocks = async (): Promise<number> => (await test.database.system.query<{ n: number }>(`select sum(heap_blks_read + heap_blks_hit + coalesce(idx_blks_read + idx_blks_hit, 0))::int as n from pg_statio_user_tables where relname in ('sync_states', 'leases', 'linked_accounts')`)).rows[0]!.n
    await test.database.system.query('analyze sync_states, leases, linked_accounts')
    // Every connection counts for itself and tells it when it is asked to, or at its leisure: asked at the same time, all of them tell it now.
    const settled = async (): Promise<number> => {
      const text = 'select pg_stat_force_next_flush(), pg_sleep(0.1)'
      await Promise.all(range(16).flatMap(() => [test.database.system.query(text), test.database.tenantQuery(organizationId, { text })]))
      return blocks()
    }
    await claimTurn(test.database, { leaseSeconds: 30, caps: unbounded }, strict)
    const before = await settled()
    for (const nth of range(10)) expect(await claimTurn(test.database, { leaseSeconds: 30, caps: unbounded }, lanesOf(nth))).not.toBeNull()
    // Half of a hundred thousand are due; ten turns look at a hundred of them each.
    expect((await settled() - before) / 10).toBeLessThan(3_000)
  }, 60_000)

  it('F57 are handed out past a worker that was stopped in the middle of a page: nobody waits for the row that it holds', async () => {
    const [stuck, other] = [...await join(1, { due: `now() - interval '1 hour'` }), ...await join(1)]
    const options = { leaseSeconds: 1, caps: unbounded }
    const lease = await claimTurn(test.database, options, strict)
    expect(lease!.linkedAccountId).toBe(stuck!.id)
    const frozen = Promise.withResolvers<void>()
    const page = test.database.tenant(organizationId, async (client) => { await holdFence(client, lease!); await frozen.promise })
    // Its signs of life wait for the row as well. Without one for longer than the lease, it is anybody's, and the first in line.
    await vi.waitFor(async () => expect(await countWaiting(test.database, options, 10)).toBe(2), { timeout: 5_000 })
    const began = performance.now()
    const next = await claimTurn(test.database, options, strict)
    expect(next!.linkedAccountId).toBe(other!.id)
    expect(await claimTurn(test.database, options, strict)).toBeNull()
    expect(performance.now() - began).toBeLessThan(2_000)
    frozen.resolve()
    await page
    await lease!.release()
    const last = await claimTurn(test.database, options, strict)
    expect(last!.linkedAccountId).toBe(stuck!.id)
    await Promise.all([last!.release(), next!.release()])
  })

  it('F57 are handed out past a worker that was stopped while it asked for one: the lock is not held for it', async () => {
    await join(2)
    const options = { leaseSeconds: 30, caps: unbounded }
    const proxy = await startFaultProxy(() => addressOf(test.url))
    const url = new URL(test.url)
    const stopped = openDatabase({ url: `postgres://${url.username}${url.password === '' ? '' : `:${url.password}`}@127.0.0.1:${proxy.port}${url.pathname}`, poolSize: 1 })
    try {
      proxy.cutAt(Buffer.from('intermodal turns'), 'hang')
      const turn = claimTurn(stopped, options, strict).catch(() => null)
      await vi.waitFor(() => expect(proxy.counts.hung).toBe(1))
      const began = performance.now()
      const next = await claimTurn(test.database, options, strict)
      expect(next).not.toBeNull()
      expect(performance.now() - began).toBeLessThan(2_000)
      await next!.release()
      proxy.reset()
      await turn
    } finally {
      await stopped.close()
      await proxy.close()
    }
  })
})

describe('a database without room', () => {
  it('F63 is read from and not worked for: after the first page that finds no room no vendor is asked for a while, and then everything goes on where it stood', async () => {
    const members = await join(5, { tickets: 25 })
    const owner = (text: string) => onDatabase(new URL(test.url).pathname.slice(1), text)
    await owner(`create function full_disk() returns trigger language plpgsql as $$ begin raise exception 'no space' using errcode = '53100'; end $$`)
    await owner('create trigger full_disk before insert on sync_pages for each row execute function full_disk()')
    const told: string[] = []
    const broken: unknown[] = []
    const turns = openTurns(people.deps, { leaseSeconds: 30, caps: unbounded, askedEveryMs: 0, restMs: 500, onBroken: (error) => broken.push(error), onFull: ({ code }) => told.push(code) })
    try {
      expect(await turns.take()).toBe(false)
      for (const _ of range(20)) expect(await turns.take()).toBe(false)
      expect([people.asked.length, told, broken]).toEqual([1, ['storage.full'], []])
      await new Promise((resolve) => { setTimeout(resolve, 600) })
      expect([await turns.take(), await turns.take()]).toEqual([false, false])
      expect([people.asked.length, told.length]).toEqual([2, 2])
      expect(await states('fault, failures')).toEqual(members.map(() => ({ fault: null, failures: 0 })))
    } finally {
      await owner('drop trigger full_disk on sync_pages')
      await owner('drop function full_disk()')
    }
    await new Promise((resolve) => { setTimeout(resolve, 600) })
    while (await turns.take()) { /* the next one */ }
    expect((await states<{ status: string }>('status')).map(({ status }) => status)).toEqual(members.map(() => 'DONE'))
  })
})
