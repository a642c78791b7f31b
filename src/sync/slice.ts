import { randomUUID } from 'node:crypto'
import type { AnyProvider, AnyResource, Send } from '#kit'
import type { AccountWork } from '../accounts/account.ts'
import type { Database } from '../db/client.ts'
import { asFault, Fault } from '../errors.ts'
import type { LogWriter } from '../logs/entry.ts'
import type { Door } from '../upstream/door.ts'
import type { Drift } from '../drift/shape.ts'
import { readAhead, type Ahead } from './ahead.ts'
import { noTrail, wasAt } from './circles.ts'
import { finishRun } from './finish.ts'
import { holdFence, takeLease, type Lease } from './lease.ts'
import { createMemory } from './lookups.ts'
import { noteIgnoredFilter } from './ignored-filter.ts'
import { nextPass } from './passes.ts'
import { firstPlace } from './place.ts'
import { firstRemapCheckpoint, remap } from './remap.ts'
import type { Room } from './room.ts'
import type { Checkpoint, RunKind } from './run.ts'
import { beginRun, cancelRun, readRun, readState, restartRun, setAside, type OpenRun, type SyncState } from './store.ts'
import { settleModels } from './adopt-scopes.ts'
import { readScopes, runScope, type RunScope } from '../accounts/scopes.ts'
import { settleFault } from './trouble.ts'
import { askedAgain, assertWhoami } from './whoami.ts'
import { writePage } from './write-page.ts'

export interface SyncDeps {
  readonly database: Database
  readonly door: Door
  readonly logs: LogWriter
  readonly providers: ReadonlyMap<string, AnyProvider>
  /** The account with its opened-on-demand credentials; null where it is gone or may not be synced. */
  readonly account: (organizationId: string, linkedAccountId: string) => Promise<AccountWork | null>
  readonly leaseSeconds: number
  readonly syncIntervalSeconds: number
  readonly fullSyncHours: number
  /** How long one slice may run before it makes room for others. */
  readonly sliceMs?: number
  /** Asked at each page: whether others wait for the place that this slice has. */
  readonly othersWait?: () => Promise<boolean>
  /** Bounds the pages that all slices of the process have in memory. */
  readonly room?: Room
  /** Aborted when the process is asked to stop: a slice ends behind the page that it is at. */
  readonly stopping?: AbortSignal
  /** Told after a commit that changed records. */
  readonly onChanges?: (owner: { readonly organizationId: string; readonly linkedAccountId: string }) => void
  /** Aborted when it can wait no longer: what is under way is broken off, and left to the next worker. */
  readonly brokenOff?: AbortSignal
  /** Told after each committed page. */
  readonly onPage?: (progress: { readonly runId: string; readonly model: string; readonly page: number; readonly rowsRead: number }) => void
  /** Told once of each way in which the vendor's payloads are no longer what they were. */
  readonly onDrift?: (drift: Drift & { readonly integration: string; readonly linkedAccountId: string; readonly model: string }) => void
}

export interface SliceKey { readonly organizationId: string; readonly linkedAccountId: string; readonly model: string }

/** What is left to do: nothing now, or more at once. Work for later is in `sync_states.next_run_at`. */
export type SliceOutcome = 'idle' | 'more'

/** The run that a slice works on, with all that its steps need. */
export interface SliceWork {
  readonly deps: SyncDeps
  readonly lease: Lease
  readonly account: AccountWork
  readonly resource: AnyResource
  readonly state: SyncState
  readonly run: OpenRun
  readonly send: Send
  readonly scope: RunScope
  /** Aborted where the lease is lost, or what is under way is not wanted any more. */
  readonly signal: AbortSignal
}

/** Work on one model of one account for a while: take the lease, go on at the checkpoint, commit page by page. */
export async function runSlice(deps: SyncDeps, key: SliceKey): Promise<SliceOutcome> {
  const lease = await takeLease(deps.database, key, deps.leaseSeconds)
  return lease === null ? 'idle' : runLeased(deps, lease)
}

/** The same, with a lease that is held already; it is released at the end. */
export async function runLeased(deps: SyncDeps, lease: Lease): Promise<SliceOutcome> {
  try {
    return await workUnder(deps, lease)
  } finally {
    await lease.release().catch(() => undefined)
  }
}

