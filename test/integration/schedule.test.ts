import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { pino } from 'pino'
import { Fault } from '#src/errors'
import { claimTurn } from '#src/sync/claim'
import { fetchTold } from '#src/sync/control'
import { lanes, lanesOf } from '#src/sync/lanes'
import { beatSql } from '#src/sync/rhythm'
import { openScheduler, type Scheduler } from '#src/sync/schedule'
import { changeSyncSettings } from '#src/sync/settings'
import { openTurns } from '#src/sync/turns'
import { startWorker, type Worker } from '#src/sync/worker'
import { crowd, type Crowd, type Member } from '../support/crowd.ts'
import { testDatabase, type TestDatabase } from '../support/db.ts'

vi.setConfig({ testTimeout: 60_000 })

let test: TestDatabase
let people: Crowd
let organizationId: string
let scheduler: Scheduler
const options = { leaseSeconds: 30, caps: { account: 100, organization: 100_000 } }
const range = (n: number) => Array.from({ length: n }, (_, i) => i)
const log = pino({ level: 'silent' })

beforeAll(async () => {
  test = await testDatabase({ poolSize: 16 })
  scheduler = await openScheduler(test.database, options)
})
afterAll(async () => {
  await scheduler.close()
  await test.drop()
})
beforeEach(async () => {
  for (const table of ['sync_states', 'leases', 'sync_settings']) await test.database.system.query(`delete from ${table}`)
  people = crowd(test.database)
  organizationId = await people.organization()
})

const system = async <R extends Record<string, unknown>>(text: string, values: unknown[] = []): Promise<R[]> => (await test.database.system.query<R>(text, values)).rows
const join = (count: number, how: Parameters<Crowd['join']>[1] = {}): Promise<Member[]> => Promise.all(range(count).map(() => people.join(organizationId, how)))
const work = async (deps = people.deps): Promise<void> => { const turns = openTurns(deps, options); while (await turns.take()) { /* the next one */ } }
const stateOf = async ({ id }: Member) => (await system<{ next_run_at: string; wait_seconds: number; quiet_runs: number; failed_runs: number; lane: number; next_kind: string | null; status: string; fault: { code: string } | null; failures: number; ahead: number }>(`select *, extract(epoch from next_run_at - now())::float8 as ahead from sync_states where linked_account_id = $1`, [id]))[0]!
const due = ({ id }: Member) => system(`update sync_states set next_run_at = now() where linked_account_id = $1`, [id])
const kindsOf = async ({ id }: Member) => (await system<{ kind: string }>('select kind from sync_runs where linked_account_id = $1 order by started_at', [id])).map(({ kind }) => kind)

/** Workers over the crowd; they are stopped whatever happens. */
async function withWorkers<T>(count: number, then: (workers: Worker[]) => Promise<T>, { concurrency = 4, deps = people.deps, drainMs }: { concurrency?: number; deps?: Crowd['deps']; drainMs?: number } = {}): Promise<T> {
  const workers = await Promise.all(range(count).map(() => startWorker({ deps, keepAlive: { ...deps, door: { renew: () => Promise.reject(new Error('nobody consented')) } }, scheduler, concurrency, caps: options.caps, retention: { logs: 30, changes: 30, history: 90 }, log, ...(drainMs !== undefined && { drainMs }) })))
  try { return await then(workers) } finally { await Promise.all(workers.map((worker) => worker.stop())) }
}
async function until(done: () => Promise<boolean>, withinMs = 30_000): Promise<void> {
  for (const deadline = Date.now() + withinMs; !await done(); await new Promise((resolve) => { setTimeout(resolve, 20) })) if (Date.now() > deadline) throw new Error('it did not come about in time')
}

