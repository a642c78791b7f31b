import { readConfig } from '../config.ts'
import { openPostgres, processLog } from './house.ts'

/** `intermodal migrate`: as every start does, and nothing else. */
export async function runMigrate(): Promise<number> {
  const config = readConfig()
  const postgres = await openPostgres(config, processLog(config.logLevel))
  await postgres.close()
  console.log('The database is up to date.')
  return 0
}
