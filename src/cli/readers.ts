import { readConfig } from '../config.ts'
import type { Database } from '../db/client.ts'
import { Fault } from '../errors.ts'
import { createReader, dropReader } from '../organizations/readers.ts'
import { openPostgres, processLog } from './house.ts'

async function withDatabase(work: (database: Database) => Promise<void>): Promise<number> {
  const postgres = await openPostgres(readConfig(), processLog('warn'))
  try {
    await work(postgres.database)
    return 0
  } finally {
    await postgres.close()
  }
}

/** `intermodal readers create`: the password is printed once and kept nowhere. */
export async function addReader({ organization, json }: { organization?: string; json: boolean }): Promise<number> {
  if (organization === undefined) throw new Fault('request.invalid', { detail: 'Whose records? Say it with --organization NAME.' })
  return withDatabase(async (database) => {
    const { login, password } = await createReader(database, organization)
    console.log(json ? JSON.stringify({ login, password }) : `Login for the SQL views of ${organization} (the password is shown only now):\n${login}\n${password}`)
  })
}

/** `intermodal readers drop`. */
export async function removeReader({ login }: { login?: string }): Promise<number> {
  if (login === undefined) throw new Fault('request.invalid', { detail: 'Which login? Say it with --login NAME.' })
  return withDatabase(async (database) => {
    await dropReader(database, login)
    console.log(`${login} can no longer log in.`)
  })
}
