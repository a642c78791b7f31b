import { Client, type PoolClient, type QueryConfig } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { models, type CommonModel } from '#models'
import { deleteAccount } from '#src/accounts/delete'
import { acrossAccounts } from '#src/api/model-access'
import type { Database } from '#src/db/client'
import { listAcrossAccounts, type AccountPlace } from '#src/records/aggregate'
import { asCaller, testApi, type TestApi } from '../support/api.ts'
import { testDatabase, type TestDatabase } from '../support/db.ts'
import { seedAccount, seedOrganization, seedRecord, type SeededAccount, type SeededRecord } from '../support/seed.ts'

let db: TestDatabase
let api: TestApi
let key: { organizationId: string; apiKey: string }
let other: { organizationId: string; apiKey: string }
let first: SeededAccount
let second: SeededAccount
let theirs: SeededAccount
let user: SeededRecord

type Found = Record<string, unknown> & { readonly id: string; readonly remote_id: string; readonly linked_account: { readonly id: string } }
interface Page { readonly next: string | null; readonly previous: string | null; readonly results: Found[]; readonly warnings?: unknown[] }
const TICKETS = '/api/v1/ticketing/tickets'
const get = (url: string, apiKey = key.apiKey) => api.app.inject({ url, headers: asCaller(apiKey) })
const list = async (query = '', apiKey = key.apiKey): Promise<Page> => {
  const answer = await get(`${TICKETS}?${query}`, apiKey)
  expect(answer.statusCode, `${query} ${answer.body}`).toBe(200)
  return answer.json()
}
const remote = ({ results }: Page): string[] => results.map(({ remote_id: id }) => id)
const refusal = async (url: string, apiKey?: string): Promise<unknown> => {
  const answer = await get(url, apiKey)
  expect(answer.statusCode, url).toBe(400)
  return answer.json<{ errors: { source?: { parameter?: string } }[] }>().errors.map(({ source }) => source?.parameter)
}
/** Every page from the first, and what `between` does after each. */
async function walk(query: string, between: (page: number) => Promise<unknown> = async () => undefined): Promise<Found[]> {
  const seen: Found[] = []
  for (let [cursor, n] = ['', 1] as [string | null, number]; cursor !== null; n += 1) {
    const page: Page = await list(`${query}${cursor === '' ? '' : `&cursor=${cursor}`}`)
    expect(page.previous).toBeNull()
    seen.push(...page.results)
    cursor = page.next
    await between(n)
  }
  return seen
}

beforeAll(async () => {
  db = await testDatabase()
  api = await testApi(db.database)
  key = await seedOrganization(db.database, 'A')
  other = await seedOrganization(db.database, 'B')
  first = await seedAccount(db.database, key.organizationId)
  theirs = await seedAccount(db.database, other.organizationId)
  second = await seedAccount(db.database, key.organizationId)
  user = await seedRecord(db.database, second, 'ticketing.User', 'u', { name: 'Ada' })
  // In turn, so that neither the order of writing nor that of ids could be taken for that of the accounts.
  for (const n of [1, 2, 3]) {
    await seedRecord(db.database, second, 'ticketing.Ticket', `second ${n}`, { name: `Second ${n}`, status: n === 2 ? 'CLOSED' : 'OPEN', assignees: [user.id] }, { raw: { own: n }, deleted: n === 3 })
    await seedRecord(db.database, first, 'ticketing.Ticket', `first ${n}`, { name: `First ${n}`, status: 'OPEN', assignees: n === 1 ? [user.id] : [] }, { raw: { own: n } })
    await seedRecord(db.database, theirs, 'ticketing.Ticket', `theirs ${n}`, { name: 'Secret' })
  }
  await db.database.tenant(key.organizationId, (client) => client.query(`update linked_accounts set integration = 'other' where id = $1`, [second.id]))
})
afterAll(async () => { await api.app.close(); await db.drop() })

