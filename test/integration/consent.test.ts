import { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { relinkAccount } from '#src/accounts/link'
import { Fault } from '#src/errors'
import { keepTokensAlive } from '#src/sync/keep-alive'
import { consentWorld, type ConsentWorld } from '../support/consent.ts'
import { APP, type ConsentVendor } from '../support/consent-vendor.ts'

// Tokens of a consent: one pair for all processes, renewed once, kept before it is used, and never given up without the vendor's word.
let world: ConsentWorld
let vendor: ConsentVendor
const sleep = (ms: number) => new Promise<void>((resolve) => { setTimeout(resolve, ms) })
const ask = (house = world.house) => house.ask(world.place)
const faultOf = (error: unknown): Fault => { if (error instanceof Fault) return error; throw error }
const refused = async (house = world.house): Promise<Fault> => ask(house).then(() => { throw new Error('it was let in') }, faultOf)
/** The access token ends now: by the vendor's word, and by what the database knows. */
const expire = async (): Promise<void> => { vendor.endAccess(); await world.set('expires_at = clock_timestamp()') }
const isDown = (status: number, headers: Readonly<Record<string, string>> = {}) => () => ({ status, headers, body: { error: 'temporarily_unavailable' } })
const confirmationIsDue = () => world.set(`refused_at = clock_timestamp() - interval '61 seconds', retry_at = clock_timestamp() - interval '1 second'`)

/** Statements of the one who owns the tables. */
async function asOwner(...statements: string[]): Promise<void> {
  const client = new Client({ connectionString: world.db.url })
  await client.connect()
  try { for (const text of statements) await client.query(text) } finally { await client.end() }
}
/** The first so many times that tokens are to be stored, the disk is full. */
async function withBrokenSave<T>(times: number, work: () => Promise<T>): Promise<T> {
  await asOwner('create sequence saves', `create function broken_save() returns trigger language plpgsql security definer as $$ begin if nextval('saves') <= ${times} then raise exception 'no space' using errcode = '53100'; end if; return new; end $$`, 'create trigger broken_save before update of sealed on credentials for each row execute function broken_save()')
  try { return await work() } finally { await asOwner('drop trigger broken_save on credentials', 'drop function broken_save()', 'drop sequence saves') }
}

beforeAll(async () => { world = await consentWorld(); vendor = world.vendor })
afterAll(async () => { await world.close() })
beforeEach(async () => {
  Object.assign(vendor, { reuses: 0, lifeSeconds: 3600, leewayMs: 0, arrived: () => undefined, rotated: () => undefined, asked: () => undefined, instead: () => null, odd: (body: unknown) => body })
  vendor.consentAgain()
  vendor.tokenCalls.length = 0
  vendor.apiCalls.length = 0
  world.logs.length = 0
  await world.store()
  await world.db.database.tenantQuery(world.place.organizationId, { text: `update linked_accounts set status = 'COMPLETE', status_detail = null` })
  await world.db.database.tenantQuery(world.place.organizationId, { text: 'delete from issues' })
})

describe('an access token', () => {
  it('F23 is renewed before it ends, so that no request meets its end', async () => {
    vendor.lifeSeconds = 2
    vendor.consentAgain()
    await world.store()
    for (let n = 1; n <= 60; n++) vendor.server.put(n)
    vendor.server.before = () => sleep(500)
    await world.engine.sync('full')
    vendor.server.before = () => undefined
    expect(await world.engine.tickets()).toHaveLength(60)
    expect(vendor.tokenCalls.length).toBeGreaterThanOrEqual(1)
    expect(vendor.apiCalls.map(({ status }) => status)).toEqual(vendor.apiCalls.map(() => 200))
  })

  it('F23 is used while it holds, and renewed when less than five minutes or a tenth of its life are left', async () => {
    for (const [left, life, calls] of [[310, 36_000, 0], [290, 36_000, 1], [70, 600, 0], [50, 600, 1]] as const) {
      vendor.tokenCalls.length = 0
      await world.set(`refreshed_at = clock_timestamp() - ${life - left} * interval '1 second', expires_at = clock_timestamp() + ${left} * interval '1 second'`)
      await ask(world.another())
      expect([left, vendor.tokenCalls.length]).toEqual([left, calls])
    }
  })

  it('F16 that the vendor ended before its time is renewed once for all that notice, and what was asked is asked again', async () => {
    await ask()
    vendor.endAccess()
    const answers = await Promise.all(Array.from({ length: 6 }, () => ask()))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200])
    expect(vendor.tokenCalls).toHaveLength(1)
  })

  it('F16 that is refused when it is new is a matter for the customer, and the run says so', async () => {
    vendor.asked = () => { vendor.endAccess() }
    vendor.server.put(1)
    await world.engine.sync('full')
    expect(vendor.tokenCalls).toHaveLength(1)
    expect((await world.relinkStatus()).status).toBe('RELINK_NEEDED')
  })

  it('F16 F23 whose time is over when it arrives, even twice, says nothing of the consent', async () => {
    vendor.lifeSeconds = 2
    vendor.consentAgain()
    await world.store()
    let late = 2
    vendor.asked = async () => {
      if (late-- <= 0) return
      await sleep(2_100)
      vendor.endAccess()
    }
    expect((await ask()).status).toBe(200)
    expect(vendor.tokenCalls).toHaveLength(2)
  })

  it('that ends without anything to renew it with is a matter for the customer', async () => {
    await world.store({ ...vendor.pair, refreshToken: null as unknown as string })
    expect((await ask()).status).toBe(200)
    await expire()
    expect((await refused(world.another())).code).toBe('upstream.unauthorized')
    expect(vendor.tokenCalls).toHaveLength(0)
  })

  it('leaves no secret in a log, and neither does its renewal, which is logged like any other request', async () => {
    await expire()
    await ask(world.house)
    expect(world.logs.map(({ path, status }) => [path, status])).toContainEqual(['/token', 200])
    expect(JSON.stringify(world.logs)).not.toMatch(/canary/)
  })
})

