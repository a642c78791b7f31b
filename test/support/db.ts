import { randomBytes } from 'node:crypto'
import { Client, type QueryResultRow } from 'pg'
import { inject } from 'vitest'
import { openDatabase, type Database } from '#src/db/client'

export interface TestDatabase {
  readonly url: string
  readonly database: Database
  /** Closes the pools and drops the database. */
  readonly drop: () => Promise<void>
}

/** One statement on the server, outside any test database. */
export const onServer = async <R extends QueryResultRow>(text: string): Promise<R[]> => rowsAt<R>(inject('postgres').admin, text)
/** One statement on a database of that server. */
export const onDatabase = async <R extends QueryResultRow>(name: string, text: string): Promise<R[]> => rowsAt<R>(urlOfDatabase(name), text)

async function rowsAt<R extends QueryResultRow>(url: string, text: string): Promise<R[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try { return (await client.query<R>(text)).rows } finally { await client.end() }
}

/** The address of another database on the same server. */
export function urlOfDatabase(name: string): string {
  const url = new URL(inject('postgres').admin)
  url.pathname = `/${name}`
  return url.href
}

/** A name that is dropped with everything else at the end of the run, whatever happens. */
export const databaseName = (): string => `${inject('postgres').template}_${randomBytes(4).toString('hex')}`

/** A migrated, empty database for this file alone. */
export async function testDatabase({ poolSize = 4 }: { poolSize?: number } = {}): Promise<TestDatabase> {
  const name = databaseName()
  // The files are copied: through the log, as is the default, the same takes several times as long.
  await onServer(`create database ${name} template ${inject('postgres').template} strategy file_copy`)
  const url = urlOfDatabase(name)
  const database = openDatabase({ url, poolSize })
  return { url, database, drop: async () => { await database.close(); await onServer(`drop database ${name} with (force)`) } }
}