describe('the beat', () => {
  it('F74 spreads accounts that were all due at once evenly over the interval, and keeps each at its place', async () => {
    const beats = await system<{ at: number }>(`select extract(epoch from ${beatSql('600::float8')})::float8 - extract(epoch from clock_timestamp())::float8 as at from (select gen_random_uuid() as linked_account_id, 'ticketing.Ticket' as model from generate_series(1, 10000)) s`)
    expect(Math.min(...beats.map(({ at }) => at))).toBeGreaterThan(59)
    expect(Math.max(...beats.map(({ at }) => at))).toBeLessThanOrEqual(660)
    const tenths = range(10).map((n) => beats.filter(({ at }) => Math.floor((at - 60) / 60) === n).length)
    for (const count of tenths) expect(Math.abs(count - 1000)).toBeLessThan(200)
  })

  it('F74 is what a run goes over to: a crowd that was linked in one moment parts with its first run', async () => {
    const members = await join(30, { tickets: 1 })
    await work()
    const aheads = await Promise.all(members.map(async (member) => (await stateOf(member)).ahead))
    expect(Math.max(...aheads) - Math.min(...aheads)).toBeGreaterThan(300)
    expect(new Set(aheads.map((ahead) => Math.floor(ahead / 60))).size).toBeGreaterThan(5)
  })

  it('F73 counts the same on the days on which clocks are moved, whatever zone anybody is in', async () => {
    for (const day of ['2026-03-29', '2026-10-25', '2026-06-01']) {
      for (const zone of ['UTC', 'Europe/Berlin', 'Australia/Lord_Howe']) {
        const client = await test.database.system.connect()
        try {
          await client.query(`set timezone to '${zone}'`)
          const { rows: [row] } = await client.query<{ runs: number }>(
            `with recursive s as (select '7d444840-9dc0-11d1-b245-5ffdce74fad2'::uuid as linked_account_id, 'ticketing.Ticket' as model, timestamptz '${day}T00:00:00Z' as at, 0 as n
               union all select s.linked_account_id, s.model, ${beatSql('600::float8', 's.at')}, n + 1 from s where ${beatSql('600::float8', 's.at')} < timestamptz '${day}T00:00:00Z' + interval '24 hours')
             select max(n)::int as runs from s`)
          expect([day, zone, row!.runs]).toEqual([day, zone, 144])
        } finally {
          await client.query(`set timezone to 'UTC'`)
          client.release()
        }
      }
    }
  })

  it('is slower where nothing ever happens, within bounds, until something does', async () => {
    const [member] = await join(1, { tickets: 3 }) as [Member]
    const waits: number[] = []
    for (const run of range(16)) {
      if (run === 15) member.server.put(99)
      await due(member)
      await work()
      waits.push((await stateOf(member)).wait_seconds)
    }
    expect(waits).toEqual([...range(6).map(() => 600), ...range(6).map(() => 1200), ...range(3).map(() => 2400), 600])
    await system(`update sync_states set quiet_runs = 1000000`)
    await due(member)
    await work()
    expect((await stateOf(member)).wait_seconds).toBe(2400)
  })

  it('is slower after failures, at most a day, and back with the first success', async () => {
    const [member] = await join(1, { tickets: 3 }) as [Member]
    await work()
    member.server.before = () => { throw new Fault('upstream.forbidden') }
    const waits: number[] = []
    for (const run of range(10)) {
      if (run === 9) member.server.before = () => undefined
      await due(member)
      await work()
      waits.push((await stateOf(member)).wait_seconds)
    }
    expect(waits).toEqual([1200, 2400, 4800, 9600, 19_200, 38_400, 38_400, 38_400, 38_400, 600])
  })

  it('is what the organisation says, what it says of the model first; a vendor\'s own word is kept unless the model is named', async () => {
    const [ticket] = await join(1, { tickets: 1 }) as [Member]
    const say = (all: number | null, own: number | null) => changeSyncSettings(test.database, organizationId, {
      all: { intervalSeconds: all, reconcileHours: null, adapts: false }, models: new Map(own === null ? [] : [['ticketing.Ticket', { intervalSeconds: own, reconcileHours: null, adapts: null }]]),
    }, null)
    const seldom = { ...people.deps, providers: new Map([...people.deps.providers].map(([slug, provider]) => [slug, { ...provider, resources: provider.resources.map((resource) => ({ ...resource, read: { ...resource.read, everySeconds: 3600 } })) }])) }
    const waitAfterRun = async (deps = people.deps): Promise<number> => { await due(ticket); await work(deps); return (await stateOf(ticket)).wait_seconds }
    expect(await waitAfterRun()).toBe(600)
    expect(await waitAfterRun(seldom)).toBe(3600)
    await say(7200, null)
    expect([await waitAfterRun(), await waitAfterRun(seldom)]).toEqual([7200, 7200])
    await say(300, null)
    // Whoever waited for longer than is wanted now does not wait it out.
    expect((await stateOf(ticket)).ahead).toBeLessThanOrEqual(330)
    expect([await waitAfterRun(), await waitAfterRun(seldom)]).toEqual([300, 3600])
    await say(300, 120)
    expect(await waitAfterRun(seldom)).toBe(120)
  })

  it('reads everything again from time to time, in the last lane, to find what no report of changes told', async () => {
    const [member] = await join(1, { tickets: 25, lane: lanes.incremental }) as [Member]
    await work()
    member.server.rows.delete(3)
    await due(member)
    await work()
    await system(`update sync_states set last_full_at = now() - interval '25 hours'`)
    await due(member)
    let lane: number | undefined
    member.server.before = async () => { lane ??= (await stateOf(member)).status === 'SYNCING' ? undefined : -1; const { lane: now } = await stateOf(member); if (member.server.requests.length % 3 === 0) lane = now }
    await work()
    expect(await kindsOf(member)).toEqual(['initial', 'incremental', 'reconcile'])
    expect(lane).toBe(lanes.backfill)
    expect(await system('select remote_id from changes where linked_account_id = $1 and what = \'deleted\'', [member.id])).toEqual([{ remote_id: '3' }])
    expect((await stateOf(member)).lane).toBe(lanes.incremental)
  })
})

