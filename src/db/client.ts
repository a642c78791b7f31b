import type { Writable } from 'node:stream'
import { DatabaseError, Pool, types as defaults } from 'pg'
import type { ClientBase, CustomTypesConfig, PoolClient, PoolConfig, QueryConfig, Submittable } from 'pg'
import { Fault } from '../errors.ts'

export type Client = PoolClient
export type Row = Record<string, unknown>

export const APP_ROLE = 'intermodal_app'
export const SYSTEM_ROLE = 'intermodal_system'

/** Postgres as the rest of the house sees it. Every connection has one of two roles, and neither passes by row-level security. */
export interface Database {
  /** Where it is, for those who need a connection of their own (LISTEN, graphile-worker). */
  readonly url: string
  /** Sees all organisations: key look-up, planning, sweeping, pruning. Nothing that answers a caller reads through it. */
  readonly system: Pool
  /** One transaction in which only this organisation's rows exist. */
  readonly tenant: <T>(organizationId: string, work: (client: Client) => Promise<T>) => Promise<T>
  /** One statement in such a transaction, sent in one piece. */
  readonly tenantQuery: <R extends Row>(organizationId: string, query: QueryConfig) => Promise<R[]>
  /** One select, alone in its transaction: the cheapest way to read. */
  readonly tenantSelect: <R extends Row>(organizationId: string, query: QueryConfig & { readonly values: unknown[] }) => Promise<R[]>
  readonly close: () => Promise<void>
}

const INT8 = 20
const TIMESTAMPTZ = 1184
/** `2026-11-21 10:42:25.1234+00` as `2026-11-21T10:42:25.123400Z`: the wire's form, with all its digits (a Date would lose some), sortable as text. */
const isoInstant = (text: string): string => {
  // Sessions are in UTC, so it always ends in +00.
  const end = text.length - 3
  const [day, time] = [text.slice(0, 10), text.slice(11, end)]
  return `${day}T${end === 26 ? time : end > 19 ? time.padEnd(15, '0') : `${time}.000000`}Z`
}

const parserOf = (oid: number, format?: 'text' | 'binary') => {
  if (format !== 'binary' && oid === INT8) return Number
  if (format !== 'binary' && oid === TIMESTAMPTZ) return isoInstant
  return (defaults.getTypeParser as (oid: number, format?: string) => unknown)(oid, format)
}
/** 64-bit integers as numbers, instants as ISO strings in UTC. */
export const types: CustomTypesConfig = { getTypeParser: parserOf as CustomTypesConfig['getTypeParser'] }

export interface DatabaseOptions {
  readonly url: string
  readonly poolSize?: number
  readonly statementTimeoutMs?: number
}

export function poolConfig(url: string, role: string, statementTimeoutMs = 30_000): PoolConfig {
  return {
    connectionString: url,
    options: `-c role=${role} -c TimeZone=UTC -c plan_cache_mode=force_generic_plan -c statement_timeout=${statementTimeoutMs} -c idle_in_transaction_session_timeout=30000`,
    application_name: 'intermodal',
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    types,
  }
}

/** A pool whose broken connections are replaced, idle or not; without listeners their errors would end the process. */
export function openPool(config: PoolConfig): Pool {
  const pool = new Pool(config)
  pool.on('error', () => undefined)
  pool.on('connect', (client) => {
    client.on('error', () => undefined)
    client.query = askedWithCallback(client)
  })
  return pool
}

/** pg's own promise keeps every row alive until the next full garbage collection, which doubles what a list costs (ADR 0016); a callback given from the beginning does not. */
function askedWithCallback(client: ClientBase): ClientBase['query'] {
  const ask = client.query.bind(client) as (config: unknown, values: unknown, callback?: unknown) => unknown
  const query = (config: unknown, values?: unknown, callback?: unknown): unknown => {
    if (typeof values === 'function' || typeof callback === 'function' || typeof (config as Partial<Submittable>).submit === 'function') return ask(config, values, callback)
    return new Promise((resolve, reject) => {
      ask(config, values, (error: Error | null, result: unknown) => {
        if (error === null) return resolve(result)
        // Where it was asked says more than where the answer was read.
        Error.captureStackTrace(error)
        reject(error)
      })
    })
  }
  return query as ClientBase['query']
}

