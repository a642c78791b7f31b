import { readFileSync } from 'node:fs'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { models } from '#models'
import { deleteAccount } from '#src/accounts/delete'
import { createReader } from '#src/organizations/readers'
import { ignoreRecord } from '#src/records/erase'
import { onServer, testDatabase, type TestDatabase } from '../support/db.ts'
import { seedAccount, seedOrganization, seedRecord, type SeededAccount } from '../support/seed.ts'

// The page's own statements, so that what readers are told to run is what runs here.
const page = readFileSync(new URL('../../docs/warehouse.md', import.meta.url), 'utf8')
const found = (pattern: RegExp): string => pattern.exec(page)?.[1] ?? `not in the page: ${pattern.source}`
const TABLE = found(/table\.sql <<'SQL'\n([\s\S]*?);\nSQL/)
const SEEN = found(/seen=\$\(psql "\$WAREHOUSE" -Atc "([\s\S]*?)"\)/)
const CHANGED = found(/copy \(\n([\s\S]*?)\n\) to stdout/).replace(`:'seen'`, '$1::jsonb')
const [FORGET, ADD, UNLINK] = [found(/\n(delete from hris_employees t using changed[\s\S]*?);/), found(/\n(insert into hris_employees select[\s\S]*?);/), found(/\n(delete from hris_employees where linked_account_id not in[\s\S]*?);/)]
const DBT = found(/```sql\n\{\{ config[\s\S]*?\n(select e\.\*[\s\S]*?)\n```/).replaceAll(/\{%.*?%\}\n?/g, '').replace(/\{\{ source\([^}]*\}\}/, 'intermodal.hris_employees').replace('{{ this }}', 'public.copied')

let db: TestDatabase
let organizationId: string
let login: string
let source: Client
let warehouse: Client
let accounts: SeededAccount[]

beforeAll(async () => {
  db = await testDatabase()
  organizationId = (await seedOrganization(db.database, 'Acme')).organizationId
  accounts = [await seedAccount(db.database, organizationId, 'hris'), await seedAccount(db.database, organizationId, 'hris')]
  for (const account of accounts) for (const n of [1, 2, 3]) await seedRecord(db.database, account, 'hris.Employee', String(n), { first_name: `"Name", ${n}\n`, hire_date: '2024-02-29T00:00:00.000Z' })
  const made = await createReader(db.database, 'Acme')
  login = made.login
  const url = new URL(db.url)
  url.username = login
  url.password = made.password
  source = new Client({ connectionString: url.href })
  warehouse = new Client({ connectionString: db.url })
  await Promise.all([source.connect(), warehouse.connect()])
  const { rows: [row] } = await source.query<Record<string, string>>(TABLE)
  await warehouse.query(`${Object.values(row!)[0]!.replace('create table', 'create temp table')}; create temp table changed (like hris_employees); create temp table living (id uuid)`)
})
afterAll(async () => {
  await Promise.all([source.end(), warehouse.end()])
  await db.drop()
  await onServer(`drop role ${login}`)
})

/** One round of the page's script; gives how many rows it moved. */
async function load(): Promise<number> {
  const { rows: [seen] } = await warehouse.query<Record<string, unknown>>(SEEN)
  const { rows } = await source.query<{ row: string }>(`select to_json(c)::text as row from (${CHANGED}) c`, [JSON.stringify(Object.values(seen!)[0])])
  await warehouse.query('truncate changed, living')
  await warehouse.query('insert into changed select (json_populate_record(null::changed, line::json)).* from unnest($1::text[]) line', [rows.map(({ row }) => row)])
  await warehouse.query('insert into living select * from unnest($1::uuid[])', [(await source.query<{ id: string }>('select id from linked_accounts')).rows.map(({ id }) => id)])
  for (const statement of [FORGET, ADD, UNLINK]) await warehouse.query(statement)
  return rows.length
}
const both = async (): Promise<unknown[][]> => Promise.all([source, warehouse].map(async (client) => (await client.query('select * from hris_employees order by linked_account_id, remote_id')).rows))

