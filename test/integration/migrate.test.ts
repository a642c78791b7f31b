import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Client } from 'pg'
import { ConfigError } from '#src/config'
import { openDatabase } from '#src/db/client'
import { migrate, migrated } from '#src/db/migrate'
import { tenancyFlaws } from '#src/db/tenancy'
import { createOrganization } from '#src/organizations/keys'
import { createReader, dropReader } from '#src/organizations/readers'
import { databaseName, onServer, testDatabase, urlOfDatabase, type TestDatabase } from '../support/db.ts'

async function connected<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try { return await work(client) } finally { await client.end() }
}

describe('from empty', () => {
  test('any number of processes may migrate at once, in one database and in several', async () => {
    const names = [databaseName(), databaseName()]
    for (const name of names) await onServer(`create database ${name}`)
    try {
      await Promise.all(names.flatMap((name) => [migrate(urlOfDatabase(name)), migrate(urlOfDatabase(name)), migrate(urlOfDatabase(name))]))
      for (const name of names) {
        await connected(urlOfDatabase(name), async (client) => {
          expect(await migrated(client)).toBe(true)
          expect(await tenancyFlaws(client)).toEqual([])
          const { rows } = await client.query('select count(*)::int as applied, count(distinct hash)::int as different from drizzle.__drizzle_migrations')
          expect(rows[0].applied).toBe(rows[0].different)
        })
      }
    } finally {
      for (const name of names) await onServer(`drop database ${name} with (force)`)
    }
  })

  test('readiness is false before and true after, for both roles', async () => {
    const name = databaseName()
    await onServer(`create database ${name}`)
    try {
      await connected(urlOfDatabase(name), async (client) => {
        expect(await migrated(client)).toBe(false)
        await migrate(urlOfDatabase(name))
        for (const role of ['intermodal_app', 'intermodal_system']) {
          await client.query(`set role ${role}`)
          expect(await migrated(client)).toBe(true)
        }
        await client.query('reset role; delete from drizzle.__drizzle_migrations where id = (select max(id) from drizzle.__drizzle_migrations)')
        expect(await migrated(client)).toBe(false)
      })
    } finally {
      await onServer(`drop database ${name} with (force)`)
    }
  })
})

describe('in a migrated database', () => {
  let db: TestDatabase
  beforeAll(async () => { db = await testDatabase() })
  afterAll(async () => { await db.drop() })

  test('migrating again changes nothing and waits for no table', async () => {
    const schema = () => connected(db.url, async (client) => (await client.query(`
      select 'class' as of, oid::text, xmin::text from pg_class where relnamespace = 'public'::regnamespace union all select 'policy', oid::text, xmin::text from pg_policy
      union all select 'migration', id::text, xmin::text from drizzle.__drizzle_migrations order by 1, 2`)).rows)
    const before = await schema()
    // What any writer holds. A change to the table would wait for it.
    await connected(db.url, async (client) => {
      await client.query('begin; lock table changes, upstream_logs, linked_accounts in row exclusive mode')
      const began = Date.now()
      await migrate(db.url)
      expect(Date.now() - began).toBeLessThan(1_900)
      await client.query('rollback')
    })
    expect(await schema()).toEqual(before)
  })

  /** Runs one statement after another on a connection of its own, and says how long each took. */
  function load(text: string): { waits: number[]; stop: () => Promise<void> } {
    const waits: number[] = []
    const state = { going: true }
    const loop = connected(db.url, async (client) => {
      while (state.going) {
        const began = Date.now()
        await client.query(text)
        waits.push(Date.now() - began)
        await new Promise((resolve) => { setTimeout(resolve, 2) })
      }
    })
    return { waits, stop: async () => { state.going = false; await loop } }
  }
  const lose = () => connected(db.url, (client) => client.query('drop policy tenant on changes; drop policy tenant on linked_accounts; alter table upstream_logs no force row level security'))
  const write = `insert into changes (linked_account_id, seq, organization_id, model, record_id, remote_id, what, cause, at) values (gen_random_uuid(), 1, gen_random_uuid(), 'm', gen_random_uuid(), 'r', 'created', 'test', now())`

  test('F67 a migration under load stalls nobody for long, and fails nobody', async () => {
    const loads = [load('select count(*) from changes'), load('select count(*) from linked_accounts'), load(write)]
    for (let at = 0; at < 5; at += 1) {
      await new Promise((resolve) => { setTimeout(resolve, 200) })
      await lose()
      expect(await tenancyFlaws(db.database.system)).not.toEqual([])
      await migrate(db.url)
      expect(await tenancyFlaws(db.database.system)).toEqual([])
    }
    await Promise.all(loads.map(({ stop }) => stop()))
    for (const { waits } of loads) {
      expect(waits.length).toBeGreaterThan(50)
      expect(waits.sort((a, b) => a - b)[Math.floor(waits.length * 0.99)]).toBeLessThan(500)
    }
  })

  test('F67 behind a long transaction a migration gives up its place in the queue, and comes again until it gets it', async () => {
    await lose()
    const holder = new Client({ connectionString: db.url })
    await holder.connect()
    try {
      await holder.query('begin; select count(*) from changes')
      const migrating = migrate(db.url)
      const reader = load('select count(*) from changes')
      await new Promise((resolve) => { setTimeout(resolve, 6_000) })
      expect(await tenancyFlaws(db.database.system)).not.toEqual([])
      await holder.query('commit')
      await migrating
      await reader.stop()
      // It did stand in the queue, and readers behind it waited for as long as the lock timeout and no longer.
      expect(Math.max(...reader.waits)).toBeGreaterThan(1_500)
      expect(Math.max(...reader.waits)).toBeLessThan(4_000)
      expect(await tenancyFlaws(db.database.system)).toEqual([])
    } finally {
      await holder.end()
    }
  })

  test('graphile-worker\'s tables belong to the role that works with them', async () => {
    const { rows } = await db.database.system.query(`select distinct pg_get_userbyid(relowner) as owner from pg_class where relnamespace = 'graphile_worker'::regnamespace and relkind in ('r', 'p')`)
    expect(rows).toEqual([{ owner: 'intermodal_system' }])
    await db.database.system.query(`select graphile_worker.add_job('some.task', '{}')`)
    expect((await db.database.system.query(`select task_identifier from graphile_worker.jobs`)).rows).toEqual([{ task_identifier: 'some.task' }])
  })

  test('log partitions are made by both roles at once, take rows, and are dropped by day', async () => {
    const make = () => db.database.system.query(`select ensure_log_partitions('2026-11-20', 3)`)
    await Promise.all([make(), make(), make(), db.database.tenantQuery('00000000-0000-4000-8000-000000000001', { text: `select ensure_log_partitions('2026-11-21', 3)` })])
    const partitions = async (): Promise<string[]> => (await db.database.system.query<{ name: string }>(`select relname as name from pg_class where relispartition and relkind = 'r' order by 1`)).rows.map(({ name }) => name)
    expect(await partitions()).toEqual(['log_bodies', 'upstream_logs'].flatMap((parent) => ['20261120', '20261121', '20261122', '20261123'].map((day) => `${parent}_p${day}`)))
    const insert = (at: string) => db.database.system.query(`insert into log_bodies (linked_account_id, day, id, organization_id, bytes, sealed) values (gen_random_uuid(), $1, gen_random_uuid(), gen_random_uuid(), 0, '')`, [at])
    await insert('2026-11-20T00:00:00Z')
    await insert('2026-11-20T23:59:59.999Z')
    await insert('2026-11-23T23:59:59.999Z')
    await expect(insert('2026-11-24T00:00:00Z')).rejects.toThrow('no partition')
    expect(await tenancyFlaws(db.database.system)).toEqual([])
    const dropped = await Promise.all([1, 2].map(async () => (await db.database.system.query<{ n: number }>(`select drop_log_partitions('2026-11-22') as n`)).rows[0]!.n))
    expect(dropped.sort((left, right) => left - right)).toEqual([0, 4])
    expect((await partitions()).length).toBe(4)
    expect((await db.database.system.query('select count(*) as left from log_bodies')).rows).toEqual([{ left: 1 }])
    for (const days of [0, -1, 101]) await expect(db.database.system.query('select ensure_log_partitions($1, $2)', ['2026-11-20', days])).rejects.toThrow('1 to 100 days')
  })

  test('a tenant may not drop log partitions', async () => {
    await expect(db.database.tenantQuery('00000000-0000-4000-8000-000000000001', { text: `select drop_log_partitions('2100-01-01')` })).rejects.toThrow('permission denied')
  })
})

