/** Connections: how they are opened, lent and given up. */
import { setTimeout as delay } from 'node:timers/promises'
import { DatabaseError, Pool } from 'pg'
import type { ClientBase, PoolClient, PoolConfig, QueryConfig, QueryResult, QueryResultRow, Submittable } from 'pg'
import { Fault, storageFault } from '../errors.ts'
import { types } from './types.ts'

export type Client = PoolClient

export interface Times {
  /** What a statement may take. */
  readonly statementTimeoutMs?: number
  /** What a transaction may be idle: who forgets to end one holds its locks no longer. */
  readonly idleTransactionMs?: number
  /** How long somebody waits for a connection before he is told that there is none. */
  readonly waitMs?: number
}

/** Connections in one role. */
export function poolConfig(url: string, role: string, { statementTimeoutMs = 30_000, idleTransactionMs = 30_000, waitMs = 5_000 }: Times = {}): PoolConfig {
  return {
    connectionString: url,
    options: `-c role=${role} -c TimeZone=UTC -c plan_cache_mode=force_generic_plan -c statement_timeout=${statementTimeoutMs} -c idle_in_transaction_session_timeout=${idleTransactionMs}`,
    application_name: 'intermodal',
    connectionTimeoutMillis: waitMs,
    keepAlive: true,
    types,
  }
}

/** A pool whose broken connections are replaced, idle or not; without listeners their errors would end the process. `silenceMs`: after which a connection that does not answer is given up. */
export function openPool(config: PoolConfig, silenceMs = 0): Pool {
  const pool = new Pool(config)
  const talks = new Map<ClientBase, Talk>()
  pool.on('error', () => undefined)
  pool.on('connect', (client) => {
    const talk: Talk = { unanswered: 0, heardAt: 0 }
    talks.set(client, talk)
    client.on('error', () => undefined)
    client.query = askedWithCallback(client, talk)
  })
  pool.on('remove', (client) => { talks.delete(client) })
  if (silenceMs > 0) giveUpSilent(pool, talks, silenceMs)
  const connect = pool.connect.bind(pool) as (callback?: Connected) => Promise<Client>
  const lendOrFail = (callback?: Connected): Promise<Client> =>
    callback === undefined ? connect().catch((cause: unknown) => { throw new Fault('storage.unavailable', {}, cause) }) : connect((error, ...lent) => { callback(error === undefined ? error : new Fault('storage.unavailable', {}, error), ...lent) })
  pool.connect = lendOrFail as Pool['connect']
  return pool
}

/** What a connection has been asked and not yet answered, and since when it is silent. */
interface Talk { unanswered: number; heardAt: number }
type Connected = (error: Error | undefined, client: PoolClient | undefined, done: (release?: unknown) => void) => void

/** pg's own promise keeps every row alive until the next full garbage collection, which doubles what a list costs (ADR 0016); a callback given from the beginning does not. */
function askedWithCallback(client: ClientBase, talk: Talk): ClientBase['query'] {
  const ask = client.query.bind(client) as (config: unknown, values: unknown, callback?: unknown) => unknown
  const query = (config: unknown, values?: unknown, callback?: unknown): unknown => {
    if (typeof values === 'function' || typeof callback === 'function' || typeof (config as Partial<Submittable>).submit === 'function') return ask(config, values, callback)
    if (talk.unanswered++ === 0) talk.heardAt = performance.now()
    return new Promise((resolve, reject) => {
      ask(config, values, (error: Error | null, result: unknown) => {
        talk.unanswered -= 1
        talk.heardAt = performance.now()
        if (error === null) return resolve(result)
        // Where it was asked says more than where the answer was read.
        Error.captureStackTrace(error)
        reject(error)
      })
    })
  }
  return query as ClientBase['query']
}

/** A server that vanished says nothing, and the system waits a quarter of an hour for what was sent to it. The server's own limit is shorter, so who is silent for longer is not there. */
function giveUpSilent(pool: Pool, talks: ReadonlyMap<ClientBase, Talk>, silenceMs: number): void {
  const watch = setInterval(() => {
    for (const [client, { unanswered, heardAt }] of talks) if (unanswered > 0 && performance.now() - heardAt > silenceMs) socketOf(client).destroy(new Error('Postgres has not answered.'))
  }, silenceMs / 4)
  watch.unref()
  const end = pool.end.bind(pool)
  pool.end = (() => { clearInterval(watch); return end() })
}