export function openDatabase({ url, poolSize = 10, statementTimeoutMs = 30_000 }: DatabaseOptions): Database {
  const app = openPool({ ...poolConfig(url, APP_ROLE, statementTimeoutMs), max: poolSize, pipeline: true })
  const system = openPool({ ...poolConfig(url, SYSTEM_ROLE, statementTimeoutMs), max: poolSize })

  const enter = (organizationId: string): QueryConfig => ({
    name: 'enter_tenant', text: `select set_config('app.organization_id', $1, true)`, values: [organizationId],
  })

  return {
    url,
    system,
    async tenant(organizationId, work) {
      const client = await connect(app)
      let broken: Error | undefined
      try {
        const [, , result] = await all(client.query('begin'), client.query(enter(organizationId)), work(client))
        await client.query('commit')
        return result
      } catch (error) {
        await client.query('rollback').catch((cause: Error) => { broken = cause })
        throw error
      } finally {
        client.release(broken)
      }
    },
    async tenantQuery<R extends Row>(organizationId: string, query: QueryConfig) {
      const client = await connect(app)
      let broken: Error | undefined
      try {
        const [, , result] = await all(...inOneWrite(client, () => [client.query('begin'), client.query(enter(organizationId)), client.query<R>(query), client.query('commit')] as const))
        return result.rows
      } catch (error) {
        await client.query('rollback').catch((cause: Error) => { broken = cause })
        throw error
      } finally {
        client.release(broken)
      }
    },
    async tenantSelect<R extends Row>(organizationId: string, { text, values, ...query }: QueryConfig & { readonly values: unknown[] }) {
      const client = await connect(app)
      let broken: Error | undefined
      try {
        return (await client.query<R>({ ...query, text: insideTenant(text, values.length + 1), values: [...values, organizationId] })).rows
      } catch (error) {
        // A statement alone leaves no transaction behind; what broke the connection itself has no code of Postgres.
        if (!(error instanceof DatabaseError)) broken = error as Error
        throw error
      } finally {
        client.release(broken)
      }
    },
    async close() {
      await Promise.all([app.end(), system.end()])
    },
  }
}

/**
 * Enters the tenant in the statement that reads, so that one message goes each way. Nothing inside can run before `tenant` has: it refers to it, behind a fence.
 * In any other order row-level security would show no row.
 */
const insideTenant = (text: string, parameter: number): string =>
  `select found.* from (select set_config('app.organization_id', $${parameter}, true) as id) tenant cross join lateral (select * from (${text}) page where tenant.id is not null offset 0) found`

/** What is sent meanwhile leaves in one piece: a system call costs more than the bytes. */
function inOneWrite<T>(client: Client, send: () => T): T {
  const { stream } = (client as Client & { readonly connection: { readonly stream: Pick<Writable, 'cork' | 'uncork'> } }).connection
  stream.cork()
  try { return send() } finally { stream.uncork() }
}

/** Waits for all, then fails with the first failure: nothing of a broken transaction is still running afterwards. */
async function all<T extends readonly unknown[]>(...promises: { [K in keyof T]: Promise<T[K]> }): Promise<T> {
  const settled = await Promise.allSettled(promises as readonly Promise<unknown>[])
  const failed = settled.find((outcome) => outcome.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  return settled.map((outcome) => (outcome as PromiseFulfilledResult<unknown>).value) as unknown as T
}

/** One transaction on a pool. The database's own failures are told apart from those of the work. */
export async function transaction<T>(pool: Pool, work: (client: Client) => Promise<T>): Promise<T> {
  const client = await connect(pool)
  let broken: Error | undefined
  try {
    await client.query('begin')
    const result = await work(client)
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch((cause: Error) => { broken = cause })
    throw broken === undefined || error instanceof Fault ? error : new Fault('storage.unavailable', {}, error)
  } finally {
    client.release(broken)
  }
}

async function connect(pool: Pool): Promise<Client> {
  try {
    return await pool.connect()
  } catch (cause) {
    throw new Fault('storage.unavailable', {}, cause)
  }
}
