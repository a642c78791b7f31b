import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { AnyProvider, AnyResource, AnyWalk, Deletions, Incremental, Send, UpstreamRequest } from '#kit'
import { openDatabase, type Database } from '#src/db/client'
import { testDatabase, type TestDatabase } from '../support/db.ts'
import { inventedEngine, type Engine } from '../support/engine.ts'
import { invented, InventedServer, ticket, type InventedTicket } from '../support/invented-vendor.ts'

// The engine's part of what walks declare: who is deleted, from where the next run reads on, and when everything is read again.
let test: TestDatabase
let database: Database
let server: InventedServer
let asked: UpstreamRequest[]
let changes: { id: number; what: string }[]
let deleted: number[]

beforeAll(async () => {
  test = await testDatabase()
  database = openDatabase({ url: test.url })
})
afterAll(async () => {
  await database.close()
  await test.drop()
})
beforeEach(() => {
  server = new InventedServer()
  asked = []
  changes = []
  deleted = []
  for (let n = 1; n <= 12; n++) server.put(n)
})

const answer = (body: unknown) => ({ status: 200, headers: new Headers({ date: server.now().toUTCString() }), body, logId: randomUUID() })
const send: Send = async (request) => {
  asked.push(request)
  if (request.path === '/changed') return answer(changes)
  if (request.path === '/deleted') return answer(deleted)
  const single = /^\/tickets\/(\d+)$/.exec(request.path)
  return single === null ? server.send(request) : answer(server.rows.get(Number(single[1])))
}

const changed: AnyWalk<InventedTicket> = {
  path: '/changed', items: (page: typeof changes) => page, gone: (item: { id: number; what: string }) => (item.what === 'deleted' ? String(item.id) : null), pages: { kind: 'single' },
  rows: { kind: 'each', ask: (item: { id: number }) => ({ path: `/tickets/${item.id}` }), rows: (row: InventedTicket) => [row] },
}
const gone: AnyWalk<never> = { path: '/deleted', items: (page: number[]) => page, gone: (number: number) => String(number), pages: { kind: 'single' }, rows: { kind: 'items' } }

async function engineWith(incremental: Incremental<InventedTicket, InventedTicket>, deletions: Deletions<InventedTicket>): Promise<Engine> {
  const resource: AnyResource = { ...ticket, read: { ...ticket.read, incremental, deletions } }
  const provider: AnyProvider = { ...invented, resources: [resource] }
  return inventedEngine(database, server, { providers: new Map([['invented', provider]]), door: { open: () => send } })
}
const own: Incremental<InventedTicket, InventedTicket> = ticket.read.incremental
const deletedOf = async (engine: Engine): Promise<string[]> => [...await engine.tickets()].filter(([, row]) => row.deleted).map(([remoteId]) => remoteId).toSorted()

describe('a list of the deleted', () => {
  it('is read behind the changes: what it names is deleted, and nothing else', async () => {
    const engine = await engineWith(own, { seenAs: 'separate_read', walk: gone, absence: 'counts' })
    await engine.sync()
    expect(asked.map(({ path }) => path)).not.toContain('/deleted')
    deleted = [3, 7, 99]
    for (const n of [3, 7]) server.rows.delete(n)
    await engine.sync('incremental')
    expect(await deletedOf(engine)).toEqual(['3', '7'])
    expect((await engine.feed()).filter(({ what }) => what === 'deleted').map(({ remote_id }) => remote_id).toSorted()).toEqual(['3', '7'])
    const before = (await engine.feed()).length
    await engine.sync('incremental')
    expect((await engine.feed()).length).toBe(before)
  })

  it('is left out of a complete read where absence says it already, and is not where absence means nothing', async () => {
    for (const [absence, path] of [['counts', undefined], ['means_nothing', '/deleted']] as const) {
      asked = []
      const engine = await engineWith(own, { seenAs: 'separate_read', walk: gone, absence })
      await engine.sync()
      server.rows.delete(5)
      await engine.sync('full')
      expect(asked.find((request) => request.path === '/deleted')?.path).toBe(path)
      expect(await deletedOf(engine)).toEqual(absence === 'counts' ? ['5'] : [])
      server.put(5)
    }
  })
})

