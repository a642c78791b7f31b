import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { AnyResource, Send } from '#kit'
import type { SyncDeps } from '#src/sync/slice'
import { testDatabase, type TestDatabase } from '../support/db.ts'
import { inventedEngine, type Engine } from '../support/engine.ts'
import { invented, InventedServer, ticket, type InventedTicket } from '../support/invented-vendor.ts'

const NUMBERS = Array.from({ length: 60 }, (_, n) => n + 1)

let db: TestDatabase
let server: InventedServer
let engine: Engine
beforeAll(async () => { db = await testDatabase() })
afterAll(() => db.drop())
beforeEach(async () => {
  server = new InventedServer()
  for (const n of NUMBERS) server.put(n, { title: `Ticket ${n}`, owner: `user ${n}` })
  engine = await inventedEngine(db.database, server)
  await engine.sync()
})

const of = async (remoteId: string) => { const { body } = (await engine.tickets()).get(remoteId)!; return { name: body['name'], assignees: (body['assignees'] as unknown[]).length } }
const told = async () => (await engine.feed()).slice(NUMBERS.length).map(({ remote_id: id, what, fields }) => `${id} ${what} ${fields!.toSorted().join()}`)

describe('what a vendor leaves out', () => {
  test('F42 is empty, like what it sends as null: a row is the whole record. The feed names what is gone', async () => {
    const { title: _, ...without } = server.rows.get(3)!
    server.rows.set(3, { ...without, changed: new Date().toISOString() } as InventedTicket)
    server.put(4, { title: null, owner: 'user 4' })
    await engine.sync('incremental')
    const name = { name: null, assignees: 1 }
    expect([await of('3'), (await of('4')).name]).toEqual([name, null])
    expect(await told()).toEqual(['3 updated description,name,remote_updated_at', '4 updated description,name,remote_updated_at'])
  })

  test('F42 everywhere at once is written down as drift, so that it is not taken for everybody\'s wish', async () => {
    for (const round of ['first', 'second']) {
      for (const n of NUMBERS) server.rows.set(n, { id: n, changed: new Date().toISOString(), owner: `${round} ${n}` } as InventedTicket)
      await engine.sync('full')
    }
    expect(await engine.rows('select what, path, times from drift where linked_account_id = $1', [engine.key.linkedAccountId])).toEqual([{ what: 'lost_field', path: 'title', times: expect.any(Number) }])
  })

  test('F42 in a list that shows less than the record is not taken for its word: the record is read from its details', async () => {
    const rowOf = (n: string): InventedTicket => server.rows.get(Number(n))!
    const abridging: Send = async (request) => {
      const number = /^\/tickets\/(\d+)$/.exec(request.path)?.[1]
      const answer = await server.send(request)
      if (number !== undefined) return { ...answer, body: rowOf(number) }
      const { list, ...page } = answer.body as { list?: InventedTicket[] }
      return list === undefined ? answer : { ...answer, body: { ...page, list: list.map(({ id, changed }) => ({ id, changed })) } }
    }
    const detailed = { ...ticket, read: { ...ticket.read, rows: { kind: 'each', ask: (item: InventedTicket) => ({ method: 'GET', path: `/tickets/${String(item.id)}` }), rows: (detail: InventedTicket) => [detail] } } } as unknown as AnyResource
    const deps: SyncDeps = { ...engine.deps, door: { open: () => abridging }, providers: new Map([['invented', { ...invented, resources: [detailed] }]]) }
    server.put(5, { title: 'changed', owner: 'user 5' })
    await engine.sync('full', deps)
    expect(await told()).toEqual(['5 updated description,name,remote_updated_at'])
    expect([await of('5'), await of('6')]).toEqual([{ name: 'changed', assignees: 1 }, { name: 'Ticket 6', assignees: 1 }])
  })
})
