import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { migrate } from '#src/db/migrate'
import { ask } from '../support/embedded.ts'
import { product, type Product } from '../support/product.ts'

let running: Product
beforeAll(async () => { running = await product({ size: 20 }) })
afterAll(async () => { await running.close() })

const tickets = async (token: string): Promise<number> => ((await running.api.ask('GET', '/api/ticketing/v1/tickets?page_size=100', { token })).body['results'] as unknown[]).length
async function synced(token: string): Promise<void> {
  for (const deadline = Date.now() + 25_000; ; await new Promise((resolve) => { setTimeout(resolve, 200) })) {
    if (await tickets(token) > 0) return
    if (Date.now() > deadline) throw new Error('nothing was synced')
  }
}

test('F64 however many connections syncs hold, whoever asks the API finds one', async () => {
  const token = await running.linked('bulkhead')
  await synced(token)
  const { database } = running.house.sync
  const gate = new Client({ connectionString: running.url })
  await gate.connect()
  await gate.query('select pg_advisory_lock(1)')
  const waiters = Array.from({ length: 30 }, () => database.tenantQuery('00000000-0000-0000-0000-000000000000', { text: 'select pg_advisory_xact_lock(1)' }).catch(() => null))
  const held = async (): Promise<number> => (await gate.query(`select 1 from pg_locks where locktype = 'advisory' and not granted`)).rowCount!
  // More come as long as the pool has connections; then it has none.
  for (let before = -1, now = 0; now === 0 || now > before; now = await held()) { before = now; await new Promise((resolve) => { setTimeout(resolve, 200) }) }
  expect(await held()).toBeLessThan(30)
  const began = performance.now()
  expect(await tickets(token)).toBeGreaterThan(0)
  expect(performance.now() - began).toBeLessThan(1_500)
  await gate.end()
  await Promise.all(waiters)
})

test('F68 F69 on a schema that a newer version has added to, and beside its jobs, this version stays ready, syncs and serves, and migrates nothing back', async () => {
  const admin = <R>(text: string): Promise<R[]> => ask<R>(running.url, text)
  await admin(`alter table ticketing_ticket add column of_tomorrow text default 'x' not null`)
  await admin('create table of_tomorrow (organization_id uuid not null, linked_account_id uuid)')
  await admin(`insert into drizzle.__drizzle_migrations (hash, created_at) values ('tomorrow', 99999999999999)`)
  await admin(`select graphile_worker.add_job('sync.of_tomorrow', '{"any": 1}'), graphile_worker.add_job('sync.slice', json_build_object('organizationId', gen_random_uuid(), 'linkedAccountId', gen_random_uuid(), 'model', 'ticketing.Ticket', 'ofTomorrow', true))`)
  await migrate(running.url)
  const token = await running.linked('beside')
  await synced(token)
  expect((await fetch(`${running.origin}/ready`)).status).toBe(200)
  expect(await admin(`select count(*) filter (where of_tomorrow = 'x') > 0 as filled from ticketing_ticket`)).toEqual([{ filled: true }])
  // It is left to whoever knows it, as if nobody had looked at it; the one with more in it than we know was done.
  expect(await admin(`select task_identifier, attempts, last_error, locked_at from graphile_worker.jobs where task_identifier = 'sync.of_tomorrow' or attempts > 1`)).toEqual([{ task_identifier: 'sync.of_tomorrow', attempts: 0, last_error: null, locked_at: null }])
})