describe('a clock that jumps', () => {
  /** All that is stored moves; to what is stored, the clock has moved the other way. */
  const jump = async (by: string): Promise<void> => {
    await system(`update sync_states set next_run_at = next_run_at - interval '${by}', last_started_at = last_started_at - interval '${by}'`)
    await system(`update leases set heartbeat_at = heartbeat_at - interval '${by}', taken_at = taken_at - interval '${by}'`)
  }

  it('F72 an hour ahead: every account runs once, not once for each interval that was jumped over', async () => {
    const members = await join(10, { tickets: 1 })
    await work()
    await jump('1 hour')
    await work()
    expect(await Promise.all(members.map(kindsOf))).toEqual(range(10).map(() => ['initial', 'incremental']))
    for (const member of members) expect((await stateOf(member)).ahead).toBeGreaterThan(0)
  })

  it('F72 an hour back: nobody waits for longer than the interval, and a dead worker\'s lease from the future holds nothing', async () => {
    const members = await join(10, { tickets: 1 })
    const dead = await claimTurn(test.database, options, lanesOf(0))
    await work()
    await jump('-1 hour')
    expect(await scheduler.mendClocks()).toBe(9)
    expect(await scheduler.mendClocks()).toBe(0)
    for (const member of members.filter(({ id }) => id !== dead!.linkedAccountId)) expect((await stateOf(member)).ahead).toBeLessThanOrEqual(600)
    await system(`update sync_states set next_run_at = now() where linked_account_id = $1`, [dead!.linkedAccountId])
    const heir = await claimTurn(test.database, options, lanesOf(0))
    expect(heir!.linkedAccountId).toBe(dead!.linkedAccountId)
    await Promise.all([heir!.release(), dead!.release()])
  })

  it('F72 what waits for a vendor that asked for a day is not woken', async () => {
    const [member] = await join(1) as [Member]
    member.server.before = () => { throw new Fault('upstream.rate_limited', { retryAt: new Date(Date.now() + 86_400_000) }) }
    await work()
    expect(await scheduler.mendClocks()).toBe(0)
    expect((await stateOf(member)).ahead).toBeGreaterThan(86_000)
  })
})

describe('waking', () => {
  it('F76 a thousand calls at once leave nobody unserved', async () => {
    const members = await join(40, { tickets: 2 })
    await withWorkers(2, async () => {
      await Promise.all(range(1000).map(() => scheduler.wake()))
      await until(async () => (await Promise.all(members.map(stateOf))).every(({ status }) => status === 'DONE'))
    })
    expect((await Promise.all(members.map(kindsOf))).flat()).toEqual(range(40).map(() => 'initial'))
    // The queue holds no more than a few calls, whatever is due.
    expect((await system<{ n: number }>('select count(*)::int as n from graphile_worker.jobs'))[0]!.n).toBeLessThanOrEqual(16)
  }, 60_000)

  it('F76 F77 work that is due and that nobody was told of is found by the pulse', async () => {
    await withWorkers(1, async () => {
      // Calls that are left of other tests would find it as well.
      await until(async () => (await system<{ n: number }>('select count(*)::int as n from graphile_worker.jobs'))[0]!.n === 0)
      const [member] = await join(1, { tickets: 1 }) as [Member]
      await until(async () => (await stateOf(member)).status === 'DONE')
    })
  })

  it('F77 work that breaks again and again leaves no failed job behind, costs others no turns, and is tried later each time', async () => {
    const [broken] = await join(1) as [Member]
    const account = people.deps.account
    const deps = { ...people.deps, account: async (organization: string, id: string) => { if (id === broken.id) throw new Error('a mistake of ours'); return account(organization, id) } }
    const good = await join(5, { tickets: 1 })
    await withWorkers(1, async () => {
      for (const attempt of range(25)) {
        await due(broken)
        await scheduler.wake()
        await until(async () => (await stateOf(broken)).failures > attempt)
      }
      await until(async () => (await Promise.all(good.map(stateOf))).every(({ status }) => status === 'DONE'))
    }, { deps })
    expect(await system('select task_identifier, attempts, last_error from graphile_worker.jobs where attempts >= max_attempts or last_error is not null')).toEqual([])
    const { fault, ahead, failures } = await stateOf(broken)
    expect([fault?.code, failures]).toEqual(['internal', 25])
    expect(ahead).toBeGreaterThan(800)
  }, 60_000)

  it('F68 work that this version knows no vendor for waits, and is not asked for without end', async () => {
    const [member] = await join(1) as [Member]
    await work({ ...people.deps, providers: new Map() })
    expect((await stateOf(member)).ahead).toBeGreaterThan(0)
    expect((await system<{ epoch: number }>('select epoch from leases where linked_account_id = $1', [member.id]))[0]!.epoch).toBe(1)
  })
})

