import { createHash, createHmac } from 'node:crypto'
import { constant, constantFrom, integer, oneof, sample, tuple } from 'fast-check'
import { Client, type QueryResultRow } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fieldShape, models, sensitiveFields, type CommonModel, type FieldShape } from '#models'
import { acrossAccounts } from '#src/api/model-access'
import { migrate } from '#src/db/migrate'
import { tenancyFlaws } from '#src/db/tenancy'
import { views } from '#src/db/views'
import { createReader, dropReader, scramVerifier } from '#src/organizations/readers'
import { ignoreRecord } from '#src/records/erase'
import { asCaller, testApi, type TestApi } from '../support/api.ts'
import { onServer, testDatabase, type TestDatabase } from '../support/db.ts'
import { rowsOf } from '../support/everything.ts'
import { seedAccount, seedOrganization, seedRecord, type SeededAccount } from '../support/seed.ts'
import { plainResource, storeRow } from '../support/stored.ts'

let db: TestDatabase
let api: TestApi
let key: { organizationId: string; apiKey: string }
let other: { organizationId: string; apiKey: string }
let theirs: SeededAccount
const accounts: Record<string, SeededAccount> = {}
const logins: string[] = []
let reader: Client
let rival: Client
const all: readonly CommonModel[] = Object.values(models)
const viewName = (model: CommonModel): string => `intermodal.${model.category}_${model.path.split('/').at(-1)!.replaceAll('-', '_')}`

/** Logs in as an organisation's reader, as a tool would. */
async function readerOf(organization: string): Promise<Client> {
  const { login, password } = await createReader(db.database, organization)
  logins.push(login)
  const url = new URL(db.url)
  url.username = login
  url.password = password
  const client = new Client({ connectionString: url.href })
  await client.connect()
  return client
}
const ask = async <R extends QueryResultRow>(text: string, values: unknown[] = [], as = reader): Promise<R[]> => (await as.query<R>(text, values)).rows
async function asOwner<T>(work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: db.url })
  await client.connect()
  try { return await work(client) } finally { await client.end() }
}

beforeAll(async () => {
  db = await testDatabase()
  api = await testApi(db.database)
  key = await seedOrganization(db.database, 'A')
  other = await seedOrganization(db.database, 'B')
  for (const category of ['hris', 'crm', 'ticketing']) accounts[category] = await seedAccount(db.database, key.organizationId, category)
  theirs = await seedAccount(db.database, other.organizationId, 'hris')
  for (const model of all) {
    for (const { id, fields } of rowsOf(model)) await storeRow(db.database, accounts[model.category]!, plainResource(model.id as keyof typeof models), { ...fields, id, custom: [{ key: 'cf', name: 'Own field', value: { own: id } }] })
  }
  await seedRecord(db.database, theirs, 'hris.Employee', 'theirs', { first_name: 'Secret' })
  reader = await readerOf('A')
  rival = await readerOf('B')
}, 60_000)
afterAll(async () => {
  await Promise.all([reader.end(), rival.end(), api.app.close()])
  await db.drop()
  for (const login of logins) await onServer(`drop role if exists ${login}`)
})

const typeOf = ({ many, relation, instant, nested, type }: FieldShape): string =>
  many || nested !== null || type === 'object' || type === 'any' ? 'jsonb' : relation !== null ? 'uuid' : instant ? 'timestamp with time zone' : type === 'integer' || type === 'number' ? 'numeric' : type === 'boolean' ? 'boolean' : 'text'

