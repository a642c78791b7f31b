/** Deletions by the vendor's own word, page by page. */
import type { Client } from '../db/client.ts'
import { deletionsOf, heldAmong, hold, livingAmong, looksWrong } from '../records/deletions.ts'
import { tombstone } from '../records/tombstone.ts'
import type { Origin } from '../records/upsert.ts'

/** What a page says is gone, and which of it was alive before the page. */
export interface Doomed { readonly told: readonly string[]; readonly living: readonly string[] }

/** Ask before the page's rows are written: what the vendor shows for the first time as gone is nobody's loss. */
export const doom = async (client: Client, origin: Origin, told: readonly string[]): Promise<Doomed> => ({ told, living: told.length === 0 ? [] : await livingAmong(client, origin, told) })

/** Tombstones, until so many are gone or wait that it looks wrong: from there on they wait too, like those that a complete read finds. */
export async function bury(client: Client, origin: Origin, { told, living }: Doomed): Promise<number> {
  if (living.length === 0) return tombstone(client, origin, told)
  const held = await heldAmong(client, origin, living)
  const fresh = living.filter((id) => !held.has(id))
  const { deleted, waiting } = await deletionsOf(client, origin)
  const wrong = await looksWrong(client, origin, deleted + waiting + fresh.length)
  if (wrong) await hold(client, origin, fresh)
  const staying = new Set([...wrong ? fresh : [], ...living.filter((id) => held.get(id) === false)])
  return tombstone(client, origin, told.filter((id) => !staying.has(id)))
}
