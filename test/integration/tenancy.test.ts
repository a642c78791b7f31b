import { globSync, readFileSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { migrate } from '#src/db/migrate'
import { tenancyFlaws } from '#src/db/tenancy'
import { testDatabase, type TestDatabase } from '../support/db.ts'

let db: TestDatabase
beforeAll(async () => { db = await testDatabase({ poolSize: 2 }) })
afterAll(async () => { await db.drop() })

/** As the URL's user, who owns the tables. */
async function owner<T>(work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: db.url })
  await client.connect()
  try { return await work(client) } finally { await client.end() }
}

const hidden = ['key_canary', 'data_keys', 'api_keys', 'readers', 'upstream_cells', 'prune_marks']
const [a, b] = [randomUUID(), randomUUID()]
interface Column { readonly name: string; readonly type: string }

const tables = async (): Promise<string[]> => (await owner((client) => client.query<{ name: string }>(
  `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition order by 1`))).rows.map(({ name }) => name)

/** Puts one row of an organisation into a table, whatever its columns are. */
async function plant(client: Client, table: string, organizationId: string): Promise<void> {
  const { rows: columns } = await client.query<Column>(`select attname::text as name, format_type(atttypid, atttypmod) as type from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped and attnotnull`, [table])
  const any = ({ name, type }: Column): unknown => {
    if (name === 'organization_id' || (table === 'organizations' && name === 'id')) return organizationId
    if (type === 'uuid') return randomUUID()
    if (type.endsWith('[]')) return '{}'
    if (type.startsWith('timestamp')) return '2026-11-21T12:00:00Z'
    if (type === 'jsonb') return '{}'
    if (type === 'boolean') return false
    return type === 'text' || type === 'bytea' ? randomUUID() : 1
  }
  await client.query(`insert into ${table} (${columns.map(({ name }) => name).join(', ')}) values (${columns.map((_, at) => `$${at + 1}`).join(', ')})`, columns.map(any))
}

describe('T05 what a developer who forgets the organisation gets', () => {
  beforeAll(async () => {
    await owner(async (client) => {
      await client.query(`select ensure_log_partitions('2026-11-21', 1)`)
      // First the organisations, which others refer to.
      for (const table of (await tables()).sort((left, right) => Number(right === 'organizations') - Number(left === 'organizations'))) for (const organization of [a, b]) await plant(client, table, organization)
    })
  })

  test('T05 a plain select from every table sees the own organisation only, and without one nothing, without an error', async () => {
    let looked = 0
    for (const table of (await tables()).filter((name) => !hidden.includes(name))) {
      const column = table === 'organizations' ? 'id' : 'organization_id'
      expect(await db.database.tenantQuery(a, { text: `select ${column} as whose from ${table}` }), table).toEqual([{ whose: a }])
      for (const read of [db.database.tenantSelect, db.database.tenantLookup]) expect(await read(a, { text: `select ${column} as whose from ${table}`, values: [] }), table).toEqual([{ whose: a }])
      expect(await db.database.tenantQuery('', { text: `select * from ${table}` }), table).toEqual([])
      for (const read of [db.database.tenantSelect, db.database.tenantLookup]) expect(await read('', { text: `select * from ${table}`, values: [] }), table).toEqual([])
      expect((await db.database.system.query(`select * from ${table}`)).rows.length, table).toBe(2)
      looked += 1
    }
    expect(looked).toBeGreaterThan(20)
  })

  test('T05 nothing of another organisation can be changed, removed, or planted', async () => {
    for (const table of (await tables()).filter((name) => !hidden.includes(name) && name !== 'organizations' && name !== 'audit_events')) {
      const touched = await db.database.tenant(a, async (client) => [(await client.query(`update ${table} set organization_id = organization_id where organization_id = $1`, [b])).rowCount, (await client.query(`delete from ${table} where organization_id = $1`, [b])).rowCount])
      expect(touched, table).toEqual([0, 0])
      await expect(db.database.tenant(a, (client) => client.query(`update ${table} set organization_id = $1`, [b])), table).rejects.toThrow('row-level security')
    }
    await expect(db.database.tenant(a, (client) => client.query('insert into feed_heads (linked_account_id, organization_id) values ($1, $2)', [randomUUID(), b]))).rejects.toThrow('row-level security')
    await expect(db.database.tenant(a, (client) => client.query(`insert into organizations (name) values ('mine')`))).rejects.toThrow('permission denied')
  })

  test('T05 keys, and the partitions behind the logs, are out of a tenant\'s reach altogether', async () => {
    for (const table of [...hidden, 'upstream_logs_p20261121', 'log_bodies_p20261121']) await expect(db.database.tenantQuery(a, { text: `select * from ${table}` }), table).rejects.toThrow('permission denied')
    for (const table of ['upstream_logs_p20261121', 'log_bodies_p20261121']) await expect(db.database.system.query(`select * from ${table}`), table).rejects.toThrow('permission denied')
  })

  test('T05 not even the owner of the tables is exempt', async () => {
    await owner(async (client) => {
      const { rows } = await client.query<{ exempt: boolean }>(`select bool_or(not relforcerowsecurity) as exempt from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')`)
      expect(rows[0]!.exempt).toBe(false)
    })
  })
})

