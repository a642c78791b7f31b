import { randomUUID } from 'node:crypto'
import type { AccountWork } from '#src/accounts/account'
import type { Database } from '#src/db/client'
import { createApiKey } from '#src/organizations/keys'
import { ACCOUNT_TOKEN, mintToken } from '#src/organizations/tokens'
import { runSlice, type SliceKey, type SyncDeps } from '#src/sync/slice'
import { asCaller } from './api.ts'
import { invented, type InventedServer } from './invented-vendor.ts'

export interface Engine {
  readonly key: SliceKey
  readonly deps: SyncDeps
  /** Slices until nothing is left to do at once. */
  readonly sync: (kind?: 'full' | 'incremental', deps?: SyncDeps) => Promise<void>
  readonly rows: <R extends Record<string, unknown>>(text: string, values?: unknown[]) => Promise<R[]>
  readonly feed: () => Promise<{ seq: number; what: string; remote_id: string; fields: string[] | null }[]>
  readonly tickets: () => Promise<Map<string, { body: Record<string, unknown>; seq: number; deleted: boolean; modified_at: string }>>
}

/** An account of the invented vendor in a real database, with the real engine and a door that leads straight to the vendor. */
export async function inventedEngine(database: Database, server: InventedServer, overrides: Partial<SyncDeps> = {}): Promise<Engine> {
  const { rows: [organization] } = await database.system.query<{ id: string }>('insert into organizations (name) values ($1) returning id', [randomUUID()])
  const organizationId = organization!.id
  const linkedAccountId = randomUUID()
  const model = 'ticketing.Ticket'
  await database.tenant(organizationId, async (client) => {
    await client.query(
      `insert into linked_accounts (id, organization_id, category, integration, end_user_origin_id, end_user_organization_name, end_user_email_address, status, setup, remote_identity, token_public_id, token_hash)
       values ($1::uuid, $2, 'ticketing', 'invented', $1::text, 'End', 'e@example.test', 'COMPLETE', '{}', 'customer-1', $3, '\\x00')`, [linkedAccountId, organizationId, randomUUID()])
    await client.query('insert into feed_heads (linked_account_id, organization_id) values ($1, $2)', [linkedAccountId, organizationId])
    await client.query(`insert into sync_states (linked_account_id, model, organization_id, status, mapping_version, next_run_at) values ($1, $2, $3, 'SYNCING', 1, now())`, [linkedAccountId, model, organizationId])
    await client.query('insert into leases (linked_account_id, model, organization_id) values ($1, $2, $3)', [linkedAccountId, model, organizationId])
  })
  const account: AccountWork = {
    id: linkedAccountId, organizationId, provider: invented, setup: {}, credentials: async () => ({ key: 'k' }), integration: 'invented', category: 'ticketing', status: 'COMPLETE',
    baseUrl: 'https://invented.example', remoteIdentity: 'customer-1',
  }
  const deps: SyncDeps = {
    database, door: { open: () => server.send }, logs: { write: () => undefined, flush: async () => undefined, close: async () => undefined }, providers: new Map([['invented', invented]]),
    account: async () => account, leaseSeconds: 30, syncIntervalSeconds: 600, fullSyncHours: 24, ...overrides,
  }
  const key: SliceKey = { organizationId, linkedAccountId, model }
  const rows: Engine['rows'] = (text, values = []) => database.tenantQuery(organizationId, { text, values })
  return {
    key, deps, rows,
    async sync(kind, used = deps) {
      if (kind !== undefined) await rows('update sync_states set next_kind = $2 where linked_account_id = $1', [linkedAccountId, kind])
      while (await runSlice(used, key) === 'more') { /* the next slice */ }
    },
    feed: () => rows('select seq, what, remote_id, fields from changes where linked_account_id = $1 order by seq', [linkedAccountId]),
    async tickets() {
      const found = await rows<{ remote_id: string; body: string; seq: number; remote_was_deleted: boolean; modified_at: string }>('select remote_id, body, seq, remote_was_deleted, modified_at from ticketing_ticket where linked_account_id = $1', [linkedAccountId])
      return new Map(found.map((row) => [row.remote_id, { body: JSON.parse(row.body) as Record<string, unknown>, seq: row.seq, deleted: row.remote_was_deleted, modified_at: row.modified_at }]))
    },
  }
}

/** What a caller sends who asks for this engine's account. */
export async function callerOf(database: Database, { key, rows }: Pick<Engine, 'key' | 'rows'>): Promise<Record<string, string>> {
  const { rows: [organization] } = await database.system.query<{ name: string }>('select name from organizations where id = $1', [key.organizationId])
  const { apiKey } = await createApiKey(database, { organizationName: organization!.name, name: 'test' })
  const { token, publicId, secretHash } = mintToken(ACCOUNT_TOKEN)
  await rows('update linked_accounts set token_public_id = $2, token_hash = $3 where id = $1', [key.linkedAccountId, publicId, secretHash])
  return asCaller(apiKey, token)
}
