import type { AnyResource } from '#kit'
import { Fault } from '../errors.ts'
import { contentHash, recordId } from '../records/ids.ts'
import type { Poisoned } from '../records/quarantine.ts'
import type { IncomingRow, MappedRow } from '../records/upsert.ts'
import { createBreath } from './breath.ts'
import { asMappingFault, mapRow, remoteIdOf } from './map.ts'
import type { VendorPage } from './pages.ts'
import { reduceRow } from './reduce.ts'
import type { SliceWork } from './slice.ts'

export type Identified = IncomingRow & { readonly remoteId: string; readonly row: unknown }

/** What became of a row: a record, or a reason why not. */
export type Outcome = { readonly record: MappedRow; readonly issues: number } | { readonly poisoned: Poisoned }

/** All that can be done with a page before it is its turn to be written. */
export interface PreparedPage {
  readonly page: VendorPage
  readonly identified: readonly Identified[]
  /** Rows without an id that could be read. */
  readonly poisoned: readonly Poisoned[]
  /** By record id, what is mapped already: everything on a first read, where all is news. */
  readonly outcomes: ReadonlyMap<string, Outcome>
  /** Characters of its rows. */
  readonly size: number
}

/** Needs nothing that the page before it writes: it is done while that one is written. */
export async function preparePage(work: SliceWork, page: VendorPage): Promise<PreparedPage> {
  const breath = createBreath()
  const identified = new Map<string, Identified>()
  const poisoned: Poisoned[] = []
  let size = 0
  for (const [ordinal, found] of page.rows.entries()) {
    const one = identify(work, found, ordinal)
    size += one.raw?.length ?? 0
    // Of a row that comes twice on a page the later one counts.
    if ('fault' in one) poisoned.push(one)
    else identified.set(one.id, one)
    if (breath.isDue()) await breath.take()
  }
  const outcomes = new Map<string, Outcome>()
  if (work.state.isInitial) for (const row of identified.values()) {
    if (!isGone(work.resource, row.row)) outcomes.set(row.id, mapped(work, row))
    if (breath.isDue()) await breath.take()
  }
  return { page, identified: [...identified.values()], poisoned, outcomes, size }
}

function identify({ account, lease, resource, scope }: SliceWork, { row, raw: text, logId }: VendorPage['rows'][number], ordinal: number): Identified | Poisoned {
  const raw = scope.restricted ? JSON.stringify(reduceRow(resource, row, { disabled: scope.disabled, baseUrl: account.baseUrl, setup: account.setup })) ?? 'null' : text ?? JSON.stringify(row) ?? 'null'
  try {
    const remoteId = remoteIdOf(resource, row)
    const id = recordId(lease.linkedAccountId, resource.model.id, remoteId)
    return { id, remoteId, row, logId, ordinal, path: resource.read.path, raw, rawHash: contentHash(`${resource.version}${scope.fingerprint}\n${raw}`) }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return { remoteKey: `row:${contentHash(raw)}`, fault: error, raw, logId }
  }
}

/** Where the mark cannot be read, the vendor has not said it. */
export function isGone({ read: { deletions } }: AnyResource, row: unknown): boolean {
  try { return deletions.seenAs === 'flag' && deletions.gone(row) } catch { return false }
}

export function mapped({ account, lease, resource, scope }: SliceWork, { row, id, logId, path, ordinal, raw, rawHash, remoteId }: Identified): Outcome {
  try {
    const { fields, body, remoteFields, aside, unseen, issues } = mapRow(resource, row, { linkedAccountId: lease.linkedAccountId, baseUrl: account.baseUrl, setup: account.setup, disabled: scope.disabled })
    return { record: { id, logId, path, ordinal, raw, rawHash, remoteId, fields, body, remoteFields, aside, unseen }, issues: issues.length }
  } catch (error) {
    return { poisoned: { remoteKey: remoteId, fault: asMappingFault(error), raw, logId } }
  }
}