interface Socket { cork(): void; uncork(): void; destroy(error: Error): void }
const socketOf = (client: ClientBase): Socket => (client as ClientBase & { readonly connection: { readonly stream: Socket } }).connection.stream

/** What is sent meanwhile leaves in one piece: a system call costs more than the bytes. */
export function inOneWrite<T>(client: Client, send: () => T): T {
  const socket = socketOf(client)
  socket.cork()
  try { return send() } finally { socket.uncork() }
}

/** Waits for all, then fails with the first failure: nothing of a broken transaction is still running afterwards. */
export async function all<T extends readonly unknown[]>(...promises: { [K in keyof T]: Promise<T[K]> }): Promise<T> {
  const settled = await Promise.allSettled(promises as readonly Promise<unknown>[])
  const failed = settled.find((outcome) => outcome.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  return settled.map((outcome) => (outcome as PromiseFulfilledResult<unknown>).value) as unknown as T
}

/** Deadlock, and a conflict of snapshots: the same again, a moment later, may well succeed. */
const CONFLICTS = new Set(['40P01', '40001'])
const CONFLICT_RETRIES = 3
const codeOf = (error: unknown): unknown => (error as { code?: unknown } | null)?.code

/**
 * Lends a connection to what sends one transaction, from begin to commit. What the database rolled back because of a conflict is tried again; what may have been
 * committed never is. The database's own trouble comes out as a fault of the catalogue.
 */
export async function transact<T>(pool: Pool, send: (client: Client) => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    const client = await pool.connect()
    let broken: Error | undefined
    try {
      return await send(client)
    } catch (error) {
      // A server that has become a standby stays one: the next connection may lead to its successor.
      if (codeOf(error) === '25006') broken = error as Error
      else await client.query('rollback').catch((cause: Error) => { broken = cause })
      if (broken !== undefined) throw error instanceof Fault ? error : new Fault('storage.unavailable', {}, error)
      if (tries === CONFLICT_RETRIES || !CONFLICTS.has(codeOf(error) as string)) throw storageFault(error) ?? error
    } finally {
      client.release(broken)
    }
    await delay(Math.random() * 25 * 2 ** tries)
  }
}

/** One connection of a pool, for statements that are transactions of their own: they are sent as they come and answered in turn. Lent anew after it broke. */
export function shareOne(pool: Pool): { query: <R extends QueryResultRow>(query: QueryConfig) => Promise<QueryResult<R>>; end: () => Promise<void> } {
  let lent: Promise<Client> | null = null
  const giveUp = (own: Promise<Client>, client?: Client): void => {
    if (lent !== own) return
    lent = null
    client?.release(true)
  }
  function lend(): Promise<Client> {
    const own = pool.connect()
    own.then((client) => client.once('end', () => { giveUp(own, client) }), () => { giveUp(own) })
    return own
  }
  return {
    async query<R extends QueryResultRow>(query: QueryConfig) {
      const own = (lent ??= lend())
      const client = await own
      try {
        return await client.query<R>(query)
      } catch (error) {
        if (error instanceof DatabaseError) throw storageFault(error) ?? error
        // What the server has not said is the connection's end, and is known here before it is announced.
        giveUp(own, client)
        throw new Fault('storage.unavailable', {}, error)
      }
    },
    async end() {
      const own = lent
      lent = null
      await own?.then((client) => { client.release() }, () => undefined)
      await pool.end()
    },
  }
}

/** Ends a transaction. Postgres answers with a rollback, and without an error, where a statement in it had failed and nobody minded. */
export async function commit(client: Client): Promise<void> {
  const { command } = await client.query('commit')
  if (command !== 'COMMIT') throw new Fault('internal', { detail: 'A statement of the transaction had failed, so none of it was kept.' })
}

/** Work between statements ends with its connection: otherwise what hangs would keep its place in the pool after the server has let go of it. */
export function whileConnected<T>(client: Client, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const lost = (): void => { reject(new Fault('storage.unavailable', { detail: 'The connection to the database ended in the middle of a transaction.' })) }
    client.once('end', lost)
    work.then(resolve, reject).finally(() => { client.off('end', lost) })
  })
}
