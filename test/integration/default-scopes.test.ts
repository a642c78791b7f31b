import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Client } from '#src/db/client'
import type { ScopeLine } from '#src/accounts/scopes'
import { accountsBehind, adoptScopes, organizationsBehind } from '#src/sync/adopt-scopes'
import { changeDefaultScopes } from '#src/sync/change-scopes'
import { holdFence, takeLease } from '#src/sync/lease'
import { runSlice, type SliceKey } from '#src/sync/slice'
import { testDatabase, type TestDatabase } from '../support/db.ts'
import { inventedEngine, type Engine } from '../support/engine.ts'
import { InventedServer } from '../support/invented-vendor.ts'

const ACCOUNTS = 400
const PLANT = 'planted-title-5813'

let db: TestDatabase
let server: InventedServer
let engine: Engine
beforeAll(async () => { db = await testDatabase({ poolSize: 20 }) })
afterAll(() => db.drop())
beforeEach(async () => {
  server = new InventedServer()
  for (let n = 1; n <= 25; n += 1) server.put(n, { title: PLANT })
  engine = await inventedEngine(db.database, server)
})

const line = (disabledFields: string[], reads: boolean | null = null): ScopeLine => ({ model: 'ticketing.Ticket', reads, writes: null, enabledFields: [], disabledFields })
const change = (lines: readonly ScopeLine[]) => changeDefaultScopes(db.database, engine.key.organizationId, { category: 'ticketing', lines, actor: null })
const states = (where: string) => engine.rows<{ n: number }>(`select count(*) as n from sync_states where organization_id = $1 and ${where}`, [engine.key.organizationId]).then(([row]) => row!.n)
/** What the account's tables say, as text. */
async function kept(): Promise<string> {
  const parts: unknown[] = []
  for (const table of ['ticketing_ticket', 'raw_payloads', 'changes', 'quarantine']) parts.push(await engine.rows(`select t::text as line from ${table} t where linked_account_id = $1`, [engine.key.linkedAccountId]))
  return JSON.stringify(parts)
}
const stragglers = () => Array.fromAsync(accountsBehind(db.database, engine.key.organizationId))
async function adoptAll(): Promise<void> {
  for await (const linkedAccountId of accountsBehind(db.database, engine.key.organizationId)) await adoptScopes(db.database, { organizationId: engine.key.organizationId, linkedAccountId })
}

describe('a change of the default scopes', () => {
  const held: (() => Promise<void>)[] = []
  afterEach(async () => { for (const release of held.splice(0)) await release() })

  /** A page of some account that is being written, and stays so until the test ends. */
  async function midPage(linkedAccountId: string): Promise<void> {
    const key: SliceKey = { ...engine.key, linkedAccountId }
    const lease = (await takeLease(db.database, key, 30))!
    let end = (): void => undefined
    const ended = new Promise<void>((resolve) => { end = resolve })
    const begun = Promise.withResolvers<undefined>()
    const page = db.database.tenant(key.organizationId, async (client: Client) => { await holdFence(client, lease); begun.resolve(undefined); await ended })
    await begun.promise
    held.push(async () => { end(); await page; await lease.release() })
  }

  it('waits for no account, however many there are and whatever they are at; each follows by itself', async () => {
    const { organizationId, linkedAccountId } = engine.key
    const others: string[] = Array.from({ length: ACCOUNTS }, () => randomUUID())
    await db.database.tenant(organizationId, async (client) => {
      await client.query(`insert into linked_accounts (id, organization_id, category, integration, end_user_origin_id, end_user_organization_name, end_user_email_address, status, setup, remote_identity, token_public_id, token_hash)
        select id, $2, 'ticketing', 'invented', id, 'End', 'e@example.test', 'COMPLETE', '{}', 'me', id, '\\x00' from unnest($1::uuid[]) id`, [others, organizationId])
      await client.query(`insert into sync_states (linked_account_id, model, organization_id, status, mapping_version) select id, 'ticketing.Ticket', $2, 'DONE', 1 from unnest($1::uuid[]) id`, [others, organizationId])
      await client.query(`insert into leases (linked_account_id, model, organization_id) select id, 'ticketing.Ticket', $2 from unnest($1::uuid[]) id`, [others, organizationId])
    })
    const busy = others.slice(0, 8)
    for (const id of busy) await midPage(id)
    const began = performance.now()
    await change([line(['description'])])
    expect(performance.now() - began).toBeLessThan(1_000)
    expect(await organizationsBehind(db.database)).toContain(organizationId)
    const behind = await stragglers()
    expect(new Set(behind)).toEqual(new Set([...others, linkedAccountId]))
    // The idle ones need not wait for the busy ones.
    for (const id of behind) if (!busy.includes(id)) await adoptScopes(db.database, { organizationId, linkedAccountId: id })
    expect(await states(`next_kind = 'full'`)).toBe(ACCOUNTS + 1 - busy.length)
    expect(new Set(await stragglers())).toEqual(new Set(busy))
    for (const release of held.splice(0)) await release()
    await adoptAll()
    expect(await states(`next_kind = 'full'`)).toBe(ACCOUNTS + 1)
    expect(await stragglers()).toEqual([])
  })

  it('T11 a page that was asked for under the old default is not stored under the new one', async () => {
    let changed = false
    server.before = async ({ path }) => {
      if (path !== '/tickets' || changed) return
      changed = true
      await change([line(['name', 'description'])])
    }
    expect(await runSlice(engine.deps, engine.key)).toBe('idle')
    expect(changed).toBe(true)
    expect(await kept()).not.toContain(PLANT)
    // Nor does anybody go on before the account has caught up.
    const asked = server.requests.length
    await engine.sync()
    expect(server.requests.length).toBe(asked)
    await adoptAll()
    await engine.sync()
    const tickets = await engine.tickets()
    expect([tickets.size, (await kept()).includes(PLANT)]).toEqual([25, false])
  })

  it('T11 what was kept under the old default is erased, originals first', async () => {
    await engine.sync()
    expect(await kept()).toContain(PLANT)
    await change([line(['name', 'description'])])
    await adoptAll()
    expect(JSON.stringify(await engine.rows('select t::text from raw_payloads t where linked_account_id = $1', [engine.key.linkedAccountId]))).not.toContain(PLANT)
    await engine.sync()
    expect(await kept()).not.toContain(PLANT)
  })

  it('keeps originals where more is allowed than before', async () => {
    await change([line(['description'])])
    await adoptAll()
    await engine.sync()
    const originals = () => engine.rows<{ n: number }>('select count(*) as n from raw_payloads where linked_account_id = $1', [engine.key.linkedAccountId]).then(([row]) => row!.n)
    expect(await originals()).toBe(25)
    await change([])
    await adoptAll()
    expect([await originals(), await states(`next_kind = 'full'`)]).toEqual([25, 1])
    await engine.sync()
    expect((await engine.tickets()).get('1')!.body['description']).toBe(PLANT)
  })

  it('reaches a model that had been switched off, and one that is under way is stopped', async () => {
    await engine.sync()
    await change([line([], false)])
    await adoptAll()
    expect(await states(`status = 'DISABLED' and next_run_at is null`)).toBe(1)
    await change([])
    await adoptAll()
    expect(await states(`status = 'SYNCING' and next_kind = 'full'`)).toBe(1)
  })

  it('that says the same in other words moves nobody', async () => {
    await change([line(['description'])])
    await adoptAll()
    await change([line(['description'], true)])
    expect(await stragglers()).toEqual([])
  })
})