describe('a refresh', () => {
  it('F24 G10 is one, however many processes find the token at its end, and nobody is asked to connect again', async () => {
    const houses = Array.from({ length: 12 }, () => world.another())
    for (let n = 1; n <= 5; n++) {
      await expire()
      const answers = await Promise.all(houses.map((house) => ask(house)))
      expect(answers.every(({ status }) => status === 200)).toBe(true)
      expect(vendor.tokenCalls).toHaveLength(n)
    }
    expect(vendor.reuses).toBe(0)
  })

  it('G10 is kept before its token is used, also where keeping it fails at first', async () => {
    await expire()
    let keptInTime: boolean | null = null
    vendor.asked = async (token) => { keptInTime = (await world.stored()).accessToken === token }
    await withBrokenSave(1, async () => { expect((await ask(world.another())).status).toBe(200) })
    expect(keptInTime).toBe(true)
    expect(vendor.tokenCalls).toHaveLength(1)
  })

  it('F26 odd answers: what is missing stays as it was, and a life that is none is not believed', async () => {
    const shapes: readonly (readonly [string, Record<string, unknown>, keepsRefresh: boolean, life: number])[] = [
      ['no refresh token', { refresh_token: undefined }, true, 3600], ['a refresh token that is null', { refresh_token: null }, true, 3600], ['one that is empty', { refresh_token: '' }, true, 3600],
      ['no life', { expires_in: undefined }, false, 3300], ['a life in words', { expires_in: '1800' }, false, 1800], ['no life at all', { expires_in: 0 }, false, 3300], ['a negative one', { expires_in: -5 }, false, 3300], ['one that is null', { expires_in: null }, false, 3300],
      ['one that is no number', { expires_in: 'soon' }, false, 3300],
    ]
    for (const [name, shape, keepsRefresh, life] of shapes) {
      const before = vendor.consentAgain()
      await world.store()
      await expire()
      vendor.odd = (body) => ({ ...body, ...shape })
      expect([name, (await ask(world.another())).status]).toEqual([name, 200])
      const stored = await world.stored()
      expect([name, stored.refreshToken === before.refreshToken, stored.accessToken]).toEqual([name, keepsRefresh, vendor.pair.accessToken])
      const { seconds } = await world.row<{ seconds: number }>('extract(epoch from expires_at - refreshed_at)::float8 as seconds')
      expect([name, Math.round(seconds)]).toEqual([name, life])
    }
  })

  it('F26 an answer without an access token is trouble of the vendor, not the end of a consent', async () => {
    await expire()
    vendor.odd = () => ({ ok: true })
    expect((await refused()).code).toBe('upstream.token_unavailable')
    expect(await world.row('condemned, refused_at')).toEqual({ condemned: null, refused_at: null })
  })

  it('F27 that is refused is tried again after a minute, and only then the customer is asked; syncs stop, data stays', async () => {
    vendor.server.put(1)
    await world.engine.sync('full')
    const before = await world.engine.tickets()
    vendor.revoked = true
    await expire()
    await world.engine.sync('full')
    expect((await world.relinkStatus()).status).toBe('COMPLETE')
    const [waiting] = await world.engine.rows<{ code: string; wait: number }>(`select fault->>'code' as code, extract(epoch from next_run_at - now())::float8 as wait from sync_states`)
    expect([waiting!.code, Math.round(waiting!.wait / 10) >= 5]).toEqual(['upstream.token_unavailable', true])
    await refused()
    expect(vendor.tokenCalls).toHaveLength(1)
    await confirmationIsDue()
    await world.engine.rows('update sync_states set next_run_at = now()')
    await world.engine.sync()
    expect(vendor.tokenCalls).toHaveLength(2)
    expect(await world.relinkStatus()).toEqual({ status: 'RELINK_NEEDED', status_detail: 'The vendor no longer renews the access that the end customer consented to.' })
    expect(await world.engine.rows('select code, incidents from issues')).toEqual([{ code: 'account.consent_ended', incidents: 1 }])
    expect(await world.engine.rows('select next_run_at from sync_states')).toEqual([{ next_run_at: null }])
    expect((await world.engine.tickets()).size).toBe(before.size)
    vendor.server.rows.clear()
  })

  it('F27 that is refused because another process was quicker condemns nothing: the row is read again first', async () => {
    await expire()
    // One more refusal would be the second.
    await world.set(`refused_at = clock_timestamp() - interval '61 seconds'`)
    const slow = world.another()
    const quick = world.another()
    let once = false
    vendor.arrived = async () => {
      if (once) return
      once = true
      // The lock dies with its connection, as it does when Postgres fails over; then another renews before the first is answered, which takes its time.
      await asOwner(`select pg_terminate_backend(pid) from pg_stat_activity where state = 'idle in transaction' and datname = current_database() and pid <> pg_backend_pid()`)
      await asOwner(`update token_refreshes set started_at = started_at - interval '20 seconds'`)
      expect((await ask(quick)).status).toBe(200)
      vendor.instead = () => { vendor.instead = () => null; return { status: 400, body: { error: 'invalid_grant' } } }
    }
    expect((await ask(slow)).status).toBe(200)
    expect(vendor.apiCalls.at(-1)!.token).toBe((await world.stored()).accessToken)
    expect(await world.row('condemned')).toEqual({ condemned: null })
  })

  it('F27 a refusal that was a whim is forgotten with the next token', async () => {
    await expire()
    vendor.instead = () => ({ status: 400, body: { error: 'invalid_grant' } })
    expect((await refused()).code).toBe('upstream.token_unavailable')
    vendor.instead = () => null
    await confirmationIsDue()
    expect((await ask()).status).toBe(200)
    expect(await world.row('refused_at, retry_at, condemned, failures')).toEqual({ refused_at: null, retry_at: null, condemned: null, failures: 0 })
  })

  it('F28 that fails leaves the access token in use until it really ends, and waits longer each time', async () => {
    const soon = (seconds: number) => world.set(`refreshed_at = clock_timestamp() - interval '1 hour', expires_at = clock_timestamp() + ${seconds} * interval '1 second'`)
    await soon(200)
    const houses = [world.another(), world.another()]
    for (const status of [500, 503, 429]) {
      vendor.instead = isDown(status)
      for (const house of [...houses, ...houses]) expect((await ask(house)).status).toBe(200)
      await world.set('retry_at = null')
      houses.push(world.another())
    }
    expect(vendor.tokenCalls.length).toBeGreaterThanOrEqual(3)
    const { failures, wait } = await world.row<{ failures: number; wait: number | null }>('failures, extract(epoch from retry_at - clock_timestamp())::float8 as wait')
    expect(failures).toBe(vendor.tokenCalls.length)
    expect(wait).toBeNull()
    // Between two tries nobody asks.
    await ask(world.another())
    const calls = vendor.tokenCalls.length
    await ask(world.another())
    expect(vendor.tokenCalls.length).toBe(calls)
    await expire()
    await world.set('retry_at = null')
    const fault = await refused(world.another())
    expect([fault.code, fault.remedy, fault.facts.retryAt! > new Date()]).toEqual(['upstream.token_unavailable', 'wait', true])
    expect((await world.db.database.system.query('select 1 from upstream_budgets')).rows).toEqual([])
    vendor.instead = () => null
    await world.set('retry_at = null')
    expect((await ask(world.another())).status).toBe(200)
  })

  it('F28 that the vendor asks to wait with waits so long, and the account does not', async () => {
    vendor.instead = isDown(429, { 'retry-after': '120' })
    await world.set(`refreshed_at = clock_timestamp() - interval '1 hour', expires_at = clock_timestamp() + interval '100 seconds'`)
    expect((await ask(world.another())).status).toBe(200)
    const { wait } = await world.row<{ wait: number }>('extract(epoch from retry_at - clock_timestamp())::float8 as wait')
    expect(Math.round(wait)).toBeGreaterThanOrEqual(115)
    expect((await ask(world.another())).status).toBe(200)
    expect(vendor.tokenCalls).toHaveLength(1)
  })

  it('that is refused to our app is a matter for whoever runs it, not for the customer', async () => {
    await expire()
    vendor.instead = () => ({ status: 401, body: { error: 'invalid_client' } })
    vendor.server.put(1)
    await world.engine.sync('full')
    expect((await world.relinkStatus()).status).toBe('COMPLETE')
    expect(await world.engine.rows('select code from issues')).toEqual([{ code: 'account.app_refused' }])
    vendor.server.rows.clear()
  })

  it('F29 whose tokens cannot be stored holds them and tries again, while others wait', async () => {
    await expire()
    const other = world.another()
    const [first, second] = await withBrokenSave(2, () => Promise.all([ask(world.another()), sleep(50).then(() => ask(other))]))
    expect([first.status, second.status]).toEqual([200, 200])
    expect(vendor.tokenCalls).toHaveLength(1)
    expect((await world.stored()).refreshToken).toBe(vendor.pair.refreshToken)
    expect(await world.pending()).toBe(0)
  })

  it('F29 is not begun where it could not be noted first: what still holds is used, and nothing is lost', async () => {
    await world.set(`refreshed_at = clock_timestamp() - interval '1 hour', expires_at = clock_timestamp() + interval '100 seconds'`)
    await asOwner(`create function full_disk() returns trigger language plpgsql as $$ begin raise exception 'no space' using errcode = '53100'; end $$`, 'create trigger full_disk before insert or update on token_refreshes for each row execute function full_disk()')
    try {
      expect((await ask(world.another())).status).toBe(200)
      expect(vendor.tokenCalls).toHaveLength(0)
    } finally {
      await asOwner('drop trigger full_disk on token_refreshes', 'drop function full_disk()')
    }
  })
})

