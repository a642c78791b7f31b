import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Client, Pool, type ClientBase } from 'pg'
import { SYSTEM_ROLE, poolConfig } from './client.ts'
import { missingRights, secureTenancy } from './tenancy.ts'
import { layViews } from './views.ts'

const folder = fileURLToPath(new URL('../../migrations', import.meta.url))
interface Journal { readonly entries: readonly { readonly when: number; readonly tag: string }[] }
const journal = (): Journal => JSON.parse(readFileSync(`${folder}/meta/_journal.json`, 'utf8')) as Journal

/** The number is ours alone: "intermodal" has no meaning to Postgres. */
const LOCK = `hashtextextended('intermodal migrate', 0)`
/** A statement that waits for a table makes everybody else wait behind it; so it gives up soon and comes again. */
const LOCK_TIMEOUT_MS = 2_000
const PATIENCE_MS = 5 * 60_000
const sleep = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms) })
const codeOf = (error: unknown): string => (error as { code?: string; cause?: { code?: string } }).code ?? (error as { cause?: { code?: string } }).cause?.code ?? ''

/** Brings the database to what this version needs. Any number of processes may do so at once; under load it waits its turn. */
export async function migrate(url: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000, application_name: 'intermodal migrate' })
  client.on('error', () => undefined)
  await client.connect()
  try {
    await client.query(`set timezone = 'UTC'; set statement_timeout = 0; set lock_timeout = ${LOCK_TIMEOUT_MS}; set client_min_messages = warning`)
    await queue(client)
    for (const step of [() => schema(client), () => secureTenancy(client), () => layViews(client), () => workerSchema(url)]) await patiently(client, step)
  } catch (error) {
    throw codeOf(error) === '42501' ? await missingRights(client, error) : error
  } finally {
    await client.end()
  }
}

/** Asks again and again instead of waiting in the lock: a waiting statement holds a snapshot, and CREATE INDEX CONCURRENTLY would wait for that. */
async function queue(client: Client): Promise<void> {
  for (const deadline = Date.now() + PATIENCE_MS; ; await sleep(50)) {
    const { rows: [row] } = await client.query<{ got: boolean }>(`select pg_try_advisory_lock(${LOCK}) as got`)
    if (row!.got) return
    if (Date.now() > deadline) throw new Error('Another process has been migrating this database for five minutes.')
  }
}

/** Repeats a step that could not get its locks in time, or met a deadlock; each is a transaction, so nothing is half done. */
async function patiently(client: Client, step: () => Promise<void>): Promise<void> {
  for (const deadline = Date.now() + PATIENCE_MS; ; await sleep(500 + Math.random() * 1_000)) {
    try {
      await step()
      return
    } catch (error) {
      await client.query('rollback').catch(() => undefined)
      if (!isTransient(error) || Date.now() > deadline) throw error
    }
  }
}

/** Lock not available, deadlock, serialization; and "tuple concurrently updated", which has no code of its own. */
const isTransient = (error: unknown): boolean => ['55P03', '40P01', '40001'].includes(codeOf(error)) || /tuple concurrently/.test((error as Error).message)

async function schema(client: Client): Promise<void> {
  if (await migrated(client)) return
  // Loaded only when there is something to do: it costs a start 0.4 s.
  const [{ drizzle }, { migrate: run }] = await Promise.all([import('drizzle-orm/node-postgres'), import('drizzle-orm/node-postgres/migrator')])
  await run(drizzle(client), { migrationsFolder: folder })
}

/** graphile-worker's tables have row-level security without policies: only their owner works with them, so that must be the role that does. */
async function workerSchema(url: string): Promise<void> {
  const { Logger, runMigrations } = await import('graphile-worker')
  const config = poolConfig(url, SYSTEM_ROLE)
  const pool = new Pool({ ...config, options: `${config.options} -c lock_timeout=${LOCK_TIMEOUT_MS}`, max: 2 })
  pool.on('error', () => undefined)
  pool.on('connect', (connection) => { connection.on('error', () => undefined) })
  try {
    await runMigrations({ pgPool: pool, logger: new Logger(() => () => undefined) })
  } finally {
    await pool.end()
  }
}

/** Whether every migration of this version has been applied. */
export async function migrated(pool: Pick<Pool, 'query'> | ClientBase): Promise<boolean> {
  try {
    const { rows } = await (pool as Pool).query<{ at: string }>('select created_at::text as at from drizzle.__drizzle_migrations')
    const applied = new Set(rows.map(({ at }) => at))
    return journal().entries.every(({ when }) => applied.has(String(when)))
  } catch (error) {
    // Undefined table or schema, or not yet granted: a database that was never migrated.
    if (['42P01', '3F000', '42501'].includes(codeOf(error))) return false
    throw error
  }
}