describe('a list across linked accounts', () => {
  test('is there for every model, under the last name of its own list', async () => {
    const addresses = Object.values(models).map((model) => acrossAccounts(model))
    expect(new Set(addresses).size).toBe(Object.keys(models).length)
    expect(addresses).toContain('/api/v1/crm/custom-objects')
    for (const address of addresses) expect((await get(address)).json(), address).toMatchObject({ previous: null })
  })

  test('gives what each account\'s own list gives, account after account, and says whose it is', async () => {
    const expected: unknown[] = []
    for (const [account, integration] of [[first, 'acme'], [second, 'other']] as const) {
      const own = (await api.app.inject({ url: '/api/ticketing/v1/tickets?include_deleted_data=true', headers: asCaller(key.apiKey, account.token) })).json<Page>()
      expected.push(...own.results.map((record) => ({ ...record, linked_account: { id: account.id, integration, end_user_origin_id: `origin-${account.id}`, end_user_organization_name: 'Acme' } })))
    }
    expect(expected).toHaveLength(6)
    expect((await list('include_deleted_data=true')).results).toEqual(expected)
    expect(remote(await list())).toEqual(['first 1', 'first 2', 'first 3', 'second 1', 'second 2'])
  })

  test('is narrowed by account, integration and end customer, and by the model\'s own filters', async () => {
    expect(remote(await list(`linked_account_id=${second.id}`))).toEqual(['second 1', 'second 2'])
    expect(remote(await list(`linked_account_id=${second.id.toUpperCase()},${first.id}`))).toHaveLength(5)
    expect(remote(await list(`linked_account_id=${second.id}&linked_account_id=${first.id}`))).toHaveLength(5)
    expect(remote(await list('integration=acme'))).toEqual(['first 1', 'first 2', 'first 3'])
    expect(remote(await list(`end_user_origin_id=origin-${second.id}`))).toEqual(['second 1', 'second 2'])
    expect(remote(await list('integration=acme&status=CLOSED'))).toEqual([])
    expect(remote(await list('status=CLOSED'))).toEqual(['second 2'])
    expect(remote(await list('remote_ids=first 3,second 1'))).toEqual(['first 3', 'second 1'])
    const [, after] = (await list('integration=acme')).results
    expect(remote(await list(`integration=acme&modified_after=${String(after!['modified_at'])}`))).toEqual(['first 3'])
    expect((await list('modified_after=2999-01-01T00:00:00Z')).warnings).toHaveLength(1)
  })

  test('T03 expands and gives originals inside each account, and nowhere else', async () => {
    const { results } = await list('expand=assignees&include_remote_data=true')
    expect(results.map(({ remote_data: data }) => (data as { data: unknown }[])[0]!.data)).toEqual([{ own: 1 }, { own: 2 }, { own: 3 }, { own: 1 }, { own: 2 }])
    expect(results[3]).toMatchObject({ assignees: [{ remote_id: 'u', name: 'Ada' }], linked_account: { id: second.id } })
    expect(results[0], 'the user is another account\'s').toMatchObject({ assignees: [user.id] })
  })

  test('refuses what it does not know, by name', async () => {
    expect(await refusal(`${TICKETS}?order_by=due_date`)).toEqual(['order_by'])
    expect(await refusal(`${TICKETS}?linked_account_id=me`)).toEqual(['linked_account_id'])
    expect(await refusal(`${TICKETS}?linked_account=${first.id}`)).toEqual(['linked_account'])
    expect(await refusal(`${TICKETS}?integration=`)).toEqual(['integration'])
    const readless = await seedOrganization(db.database, 'A', ['accounts:read'])
    expect((await get(TICKETS, readless.apiKey)).json()).toMatchObject({ status: 403, required_scope: 'records:read' })
    expect((await api.app.inject({ url: TICKETS })).statusCode).toBe(401)
  })

  test('T04 has cursors that are good for this list, these filters and this organisation only', async () => {
    const { next } = await list('page_size=2')
    expect(remote(await list(`page_size=2&cursor=${next}`))).toEqual(['first 3', 'second 1'])
    expect(remote(await list(`page_size=1&include_remote_data=true&cursor=${next}`))).toEqual(['first 3'])
    for (const query of ['status=OPEN', 'integration=acme', `linked_account_id=${first.id}`, 'include_deleted_data=true']) expect(await refusal(`${TICKETS}?${query}&cursor=${next}`), query).toEqual(['cursor'])
    expect(await refusal(`/api/v1/ticketing/users?cursor=${next}`)).toEqual(['cursor'])
    expect(await refusal(`${TICKETS}?cursor=${next}`, other.apiKey)).toEqual(['cursor'])
    const own = await api.app.inject({ url: `/api/ticketing/v1/tickets?cursor=${next}`, headers: asCaller(key.apiKey, first.token) })
    expect(own.statusCode).toBe(400)
  })

  test('T01 another organisation\'s records are not in it, however they are asked for', async () => {
    expect(remote(await list('', other.apiKey))).toEqual(['theirs 1', 'theirs 2', 'theirs 3'])
    for (const query of [`linked_account_id=${theirs.id}`, `end_user_origin_id=origin-${theirs.id}`, 'remote_id=theirs 1']) expect(remote(await list(query)), query).toEqual([])
  })
})

