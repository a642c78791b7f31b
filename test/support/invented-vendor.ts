import { randomUUID } from 'node:crypto'
import { defineProvider, id, instant, notOffered, prose, str, texts, type AnyProvider, type Resource, type Send, type UpstreamRequest, type UpstreamResponse } from './kit.ts'
import { models, type RecordOf } from '#models'

/** A vendor that nobody knows, so that the engine is shown to know none: tickets, by keyset, changed since, whoami asked around each run. */
export interface InventedTicket { id: unknown; title: unknown; changed: string; owner?: string; labels?: string[] }

type Ticket = RecordOf<typeof models['ticketing.Ticket']>
const SIZE = 10

export const ticket: Resource<Ticket, InventedTicket, { list: InventedTicket[]; left: number }> = {
  model: models['ticketing.Ticket'],
  version: 1,
  read: {
    path: '/tickets',
    items: (page) => page.list,
    total: (page) => page.left,
    pages: { kind: 'keyset', after: (last) => ({ above: String(last.id) }), done: (page, items) => page.left <= items.length },
    rows: { kind: 'items' },
    incremental: { since: (at) => ({ since: at.toISOString() }), changedAt: (row) => instant(row.changed), overlapSeconds: 60 },
    deletions: { seenAs: 'missing_from_full_read' },
  },
  identity: { remoteId: (row) => id(row.id) },
  fields: {
    name: (row) => { if (row.title === 'explode') throw new Error('boom'); return str(row.title) },
    assignees: (row) => texts(row.owner),
    assigned_teams: notOffered, creator: notOffered, due_date: notOffered, status: notOffered, description: (row) => prose(row.title), collections: notOffered, ticket_type: notOffered,
    account: notOffered, contact: notOffered, parent_ticket: notOffered, attachments: notOffered, access_level: notOffered, permissions: notOffered, tags: (row) => row.labels ?? [],
    roles: notOffered, ticket_url: notOffered, priority: notOffered, remote_created_at: notOffered, remote_updated_at: (row) => instant(row.changed), completed_at: notOffered,
  },
}

export const invented: AnyProvider = defineProvider({
  slug: 'invented', name: 'Invented', categories: ['ticketing'], docs: 'https://invented.example/docs', setup: {}, baseUrl: () => 'https://invented.example',
  auth: { kind: 'api_key', fields: { key: { label: 'Key', pattern: /.+/, maxLength: 100 } }, headers: ({ key }) => ({ 'x-key': key }) },
  whoami: { path: '/me', identity: (body) => (body as { me?: string } | null)?.me ?? null, ask: 'around_each_run' },
  limits: { concurrency: 4, requests: { count: 1000, perSeconds: 1 } }, errors: [], secretKeys: [], resources: [ticket],
  sandbox: () => Promise.reject(new Error('has no box')),
})

/** The vendor's side: rows by number, a ledger, and a hook before each answer. */
export class InventedServer {
  rows = new Map<number, InventedTicket>()
  requests: UpstreamRequest[] = []
  me = 'customer-1'
  now = () => new Date()
  before: (request: UpstreamRequest, count: number) => Promise<void> | void = () => undefined

  put(n: number, ticket: Partial<InventedTicket> = {}): void { this.rows.set(n, { id: n, title: `Ticket ${n}`, changed: this.now().toISOString(), ...ticket }) }

  readonly send: Send = async (request): Promise<UpstreamResponse> => {
    this.requests.push(request)
    await this.before(request, this.requests.length)
    const answer = (body: unknown): UpstreamResponse => ({ status: 200, headers: new Headers({ date: this.now().toUTCString() }), body, logId: randomUUID() })
    if (request.path === '/me') return answer({ me: this.me })
    const { above = '0', since } = (request.query ?? {}) as { above?: string; since?: string }
    const matching = [...this.rows.entries()].sort(([a], [b]) => a - b).filter(([n, row]) => n > Number(above) && (since === undefined || row.changed >= since)).map(([, row]) => row)
    return answer({ list: structuredClone(matching.slice(0, SIZE)), left: matching.length })
  }
}
