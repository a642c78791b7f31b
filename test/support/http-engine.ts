/** The real engine and the real door, and the invented vendor on a real socket: whatever goes wrong on the way goes wrong for real. */
import { parseAllowed } from '#src/egress/allowed-hosts'
import { openEgress, type EgressLimits } from '#src/egress/exchange'
import type { Database } from '#src/db/client'
import type { LogEntry } from '#src/logs/entry'
import { openBudget } from '#src/upstream/budget'
import { createDoor } from '#src/upstream/client'
import { inventedEngine, type Engine } from './engine.ts'
import { json, startHostileVendor, type HostileVendor, type Step } from './hostile-vendor.ts'
import { invented, InventedServer, ticket } from './invented-vendor.ts'
import type { AnyProvider, AnyResource, UpstreamRequest } from './kit.ts'

export interface HttpEngine {
  readonly engine: Engine
  readonly server: InventedServer
  readonly vendor: HostileVendor
  readonly logs: LogEntry[]
  /** By how many milliseconds the clock of the limits is ahead. */
  ahead: number
  /** What a request gets instead of its answer; null: its answer. */
  instead: (request: UpstreamRequest, count: number) => Step | null
  readonly status: () => Promise<{ account: string; status: string; fault: { code: string; detail: string } | null; runs: { kind: string; state: string; deleted: number; pages: number; checkpoint: { place: unknown } }[]; issues: { code: string; status: string; details: string[]; incidents: number }[] }>
  readonly deleted: () => Promise<string[]>
  readonly close: () => Promise<void>
}

export interface HttpEngineOptions {
  readonly resources?: readonly AnyResource[]
  readonly provider?: Partial<AnyProvider>
  readonly limits?: Partial<EgressLimits>
}

const SIZE = 10

/** The same tickets as a list that is walked by counting. */
export const counted = (pages: 'offset' | 'page'): AnyResource => ({
  ...ticket,
  read: {
    ...ticket.read, path: '/counted', incremental: 'full_only',
    pages: pages === 'offset'
      ? { kind: 'offset', param: 'offset', size: SIZE, done: (page: { left: number }, seen: number) => seen >= page.left }
      : { kind: 'page', param: 'page', first: 1, done: (_page: unknown, items: readonly unknown[]) => items.length < SIZE },
  },
})

export async function httpEngine(database: Database, { resources = [ticket], provider = {}, limits = {} }: HttpEngineOptions = {}): Promise<HttpEngine> {
  const server = new InventedServer()
  const vendor = await startHostileVendor()
  const egress = openEgress({ allowed: parseAllowed('invented=127.0.0.1/32'), limits })
  const logs: LogEntry[] = []
  const door = createDoor({ egress, budget: openBudget({ database, now: () => performance.timeOrigin + performance.now() + world.ahead }), log: (entry) => logs.push(entry), random: () => 0 })
  const own: AnyProvider = { ...invented, baseUrl: () => vendor.origin, limits: { concurrency: 4, requests: { count: 100_000, perSeconds: 1 } }, resources, ...provider }
  const engine = await inventedEngine(database, server, {
    door, providers: new Map([['invented', own]]),
    account: async (organizationId, id) => ({ id, organizationId, provider: own, setup: {}, credentials: async () => ({ key: 'k' }), integration: 'invented', category: 'ticketing', status: 'COMPLETE', baseUrl: vendor.origin, remoteIdentity: 'customer-1' }),
  })
  const world: HttpEngine = {
    engine, server, vendor, logs,
    ahead: 0,
    instead: () => null,
    async status() {
      const id = [engine.key.linkedAccountId]
      const [account] = await engine.rows<{ status: string }>('select status from linked_accounts where id = $1', id)
      const [state] = await engine.rows<{ status: string; fault: { code: string; detail: string } | null }>(`select status, fault from sync_states where linked_account_id = $1 and model = 'ticketing.Ticket'`, id)
      const runs = await engine.rows<Awaited<ReturnType<HttpEngine['status']>>['runs'][number]>(`select kind, state, deleted, pages, checkpoint from sync_runs where linked_account_id = $1 and model = 'ticketing.Ticket' order by started_at desc`, id)
      const issues = await engine.rows<Awaited<ReturnType<HttpEngine['status']>>['issues'][number]>('select code, status, details, incidents from issues where linked_account_id = $1 order by code', id)
      return { account: account!.status, ...state!, runs, issues }
    },
    deleted: async () => [...await engine.tickets()].filter(([, row]) => row.deleted).map(([remoteId]) => remoteId).toSorted(),
    async close() { await egress.close(); await vendor.close() },
  }
  let count = 0
  vendor.script((response, incoming, socket) => {
    const url = new URL(incoming.url!, vendor.origin)
    const request: UpstreamRequest = { method: 'GET', path: url.pathname, query: Object.fromEntries(url.searchParams) }
    const step = world.instead(request, ++count)
    if (step !== null) { step(response, incoming, socket); return }
    if (request.path === '/counted') {
      const offset = request.query!['page'] === undefined ? Number(request.query!['offset']) : (Number(request.query!['page']) - 1) * SIZE
      const all = [...server.rows.entries()].toSorted(([a], [b]) => a - b).map(([, row]) => row)
      json({ list: all.slice(offset, offset + SIZE), left: all.length })(response, incoming, socket)
      return
    }
    void server.send(request).then(({ body }) => json(body, { date: server.now().toUTCString() })(response, incoming, socket))
  })
  return world
}