describe('a refresh token that nobody uses', () => {
  const keepAlive = (account = (organizationId: string, id: string) => world.house.account(organizationId, id)) => keepTokensAlive({ database: world.db.database, door: world.house.door, logs: world.engine.deps.logs, providers: world.house.providers, account })
  const idleFor = (days: number) => world.set(`refreshed_at = clock_timestamp() - ${days} * interval '1 day', expires_at = clock_timestamp() - ${days} * interval '23 hours'`)

  it('F30 is renewed before half of its idle life is over, also where the account is not synced', async () => {
    await idleFor(10)
    expect([await keepAlive(), vendor.tokenCalls.length]).toEqual([0, 0])
    await world.engine.rows('update sync_states set next_run_at = null')
    await idleFor(14)
    expect([await keepAlive(), vendor.tokenCalls.length]).toEqual([1, 1])
    expect((await world.stored()).refreshToken).toBe(vendor.pair.refreshToken)
    expect([await keepAlive(), vendor.tokenCalls.length]).toEqual([0, 1])
    await idleFor(25)
    expect([await keepAlive(), vendor.tokenCalls.length]).toEqual([1, 2])
  })

  it('F30 and has ended nevertheless is an issue of the account, before anybody needs it', async () => {
    await idleFor(25)
    vendor.revoked = true
    expect(await keepAlive()).toBe(0)
    expect((await world.relinkStatus()).status).toBe('COMPLETE')
    await confirmationIsDue()
    await keepAlive()
    expect((await world.relinkStatus()).status).toBe('RELINK_NEEDED')
    expect(await world.engine.rows('select model, code from issues')).toEqual([{ model: '', code: 'account.consent_ended' }])
    expect([await keepAlive(), vendor.tokenCalls.length]).toEqual([0, 2])
  })
})

