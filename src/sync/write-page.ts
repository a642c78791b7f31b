import type { CommonModel } from '#models'
import type { Client } from '../db/client.ts'
import { all } from '../db/pool.ts'
import { learnShapes } from '../drift/learn.ts'
import type { Drift } from '../drift/shape.ts'
import { Fault } from '../errors.ts'
import { forgetDeletions } from '../records/deletions.ts'
import { indexKey, recordId } from '../records/ids.ts'
import { quarantineRows, releaseRows, type Poisoned } from '../records/quarantine.ts'
import { noteListed } from '../records/remote-field-classes.ts'
import { isUnchanged, storedHeads, type MappedRow, type Origin, type StoredHead } from '../records/upsert.ts'
import { bury, doom } from './bury.ts'
import { createBreath } from './breath.ts'
import { walkedOn } from './circles.ts'
import { holdFence } from './lease.ts'
import { isGone, mapped, type Identified, type PreparedPage } from './prepare.ts'
import type { ReadyPage } from './ahead.ts'
import type { Checkpoint, Place } from './run.ts'
import type { SliceWork } from './slice.ts'
import { writeStorable, type Stowed } from './storable.ts'
import { recordPage } from './store.ts'

const MOST_PAGES = 1_000_000

/** Commit one page: raw payloads, records, feed, manifest and checkpoint together or not at all. */
export async function writePage(work: SliceWork, checkpoint: Checkpoint & { readonly place: Place }, ready: ReadyPage): Promise<Checkpoint> {
  const { account, deps, lease, resource, run, scope, state } = work
  const { page, identified, poisoned } = ready
  const model = resource.model as CommonModel
  const origin: Origin = { organizationId: lease.organizationId, linkedAccountId: lease.linkedAccountId, model, cause: 'sync', runId: run.id, page: checkpoint.page }
  const next: Checkpoint = {
    ...checkpoint,
    page: checkpoint.page + 1,
    place: page.next,
    seen: checkpoint.seen + page.items,
    total: checkpoint.place.seen === 0 && page.total !== null ? (checkpoint.total ?? 0) + page.total : checkpoint.total,
    newest: later(checkpoint.newest, page.newest),
    stale: (checkpoint.stale ?? 0) + page.stale,
    vendorClock: checkpoint.page === 0 ? earlier(checkpoint.vendorClock, page.answeredAt) : checkpoint.vendorClock,
    visited: walkedOn(checkpoint.visited, checkpoint.page + 1, ready.marks),
  }
  if (next.page > MOST_PAGES) throw new Fault('upstream.loop', { detail: `The vendor's list has more than ${MOST_PAGES} pages.` })
  let counts = { rowsRead: 0, created: 0, updated: 0, unchanged: 0, deleted: 0, quarantined: 0, fieldIssues: 0 }
  let found: readonly Drift[] = []
  // The logs that a record's provenance names are there before the record is.
  const logged = deps.logs.flush()
  await deps.database.tenant(lease.organizationId, async (client) => {
    const [, stored] = await all(holdFence(client, lease), storedHeads(client, lease.linkedAccountId, model, identified.map(({ id }) => id)))
    const changed = identified.filter((row) => stored.get(row.id)?.isErased !== true && !isUnchanged(stored.get(row.id), row) && !(isGone(resource, row.row) && stored.get(row.id)?.remoteWasDeleted))
    const { records, failed, issues } = await mapChanged(work, ready, changed)
    await quarantineRows(client, origin, [...poisoned, ...failed])
    if (state.hasDeletions) await forgetDeletions(client, origin, identified.filter(({ row }) => !isGone(resource, row)).map(({ id }) => id))
    found = await learnShapes(client, { ...lease, basis: `${resource.version}${scope.fingerprint}`, settled: !state.isInitial }, [...changed, ...poisoned].flatMap(({ raw }) => raw ?? []))
    const doomed = await doom(client, origin, toldOf(work, identified, page.gone))
    const { written, refused } = await writeParts(client, origin, records, stored)
    await quarantineRows(client, origin, refused)
    // A row that is as it was before it went bad is not written, and yet well again.
    const bad = new Set([...failed, ...refused].map(({ remoteKey }) => remoteKey))
    await releaseRows(client, origin, (state.hasPoisoned ? identified : records).map(({ remoteId }) => remoteId).filter((remoteId) => !bad.has(remoteId)))
    // Where something is switched off, none of the vendor's own fields are kept.
    if (work.scope.disabled.size === 0) await noteListed(client, origin, page.classes)
    const deleted = await bury(client, origin, doomed)
    counts = {
      rowsRead: page.rows.length, created: written.created, updated: written.updated, deleted,
      unchanged: identified.length - records.length - failed.length + written.sameBody, quarantined: poisoned.length + failed.length + refused.length, fieldIssues: issues,
    }
    await recordPage(client, lease, {
      runId: run.id, page: checkpoint.page, pageToken: JSON.stringify(checkpoint.place), logIds: page.logIds,
      recordIds: identified.map(({ id }) => id), rawVersions: identified.map(({ id }) => written.versions.get(id) ?? stored.get(id)?.rawVersion ?? 0),
    }, next, counts)
    await logged
  })
  if (counts.created + counts.updated + counts.deleted > 0) deps.onChanges?.(lease)
  deps.onPage?.({ runId: run.id, model: model.id, page: next.page, rowsRead: counts.rowsRead })
  for (const drift of found) deps.onDrift?.({ integration: account.integration, linkedAccountId: lease.linkedAccountId, model: model.id, ...drift })
  return next
}