describe('T06 what stays on a pooled connection', () => {
  const whose = { text: `select organization_id as whose, current_setting('app.organization_id') as setting from feed_heads` }

  test('T06 two hundred interleaved requests of two organisations on two connections never cross, though some fail', async () => {
    const outcomes = await Promise.all(Array.from({ length: 200 }, async (_, at) => {
      const organization = at % 2 === 0 ? a : b
      if (at % 7 === 0) return db.database.tenantQuery(organization, { text: 'select 1 / 0' }).then(() => 'passed', () => 'failed')
      if (at % 13 === 0) return db.database.tenantSelect(organization, { text: 'select 1 / ($1::int - 1)', values: [1] }).then(() => 'passed', () => 'failed')
      if (at % 11 === 0) return db.database.tenant(organization, async (client) => { await client.query('select 1'); throw new Error('changed my mind') }).then(() => 'passed', () => 'failed')
      const rows = at % 3 === 0 ? await db.database.tenantQuery(organization, whose) : at % 3 === 1 ? await db.database.tenantSelect(organization, { ...whose, name: 'whose', values: [] }) : await db.database.tenant(organization, async (client) => (await client.query(whose)).rows)
      return rows.length === 1 && rows[0]!['whose'] === organization && rows[0]!['setting'] === organization ? 'own' : 'CROSSED'
    }))
    const count = (outcome: string): number => outcomes.filter((other) => other === outcome).length
    expect(count('CROSSED') + count('passed')).toBe(0)
    expect(count('own')).toBeGreaterThan(140)
  })

  test('T06 look-ups of two organisations, sent behind one another on the connection that all share, never cross, though some fail', async () => {
    const outcomes = await Promise.all(Array.from({ length: 200 }, async (_, at) => {
      const organization = at % 2 === 0 ? a : b
      if (at % 7 === 0) return db.database.tenantLookup(organization, { text: 'select 1 / ($1::int - 1)', values: [1] }).then(() => 'passed', () => 'failed')
      const rows = await db.database.tenantLookup(organization, { ...whose, name: 'whose', values: [] })
      return rows.length === 1 && rows[0]!['whose'] === organization && rows[0]!['setting'] === organization ? 'own' : 'CROSSED'
    }))
    const count = (outcome: string): number => outcomes.filter((other) => other === outcome).length
    expect([count('own'), count('failed')]).toEqual([171, 29])
    expect(await db.database.tenantLookup('', { text: `select current_setting('app.organization_id', true) as setting, count(*) as seen from feed_heads`, values: [] })).toEqual([{ setting: '', seen: 0 }])
  })

  test('T06 after a request its connection belongs to nobody', async () => {
    await db.database.tenantQuery(a, whose)
    await db.database.tenantSelect(a, { ...whose, values: [] })
    const settings = await Promise.all(Array.from({ length: 6 }, () => db.database.tenantQuery('', { text: `select current_setting('app.organization_id', true) as setting, count(*) as seen from feed_heads` })))
    for (const [row] of settings) expect(row).toEqual({ setting: '', seen: 0 })
  })

  test('T06 nothing in the house sets the organisation for longer than a transaction', () => {
    const files = globSync('{src,providers}/**/*.ts')
    expect(files.length).toBeGreaterThan(20)
    const session = /\bset\s+(?:session\s+)?app\.|set_config\(\s*'app\.[^']*'\s*,[^,]*,(?!\s*true\b)/i
    expect(session.test('SET app.organization_id = 1')).toBe(true)
    expect(session.test(`select set_config('app.organization_id', $1, false)`)).toBe(true)
    expect(files.filter((file) => session.test(readFileSync(file, 'utf8')))).toEqual([])
    expect(files.filter((file) => readFileSync(file, 'utf8').includes(`set_config('app.`))).toEqual(['src/db/client.ts'])
  })
})

