import { readConfig } from '../config.ts'
import { logPageAccess } from './house.ts'

/** `intermodal logs`: a link to the log page of the API that runs on this machine with the same key. */
export async function printLogLink(): Promise<number> {
  const config = readConfig()
  console.log(`${await logPageAccess(config).issueLink(`http://127.0.0.1:${config.port}`)}\nIt works once, within ten minutes, and on this machine only.`)
  return 0
}
