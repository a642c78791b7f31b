import type { AnyResource, Deletions } from '#kit'
import type { CommonModel } from '#models'
import { learnShapes } from '../drift/learn.ts'
import type { Drift } from '../drift/shape.ts'
import { Fault } from '../errors.ts'
import { forgetDeletions } from '../records/deletions.ts'
import { contentHash, indexKey, recordId } from '../records/ids.ts'
import { quarantineRows, releaseRows, type Poisoned } from '../records/quarantine.ts'
import { noteListed } from '../records/remote-field-classes.ts'
import { isUnchanged, storedHeads, type IncomingRow, type MappedRow, type Origin } from '../records/upsert.ts'
import { bury, doom } from './bury.ts'
import { holdFence } from './lease.ts'
import { asMappingFault, mapRow, remoteIdOf } from './map.ts'
import type { VendorPage } from './pages.ts'
import type { Checkpoint, Place } from './run.ts'
import { reduceRow } from './reduce.ts'
import type { SliceWork } from './slice.ts'
import { writeStorable } from './storable.ts'
import { recordPage } from './store.ts'

/** Against lists that go in circles it is enough to remember the last pages, by place and by content: longer circles run into the page limit. */
const REMEMBERED_MARKS = 200
const MOST_PAGES = 1_000_000

type Identified = IncomingRow & { readonly remoteId: string; readonly row: unknown }

/** Commit one page: raw payloads, records, feed, manifest and checkpoint together or not at all. */
export async function writePage(work: SliceWork, checkpoint: Checkpoint & { readonly place: Place }, page: VendorPage, marks: readonly string[]): Promise<Checkpoint> {
  const { account, deps, lease, resource, run, scope, state } = work
  const model = resource.model as CommonModel
  const origin: Origin = { organizationId: lease.organizationId, linkedAccountId: lease.linkedAccountId, model, cause: 'sync', runId: run.id, page: checkpoint.page }
  const { identified, poisoned } = identify(work, page)
  const next: Checkpoint = {
    ...checkpoint,
    page: checkpoint.page + 1,
    place: page.next,
    seen: checkpoint.seen + page.items,
    total: checkpoint.place.seen === 0 && page.total !== null ? (checkpoint.total ?? 0) + page.total : checkpoint.total,
    newest: later(checkpoint.newest, page.newest),
    stale: (checkpoint.stale ?? 0) + page.stale,
    vendorClock: checkpoint.page === 0 ? earlier(checkpoint.vendorClock, page.answeredAt) : checkpoint.vendorClock,
    visited: [...checkpoint.visited, ...marks].slice(-REMEMBERED_MARKS),
  }
  if (next.page > MOST_PAGES) throw new Fault('upstream.loop', { detail: `The vendor's list has more than ${MOST_PAGES} pages.` })
  let counts = { rowsRead: 0, created: 0, updated: 0, unchanged: 0, deleted: 0, quarantined: 0, fieldIssues: 0 }
  let found: readonly Drift[] = []
  await deps.database.tenant(lease.organizationId, async (client) => {
    await holdFence(client, lease)
    const stored = await storedHeads(client, lease.linkedAccountId, model, identified.map(({ id }) => id))
    const changed = identified.filter((row) => stored.get(row.id)?.isErased !== true && !isUnchanged(stored.get(row.id), row) && !(isGone(resource, row.row) && stored.get(row.id)?.remoteWasDeleted))
    const { mapped, failed, issues } = mapChanged(work, changed)
    await quarantineRows(client, origin, [...poisoned, ...failed])
    if (state.hasDeletions) await forgetDeletions(client, origin, identified.filter(({ row }) => !isGone(resource, row)).map(({ id }) => id))
    found = await learnShapes(client, { ...lease, basis: `${resource.version}${scope.fingerprint}`, settled: !state.isInitial }, [...changed, ...poisoned].flatMap(({ raw }) => raw ?? []))
    const doomed = await doom(client, origin, toldOf(work, identified, page.gone))
    const { written, refused } = await writeStorable(client, origin, mapped, stored)
    await quarantineRows(client, origin, refused)
    // A row that is as it was before it went bad is not written, and yet well again.
    const bad = new Set([...failed, ...refused].map(({ remoteKey }) => remoteKey))
    await releaseRows(client, origin, (state.hasPoisoned ? identified : mapped).map(({ remoteId }) => remoteId).filter((remoteId) => !bad.has(remoteId)))
    // Where something is switched off, none of the vendor's own fields are kept.
    if (work.scope.disabled.size === 0) await noteListed(client, origin, page.classes)
    const deleted = await bury(client, origin, doomed)
    counts = {
      rowsRead: page.rows.length, created: written.created, updated: written.updated, deleted,
      unchanged: identified.length - mapped.length - failed.length + written.sameBody, quarantined: poisoned.length + failed.length + refused.length, fieldIssues: issues,
    }
    await recordPage(client, lease, {
      runId: run.id, page: checkpoint.page, pageToken: JSON.stringify(checkpoint.place), logIds: page.logIds,
      recordIds: identified.map(({ id }) => id), rawVersions: identified.map(({ id }) => written.versions.get(id) ?? stored.get(id)?.rawVersion ?? 0),
    }, next, counts)
  })
  if (counts.created + counts.updated + counts.deleted > 0) deps.onChanges?.(lease)
  deps.onPage?.({ runId: run.id, model: model.id, page: next.page, rowsRead: counts.rowsRead })
  for (const drift of found) deps.onDrift?.({ integration: account.integration, linkedAccountId: lease.linkedAccountId, model: model.id, ...drift })
  return next
}