describe('T07 when row-level security is silently off', () => {
  const careless: readonly (readonly [string, string, RegExp])[] = [
    ['a new table', 'create table careless (id uuid, organization_id uuid)', /careless has no forced row-level security/],
    ['a new table without policies', 'create table careless (id uuid, organization_id uuid); alter table careless enable row level security, force row level security', /careless has no tenant policy/],
    ['a table that does not say whose its rows are', 'create table careless (id uuid); grant select on careless to intermodal_app', /intermodal_app may SELECT on careless/],
    ['a policy that lets everything through', `create policy careless on changes to intermodal_app using (true)`, /changes has a policy "careless" that is not ours/],
    ['a policy that was loosened', `alter policy tenant on changes using (organization_id = (select nullif(current_setting('app.organization_id', true), '')::uuid) or true)`, /changes has a policy "tenant" that is not ours/],
    ['a policy for everybody', `alter policy tenant on changes to public`, /changes has a policy "tenant" that is not ours/],
    ['an owner who is exempt', 'alter table changes no force row level security', /changes has no forced row-level security/],
    ['a key table that tenants may read', 'grant select on data_keys to intermodal_app', /intermodal_app may SELECT on data_keys/],
    ['a partition that is open', `select ensure_log_partitions('2026-11-21', 1); grant select on upstream_logs_p20261121 to intermodal_app`, /intermodal_app may SELECT on upstream_logs_p20261121/],
    ['a table that everybody may read', 'create table careless (id uuid, organization_id uuid); grant select on careless to public', /intermodal_app may SELECT on careless/],
  ]
  for (const [what, sql, flaw] of careless) {
    test(`T07 ${what} is noticed, and put right by the next migration`, async () => {
      await owner(async (client) => {
        expect(await tenancyFlaws(client)).toEqual([])
        await client.query(sql)
        expect((await tenancyFlaws(client)).join('\n')).toMatch(flaw)
        await migrate(db.url)
        expect(await tenancyFlaws(client)).toEqual([])
        await client.query('drop table if exists careless')
      })
    })
  }

  test('T07 a view that reads as its owner is noticed', async () => {
    await owner(async (client) => {
      await client.query('create view careless as select * from changes')
      expect(await tenancyFlaws(client)).toEqual(['view careless is not security_invoker'])
      await client.query('alter view careless set (security_invoker = true)')
      expect(await tenancyFlaws(client)).toEqual([])
      await client.query('drop view careless')
    })
  })

  test('T07 a role with powers to pass is noticed', async () => {
    await owner(async (client) => {
      // In a transaction that is rolled back: the roles are the whole cluster's.
      await client.query('begin; alter role intermodal_app bypassrls')
      expect(await tenancyFlaws(client)).toEqual(['role intermodal_app has powers by which it passes row-level security'])
      await client.query('rollback; begin; alter table changes owner to intermodal_app')
      expect((await tenancyFlaws(client)).join()).toContain('role intermodal_app has powers')
      await client.query('rollback')
      expect(await tenancyFlaws(client)).toEqual([])
    })
  })
})
