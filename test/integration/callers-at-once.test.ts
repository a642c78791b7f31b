import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseAllowed } from '#src/egress/allowed-hosts'
import { openEgress, type Egress } from '#src/egress/exchange'
import { openBudget } from '#src/upstream/budget'
import { createDoor } from '#src/upstream/client'
import { testDatabase, type TestDatabase } from '../support/db.ts'
import { account } from '../support/door.ts'
import { startHostileVendor, type HostileVendor } from '../support/hostile-vendor.ts'

let db: TestDatabase
let vendor: HostileVendor
let egress: Egress
beforeAll(async () => {
  db = await testDatabase()
  vendor = await startHostileVendor()
  egress = openEgress({ allowed: parseAllowed('acme=127.0.0.0/8') })
})
afterAll(async () => { await egress.close(); await vendor.close(); await db.drop() })

const RAW = { method: 'GET', path: '/items', search: '', headers: {}, body: null } as const
const range = (n: number): number[] => Array.from({ length: n }, (_, at) => at)

test('F71 callers have only so many requests under way in a process, over all accounts, and one organisation half of them: an answer in memory for each', async () => {
  const door = createDoor({ egress, budget: openBudget({ database: db.database }), log: () => undefined, callersAtOnce: 8 })
  const underWay = new Map<string, number>()
  const most = new Map<string, number>()
  const count = (of: string, by: 1 | -1): void => {
    underWay.set(of, (underWay.get(of) ?? 0) + by)
    most.set(of, Math.max(most.get(of) ?? 0, underWay.get(of)!))
  }
  vendor.script((response, { headers: { 'x-of': of } }) => {
    for (const one of ['all', String(of)]) count(one, 1)
    setTimeout(() => {
      for (const one of ['all', String(of)]) count(one, -1)
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    }, 100)
  })
  const ask = (organizationId: string, signal?: AbortSignal) => door.pass(account(vendor.origin, { organizationId }), { traceId: 't', ...(signal !== undefined && { signal }) }, { ...RAW, headers: { 'x-of': organizationId } })
  const [many, few, other] = [randomUUID(), randomUUID(), randomUUID()]
  // Each from an account of its own, so that no vendor's limit is what bounds them.
  const asked = [...range(24).map(() => ask(many)), ...range(6).map(() => ask(few)), ...range(6).map(() => ask(other))]
  const gone = new AbortController()
  const left = ask(many, gone.signal)
  left.catch(() => undefined)
  gone.abort(new Error('he went away'))
  await expect(left).rejects.toThrow('he went away')
  expect((await Promise.all(asked)).every(({ status }) => status === 200)).toBe(true)
  expect([most.get('all'), most.get(many)]).toEqual([8, 4])
  expect(vendor.seen).toHaveLength(36)
})