test('the page\'s script copies everything once, and from then on what has changed', async () => {
  expect(await load()).toBe(6)
  const [there, here] = await both()
  expect(here).toHaveLength(6)
  expect(here).toEqual(there)
  expect(await load()).toBe(0)
})

test('the copy follows changes, deletions, erasures, new accounts and unlinked ones', async () => {
  const [first, second] = accounts as [SeededAccount, SeededAccount]
  await seedRecord(db.database, first, 'hris.Employee', '1', { first_name: 'Renamed' })
  await seedRecord(db.database, first, 'hris.Employee', '2', { first_name: 'Gone' }, { deleted: true })
  const { id } = await seedRecord(db.database, first, 'hris.Employee', '4', { first_name: 'Ignored' })
  expect(await load()).toBe(3)
  await ignoreRecord(db.database, { organizationId, id: first.id }, models['hris.Employee'], id, { reason: 'GDPR', message: null })
  // A clock of its own, and older records than the copy has seen of the others: one watermark for all would lose them.
  const late = await seedAccount(db.database, organizationId, 'hris')
  await seedRecord(db.database, late, 'hris.Employee', '1', { first_name: 'Late' })
  await warehouse.query(`update hris_employees set modified_at = now() + interval '1 day' where linked_account_id = $1 and remote_id = '3'`, [second.id])
  expect(await load()).toBe(2)
  await deleteAccount(db.database, organizationId, second.id, null)
  expect(await load()).toBe(0)
  const [there, here] = await both()
  expect(here).toEqual(there)
  expect(here!.map((row) => { const { remote_id: remote, first_name: name, remote_was_deleted: gone, is_erased: erased } = row as Record<string, unknown>; return [remote, name, gone, erased] })).toHaveLength(5)
  expect(here).toContainEqual(expect.objectContaining({ remote_id: '4', first_name: null, is_erased: true }))
  expect(here).toContainEqual(expect.objectContaining({ remote_id: '2', remote_was_deleted: true }))
})

test('each account is read from its watermark on, through the index of its clock', async () => {
  await warehouse.query(`insert into public.hris_employee (linked_account_id, id, organization_id, remote_id, seq, created_at, modified_at, body, raw_hash, body_hash, raw_version)
    select a.id, gen_random_uuid(), a.organization_id, n::text, n, now(), now() + n * interval '1 second', '{}', gen_random_uuid(), gen_random_uuid(), 1 from public.linked_accounts a cross join generate_series(1000, 20000) n`)
  await warehouse.query('analyze public.hris_employee; analyze public.linked_accounts')
  const seen = accounts.map(({ id }) => ({ linked_account_id: id, modified_at: '2099-01-01T00:00:00Z' }))
  const { rows } = await source.query<{ 'QUERY PLAN': string }>(`explain ${CHANGED}`, [JSON.stringify(seen)])
  expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toMatch(/Index Scan using hris_employee_clock.*\n\s+Index Cond: \(\(linked_account_id = a\.id\) AND \(modified_at > CASE/)
})

test('the dbt model finds the same changes', async () => {
  await warehouse.query('create table public.copied as select linked_account_id, id, modified_at from public.hris_employee limit 0')
  const whole = Number((await warehouse.query<{ n: string }>('select count(*) as n from public.hris_employee')).rows[0]!.n)
  // Where the copy lies does not matter to the statement, so it may be asked beside the views, by the reader of both.
  await warehouse.query(`grant usage on schema public to ${login}; grant select on public.copied to ${login}`)
  const changes = async (): Promise<number> => Number((await source.query<{ n: string }>(`select count(*) as n from (${DBT}) c`)).rows[0]!.n)
  expect(await changes()).toBe(whole)
  await warehouse.query('insert into public.copied select linked_account_id, id, modified_at from public.hris_employee')
  expect(await changes()).toBe(0)
  await warehouse.query(`delete from public.copied where modified_at in (select max(modified_at) from public.copied group by linked_account_id)`)
  expect(await changes()).toBe(2)
  await warehouse.query(`drop table public.copied; revoke usage on schema public from ${login}`)
})
