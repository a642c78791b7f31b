import { reading, whoamiRequest, type AnyProvider, type AnyResource, type FileAsk, type Send, type Setup, type UpstreamRequest } from '#kit'
import { openEgress } from '#src/egress/exchange'
import { parseAllowed } from '#src/egress/allowed-hosts'
import { Fault } from '#src/errors'
import type { LogEntry } from '#src/logs/entry'
import { boxed, unhurried } from '#src/sandbox/boxed'
import type { ScriptedFault } from '#src/sandbox/faults'
import type { Metered } from '#src/sandbox/meters'
import { startSandbox, type LedgerEntry, type Sandbox } from '#src/sandbox/start'
import { createMemory } from '#src/sync/lookups'
import { readPage } from '#src/sync/pages'
import { firstPlace, placeKey } from '#src/sync/place'
import type { Place } from '#src/sync/run'
import { ownBudget } from '#src/upstream/budget'
import { createDoor } from '#src/upstream/client'
import type { DoorAccount, FileAnswer } from '#src/upstream/door'
import type { StillClock } from './clock.ts'

/** A vendor in its box, reached through the one door as in earnest; only its limits are lifted. */
export interface Bench {
  readonly provider: AnyProvider
  readonly sandbox: Sandbox<unknown>
  readonly baseUrl: string
  /** What the link form asked, and what the vendor told of the account. */
  readonly setup: Setup
  readonly send: Send
  /** A file, as a caller would get it. */
  readonly download: (ask: FileAsk) => Promise<FileAnswer>
  readonly asked: UpstreamRequest[]
  readonly log: LogEntry[]
  /** Since the account was linked. */
  readonly received: () => readonly LedgerEntry[]
  /** Silences that the vendor asked for, in milliseconds from then. */
  readonly pauses: number[]
  readonly close: () => Promise<void>
}

const organizationId = '00000000-0000-8000-8000-000000000002'
const traceId = '00000000-0000-8000-8000-000000000003'

interface BenchOptions {
  readonly strangers?: boolean
  /** What the vendor has already grown, for those who only read: growing takes longer than a walk. */
  readonly world?: unknown
  /** What the box counts, and refuses. */
  readonly meters?: readonly Metered[]
  /** With a clock of its own the limits are kept, too. */
  readonly clock?: StillClock | null
}

/** Links first, as in earnest; the faults strike from then on. */
export async function openBench(provider: AnyProvider, size: number, faults: readonly ScriptedFault[] = [], { strangers = false, world, meters = [], clock = null }: BenchOptions = {}): Promise<Bench> {
  const now = clock?.now ?? Date.now
  const vendor = await provider.sandbox()
  const sandbox = await startSandbox<unknown>({ vendor: world === undefined ? vendor : { ...vendor, grow: () => world }, size, meters, now })
  const inBox = boxed(provider, sandbox)
  const unlimited: AnyProvider = clock === null ? unhurried(inBox) : inBox
  const egress = openEgress({ allowed: parseAllowed(`${provider.slug}=127.0.0.1:${sandbox.port}`) })
  const log: LogEntry[] = []
  const asked: UpstreamRequest[] = []
  const pauses: number[] = []
  const door = createDoor({
    egress: clock === null ? egress : { ...egress, exchange: (exchange) => clock.busy(() => egress.exchange(exchange)) }, log: (entry) => log.push(entry), sleep: clock?.sleep ?? (async () => undefined), now,
    budget: ownBudget(now, (until) => { pauses.push(until.getTime() - now()) }),
  })
  const { credentials } = sandbox.link
  const used = strangers ? Object.fromEntries(Object.keys(credentials).map((name) => [name, 'wrong-wrong'])) : credentials
  const accountWith = (setup: Setup): DoorAccount => ({ id: '00000000-0000-8000-8000-000000000001', organizationId, provider: unlimited, setup, credentials: async () => used })
  const sendWith = (setup: Setup): Send => door.open(accountWith(setup), { traceId })
  const learnt = strangers ? {} : provider.whoami.learns?.((await sendWith(sandbox.link.setup)(whoamiRequest(provider.whoami))).body) ?? {}
  const setup = { ...sandbox.link.setup, ...learnt }
  const send = sendWith(setup)
  // The session of an account begins before anything goes wrong.
  if (provider.auth.kind === 'token_exchange' && !strangers) await send(whoamiRequest(provider.whoami))
  const before = sandbox.requests.length
  log.length = 0
  sandbox.faults.add(...faults)
  return {
    provider: unlimited, sandbox, log, asked, pauses, setup,
    baseUrl: unlimited.baseUrl(setup).replace(/\/+$/, ''),
    received: () => sandbox.requests.slice(before),
    send: (request) => { asked.push(request); return send(request) },
    download: (ask) => door.download(accountWith(setup), { traceId, forCaller: true }, ask, { bytes: 2 ** 20, idleMs: 2_000, totalMs: 5_000 }),
    async close() { await egress.close(); await sandbox.close() },
  }
}

export interface Walk {
  readonly rows: readonly unknown[]
  /** Remote ids that the vendor said are gone. */
  readonly gone: readonly string[]
  readonly items: number
  /** How many items the vendor says there are, over all segments; null where it does not say. */
  readonly total: number | null
  /** Where each page began, and how many rows came before it. */
  readonly places: readonly { readonly place: Place; readonly rowsBefore: number }[]
  /** Whether there was nothing left. */
  readonly ended: boolean
  readonly newest: string | null
}

export interface WalkOptions { readonly since?: Date | null; readonly from?: Place; readonly pages?: number; readonly deletions?: boolean; readonly setup?: Setup }

/** Every page of a resource, or so many, with the engine's own reader and its guard against lists that go in circles. */
export async function walk(resource: AnyResource, send: Send, { since = null, from = firstPlace(resource, since), pages = Infinity, deletions = false, setup = {} }: WalkOptions = {}): Promise<Walk> {
  const rows: unknown[] = []
  const gone: string[] = []
  const places: { place: Place; rowsBefore: number }[] = []
  const visited = new Set<string>()
  const memory = createMemory()
  let items = 0
  let total: number | null = null
  let newest: string | null = null
  let place: Place | null = from
  while (place !== null && places.length < pages) {
    const page = await readPage(resource, send, { since, place, setup, memory, deletions })
    for (const key of [placeKey(place), page.fingerprint].filter((mark) => mark !== null)) {
      if (visited.has(key)) throw new Fault('upstream.loop')
      visited.add(key)
    }
    places.push({ place, rowsBefore: rows.length })
    rows.push(...page.rows.map(({ row }) => row))
    gone.push(...page.gone)
    items += page.items
    if (place.seen === 0 && page.total !== null) total = (total ?? 0) + page.total
    if (page.newest !== null && (newest === null || page.newest > newest)) newest = page.newest
    place = page.next
  }
  return { rows, gone, items, total, places, ended: place === null, newest }
}

/** The requests for the list itself, as opposed to those for details. */
export const listRequests = (resource: AnyResource, asked: readonly UpstreamRequest[]): readonly UpstreamRequest[] => asked.filter(({ path, url }) => path === resource.read.path || url !== undefined)

/** Whether a request says all of these values, wherever it says them. */
export const says = ({ query, body, headers, path }: UpstreamRequest, values: object): boolean => {
  const text = JSON.stringify([path, query, body, headers])
  return Object.values(values).flat().filter((value) => value !== undefined).every((value) => text.includes(JSON.stringify(String(value)).slice(1, -1)))
}

export const wasRead = (request: UpstreamRequest): boolean => request.isRead === true || reading(request).method === 'GET'
