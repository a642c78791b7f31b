/** Maps the stored records of one model anew from their raw payloads when the mapping has a new version: a run like others, but the vendor is not asked. */
import type { CommonModel } from '#models'
import { learnShapes } from '../drift/learn.ts'
import { contentHash } from '../records/ids.ts'
import { keptRecords } from '../records/kept.ts'
import { quarantineRows, type Poisoned } from '../records/quarantine.ts'
import type { MappedRow, Origin } from '../records/upsert.ts'
import { noTrail } from './circles.ts'
import { healBatch } from './heal.ts'
import { holdFence } from './lease.ts'
import { asMappingFault, mapRow, remoteIdOf } from './map.ts'
import type { Checkpoint } from './run.ts'
import type { SliceOutcome, SliceWork } from './slice.ts'
import { writeStorable } from './storable.ts'
import { advanceRun, endRemap } from './store.ts'

/** Records first, then what is in quarantine; `after` is the last that is done, `unkept` how many records cannot be mapped from what is kept. */
interface RemapPlace { readonly part: 'records' | 'quarantine' | 'end'; readonly after: string; readonly unkept: number }

const placeOf = ({ place }: Checkpoint): RemapPlace => place!.query as unknown as RemapPlace
const at = (place: RemapPlace): Checkpoint['place'] => ({ segment: 0, seen: 0, query: { ...place } })

export const firstRemapCheckpoint = (): Checkpoint =>
  ({ page: 0, place: at({ part: 'records', after: '00000000-0000-0000-0000-000000000000', unkept: 0 }), seen: 0, total: null, newest: null, vendorClock: new Date(0).toISOString(), visited: noTrail })

/** As many batches as a slice takes, each in a transaction of its own under the fence. */
export async function remap(work: SliceWork, start: Checkpoint): Promise<SliceOutcome> {
  const { deps, lease, run, scope } = work
  const until = performance.now() + (deps.sliceMs ?? 20_000)
  let checkpoint = start
  // Of a restricted account only that is kept which the mapping read when it was read: another one may read more.
  for (let place = placeOf(checkpoint); place.part !== 'end' && !scope.restricted; place = placeOf(checkpoint)) {
    lease.lost.throwIfAborted()
    checkpoint = await (place.part === 'records' ? remapRecords(work, checkpoint, place) : heal(work, checkpoint, place))
    deps.onPage?.({ runId: run.id, model: lease.model, page: checkpoint.page, rowsRead: checkpoint.seen })
    if (performance.now() > until || deps.stopping?.aborted === true || await deps.othersWait?.() === true) return 'more'
  }
  await deps.database.tenant(lease.organizationId, async (client) => {
    await holdFence(client, lease)
    await endRemap(client, lease, run, { readAnew: scope.restricted || placeOf(checkpoint).unkept > 0 })
  })
  // The run that was due before is due still.
  return 'more'
}

async function remapRecords({ account, deps, lease, resource, run, scope }: SliceWork, checkpoint: Checkpoint, place: RemapPlace): Promise<Checkpoint> {
  const model = resource.model as CommonModel
  const { linkedAccountId, organizationId } = lease
  const origin: Origin = { organizationId, linkedAccountId, model, cause: 'remap', runId: run.id, page: checkpoint.page }
  const { to, changed } = await deps.database.tenant(organizationId, async (client) => {
    await holdFence(client, lease)
    const found = await keptRecords(client, linkedAccountId, model, place.after)
    const mapped: MappedRow[] = []
    const failed: Poisoned[] = []
    let issues = 0
    let unkept = place.unkept
    for (const record of found) {
      const { id, remoteId, payload, logId, path, ordinal } = record
      if (payload === null) { unkept += 1; continue }
      const rawHash = contentHash(`${resource.version}${scope.fingerprint}\n${payload}`)
      if (rawHash === record.rawHash) continue
      try {
        const row: unknown = JSON.parse(payload)
        // A mapping that finds another id makes another record: that takes a read.
        if (remoteIdOf(resource, row) !== remoteId) { unkept += 1; continue }
        const { issues: told, ...mappedRow } = mapRow(resource, row, { linkedAccountId, baseUrl: account.baseUrl, setup: account.setup, disabled: scope.disabled })
        issues += told.length
        mapped.push({ ...mappedRow, id, logId, path, ordinal, raw: payload, rawHash, kept: true })
      } catch (error) {
        failed.push({ remoteKey: remoteId, fault: asMappingFault(error), raw: payload, logId })
      }
    }
    const heads = new Map(found.map((record) => [record.id, record]))
    const { written: { updated, sameBody }, refused } = await writeStorable(client, origin, mapped, heads)
    failed.push(...refused)
    await quarantineRows(client, origin, failed)
    await learnShapes(client, { ...lease, basis: `${resource.version}${scope.fingerprint}`, settled: true }, mapped.map(({ raw }) => raw))
    const last = found.at(-1)
    const next: RemapPlace = last === undefined ? { part: 'quarantine', after: '', unkept } : { ...place, after: last.id, unkept }
    const reached: Checkpoint = { ...checkpoint, page: checkpoint.page + 1, seen: checkpoint.seen + found.length, place: at(next) }
    await advanceRun(client, lease, run.id, reached, { rowsRead: found.length, created: 0, updated, unchanged: sameBody, deleted: 0, quarantined: failed.length, fieldIssues: issues })
    return { to: reached, changed: updated }
  })
  if (changed > 0) deps.onChanges?.(lease)
  return to
}

async function heal({ account, deps, lease, resource, run, scope }: SliceWork, checkpoint: Checkpoint, place: RemapPlace): Promise<Checkpoint> {
  const { to, changed } = await deps.database.tenant(lease.organizationId, async (client) => {
    await holdFence(client, lease)
    const { healed, failed, next } = await healBatch(client, { organizationId: lease.organizationId, linkedAccountId: lease.linkedAccountId, resource, account, scope }, place.after)
    const reached: Checkpoint = { ...checkpoint, page: checkpoint.page + 1, place: at(next === null ? { ...place, part: 'end' } : { ...place, after: next }) }
    await advanceRun(client, lease, run.id, reached, { rowsRead: healed + failed, created: healed, updated: 0, unchanged: 0, deleted: 0, quarantined: failed, fieldIssues: 0 })
    return { to: reached, changed: healed }
  })
  if (changed > 0) deps.onChanges?.(lease)
  return to
}
