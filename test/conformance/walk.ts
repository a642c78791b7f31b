import type { AnyProvider, AnyResource, Query, Send, UpstreamRequest } from '#kit'
import { openEgress } from '#src/egress/exchange'
import { parseAllowed } from '#src/egress/allowed-hosts'
import { Fault } from '#src/errors'
import type { LogEntry } from '#src/logs/entry'
import type { ScriptedFault } from '#src/sandbox/faults'
import { startSandbox, type Sandbox } from '#src/sandbox/start'
import { readPage } from '#src/sync/pages'
import { firstPlace, placeKey } from '#src/sync/place'
import type { Place } from '#src/sync/run'
import { createDoor } from '#src/upstream/client'

/** A vendor in its box, reached through the one door as in earnest; only its limits are lifted. */
export interface Bench {
  readonly provider: AnyProvider
  readonly sandbox: Sandbox<unknown>
  readonly baseUrl: string
  readonly send: Send
  readonly asked: UpstreamRequest[]
  readonly log: LogEntry[]
  readonly close: () => Promise<void>
}

export async function openBench(provider: AnyProvider, size: number, faults: readonly ScriptedFault[] = []): Promise<Bench> {
  const unlimited: AnyProvider = { ...provider, limits: { concurrency: 8, requests: { count: 1_000_000, perSeconds: 1 } } }
  const sandbox = await startSandbox<unknown>({ vendor: await provider.sandbox(), size, faults })
  const egress = openEgress({ allowed: parseAllowed(`${provider.slug}=127.0.0.1:${sandbox.port}`) })
  const log: LogEntry[] = []
  const asked: UpstreamRequest[] = []
  const door = createDoor({ egress, budget: { pausedUntil: async () => null, pause: async () => undefined }, log: (entry) => log.push(entry), sleep: async () => undefined })
  const account = { id: '00000000-0000-8000-8000-000000000001', organizationId: '00000000-0000-8000-8000-000000000002', provider: unlimited, setup: sandbox.link.setup, credentials: async () => sandbox.link.credentials }
  const send = door.open(account, { traceId: '00000000-0000-8000-8000-000000000003' })
  return {
    provider, sandbox, log, asked,
    baseUrl: provider.baseUrl(sandbox.link.setup),
    send: (request) => { asked.push(request); return send(request) },
    async close() { await egress.close(); await sandbox.close() },
  }
}

export interface Walk {
  readonly rows: readonly unknown[]
  readonly items: number
  /** Where each page began, and how many rows came before it. */
  readonly places: readonly { readonly place: Place; readonly rowsBefore: number }[]
  readonly newest: string | null
}

/** Every page of a resource, with the engine's own reader and its guard against lists that go in circles. */
export async function walk(resource: AnyResource, send: Send, { since = null, from = firstPlace(resource) }: { readonly since?: Date | null; readonly from?: Place } = {}): Promise<Walk> {
  const rows: unknown[] = []
  const places: { place: Place; rowsBefore: number }[] = []
  const visited = new Set<string>()
  let items = 0
  let newest: string | null = null
  for (let place: Place | null = from; place !== null;) {
    const page = await readPage(resource, send, { since, place })
    for (const key of [placeKey(place), page.fingerprint].filter((mark) => mark !== null)) {
      if (visited.has(key)) throw new Fault('upstream.loop')
      visited.add(key)
    }
    places.push({ place, rowsBefore: rows.length })
    rows.push(...page.rows.map(({ row }) => row))
    items += page.items
    if (page.newest !== null && (newest === null || page.newest > newest)) newest = page.newest
    place = page.next
  }
  return { rows, items, places, newest }
}

/** The requests for the list itself, as opposed to those for details. */
export const listRequests = (resource: AnyResource, asked: readonly UpstreamRequest[]): readonly UpstreamRequest[] => asked.filter(({ path, url }) => path === resource.read.path || url !== undefined)

export const holds = (query: Query | undefined, part: Query): boolean => Object.entries(part).every(([key, value]) => query?.[key] === value)
