import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { AnyProvider } from '#kit'
import { openDatabase } from '#src/db/client'
import { Fault } from '#src/errors'
import { keepTokensAlive, type KeepAliveDeps } from '#src/sync/keep-alive'
import { consentProvider } from '../support/consent-vendor.ts'
import { testDatabase, type TestDatabase } from '../support/db.ts'

let db: TestDatabase
beforeAll(async () => { db = await testDatabase() })
afterAll(() => db.drop())
beforeEach(async () => { for (const table of ['credentials', 'linked_accounts', 'organizations']) await db.database.system.query(`delete from ${table}`) })

/** Accounts of so many organisations, whose tokens nobody has used for twenty days of thirty: the first organisation's for longest. */
async function idle(accounts: readonly number[], integration = 'invented'): Promise<string[]> {
  const ids: string[] = []
  for (const [at, count] of accounts.entries()) {
    const { rows: [organization] } = await db.database.system.query<{ id: string }>(`insert into organizations (name) values ($1) returning id`, [`${integration} ${at}`])
    await db.database.tenant(organization!.id, async (client) => {
      await client.query(
        `insert into linked_accounts (id, organization_id, category, integration, end_user_origin_id, end_user_organization_name, end_user_email_address, status, setup, remote_identity, token_public_id, token_hash)
         select gen_random_uuid(), $1::uuid, 'ticketing', $2::text, $2::text || n, 'End', 'e@example.test', 'COMPLETE', '{}', 'customer', $1::uuid::text || $2::text || n, '\\x00' from generate_series(1, $3::int) n`, [organization!.id, integration, count])
      await client.query(
        `insert into credentials (linked_account_id, purpose, organization_id, sealed, refreshed_at, expires_at) select a.id, 'oauth', a.organization_id, '\\x00', now() - $2 * interval '1 minute' - interval '20 days', now() - interval '19 days'
         from linked_accounts a where a.organization_id = $1`, [organization!.id, 100 - at])
    })
    ids.push(organization!.id)
  }
  return ids
}

interface Seen { readonly organizationId: string; readonly linkedAccountId: string; readonly integration: string }
interface Watched { readonly seen: Seen[]; most: number; readonly deps: KeepAliveDeps }

/** Renewing takes a moment and changes nothing in the database: only the claims keep an account from coming twice. */
function watched({ providers = ['invented'], renew = () => pause(3), ...more }: { readonly providers?: readonly string[]; readonly renew?: (account: Seen) => Promise<void> } & Partial<Pick<KeepAliveDeps, 'database' | 'stopping'>> = {}): Watched {
  let underWay = 0
  const house: Watched = {
    seen: [], most: 0,
    deps: {
      database: db.database, logs: { write: () => undefined, flush: async () => undefined, close: async () => undefined },
      providers: new Map(providers.map((slug): [string, AnyProvider] => [slug, { ...consentProvider('http://127.0.0.1:9'), slug }])),
      async account(organizationId, linkedAccountId) {
        const { rows: [row] } = await db.database.system.query<{ integration: string }>('select integration from linked_accounts where id = $1', [linkedAccountId])
        const provider = consentProvider('http://127.0.0.1:9')
        return { id: linkedAccountId, organizationId, provider, setup: {}, integration: row!.integration, category: 'ticketing', status: 'COMPLETE', baseUrl: '', remoteIdentity: '', credentials: async () => ({}), consent: { key: row!.integration, hold: () => Promise.reject(new Error('not here')) } }
      },
      door: { async renew({ id, organizationId, consent }) {
        const account = { organizationId, linkedAccountId: id, integration: consent.key }
        house.seen.push(account)
        house.most = Math.max(house.most, ++underWay)
        try { await renew(account) } finally { underWay -= 1 }
      } },
      ...more,
    },
  }
  return house
}

describe('tokens that nobody uses', () => {
  test('F30 of ten thousand accounts are renewed in one go by two processes, each once, a few at a time', { timeout: 120_000 }, async () => {
    await idle([9_000, 900, 100])
    const other = openDatabase({ url: db.url, poolSize: 4 })
    const houses = [watched(), watched({ database: other })]
    const renewed = await Promise.all(houses.map(({ deps }) => keepTokensAlive(deps)))
    await other.close()
    expect(renewed[0]! + renewed[1]!).toBe(10_000)
    expect(new Set(houses.flatMap(({ seen }) => seen.map(({ linkedAccountId }) => linkedAccountId))).size).toBe(10_000)
    for (const { most, seen } of houses) expect([most, seen.length > 2_000]).toEqual([3, true])
  })

  test('F30 of one organisation with many do not keep those of others waiting', async () => {
    const [, ...small] = await idle([500, 4, 4])
    const house = watched()
    await keepTokensAlive(house.deps)
    expect(house.seen).toHaveLength(508)
    for (const organizationId of small) expect(house.seen.slice(0, 30).filter((one) => one.organizationId === organizationId)).toHaveLength(4)
  })

  test('F30 of a vendor that does not answer wait, and those of other vendors do not', async () => {
    await idle([50], 'silent')
    await idle([50], 'invented')
    const house = watched({ providers: ['silent', 'invented'], renew: async ({ integration }) => { if (integration === 'silent') throw new Fault('upstream.token_unavailable', {}, new Fault('upstream.timed_out')) } })
    expect(await keepTokensAlive(house.deps)).toBe(50)
    expect(house.seen.filter(({ integration }) => integration === 'silent').length).toBeLessThanOrEqual(5)
  })

  test('F30 are left to others when a process is to stop, and when it has died as soon as its claim has ended', async () => {
    await idle([40])
    const stopping = new AbortController()
    const stopped = watched({ stopping: stopping.signal, renew: async () => { stopping.abort() } })
    expect(await keepTokensAlive(stopped.deps)).toBeLessThanOrEqual(3)
    // Those that were begun stay claimed here, for nothing in the database says that they were renewed.
    const begun = stopped.seen.length
    await db.database.system.query(`update credentials set claimed_until = now() + interval '10 minutes' where linked_account_id in (select linked_account_id from credentials where claimed_until is null limit 10)`)
    const next = watched()
    expect(await keepTokensAlive(next.deps)).toBe(40 - begun - 10)
    await db.database.system.query(`update credentials set claimed_until = claimed_until - interval '10 minutes'`)
    expect(await keepTokensAlive(next.deps)).toBe(40)
  })
})