describe('a customer who connects again', () => {
  const relink = (entry: Parameters<typeof relinkAccount>[3]) => relinkAccount({ database: world.db.database, vault: world.vault, door: world.house.door, logs: world.engine.deps.logs, providers: world.house.providers },
    { organizationId: world.place.organizationId, requestId: 'r', traceId: world.place.linkedAccountId, actor: null }, world.place.linkedAccountId, entry)
  const again = () => ({ tokens: { ...vendor.consentAgain(), scopes: ['read'], client: APP, lifeSeconds: 3600, answer: {} } })

  it('F32 in the middle of a run: the page that is under way is not committed, and the run goes on at its checkpoint with the new tokens', async () => {
    for (let n = 1; n <= 40; n++) vendor.server.put(n)
    let pages = 0
    let oldToken = ''
    vendor.asked = async (token, path) => {
      if (path !== '/tickets' || ++pages !== 3) return
      oldToken = token
      await relink(again())
    }
    await world.engine.rows(`update sync_states set next_kind = 'full', next_run_at = now()`)
    await world.engine.sync()
    vendor.asked = () => undefined
    const [run] = await world.engine.rows<{ pages: number; state: string }>(`select pages, state from sync_runs order by started_at desc limit 1`)
    // The third page was asked for while the second was written, so that one may be lost as well.
    expect(run!.state).toBe('running')
    expect([1, 2]).toContain(run!.pages)
    const before = vendor.apiCalls.length
    await world.engine.sync()
    expect(await world.engine.rows(`select state, pages from sync_runs order by started_at desc limit 1`)).toEqual([{ state: 'succeeded', pages: 4 }])
    const after = vendor.apiCalls.slice(before)
    expect(after.filter(({ path }) => path === '/tickets')).toHaveLength(4 - run!.pages)
    expect(after.every(({ token, status }) => token !== oldToken && status === 200)).toBe(true)
    expect([...(await world.engine.tickets()).values()].filter(({ deleted }) => !deleted)).toHaveLength(40)
    vendor.server.rows.clear()
  })

  it('F32 while a refresh is under way: what was consented to last stays', async () => {
    await expire()
    const relinked: Promise<void>[] = []
    vendor.rotated = async () => {
      vendor.rotated = () => undefined
      relinked.push(relink(again()))
      await sleep(200)
    }
    await ask(world.another()).catch(faultOf)
    await Promise.all(relinked)
    expect(relinked).toHaveLength(1)
    expect((await world.stored()).refreshToken).toBe(vendor.pair.refreshToken)
    expect((await ask(world.another())).status).toBe(200)
    expect(await world.row('epoch, purpose')).toMatchObject({ purpose: 'oauth' })
  })

  it('after a condemnation is let in again, with another epoch, and nothing is wrong any more', async () => {
    const { epoch } = await world.row<{ epoch: number }>('epoch')
    await world.set(`condemned = 'account.consent_ended', expires_at = clock_timestamp()`)
    expect((await refused()).code).toBe('account.consent_ended')
    await relink(again())
    expect((await ask()).status).toBe(200)
    expect(await world.row('epoch, condemned')).toEqual({ epoch: epoch + 1, condemned: null })
  })

  it('must show tokens that are good, and of the same account', async () => {
    await expect(relink({ tokens: { ...again().tokens, accessToken: 'canary-nobody' } })).rejects.toMatchObject({ code: 'upstream.unauthorized' })
    vendor.server.me = 'customer-2'
    await expect(relink(again())).rejects.toMatchObject({ code: 'account.identity_mismatch' })
    vendor.server.me = 'customer-1'
  })
})