describe('as a user with few rights', () => {
  const user = `${databaseName()}_user`
  afterAll(async () => { await onServer(`drop role if exists ${user}`) })

  const asUser = (name: string): string => { const url = new URL(urlOfDatabase(name)); url.username = user; url.password = 'test'; return url.href }

  test('one that may make roles and owns the database needs no superuser; one that may not is told what an administrator must run', async () => {
    await onServer(`create role ${user} login createrole password 'test'`)
    // In a cluster of its own it would make the roles itself; here they exist, so what it lacks is membership.
    const name = databaseName()
    await onServer(`create database ${name} owner ${user}`)
    try {
      const refused = await migrate(asUser(name)).catch((error: unknown) => error)
      const version = Number((await onServer<{ v: string }>('show server_version_num as v').catch(() => onServer<{ v: string }>(`select current_setting('server_version_num') as v`)))[0]!.v)
      if (version >= 160000) {
        expect(refused).toBeInstanceOf(ConfigError)
        const sql = (refused as Error).message.split('\n').filter((line) => line.startsWith('  '))
        expect(sql.join('\n')).toContain(`grant intermodal_app, intermodal_system, intermodal_views to "${user}"`)
        // What the message says is what helps: run it word for word.
        await connected(urlOfDatabase(name), async (client) => { for (const line of sql) await client.query(line) })
      }
      await migrate(asUser(name))
      await connected(asUser(name), async (client) => {
        expect(await migrated(client)).toBe(true)
        expect(await tenancyFlaws(client)).toEqual([])
      })
      const database = openDatabase({ url: asUser(name), poolSize: 1 })
      try {
        await createOrganization(database, 'A')
        const refusedReader = await createReader(database, 'A').catch((error: unknown) => error)
        if (version >= 160000) {
          expect(refusedReader).toBeInstanceOf(ConfigError)
          for (const line of (refusedReader as Error).message.split('\n').filter((one) => one.startsWith('  '))) await onServer(line)
        }
        const { login } = await createReader(database, 'A')
        await dropReader(database, login)
        expect(await onServer(`select 1 from pg_roles where rolname = '${login}'`)).toEqual([])
      } finally {
        await database.close()
      }
    } finally {
      await onServer(`drop database ${name} with (force)`)
    }
  })
})
