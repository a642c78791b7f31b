import type { Pool, PoolConfig, QueryConfig } from 'pg'
import { all, commit, inOneWrite, openPool, poolConfig, shareOne, transact, whileConnected, type Client, type Times } from './pool.ts'

export { openPool, poolConfig, type Client } from './pool.ts'
export type Row = Record<string, unknown>

export const APP_ROLE = 'intermodal_app'
export const SYSTEM_ROLE = 'intermodal_system'

type Select = QueryConfig & { readonly values: unknown[] }

/** Postgres as the rest of the house sees it. Every connection has one of two roles, and neither passes by row-level security. */
export interface Database {
  /** Where it is, for those who need a connection of their own (LISTEN, graphile-worker). */
  readonly url: string
  /** Sees all organisations: key look-up, planning, sweeping, pruning. Nothing that answers a caller reads through it. */
  readonly system: Pool
  /** One transaction in which only this organisation's rows exist. After a deadlock, which undoes all of it, the work is run again. */
  readonly tenant: <T>(organizationId: string, work: (client: Client) => Promise<T>) => Promise<T>
  /** One statement in such a transaction, sent in one piece. */
  readonly tenantQuery: <R extends Row>(organizationId: string, query: QueryConfig) => Promise<R[]>
  /** One select, alone in its transaction: the cheapest way to read. */
  readonly tenantSelect: <R extends Row>(organizationId: string, query: Select) => Promise<R[]>
  /** A select that an index answers at once. All of them share a connection, where each waits for those before it: the cheapest way to read, as long as all are quick. */
  readonly tenantLookup: <R extends Row>(organizationId: string, query: Select) => Promise<R[]>
  readonly close: () => Promise<void>
}

export interface DatabaseOptions extends Times {
  readonly url: string
  readonly poolSize?: number
}

/** Longer than a statement may take, so that the server's own word comes first. */
const SILENCE_MS = 5_000

/** Sent behind `begin`: from here to the end of the transaction only this organisation's rows exist. */
export const enterTenant = (organizationId: string): QueryConfig => ({
  name: 'enter_tenant', text: `select set_config('app.organization_id', $1, true)`, values: [organizationId],
})

export function openDatabase({ url, poolSize = 10, statementTimeoutMs = 30_000, ...times }: DatabaseOptions): Database {
  const open = (role: string, config: PoolConfig = {}): Pool => openPool({ ...poolConfig(url, role, { ...times, statementTimeoutMs }), max: poolSize, ...config }, statementTimeoutMs + SILENCE_MS)
  const app = open(APP_ROLE, { pipeline: true })
  const lookups = shareOne(open(APP_ROLE, { pipeline: true, max: 1 }))
  const system = open(SYSTEM_ROLE, { pipeline: true })

  return {
    url,
    system,
    tenant: (organizationId, work) => transact(app, async (client) => {
      const [, , result] = await all(client.query('begin'), client.query(enterTenant(organizationId)), whileConnected(client, work(client)))
      await commit(client)
      return result
    }),
    tenantQuery: <R extends Row>(organizationId: string, query: QueryConfig) => transact(app, async (client) => {
      const [, , { rows }] = await all(...inOneWrite(client, () => [client.query('begin'), client.query(enterTenant(organizationId)), client.query<R>(query), client.query('commit')] as const))
      return rows
    }),
    tenantSelect: <R extends Row>(organizationId: string, query: Select) => transact(app, async (client) => (await client.query<R>(insideTenant(organizationId, query))).rows),
    tenantLookup: async <R extends Row>(organizationId: string, query: Select) => (await lookups.query<R>(insideTenant(organizationId, query))).rows,
    async close() {
      await Promise.all([app.end(), lookups.end(), system.end()])
    },
  }
}

/**
 * Enters the tenant in the statement that reads, so that one message goes each way. Nothing inside can run before `tenant` has: it refers to it, behind a fence.
 * In any other order row-level security would show no row.
 */
const insideTenant = (organizationId: string, { text, values, ...query }: Select): QueryConfig => ({
  ...query,
  text: `select found.* from (select set_config('app.organization_id', $${values.length + 1}, true) as id) tenant cross join lateral (select * from (${text}) page where tenant.id is not null offset 0) found`,
  values: [...values, organizationId],
})

/** One transaction on a pool. Like that of a tenant it may be run again, after it was rolled back. */
export const transaction = <T>(pool: Pool, work: (client: Client) => Promise<T>): Promise<T> => transact(pool, async (client) => {
  await client.query('begin')
  const result = await whileConnected(client, work(client))
  await commit(client)
  return result
})

/** The same for statements that need nothing of each other's answers: all leave in one piece, so whatever the transaction locks, it locks for no longer than the server works. Gives the last one's answer. */
export const transactionInOneWrite = <R extends Row>(pool: Pool, queries: readonly QueryConfig[]): Promise<R[]> => transact(pool, async (client) => {
  const answers = await all(...inOneWrite(client, () => [client.query('begin'), ...queries.map((query) => client.query<R>(query)), client.query('commit')]))
  return answers.at(-2)!.rows as R[]
})
