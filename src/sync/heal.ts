/** Tries the rows in quarantine again, as the mapping is now. The vendor is not asked. */
import type { AnyResource, Setup } from '#kit'
import type { CommonModel } from '#models'
import type { RunScope } from '../accounts/scopes.ts'
import type { Client } from '../db/client.ts'
import { contentHash, recordId } from '../records/ids.ts'
import { keptPoison, type KeptPoison } from '../records/kept.ts'
import { noteAttempts, releaseRows, type Poisoned } from '../records/quarantine.ts'
import { storedHeads, type MappedRow, type Origin } from '../records/upsert.ts'
import { asMappingFault, mapRow, remoteIdOf } from './map.ts'
import { lowerIssues } from './standing.ts'
import { writeStorable } from './storable.ts'

/** What rows of one resource are mapped with. */
export interface MappingPlace {
  readonly organizationId: string
  readonly linkedAccountId: string
  readonly resource: AnyResource
  readonly account: { readonly baseUrl: string; readonly setup: Setup }
  readonly scope: RunScope
}
export interface Healed { readonly healed: number; readonly failed: number; /** Null: there are no more. */ readonly next: string | null }

type Mended = MappedRow & { readonly from: KeptPoison }

/** One batch, by key, from behind one; in a transaction that keeps pages of the model out. */
export async function healBatch(client: Client, place: MappingPlace, after: string): Promise<Healed> {
  const { organizationId, linkedAccountId, resource } = place
  const model = resource.model as CommonModel
  const rows = await keptPoison(client, linkedAccountId, model, after)
  const mended: Mended[] = []
  const failed: Poisoned[] = []
  for (const row of rows) {
    try {
      mended.push(mend(place, row))
    } catch (error) {
      failed.push({ remoteKey: row.key, fault: asMappingFault(error), raw: row.payload, logId: row.logId })
    }
  }
  const stored = await storedHeads(client, linkedAccountId, model, mended.map(({ id }) => id))
  // What came later wins: a record that the vendor has deleted meanwhile, or sent whole where this row had no id, is not written over.
  const written = mended.filter(({ id, from, remoteId }) => { const head = stored.get(id); return head === undefined || (from.key === remoteId && !head.remoteWasDeleted && !head.isErased) })
  // Each record comes from the page that its row came from, whenever it became one.
  for (const group of Map.groupBy(new Map(written.map((row) => [row.id, row])).values(), ({ from }) => `${from.runId} ${from.page}`).values()) {
    const { runId, page } = group[0]!.from
    const origin: Origin = { organizationId, linkedAccountId, model, cause: 'remap', runId, page }
    const { refused } = await writeStorable(client, origin, group, stored)
    failed.push(...refused.map((row) => ({ ...row, remoteKey: group.find(({ remoteId }) => remoteId === row.remoteKey)!.from.key })))
  }
  const bad = new Set(failed.map(({ remoteKey }) => remoteKey))
  const well = mended.map(({ from }) => from.key).filter((key) => !bad.has(key))
  await noteAttempts(client, { linkedAccountId, model }, failed)
  await releaseRows(client, { linkedAccountId, model }, well)
  if (well.length > 0) await lowerIssues(client, { linkedAccountId, model })
  return { healed: well.length, failed: failed.length, next: rows.at(-1)?.key ?? null }
}

function mend({ linkedAccountId, resource, account, scope }: MappingPlace, from: KeptPoison): Mended {
  const row: unknown = JSON.parse(from.payload)
  const remoteId = remoteIdOf(resource, row)
  const { issues: _, ...record } = mapRow(resource, row, { linkedAccountId, ...account, disabled: scope.disabled })
  return {
    ...record, id: recordId(linkedAccountId, resource.model.id, remoteId), logId: from.logId, path: resource.read.path, ordinal: 0,
    raw: from.payload, rawHash: contentHash(`${resource.version}${scope.fingerprint}\n${from.payload}`), from,
  }
}
