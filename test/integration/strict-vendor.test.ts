import { fork, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Limits } from '#kit'
import { openMeters } from '#src/sandbox/meters'
import { testDatabase, type TestDatabase } from '../support/db.ts'
import type { SenderOrder, SenderReport } from '../support/sender.ts'

// Real processes, real Postgres, real sockets, and a vendor that counts every window to the last request.
let db: TestDatabase
beforeAll(async () => { db = await testDatabase({ poolSize: 2 }) })
afterAll(() => db.drop())

async function strictVendor({ count, perSeconds }: { count: number; perSeconds: number }) {
  const exceeds = openMeters([{ what: 'requests', answer: { status: 429, body: null }, meter: { docs: 'https://vendor.example/limits', count, perSeconds } }], () => performance.now())
  let [seen, refused] = [0, 0]
  const arrivals: number[] = []
  const server = createServer((request, response) => {
    seen += 1
    arrivals.push(performance.now())
    const over = exceeds({ method: 'GET', path: request.url!, body: null }, response) !== null
    if (over) refused += 1
    response.writeHead(over ? 429 : 200, { 'content-type': 'application/json', ...(over && { 'retry-after': '1' }) }).end('{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, counts: () => ({ seen, refused, used: seen / ((arrivals.at(-1)! - arrivals[0]!) / 1000) / (count / perSeconds) }), close: async () => { server.closeAllConnections(); server.close(); await once(server, 'close') } }
}

const start = (order: SenderOrder): ChildProcess => fork(new URL('../support/sender.ts', import.meta.url), [JSON.stringify(order)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
const reportOf = async (child: ChildProcess): Promise<SenderReport> => (await once(child, 'message'))[0] as SenderReport

async function run({ requests, processes, seconds, pauseMs = 0, kill = false }: { requests: Limits['requests']; processes: number; seconds: number; pauseMs?: number; kill?: boolean }) {
  const vendor = await strictVendor(requests)
  const order: SenderOrder = { url: db.url, origin: vendor.origin, id: randomUUID(), organizationId: randomUUID(), limits: { concurrency: 4, requests }, seconds, pauseMs }
  try {
    const children = Array.from({ length: processes }, () => start(order))
    if (kill) {
      const [victim] = children
      await new Promise((resolve) => { setTimeout(resolve, seconds * 400) })
      victim!.kill('SIGKILL')
      children[0] = start({ ...order, seconds: seconds / 2 })
    }
    const reports = await Promise.all(children.map(reportOf))
    const sum = (what: keyof SenderReport): number => reports.reduce((all, report) => all + report[what], 0)
    return { ...vendor.counts(), sent: sum('sent'), queries: sum('queries'), each: reports.map(({ sent }) => sent) }
  } finally {
    await vendor.close()
  }
}

describe('a vendor that counts strictly', () => {
  it.each([[60, 1], [100, 4], [8, 1]])('F01 T70 has nothing to refuse: %i requests in %i seconds, four processes, one of them killed on the way', async (count, perSeconds) => {
    const { seen, refused, used, queries, each } = await run({ requests: { count, perSeconds }, processes: 4, seconds: 8, kill: true })
    console.log(`${count} in ${perSeconds} s: ${seen} requests, ${refused} refused, ${Math.round(used * 100)} % of what is allowed, ${queries} questions to Postgres, by process ${each.join(', ')}`)
    expect(refused).toBe(0)
    // More than one window: how much more is the machine's affair.
    expect(seen).toBeGreaterThan(count)
  }, 60_000)

  it('is asked about once a second by a process that is alone, however little or much it sends', async () => {
    for (const pauseMs of [0, 50]) {
      const { seen, refused, queries } = await run({ requests: { count: 500, perSeconds: 1 }, processes: 1, seconds: 4, pauseMs })
      console.log(`alone, a pause of ${pauseMs} ms: ${seen} requests, ${queries} questions to Postgres`)
      expect([refused, seen > 50]).toEqual([0, true])
      // For the tenant once a second, for the host once in two.
      expect(queries).toBeLessThan(14)
    }
  }, 60_000)
})
