import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, type QueryResultRow } from 'pg'
import type { TestProject } from 'vitest/node'
import { startEmbedded } from '#src/db/embedded'
import { migrate } from '#src/db/migrate'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where databases are made and dropped, and the migrated one that tests clone. */
    postgres: { admin: string; template: string }
  }
}

interface Server { readonly url: string; readonly stop: () => Promise<void> }

async function embedded(): Promise<Server> {
  const dataDir = mkdtempSync(join(tmpdir(), 'intermodal-test-'))
  // As root the server runs as somebody else, who must get through.
  chmodSync(dataDir, 0o755)
  const remove = (): void => { rmSync(dataDir, { recursive: true, force: true }) }
  try {
    // Nothing here has to outlive a power cut, and no database lives long enough to be tidied up in.
    const { url, stop } = await startEmbedded({ dataDir, settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', autovacuum: 'off', shared_buffers: '256MB', max_connections: '300' } })
    return { url, stop: async () => { try { await stop() } finally { remove() } } }
  } catch (error) {
    remove()
    throw error
  }
}

async function container(): Promise<Server> {
  const { GenericContainer, Wait } = await import('testcontainers')
  const started = await new GenericContainer('postgres:18-alpine').withEnvironment({ POSTGRES_PASSWORD: 'test' }).withExposedPorts(5432)
    // Once for the server that sets up, once for the real one.
    .withWaitStrategy(Wait.forLogMessage(/ready to accept connections/, 2)).withCommand(['postgres', '-c', 'fsync=off', '-c', 'max_connections=300']).start()
  return { url: `postgres://postgres:test@${started.getHost()}:${started.getMappedPort(5432)}/postgres`, stop: async () => { await started.stop() } }
}

function server(): Promise<Server> {
  if (process.env['TEST_POSTGRES'] === 'container') return container()
  const given = process.env['DATABASE_URL']
  return given === undefined || given === '' ? embedded() : Promise.resolve({ url: given, stop: () => Promise.resolve() })
}

async function admin<T extends QueryResultRow>(url: string, text: string): Promise<T[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try { return (await client.query<T>(text)).rows } finally { await client.end() }
}

/** One Postgres for the whole run, with one migrated database to clone from; everything is gone afterwards. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { url, stop } = await server()
  // What tests start as processes of their own is compiled once for all of them.
  const modules = mkdtempSync(join(tmpdir(), 'intermodal-modules-'))
  process.env['NODE_COMPILE_CACHE'] = modules
  const template = `intermodal_test_${randomBytes(4).toString('hex')}`
  const teardown = async (): Promise<void> => {
    try {
      const left = await admin<{ datname: string }>(url, `select datname from pg_database where datname like '${template.replaceAll('_', '\\_')}%'`)
      for (const { datname } of left) await admin(url, `drop database if exists "${datname}" with (force)`)
    } finally {
      await stop()
      rmSync(modules, { recursive: true, force: true })
    }
  }
  try {
    await admin(url, `create database ${template}`)
    const migrating = new URL(url)
    migrating.pathname = `/${template}`
    await migrate(migrating.href)
  } catch (error) {
    await teardown()
    throw error
  }
  project.provide('postgres', { admin: url, template })
  return teardown
}