/** Where the vendor marks or names what it deleted, that is its word. */
const toldOf = ({ resource, lease }: SliceWork, rows: readonly Identified[], named: readonly string[]): string[] =>
  [...rows.filter(({ row }) => isGone(resource, row)).map(({ id }) => id), ...named.map((remoteId) => recordId(lease.linkedAccountId, resource.model.id, indexKey(remoteId)))]

/** Rows and characters that go to Postgres at once: what is encoded and sent in one piece holds the thread, and is in memory twice. */
const PART_ROWS = 1_000
const PART_SIZE = 4 * 2 ** 20

/** Some vendors give all they have on one page. It is still one transaction. */
async function writeParts(client: Client, origin: Origin, records: readonly MappedRow[], stored: ReadonlyMap<string, StoredHead>): Promise<Stowed> {
  const parts: Stowed[] = []
  for (let from = 0; from < records.length;) {
    let [to, size] = [from, 0]
    while (to < records.length && to - from < PART_ROWS && (size += records[to]!.raw.length) <= PART_SIZE) to += 1
    parts.push(await writeStorable(client, origin, records.slice(from, Math.max(to, from + 1)), stored))
    from = Math.max(to, from + 1)
  }
  const sum = (of: (part: Stowed['written']) => number): number => parts.reduce((total, { written }) => total + of(written), 0)
  const written = { created: sum(({ created }) => created), updated: sum(({ updated }) => updated), sameBody: sum(({ sameBody }) => sameBody), versions: new Map(parts.flatMap(({ written: { versions } }) => [...versions])) }
  return { written, refused: parts.flatMap(({ refused }) => refused) }
}

/** What is mapped already is taken; the rest is mapped now. */
async function mapChanged(work: SliceWork, { outcomes }: PreparedPage, rows: readonly Identified[]): Promise<{ records: MappedRow[]; failed: Poisoned[]; issues: number }> {
  const breath = createBreath()
  const records: MappedRow[] = []
  const failed: Poisoned[] = []
  let issues = 0
  for (const row of rows) {
    const outcome = outcomes.get(row.id) ?? mapped(work, row)
    if ('poisoned' in outcome) failed.push(outcome.poisoned)
    else {
      records.push(outcome.record)
      issues += outcome.issues
    }
    if (breath.isDue()) await breath.take()
  }
  return { records, failed, issues }
}

const later = (a: string | null, b: string | null): string | null => (a === null || (b !== null && b > a) ? b : a)
const earlier = (a: string, b: string | null): string => (b !== null && b < a ? b : a)
