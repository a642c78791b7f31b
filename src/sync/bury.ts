/** Deletions by the vendor's own word, page by page. */
import type { Client } from '../db/client.ts'
import { deletionsOf, holdThese, livingAmong, looksWrong } from '../records/deletions.ts'
import { tombstone } from '../records/tombstone.ts'
import type { Origin } from '../records/upsert.ts'

/** What a page says is gone, and which of it was alive before the page. */
export interface Doomed { readonly told: readonly string[]; readonly living: readonly string[] }

/** Ask before the page's rows are written: what the vendor shows for the first time as gone is nobody's loss. */
export const doom = async (client: Client, origin: Origin, told: readonly string[]): Promise<Doomed> => ({ told, living: told.length === 0 ? [] : await livingAmong(client, origin, told) })

/** Tombstones, until the run has made so many that it looks wrong: from there on they wait like those that a complete read finds. */
export async function bury(client: Client, origin: Origin, { told, living }: Doomed): Promise<number> {
  if (told.length === 0) return 0
  if (living.length === 0 || !await looksWrong(client, origin, (await deletionsOf(client, origin)).deleted + living.length)) return tombstone(client, origin, told)
  const waiting = new Set(living)
  const waited = await holdThese(client, origin, living)
  return tombstone(client, origin, [...told.filter((id) => !waiting.has(id)), ...waited])
}