describe('a vendor that tells of changes', () => {
  it('is read once for many words, ahead of what is merely due, and only what changed', async () => {
    const [member, other] = await join(2, { tickets: 5, lane: lanes.incremental }) as [Member, Member]
    await work()
    await system(`update sync_states set last_started_at = now() - interval '1 minute'`)
    await due(other)
    member.server.put(6)
    await Promise.all(range(50).map(() => fetchTold(test.database, { organizationId, linkedAccountId: member.id, models: ['ticketing.Ticket'] })))
    people.asked.length = 0
    await work()
    expect(people.asked).toEqual([member.id, other.id])
    expect(await kindsOf(member)).toEqual(['initial', 'incremental'])
  })

  it('is not asked more often than every few seconds, and what it tells during a run is read after it', async () => {
    const [member] = await join(1, { tickets: 25 }) as [Member]
    await work()
    const tell = () => fetchTold(test.database, { organizationId, linkedAccountId: member.id, models: null })
    await tell()
    const { ahead } = await stateOf(member)
    expect(ahead).toBeGreaterThan(2)
    expect(ahead).toBeLessThanOrEqual(5)
    await due(member)
    let told = false
    member.server.before = async ({ path }) => { if (path === '/tickets' && !told) { told = true; await tell() } }
    await work()
    expect(await kindsOf(member)).toEqual(['initial', 'incremental', 'incremental'])
  })
})

describe('stopping', () => {
  it('F58 ends behind the page that is under way, releases everything, and loses and repeats nothing', async () => {
    const [member] = await join(1, { tickets: 400 }) as [Member]
    let answered = 0
    member.server.before = async () => { answered += 1; await new Promise((resolve) => { setTimeout(resolve, 30) }) }
    await withWorkers(1, async ([worker]) => {
      await until(async () => answered > 4)
      const began = performance.now()
      await worker!.stop()
      expect(performance.now() - began).toBeLessThan(5_000)
      const [lease] = await system<{ holder: string | null }>('select holder from leases where linked_account_id = $1', [member.id])
      expect(lease!.holder).toBeNull()
    })
    const [run] = await system<{ state: string; pages: number }>('select state, pages from sync_runs where linked_account_id = $1', [member.id])
    expect(run!.state).toBe('running')
    const before = member.server.requests.filter(({ path }) => path === '/tickets').length
    // The next page may have been asked for ahead.
    expect([run!.pages, run!.pages + 1]).toContain(before)
    member.server.before = () => undefined
    await work()
    expect(await system('select state, pages from sync_runs where linked_account_id = $1', [member.id])).toEqual([{ state: 'succeeded', pages: 40 }])
    expect((await system<{ n: number }>('select count(*)::int as n from changes where linked_account_id = $1', [member.id]))[0]!.n).toBe(400)
  }, 30_000)

  it('F58 breaks off what does not end in the time that there is, and leaves it to the next worker at once', async () => {
    const [member] = await join(1, { tickets: 30 }) as [Member]
    let hangs = true
    const { door } = people.deps
    const deps: Crowd['deps'] = { ...people.deps, door: { open: (account, context) => {
      const send = door.open(account, context)
      return (request) => (hangs && request.query?.['above'] === '10' ? new Promise((_, reject) => { context.signal!.addEventListener('abort', () => { reject(context.signal!.reason as Error) }) }) : send(request))
    } } }
    await withWorkers(1, async ([worker]) => {
      await until(async () => (await system<{ pages: number }>('select pages from sync_runs where linked_account_id = $1', [member.id]))[0]?.pages === 1)
      const began = performance.now()
      await worker!.stop()
      expect(performance.now() - began).toBeLessThan(3_000)
    }, { deps, drainMs: 300 })
    const { fault, failures } = await stateOf(member)
    expect([fault, failures]).toEqual([null, 0])
    hangs = false
    await work()
    expect((await stateOf(member)).status).toBe('DONE')
  }, 30_000)
})