/** Give each row its id. Of a row that comes twice on a page the later one counts. */
function identify({ account, lease, resource, scope }: SliceWork, page: VendorPage): { identified: Identified[]; poisoned: Poisoned[] } {
  const identified = new Map<string, Identified>()
  const poisoned: Poisoned[] = []
  for (const [ordinal, { row, logId }] of page.rows.entries()) {
    const raw = JSON.stringify(scope.restricted ? reduceRow(resource, row, { disabled: scope.disabled, baseUrl: account.baseUrl, setup: account.setup }) : row) ?? 'null'
    try {
      const remoteId = remoteIdOf(resource, row)
      const id = recordId(lease.linkedAccountId, resource.model.id, remoteId)
      identified.set(id, { id, remoteId, row, logId, ordinal, path: resource.read.path, raw, rawHash: contentHash(`${resource.version}${scope.fingerprint}\n${raw}`) })
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      poisoned.push({ remoteKey: `row:${contentHash(raw)}`, fault: error, raw, logId })
    }
  }
  return { identified: [...identified.values()], poisoned }
}

/** Where the mark cannot be read, the vendor has not said it. */
const isGone = (resource: AnyResource, row: unknown): boolean => {
  const deletions = resource.read.deletions as Deletions<unknown>
  try { return deletions.seenAs === 'flag' && deletions.gone(row) } catch { return false }
}

/** Where the vendor marks or names what it deleted, that is its word. */
const toldOf = ({ resource, lease }: SliceWork, rows: readonly Identified[], named: readonly string[]): string[] =>
  [...rows.filter(({ row }) => isGone(resource, row)).map(({ id }) => id), ...named.map((remoteId) => recordId(lease.linkedAccountId, resource.model.id, indexKey(remoteId)))]

function mapChanged({ account, lease, resource, scope }: SliceWork, rows: readonly Identified[]): { mapped: MappedRow[]; failed: Poisoned[]; issues: number } {
  const mapped: MappedRow[] = []
  const failed: Poisoned[] = []
  let issues = 0
  for (const row of rows) {
    try {
      const record = mapRow(resource, row.row, { linkedAccountId: lease.linkedAccountId, baseUrl: account.baseUrl, setup: account.setup, disabled: scope.disabled })
      issues += record.issues.length
      mapped.push({ ...row, fields: record.fields, body: record.body, remoteFields: record.remoteFields, aside: record.aside, unseen: record.unseen })
    } catch (error) {
      failed.push({ remoteKey: row.remoteId, fault: asMappingFault(error), raw: row.raw, logId: row.logId })
    }
  }
  return { mapped, failed, issues }
}

const later = (a: string | null, b: string | null): string | null => (a === null || (b !== null && b > a) ? b : a)
const earlier = (a: string, b: string | null): string => (b !== null && b < a ? b : a)
