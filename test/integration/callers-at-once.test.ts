import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
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

test('F71 callers have only so many requests under way in a process, over all accounts, and one organisation half of them: an answer in memory for each', { timeout: 60_000 }, async () => {
  const door = createDoor({ egress, budget: openBudget({ database: db.database }), log: () => undefined, callersAtOnce: 8 })
  // Answers are held until everybody who may come has come.
  const held: { readonly of: string; readonly answer: () => void }[] = []
  let most = 0
  let holds = true
  vendor.script((response, { headers: { 'x-of': of } }) => {
    const answer = (): void => { response.writeHead(200, { 'content-type': 'application/json' }).end('{}') }
    if (!holds) return answer()
    held.push({ of: String(of), answer })
    most = Math.max(most, held.length)
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
  await expect.poll(() => held.length, { timeout: 20_000 }).toBe(8)
  await pause(500)
  expect([most, held.filter(({ of }) => of === many).length]).toEqual([8, 4])
  holds = false
  for (const { answer } of held) answer()
  expect((await Promise.all(asked)).every(({ status }) => status === 200)).toBe(true)
  expect(vendor.seen).toHaveLength(36)
})