describe('a list of changes', () => {
  const incremental: Incremental<InventedTicket, InventedTicket> = { since: (at) => ({ since: at.toISOString() }), changedAt: 'run_began', overlapSeconds: 60, reachesBackDays: 30, walk: changed }
  it('names what was deleted; the record keeps what it said, for nothing else is known of it', async () => {
    const engine = await engineWith(incremental, { seenAs: 'change', absence: 'counts' })
    await engine.sync()
    server.put(4, { title: 'Another title' })
    server.rows.delete(2)
    changes = [{ id: 4, what: 'updated' }, { id: 2, what: 'deleted' }]
    asked = []
    await engine.sync('incremental')
    const tickets = await engine.tickets()
    expect([tickets.get('4')!.body['name'], tickets.get('2')!.deleted, tickets.get('2')!.body['name']]).toEqual(['Another title', true, 'Ticket 2'])
    expect(asked.map(({ path }) => path)).toEqual(['/me', '/changed', '/tickets/4'])
  })

  it('is read from the vendor\'s clock at the beginning of the last run, where its items say no time', async () => {
    const engine = await engineWith(incremental, { seenAs: 'change', absence: 'counts' })
    const began = new Date(Math.floor(Date.now() / 1000) * 1000 - 3_600_000)
    server.now = () => began
    await engine.sync()
    asked = []
    await engine.sync('incremental')
    expect(asked.find(({ path }) => path === '/changed')?.query?.['since']).toBe(new Date(began.getTime() - 60_000).toISOString())
  })

  it('that does not reach back to the last run makes the next one a complete one', async () => {
    const engine = await engineWith(incremental, { seenAs: 'change', absence: 'counts' })
    await engine.sync()
    await engine.rows(`update sync_states set watermark = now() - interval '29 days' where linked_account_id = $1`, [engine.key.linkedAccountId])
    await engine.sync('incremental')
    await engine.rows(`update sync_states set watermark = now() - interval '31 days' where linked_account_id = $1`, [engine.key.linkedAccountId])
    await engine.sync('incremental')
    const runs = await engine.rows<{ kind: string }>('select kind from sync_runs where linked_account_id = $1 order by started_at', [engine.key.linkedAccountId])
    expect(runs.map(({ kind }) => kind)).toEqual(['initial', 'incremental', 'full'])
  })
})

describe('custom fields that a vendor lists', () => {
  const field = (name: string, more: object = {}) => ({ name, description: null, type: null, isRequired: null, choices: [], ...more })
  it('are known with all that it says of them, also those that no record uses, and are kept current', async () => {
    let listed: [string, ReturnType<typeof field>][] = [['cf_1', field('Size', { type: 'list', isRequired: true, choices: [{ value: 's', name: 'Small' }] })], ['cf_2', field('Unused')]]
    const resource: AnyResource = {
      ...ticket, fieldClasses: 'custom', remoteFields: () => [{ key: 'cf_1', name: 'Size', value: 's' }, { key: 'cf_9', name: 'Unlisted', value: 1 }],
      read: { ...ticket.read, lookups: { custom: { ask: () => ({ path: '/fields' }), entries: (body) => body as typeof listed, withheld: 'is_empty' } } },
    }
    const engine = await inventedEngine(database, server, { providers: new Map([['invented', { ...invented, resources: [resource] }]]), door: { open: () => async (request) => (request.path === '/fields' ? answer(listed) : send(request)) } })
    const known = () => engine.rows<{ key: string; name: string; type: string | null; required: boolean | null; choices: unknown }>('select remote_key_name as key, display_name as name, field_type as type, is_required as required, field_choices as choices from remote_field_classes where linked_account_id = $1 order by 1', [engine.key.linkedAccountId])
    await engine.sync()
    expect(await known()).toEqual([
      { key: 'cf_1', name: 'Size', type: 'list', required: true, choices: [{ value: 's', display_name: 'Small' }] }, { key: 'cf_2', name: 'Unused', type: null, required: null, choices: [] }, { key: 'cf_9', name: 'Unlisted', type: null, required: null, choices: [] },
    ])
    listed = [['cf_1', field('Größe', { type: 'string' })]]
    await engine.sync('incremental')
    expect((await known())[0]).toEqual({ key: 'cf_1', name: 'Größe', type: 'string', required: null, choices: [] })
  })
})
