/** The last of the walls around a bad row: one that passed the mapping, but that Postgres does not take. */
import { DatabaseError } from 'pg'
import type { Client } from '../db/client.ts'
import { Fault } from '../errors.ts'
import type { Poisoned } from '../records/quarantine.ts'
import { writeRows, type MappedRow, type Origin, type StoredHead, type Written } from '../records/upsert.ts'

type Stored = ReadonlyMap<string, StoredHead>
export interface Stowed { readonly written: Written; readonly refused: readonly Poisoned[] }

/** A value out of range (class 22) or too large for an index or a field (class 54): the rows are at fault. All else is ours. */
const isAboutRows = (error: unknown): error is DatabaseError => error instanceof DatabaseError && /^(?:22|54)/.test(error.code ?? '')

/** Write rows; those that Postgres refuses are found by halves and left out. */
export async function writeStorable(client: Client, origin: Origin, rows: readonly MappedRow[], stored: Stored): Promise<Stowed> {
  const first = await attempt(client, () => writeRows(client, origin, rows, stored))
  if (!(first instanceof DatabaseError)) return { written: first, refused: [] }
  const refused = new Map((await refusedAmong(client, origin, rows, stored, first)).map((row) => [row.remoteKey, row]))
  return { written: await writeRows(client, origin, rows.filter(({ remoteId }) => !refused.has(remoteId)), stored), refused: [...refused.values()] }
}

async function refusedAmong(client: Client, origin: Origin, rows: readonly MappedRow[], stored: Stored, error: DatabaseError): Promise<Poisoned[]> {
  const [only] = rows
  if (only !== undefined && rows.length === 1) return [{ remoteKey: only.remoteId, fault: new Fault('mapping.unstorable', { detail: `The record cannot be stored: ${error.message}.` }, error), raw: only.raw, logId: only.logId }]
  const halves = [rows.slice(0, Math.ceil(rows.length / 2)), rows.slice(Math.ceil(rows.length / 2))]
  const found: Poisoned[] = []
  for (const half of halves) {
    const tried = await attempt(client, async () => { await writeRows(client, origin, half, stored); return null }, true)
    if (tried !== null) found.push(...await refusedAmong(client, origin, half, stored, tried))
  }
  return found
}

/** Inside a savepoint: what the rows are at fault for is given back, and leaves no trace; so does success, where it was only a trial. */
async function attempt<T>(client: Client, work: () => Promise<T>, trial = false): Promise<T | DatabaseError> {
  await client.query('savepoint rows')
  try {
    const result = await work()
    await client.query(trial ? 'rollback to savepoint rows' : 'release savepoint rows')
    return result
  } catch (error) {
    if (!isAboutRows(error)) throw error
    await client.query('rollback to savepoint rows')
    return error
  }
}