describe('a walk across linked accounts', () => {
  test('shows every record once, at every page size', async () => {
    const whole = remote(await list('include_deleted_data=true'))
    for (const size of [1, 2, 3, 4, 5, 6]) expect((await walk(`include_deleted_data=true&page_size=${size}`)).map(({ remote_id: id }) => id), String(size)).toEqual(whole)
  })

  test('shows again what changes before it has passed, and what is linked meanwhile, and skips nothing', async () => {
    let late: SeededAccount | undefined
    const seen = await walk('page_size=2', async (page) => {
      if (page !== 1) return
      await seedRecord(db.database, first, 'ticketing.Ticket', 'first 1', { name: 'Changed', status: 'OPEN' })
      late = await seedAccount(db.database, key.organizationId)
      await seedRecord(db.database, late, 'ticketing.Ticket', 'late 1', {})
    })
    expect(seen.map(({ remote_id: id, name }) => (id === 'first 1' ? name : id))).toEqual(['First 1', 'first 2', 'first 3', 'Changed', 'second 1', 'second 2', 'late 1'])
    await deleteAccount(db.database, key.organizationId, late!.id, null)
    expect(remote(await list())).not.toContain('late 1')
  })

  test('goes on where the account of its place has been unlinked', async () => {
    const gone = await seedAccount(db.database, key.organizationId)
    const behind = await seedAccount(db.database, key.organizationId)
    for (const n of [1, 2]) await seedRecord(db.database, gone, 'ticketing.Ticket', `gone ${n}`, {})
    await seedRecord(db.database, behind, 'ticketing.Ticket', 'behind', {})
    const seen = await walk('page_size=6', (page) => (page === 1 ? deleteAccount(db.database, key.organizationId, gone.id, null) : Promise.resolve()))
    expect(seen.map(({ remote_id: id }) => id)).toEqual(['first 2', 'first 3', 'first 1', 'second 1', 'second 2', 'gone 1', 'behind'])
  })
})

describe('a page of a walk', () => {
  interface Plan { 'Node Type': string; 'Relation Name'?: string; 'Actual Rows': number; 'Actual Loops': number; 'Rows Removed by Filter'?: number; Plans?: Plan[] }
  const nodes = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodes)]
  const model: CommonModel = models['ticketing.Ticket']

  /** How Postgres carries out the statement of a page. */
  async function planOf(organizationId: string, place: AccountPlace | null): Promise<Plan> {
    let plan: Plan | undefined
    const explaining: Pick<Database, 'tenant'> = {
      tenant: (organization, work) => db.database.tenant(organization, (client) => {
        const query = async (asked: string | QueryConfig) => {
          if (typeof asked === 'string') return client.query(asked)
          const { rows: [row] } = await client.query<{ 'QUERY PLAN': { Plan: Plan }[] }>({ ...asked, text: `explain (analyze, format json) ${asked.text}` })
          plan = row!['QUERY PLAN'][0]!.Plan
          return { rows: [] }
        }
        return work({ query } as unknown as PoolClient)
      }),
    }
    await listAcrossAccounts(explaining as Database, organizationId, model, {
      accounts: {}, place, pageSize: 100, includeDeleted: false, includeRemoteFields: false, includeShell: false, includeAside: false, within: [], filters: {},
    })
    return plan!
  }

  for (const [accounts, records] of [[2_000, 10], [3, 10_000]] as const) {
    test(`reads little more than it shows, in ${accounts} accounts with ${records} records each, wherever it begins`, async () => {
      const { organizationId } = await seedOrganization(db.database, `${accounts} accounts`)
      const { rows: [middle] } = await db.database.tenant(organizationId, async (client) => {
        await client.query(`insert into linked_accounts (id, organization_id, category, integration, end_user_origin_id, end_user_organization_name, end_user_email_address, status, setup, remote_identity, token_public_id, token_hash, created_at)
          select gen_random_uuid(), $1, 'ticketing', 'acme', n::text, 'Customer', 'c@example.test', 'COMPLETE', '{}', 'me', gen_random_uuid()::text, '', now() + n * interval '1 second' from generate_series(1, $2::int) n`, [organizationId, accounts])
        await client.query(`insert into ${model.table} (linked_account_id, id, organization_id, remote_id, seq, created_at, modified_at, body, raw_hash, body_hash, raw_version)
          select a.id, gen_random_uuid(), $1, n::text, n, now(), now() + n * interval '1 second', '{}', gen_random_uuid(), gen_random_uuid(), 1 from generate_series(1, $2::int) n cross join linked_accounts a`, [organizationId, records])
        return client.query<AccountPlace & Record<string, unknown>>(`select created_at as linked, id as account, now() + $1 * interval '1 second' as after from linked_accounts where end_user_origin_id = $2`, [records / 2, String(Math.ceil(accounts / 2))])
      })
      await asOwner(`analyze linked_accounts; analyze ${model.table}`)
      for (const place of [null, middle!]) {
        const read = nodes(await planOf(organizationId, place)).filter((node) => node['Relation Name'] === model.table)
        expect(read.map((node) => node['Node Type'])).not.toContain('Seq Scan')
        const touched = read.reduce((sum, node) => sum + node['Actual Loops'] * (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)), 0)
        expect(touched, place === null ? 'from the beginning' : 'from the middle').toBeGreaterThan(100)
        expect(touched, place === null ? 'from the beginning' : 'from the middle').toBeLessThan(400)
      }
    })
  }
})

/** As the owner of the tables, who alone may analyse them. */
async function asOwner(text: string): Promise<void> {
  const client = new Client({ connectionString: db.url })
  await client.connect()
  try { await client.query(text) } finally { await client.end() }
}