async function workUnder(given: SyncDeps, lease: Lease): Promise<SliceOutcome> {
  const [account, state, lines] = await Promise.all([given.account(lease.organizationId, lease.linkedAccountId), readState(given.database, lease), readScopes(given.database, lease.organizationId, lease.linkedAccountId)])
  const resources = given.providers.get(account?.integration ?? '')?.resources ?? []
  const resource = resources.find(({ model }) => model.id === lease.model)
  if (account === null || state === null || resource === undefined) {
    // A version that lacks the vendor or the model may run beside one that has it, so it is asked again.
    if (state !== null) await setAside(given.database, lease, { code: 'internal', detail: 'This version cannot read this model of this account.', logId: null })
    return 'idle'
  }
  const deps = { ...given, ...paceOf(given, resource, state) }
  const scope = runScope(lines, lease.model, resources.map(({ model }) => model.id))
  if (!scope.reads) {
    await deps.database.tenant(lease.organizationId, async (client) => { await holdFence(client, lease); await settleModels(client, lease.linkedAccountId) })
    return 'idle'
  }
  const run = await openRun(deps, lease, resource, state, scope)
  const over = new AbortController()
  const signal = AbortSignal.any([lease.lost, over.signal, ...(deps.brokenOff === undefined ? [] : [deps.brokenOff])])
  const send = deps.door.open(account, { traceId: run.id, runId: run.id, model: lease.model, signal, bodies: !scope.restricted })
  const work: SliceWork = { deps, lease, account, resource, state, run, send, scope, signal }
  let checkpoint = run.checkpoint
  try {
    if (run.kind === 'remap') return await remap(work, checkpoint ?? firstRemapCheckpoint())
    checkpoint ??= await firstCheckpoint(work)
    return await walk(work, checkpoint, over, (reached) => { checkpoint = reached })
  } catch (error) {
    const fault = await askedAgain(work, asFault(error))
    if (fault.remedy === 'restart' && run.restarts === 0 && checkpoint !== null) {
      const anew = { ...checkpoint, place: firstPlace(resource, sinceDate(run)), seen: 0, total: null, visited: noTrail }
      await deps.database.tenant(lease.organizationId, async (client) => { await holdFence(client, lease); await restartRun(client, lease, run.id, anew) })
      return 'more'
    }
    await settleFault(work, fault)
    return 'idle'
  }
}

/** What a page is taken for before any was seen, in characters. */
const FIRST_PAGE = 2 ** 20

/** Page by page. The next one is read and prepared while this one is written; what it needs of this one is only its place. */
async function walk(work: SliceWork, start: Checkpoint, over: AbortController, reached: (checkpoint: Checkpoint) => void): Promise<SliceOutcome> {
  const { deps, lease, account, resource, run } = work
  const until = performance.now() + (deps.sliceMs ?? 20_000)
  const request = { since: sinceDate(run), setup: account.setup, memory: createMemory(), deletions: readsDeletions(resource, run) }
  const hasTime = (): boolean => performance.now() <= until && deps.stopping?.aborted !== true
  let checkpoint = start
  let likely = FIRST_PAGE
  let current: Ahead | null = null
  let next: Ahead | null = null
  try {
    while (checkpoint.place !== null) {
      lease.lost.throwIfAborted()
      const { place } = checkpoint
      current = next ?? readAhead(work, place, { ...request, likely })
      next = null
      const ready = await current.page
      likely = ready.size
      if (wasAt(checkpoint.visited, ready.marks)) throw new Fault('upstream.loop', { detail: `The vendor's list ${resource.read.path} came back to a page that this run has read.`, ...(ready.page.logIds[0] === undefined ? {} : { logId: ready.page.logIds[0] }) })
      // Not where the slice ends here: a page that is asked for is to be written.
      if (ready.page.next !== null && hasTime() && await deps.othersWait?.() !== true) next = readAhead(work, ready.page.next, { ...request, likely })
      checkpoint = await writePage(work, { ...checkpoint, place }, ready)
      current.leave()
      reached(checkpoint)
      if (checkpoint.place !== null && (next === null || deps.stopping?.aborted === true)) return 'more'
    }
  } finally {
    current?.leave()
    if (next !== null) {
      // Nobody waits for it any more. Its requests are given up, with their logs like any other: nothing runs on behind the lease.
      over.abort()
      next.leave()
      await next.page.catch(() => undefined)
    }
  }
  const another = await nextPass(work, checkpoint)
  if (another !== null) {
    reached(another)
    return 'more'
  }
  await finishRun(work, checkpoint)
  await noteIgnoredFilter(work, checkpoint)
  return 'idle'
}

