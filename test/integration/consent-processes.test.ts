import { Client } from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { consentWorld, type ConsentWorld, type Other } from '../support/consent.ts'
import type { ConsentVendor } from '../support/consent-vendor.ts'

// Real processes around one pair of tokens, at a vendor that ends the family when a refresh token comes twice.
const PROCESSES = Number(process.env['REFRESHERS'] ?? 5)
const EXPIRIES = Number(process.env['EXPIRIES'] ?? 10)

let world: ConsentWorld
let vendor: ConsentVendor
let owner: Client
beforeEach(async () => {
  world = await consentWorld()
  vendor = world.vendor
  owner = new Client({ connectionString: world.db.url })
  await owner.connect()
})
afterEach(async () => { await owner.end(); await world.close() })

const expire = async (): Promise<void> => { vendor.endAccess(); await world.set('expires_at = clock_timestamp()') }
const until = async (what: string, isSo: () => Promise<boolean> | boolean): Promise<void> => {
  for (const deadline = Date.now() + 15_000; !(await isSo()); await new Promise((resolve) => { setTimeout(resolve, 10) })) if (Date.now() > deadline) throw new Error(`it never came to this: ${what}`)
}
const someoneWaits = async (): Promise<boolean> => (await owner.query(`select 1 from pg_locks where not granted`)).rowCount! > 0

it(`F24 G10 ${PROCESSES} processes at ${EXPIRIES} expiries make ${EXPIRIES} refreshes, and the customer is never asked to connect again`, async () => {
  const others = await Promise.all(Array.from({ length: PROCESSES }, () => world.start()))
  for (let n = 1; n <= EXPIRIES; n++) {
    // By turns: only the vendor knows, or the database too.
    if (n % 2 === 0) await expire()
    else vendor.endAccess()
    expect(await Promise.all(others.map((other) => other.ask()))).toEqual(others.map(() => '200'))
    expect(vendor.tokenCalls).toHaveLength(n)
  }
  expect([vendor.reuses, vendor.revoked]).toEqual([0, false])
  expect((await world.relinkStatus()).status).toBe('COMPLETE')
}, 60_000 + PROCESSES * EXPIRIES * 250)

describe('F25 a process that is killed', () => {
  /** Kills when the refresh has come to a point; gives what lets go of what was held. */
  const points: readonly { readonly name: string; readonly lost: boolean; readonly more: number; readonly reach: (other: Other, dead: Promise<void>) => Promise<() => Promise<unknown>> }[] = [
    { name: 'while it waits for the lock', lost: false, more: 1, async reach(other) {
      await owner.query('begin')
      await owner.query('select 1 from credentials for update')
      void other.ask()
      await until('it waits for the row', someoneWaits)
      return () => owner.query('rollback')
    } },
    { name: 'with the lock, before it has said what it is about to do', lost: false, more: 1, async reach(other) {
      await owner.query('begin')
      await owner.query('lock table token_refreshes in exclusive mode')
      void other.ask()
      await until('it waits for the table', someoneWaits)
      return () => owner.query('rollback')
    } },
    { name: 'when the vendor has not looked at the token yet', lost: false, more: 1, async reach(other, dead) {
      vendor.arrived = async () => { await dead; throw new Error('the request was cut') }
      void other.ask()
      await until('the token arrives', () => vendor.tokenCalls.length === 1)
      expect(await world.pending()).toBe(1)
      return async () => { vendor.arrived = () => undefined }
    } },
    { name: 'when the vendor has rotated, before the answer', lost: true, more: 1, async reach(other, dead) {
      let rotated = false
      vendor.rotated = async () => { rotated = true; await dead; throw new Error('the answer was cut') }
      void other.ask()
      await until('the vendor rotates', () => rotated)
      return async () => { vendor.rotated = () => undefined }
    } },
    { name: 'with the answer in its memory, before it is kept', lost: true, more: 1, async reach(other) {
      vendor.rotated = async () => {
        vendor.rotated = () => undefined
        await owner.query('begin')
        await owner.query('lock table credentials in share mode')
      }
      void other.ask()
      await until('it waits to write', someoneWaits)
      return () => owner.query('rollback')
    } },
    { name: 'when the new pair is kept, before it is used to the end', lost: false, more: 0, async reach(other, dead) {
      let used = false
      vendor.asked = async () => { used = true; await dead }
      void other.ask()
      await until('the new token is used', () => used)
      return async () => { vendor.asked = () => undefined }
    } },
  ]

  async function killAt({ reach }: (typeof points)[number]): Promise<void> {
    const other = await world.start()
    await expire()
    let isDead = (): void => undefined
    const letGo = await reach(other, new Promise((resolve) => { isDead = resolve }))
    await other.kill()
    isDead()
    await letGo()
    // Its connections end a moment after it.
    await until('its transactions are over', async () => (await owner.query(`select 1 from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'`)).rowCount === 0)
    vendor.tokenCalls.length = 0
    if (await world.pending() === 0) return
    // What the dead one sent may still be on its way: it could come to the vendor behind what we send now, and be taken for a theft.
    await expect(world.house.ask(world.place)).rejects.toMatchObject({ code: 'upstream.token_unavailable', facts: { retryAt: expect.any(Date) as Date } })
    expect(vendor.tokenCalls).toHaveLength(0)
    await owner.query(`update token_refreshes set started_at = started_at - interval '20 seconds'`)
  }

  it.each(points)('$name: a vendor that takes a used token for a while heals it', async (point) => {
    vendor.leewayMs = 60_000
    await killAt(point)
    expect((await world.house.ask(world.place)).status).toBe(200)
    expect(vendor.tokenCalls).toHaveLength(point.more)
    expect([await world.pending(), (await world.stored()).refreshToken]).toEqual([0, vendor.pair.refreshToken])
  }, 60_000)

  it.each(points)('$name: at a vendor that does not, nothing is lost but what the vendor had given, and one issue says why', async (point) => {
    await killAt(point)
    vendor.server.put(1)
    await world.engine.sync('full')
    const issues = await world.engine.rows('select code, incidents from issues')
    expect([vendor.tokenCalls.length, (await world.relinkStatus()).status, issues]).toEqual(point.lost ? [1, 'RELINK_NEEDED', [{ code: 'account.refresh_interrupted', incidents: 1 }]] : [point.more, 'COMPLETE', []])
    if (point.lost) expect((await world.relinkStatus()).status_detail).toContain('Nobody withdrew consent')
  }, 60_000)
})