describe('the SQL views', () => {
  test('are one for each model, with a typed column for each of its fields and a description of each', async () => {
    let fields = 0
    for (const model of all) {
      const columns = await ask<{ name: string; type: string; doc: string | null }>(`select attname::text as name, format_type(atttypid, atttypmod) as type, col_description(attrelid, attnum) as doc from pg_attribute where attrelid = $1::regclass and attnum > 0 order by attnum`, [viewName(model)])
      const own = Object.entries(model.schema.properties).map(([name, schema]) => ({ name, shape: fieldShape(schema) })).filter(({ shape }) => !shape.sensitive)
      const kept = ['linked_account_id uuid', 'id uuid', 'remote_id text', 'created_at timestamp(6) with time zone', 'modified_at timestamp(6) with time zone', 'remote_was_deleted boolean', 'is_erased boolean']
      expect(columns.map(({ name, type }) => `${name} ${type}`), model.id).toEqual([...kept, ...own.map(({ name, shape }) => `${name} ${typeOf(shape)}`), ...(model.hasRemoteFields ? ['remote_fields jsonb'] : [])])
      expect(columns.filter(({ doc }) => doc === null || doc === ''), model.id).toEqual([])
      fields += own.length
    }
    console.log(`${all.length} views with ${fields} fields`)
    expect(views).toHaveLength(all.length + 1)
    expect(all.flatMap(({ schema }) => sensitiveFields(schema))).toEqual(['ssn', 'ssn'])
  })

  test('show what the API serves, field by field, for records with every field filled', async () => {
    let compared = 0
    for (const model of all) {
      const { results } = (await api.app.inject({ url: `${acrossAccounts(model)}${model.hasRemoteFields ? '?include_remote_fields=true' : ''}`, headers: asCaller(key.apiKey) })).json<{ results: Record<string, unknown>[] }>()
      const rows = await ask(`select * from ${viewName(model)} order by modified_at`)
      expect(rows, model.id).toHaveLength(2)
      for (const [n, row] of rows.entries()) {
        const served = results[n]!
        const { linked_account_id: account, is_erased: erased, ...shown } = row
        expect([account, erased]).toEqual([accounts[model.category]!.id, false])
        for (const [name, value] of Object.entries(shown)) {
          const plain = value instanceof Date ? value.getTime() : typeof served[name] === 'number' ? Number(value) : value
          expect(plain, `${model.id} ${name}`).toEqual(value instanceof Date ? Date.parse(String(served[name])) : served[name])
          if (name in model.schema.properties) expect(value, `${model.id} ${name} is filled`).not.toBeNull()
          compared += 1
        }
      }
    }
    console.log(`${compared} values compared`)
    expect(compared).toBeGreaterThan(1_000)
  })

  test('have a null, and no error, where a stored value is not what the field holds', async () => {
    const junk: readonly unknown[] = ['', 'junk', '2026-02-30T00:00:00Z', '0000-01-01T00:00:00Z', '2026-01-01T24:00:00Z', 'now', 'infinity', 1e300, -7, true, null, [], ['x'], {}, { a: { b: [1] } }, '00000000-0000-8000-8000-00000000000', 'NaN', '2026-01-01']
    let odd = 0
    for (const model of all) {
      const account = await seedAccount(db.database, key.organizationId, model.category)
      for (const n of junk.keys()) await seedRecord(db.database, account, model.id as keyof typeof models, String(n))
      await asOwner(async (client) => {
        for (const [n, value] of junk.entries()) await client.query(`update ${model.table} set body = $2 where linked_account_id = $1 and remote_id = $3`, [account.id, JSON.stringify(Object.fromEntries(Object.keys(model.schema.properties).map((name) => [name, value]))), String(n)])
        await client.query(`update ${model.table} set body = '{}' where linked_account_id = $1 and remote_id = '0'`, [account.id])
      })
      const rows = await ask(`select * from ${viewName(model)} where linked_account_id = $1 order by modified_at`, [account.id])
      expect(rows, model.id).toHaveLength(junk.length)
      for (const [name, schema] of Object.entries(model.schema.properties)) {
        const kind = typeOf(fieldShape(schema))
        if (['uuid', 'timestamp with time zone'].includes(kind)) { expect(rows.map((row) => row[name] ?? null), `${model.id} ${name}`).toEqual(junk.map(() => null)); odd += 1 }
        if (kind === 'numeric') expect(rows.flatMap((row) => (row[name] === null ? [] : [Number(row[name])]))).toEqual([1e300, -7])
        if (kind === 'boolean') expect(rows.flatMap((row) => (row[name] === null ? [] : [row[name] as boolean]))).toEqual([true])
      }
    }
    expect(odd).toBeGreaterThan(100)
  }, 60_000)

  test('read exactly those instants that there are', async () => {
    const account = await seedAccount(db.database, key.organizationId, 'hris')
    const part = (from: number, to: number, width = 2) => integer({ min: from, max: to }).map((n) => String(n).padStart(width, '0'))
    const written = tuple(oneof(constantFrom('0000', '0001', '1900', '2000', '2100', '9999'), part(0, 9999, 4)), oneof(constant('02'), part(0, 13)), oneof(part(28, 31), part(0, 32)), part(0, 24), part(0, 60), part(0, 60), constantFrom('', '.5', '.123456'))
      .map(([y, m, d, h, min, s, fraction]) => `${y}-${m}-${d}T${h}:${min}:${s}${fraction}Z`)
    const texts = [...new Set(sample(written, 2_000))]
    await seedRecord(db.database, account, 'hris.Employee', 'x')
    const exists = (text: string): boolean => { const at = new Date(text); return !text.startsWith('0000') && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text.slice(0, 19)) }
    const seen: string[] = []
    await asOwner(async (client) => {
      await client.query(`insert into hris_employee (linked_account_id, id, organization_id, remote_id, seq, created_at, modified_at, body, raw_hash, body_hash, raw_version)
        select $1, gen_random_uuid(), $2, t, n, now(), now() + n * interval '1 second', json_build_object('hire_date', t)::text, gen_random_uuid(), gen_random_uuid(), 1 from unnest($3::text[]) with ordinality u(t, n)`, [account.id, key.organizationId, texts])
    })
    for (const row of await ask<{ remote_id: string; same: boolean }>(`select remote_id, hire_date = remote_id::timestamptz as same from intermodal.hris_employees where linked_account_id = $1 and hire_date is not null`, [account.id])) {
      expect(row.same).toBe(true)
      seen.push(row.remote_id)
    }
    expect(seen.sort()).toEqual(texts.filter(exists).sort())
    console.log(`${texts.length} texts, ${seen.length} of them instants`)
    expect(seen.length).toBeGreaterThan(200)
  })

  test('show deletions and erasures, so that a copy can follow them', async () => {
    const account = await seedAccount(db.database, key.organizationId, 'hris')
    await seedRecord(db.database, account, 'hris.Employee', 'gone', { first_name: 'Gone' }, { deleted: true })
    const { id } = await seedRecord(db.database, account, 'hris.Employee', 'ignored', { first_name: 'Ignored' })
    const before = await ask<{ remote_id: string; modified_at: Date }>('select remote_id, modified_at from intermodal.hris_employees where linked_account_id = $1 order by modified_at desc limit 1', [account.id])
    await ignoreRecord(db.database, { organizationId: key.organizationId, id: account.id }, models['hris.Employee'], id, { reason: 'GDPR', message: null })
    expect(await ask('select remote_id, remote_was_deleted, is_erased, first_name from intermodal.hris_employees where linked_account_id = $1 order by modified_at', [account.id])).toEqual([
      { remote_id: 'gone', remote_was_deleted: true, is_erased: false, first_name: 'Gone' }, { remote_id: 'ignored', remote_was_deleted: false, is_erased: true, first_name: null },
    ])
    expect(await ask('select remote_id from intermodal.hris_employees where linked_account_id = $1 and modified_at > $2', [account.id, before[0]!.modified_at])).toEqual([{ remote_id: 'ignored' }])
  })

  test('find what has changed in an account through the index of its clock', async () => {
    const account = await seedAccount(db.database, key.organizationId, 'hris')
    await asOwner(async (client) => {
      await client.query(`insert into hris_employee (linked_account_id, id, organization_id, remote_id, seq, created_at, modified_at, body, raw_hash, body_hash, raw_version)
        select $1, gen_random_uuid(), $2, n::text, n, now(), now() + n * interval '1 second', '{}', gen_random_uuid(), gen_random_uuid(), 1 from generate_series(1, 5000) n`, [account.id, key.organizationId])
      await client.query('analyze hris_employee; analyze linked_accounts')
    })
    const plan = (await ask<{ 'QUERY PLAN': string }>(`explain select id, first_name from intermodal.hris_employees where linked_account_id = '${account.id}' and modified_at > now() + interval '4990 seconds'`)).map((row) => row['QUERY PLAN']).join('\n')
    expect(plan).toMatch(/Index Scan (?:using|on) hris_employee_clock.*\n\s+Index Cond: \(.*modified_at > /)
  })
})