/** Go on with the run that is open, or begin the one that is due. */
async function openRun(deps: SyncDeps, lease: Lease, resource: AnyResource, state: SyncState, scope: RunScope): Promise<OpenRun> {
  const open = state.currentRunId === null ? null : await readRun(deps.database, lease, state.currentRunId)
  // The mapping has changed once more: what this remap has done is to be done anew.
  const outdated = open?.kind === 'remap' && open.mappingVersion !== resource.version
  if (open !== null && !outdated) return open
  const kind = kindOf(deps, resource, state, scope)
  const run: OpenRun = { id: randomUUID(), kind, since: kind === 'incremental' ? sinceOf(resource, state.watermark) : null, checkpoint: null, restarts: 0, mappingVersion: resource.version }
  await deps.database.tenant(lease.organizationId, async (client) => {
    await holdFence(client, lease)
    if (outdated) await cancelRun(client, lease, open.id)
    await beginRun(client, lease, run, state.nextKind)
  })
  return run
}

const sinceDate = ({ since }: OpenRun): Date | null => (since === null ? null : new Date(since))

/** A first run has nothing to delete; a complete one need not ask where absence says it already. */
function readsDeletions({ read: { deletions } }: AnyResource, { kind, since }: OpenRun): boolean {
  return deletions.seenAs === 'separate_read' && kind !== 'initial' && (since !== null || deletions.absence === 'means_nothing')
}

/** What the organisation says of the model counts as it is; what is said of all is no reason to ask more often than the vendor's adapter finds worth while. */
function paceOf({ syncIntervalSeconds, fullSyncHours }: SyncDeps, { read }: AnyResource, { wanted }: SyncState): Pick<SyncDeps, 'syncIntervalSeconds' | 'fullSyncHours'> {
  return { syncIntervalSeconds: wanted.intervalSeconds ?? Math.max(wanted.intervalSecondsOfAll ?? syncIntervalSeconds, read.everySeconds ?? 0), fullSyncHours: wanted.reconcileHours ?? fullSyncHours }
}

function kindOf(deps: SyncDeps, resource: AnyResource, state: SyncState, { restricted }: RunScope): RunKind {
  if (state.isInitial) return 'initial'
  if (resource.read.incremental === 'full_only' || state.watermark === null) return 'full'
  // Where the vendor's rows are kept whole, it need not be asked for them again.
  if (state.mappingVersion !== resource.version) return restricted ? 'full' : 'remap'
  const { reachesBackDays = Infinity } = resource.read.incremental
  const now = Date.parse(state.now)
  if (now - Date.parse(sinceOf(resource, state.watermark)!) > reachesBackDays * 86_400_000) return 'full'
  if (state.nextKind !== null) return state.nextKind
  const age = state.lastFullAt === null ? Infinity : now - Date.parse(state.lastFullAt)
  return age >= deps.fullSyncHours * 3_600_000 ? 'reconcile' : 'incremental'
}

function sinceOf(resource: AnyResource, watermark: string | null): string | null {
  const { incremental } = resource.read
  if (watermark === null || incremental === 'full_only') return null
  return new Date(Date.parse(watermark) - incremental.overlapSeconds * 1000).toISOString()
}

/** Before the first page: that the credentials are still whose they were, and what the vendor's clock says. */
async function firstCheckpoint(work: SliceWork): Promise<Checkpoint> {
  const answeredAt = await assertWhoami(work)
  return { page: 0, place: firstPlace(work.resource, sinceDate(work.run)), seen: 0, total: null, newest: null, vendorClock: answeredAt, visited: noTrail }
}
