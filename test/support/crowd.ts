import { randomUUID } from 'node:crypto'
import { models } from '#models'
import type { AccountWork } from '#src/accounts/account'
import type { Database } from '#src/db/client'
import type { SyncDeps } from '#src/sync/slice'
import type { AnyProvider, AnyResource } from './kit.ts'
import { invented, InventedServer, ticket } from './invented-vendor.ts'

const named = (id: 'ticketing.Tag' | 'ticketing.Team'): AnyResource => ({ ...ticket, model: models[id], read: { ...ticket.read, path: `/${id}` }, fields: { name: ticket.fields.name } }) as AnyResource
const resources: readonly AnyResource[] = [ticket, named('ticketing.Tag'), named('ticketing.Team')]
/** The invented vendor with three lists instead of one. */
export const wide: AnyProvider = { ...invented, resources }

export interface Member { readonly id: string; readonly organizationId: string; readonly server: InventedServer }
export interface Crowd {
  readonly deps: SyncDeps
  readonly organization: (name?: string) => Promise<string>
  readonly join: (organizationId: string, options?: { tickets?: number; models?: readonly string[]; lane?: number; due?: string }) => Promise<Member>
  /** Who was asked for a page, in order: ids of accounts. */
  readonly asked: string[]
}

/** Many accounts of the invented vendor, each with rows of its own, in a real database. */
export function crowd(database: Database, overrides: Partial<SyncDeps> = {}): Crowd {
  const members = new Map<string, Member>()
  const asked: string[] = []
  const work = ({ id, organizationId }: Member): AccountWork => ({
    id, organizationId, provider: wide, setup: {}, credentials: async () => ({ key: 'k' }), integration: 'invented', category: 'ticketing', status: 'COMPLETE', baseUrl: 'https://invented.example', remoteIdentity: 'customer-1',
  })
  return {
    asked,
    deps: {
      database, logs: { write: () => undefined, flush: async () => undefined, close: async () => undefined }, providers: new Map([['invented', wide]]),
      door: { open: ({ id }) => (request) => { if (request.path !== '/me') asked.push(id); return members.get(id)!.server.send(request) } },
      account: async (_, id) => { const member = members.get(id); return member === undefined ? null : work(member) },
      leaseSeconds: 30, syncIntervalSeconds: 600, fullSyncHours: 24, ...overrides,
    },
    async organization(name = randomUUID()) {
      return (await database.system.query<{ id: string }>('insert into organizations (name) values ($1) returning id', [name])).rows[0]!.id
    },
    async join(organizationId, { tickets = 25, models: of = ['ticketing.Ticket'], lane = 3, due = 'now()' } = {}) {
      const member: Member = { id: randomUUID(), organizationId, server: new InventedServer() }
      for (let n = 1; n <= tickets; n += 1) member.server.put(n)
      members.set(member.id, member)
      await database.tenant(organizationId, async (client) => {
        await client.query(
          `insert into linked_accounts (id, organization_id, category, integration, end_user_origin_id, end_user_organization_name, end_user_email_address, status, setup, remote_identity, token_public_id, token_hash)
           values ($1::uuid, $2, 'ticketing', 'invented', $1::text, 'End', 'e@example.test', 'COMPLETE', '{}', 'customer-1', $3, '\\x00')`, [member.id, organizationId, randomUUID()])
        await client.query('insert into feed_heads (linked_account_id, organization_id) values ($1, $2)', [member.id, organizationId])
        await client.query(`insert into sync_states (linked_account_id, model, organization_id, status, mapping_version, next_run_at, lane) select $1, model, $2, 'SYNCING', 1, ${due}, $4 from unnest($3::text[]) model`, [member.id, organizationId, of, lane])
        await client.query('insert into leases (linked_account_id, model, organization_id) select $1, model, $2 from unnest($3::text[]) model', [member.id, organizationId, of])
      })
      return member
    },
  }
}