describe('a reader of the views', () => {
  test('T05 sees the own organisation\'s records and accounts only, whatever it sets and whoever it tries to become', async () => {
    const everything = async (as: Client): Promise<string[]> => {
      const found: string[] = []
      for (const model of all) found.push(...(await ask<{ a: string }>(`select distinct linked_account_id as a from ${viewName(model)}`, [], as)).map(({ a }) => a))
      return [...new Set([...found, ...(await ask<{ id: string }>('select id from intermodal.linked_accounts', [], as)).map(({ id }) => id)])].sort()
    }
    const own = (await db.database.tenantQuery<{ id: string }>(key.organizationId, { text: 'select id from linked_accounts order by id' })).map(({ id }) => id)
    expect(own.length).toBeGreaterThan(2)
    expect(await everything(reader)).toEqual(own)
    expect(await everything(rival)).toEqual([theirs.id])
    for (const [setting, seen] of [
      [`set app.organization_id = '${other.organizationId}'`, own],
      ['set session characteristics as transaction read write', own],
      // The group is nobody's reader.
      ['set role intermodal_reader', []],
      ['set row_security = off', 'query would be affected by row-level security policy'],
    ] as const) {
      await reader.query(setting)
      const found = everything(reader)
      await (typeof seen === 'string' ? expect(found, setting).rejects.toThrow(seen) : expect(found, setting).resolves.toEqual(seen))
      await reader.query('reset all; reset role')
    }
    for (const role of ['intermodal_app', 'intermodal_system', 'intermodal_views', logins[1]!]) await expect(reader.query(`set role ${role}`), role).rejects.toThrow('permission denied')
    await expect(reader.query(`set session authorization ${logins[1]!}`)).rejects.toThrow('permission denied')
  })

  test('T05 does not get at others\' rows by a function that is asked before the row is hidden', async () => {
    await reader.query(`set transaction_read_only = off; create function pg_temp.told(name text) returns boolean language plpgsql cost 0.0000001 as $$ begin raise notice 'saw %', name; return true; end $$`)
    const notices: string[] = []
    reader.on('notice', ({ message }) => notices.push(String(message)))
    await reader.query('select count(*) from intermodal.hris_employees where pg_temp.told(first_name)')
    expect(notices.some((notice) => notice.startsWith('saw first_name'))).toBe(true)
    expect(notices.filter((notice) => notice.includes('Secret'))).toEqual([])
  })

  test('T05 may read the views, and nothing else', async () => {
    const readable = await ask<{ name: string }>(`select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname !~ '^(pg_|information_schema$)' and c.relkind in ('r', 'p', 'v', 'm', 'S', 'f')
        and (has_any_column_privilege(c.oid, 'select, insert, update, references') or has_table_privilege(c.oid, 'delete, truncate, trigger')) order by 1`)
    expect(readable.map(({ name }) => name.replace(/^intermodal\./, '')).sort()).toEqual(views.map(({ name }) => name).sort())
    const callable = await ask(`select p.oid::regprocedure from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname !~ '^(pg_|information_schema$)' and has_function_privilege(p.oid, 'execute') and has_schema_privilege(n.oid, 'usage')`)
    expect(callable).toEqual([])
    for (const table of ['hris_employee', 'linked_accounts', 'credentials', 'readers', 'organizations', 'api_keys', 'raw_payloads']) await expect(reader.query(`select * from public.${table}`), table).rejects.toThrow('permission denied')
  })

  test('T05 changes nothing', async () => {
    await reader.query('set default_transaction_read_only = off')
    for (const sql of ['delete from intermodal.hris_employees', `update intermodal.hris_employees set first_name = 'x'`, 'insert into intermodal.linked_accounts (id) values (gen_random_uuid())', 'update intermodal.linked_accounts set status = status', 'delete from intermodal.linked_accounts', 'create table intermodal.mine (id int)', 'create table public.mine (id int)', 'drop view intermodal.hris_employees', 'truncate public.hris_employee']) {
      await expect(reader.query(sql), sql).rejects.toThrow(/permission denied|must be owner|cannot (?:delete|update|insert)/)
    }
  })

  test('is gone when its login is dropped, and is refused in a session that is still open', async () => {
    const leaving = await readerOf('A')
    const login = logins.at(-1)!
    expect((await ask('select id from intermodal.linked_accounts', [], leaving)).length).toBeGreaterThan(0)
    await dropReader(db.database, login)
    await expect(ask('select id from intermodal.linked_accounts', [], leaving)).rejects.toThrow('permission denied')
    await leaving.end()
    expect(await onServer(`select 1 from pg_roles where rolname = '${login}'`)).toEqual([])
    await expect(dropReader(db.database, login)).rejects.toMatchObject({ code: 'request.not_found' })
  })

  test('is not made for an organisation that there is not', async () => {
    const count = async (): Promise<number> => (await onServer(`select 1 from pg_roles where rolname like 'intermodal_reader_%'`)).length
    const before = await count()
    await expect(createReader(db.database, 'Nobody')).rejects.toMatchObject({ code: 'request.not_found' })
    expect(await count()).toBe(before)
  })

  test('is noted in the audit trail, without its password', async () => {
    const rows = await db.database.tenantQuery<{ event_type: string; subject: string }>(key.organizationId, { text: `select event_type, subject from audit_events where event_type like '%READER' order by id` })
    expect(rows.map(({ event_type: event }) => event)).toEqual(['CREATED_READER', 'CREATED_READER', 'DROPPED_READER'])
    expect(rows[0]!.subject).toBe(logins[0])
  })

  test('has a password of which Postgres is told only the verifier, as RFC 7677 computes it', () => {
    const [, iterations, salt, stored, server] = /^SCRAM-SHA-256\$(\d+):([^$]+)\$([^:]+):(.+)$/.exec(scramVerifier('pencil', Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64')))!
    const message = 'n=user,r=rOprNGfwEbeRWgbNEkqO,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0'
    expect([iterations, salt]).toEqual(['4096', 'W22ZaJ0SNY7soEsUEjb6gQ=='])
    expect(createHmac('sha256', Buffer.from(server!, 'base64')).update(message).digest('base64')).toBe('6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=')
    // The proof in the RFC is the client's key, hidden by a signature that the stored key makes.
    const signature = createHmac('sha256', Buffer.from(stored!, 'base64')).update(message).digest()
    const clientKey = Buffer.from('dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=', 'base64').map((byte, n) => byte ^ signature[n]!)
    expect(createHash('sha256').update(clientKey).digest('base64')).toBe(stored)
  })
})

describe('the views, at the next start', () => {
  const oids = async (): Promise<Record<string, number>> => Object.fromEntries((await ask<{ name: string; oid: number }>(`select relname::text as name, oid::int from pg_class where relnamespace = 'intermodal'::regnamespace`)).map(({ name, oid }) => [name, oid]))

  test('are left alone where nothing has changed', async () => {
    const before = await oids()
    await migrate(db.url)
    expect(await oids()).toEqual(before)
  })

  const changes: readonly (readonly [string, string])[] = [
    ['is of an earlier version', 'drop view intermodal.hris_teams; set role intermodal_views; create view intermodal.hris_teams as select id from public.hris_team; grant select on intermodal.hris_teams to intermodal_reader'],
    ['is missing', 'drop view intermodal.hris_teams'],
    ['belongs to somebody else', 'alter view intermodal.hris_teams owner to current_user'],
    ['may be read by everybody', 'grant select on intermodal.hris_teams to public'],
    ['may not be read', 'revoke select on intermodal.hris_teams from intermodal_reader'],
  ]
  for (const [what, sql] of changes) {
    test(`T07 one that ${what} is made anew, and no other`, async () => {
      const before = await oids()
      await asOwner((client) => client.query(sql))
      await migrate(db.url)
      const after = await oids()
      expect(after['hris_teams']).not.toBe(before['hris_teams'])
      expect({ ...after, hris_teams: 0 }).toEqual({ ...before, hris_teams: 0 })
      expect(await ask('select name from intermodal.hris_teams')).toHaveLength(2 + 18)
    })
  }

  test('one that no model has any more goes, and what is not ours stays', async () => {
    await asOwner((client) => client.query('create view intermodal.theirs as select 1 as id; set role intermodal_views; create view intermodal.old as select 1 as id'))
    await migrate(db.url)
    expect(await oids()).not.toHaveProperty('old')
    expect(await oids()).toHaveProperty('theirs')
    await asOwner((client) => client.query('drop view intermodal.theirs'))
  })

  test('say what stands in the way, where something was built on one that has changed', async () => {
    await asOwner((client) => client.query(`create view public.mine with (security_invoker) as select id from intermodal.hris_teams; comment on view intermodal.hris_teams is 'changed'`))
    await expect(migrate(db.url)).rejects.toThrow(/view mine depends on view (?:intermodal\.)?hris_teams/)
    await asOwner((client) => client.query('drop view public.mine'))
    await migrate(db.url)
  })

  test('T07 a policy that was loosened for readers, and rights that they were given, are noticed and put right', async () => {
    for (const [sql, flaw] of [
      ['alter policy reader on hris_employee using (true)', 'hris_employee has a policy "reader" that is not ours'],
      ['alter policy self on readers using (true)', 'readers has a policy "self" that is not ours'],
      ['grant select on hris_employee to intermodal_reader', 'intermodal_reader may SELECT on hris_employee'],
      ['grant delete on hris_employee to intermodal_views', 'intermodal_views may SELECT, DELETE on hris_employee'],
      ['grant select on credentials to intermodal_views', 'intermodal_views may SELECT on credentials'],
    ] as const) {
      await asOwner(async (client) => {
        await client.query(sql)
        expect(await tenancyFlaws(client)).toEqual([flaw])
        await migrate(db.url)
        expect(await tenancyFlaws(client)).toEqual([])
      })
    }
  })
})
