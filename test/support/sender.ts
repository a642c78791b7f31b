/** A process that sends as fast as it may, through a door of its own; told by the strict vendor's test. */
import { parseAllowed } from '#src/egress/allowed-hosts'
import { openEgress } from '#src/egress/exchange'
import { openDatabase } from '#src/db/client'
import { Fault } from '#src/errors'
import { openBudget } from '#src/upstream/budget'
import { createDoor } from '#src/upstream/client'
import type { Limits } from '#kit'
import { account, provider } from './door.ts'

export interface SenderOrder { readonly url: string; readonly origin: string; readonly id: string; readonly organizationId: string; readonly limits: Limits; readonly seconds: number; readonly pauseMs: number }
export interface SenderReport { readonly sent: number; readonly refused: number; readonly queries: number }

const { url, origin, seconds, pauseMs, limits, ...ids } = JSON.parse(process.argv[2]!) as SenderOrder
const opened = openDatabase({ url, poolSize: 4 })
let queries = 0
const ask = opened.system.query.bind(opened.system) as (...given: unknown[]) => unknown
Object.assign(opened.system, { query: (...given: unknown[]) => { queries += 1; return ask(...given) } })
const egress = openEgress({ allowed: parseAllowed('acme=127.0.0.0/8') })
const door = createDoor({ egress, budget: openBudget({ database: opened }), log: () => undefined })
const pause = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms) })
let [sent, refused] = [0, 0]
const until = Date.now() + seconds * 1000
await Promise.all(Array.from({ length: limits.concurrency }, async () => {
  const send = door.open(account(origin, { ...ids, remoteIdentity: 'portal-1', provider: provider({ limits }) }), { traceId: 't' })
  while (Date.now() < until) {
    try {
      await send({ method: 'GET', path: '/items' })
      sent += 1
    } catch (error) {
      if (!(error instanceof Fault) || error.code !== 'upstream.rate_limited') throw error
      if (error.facts.upstreamStatus !== undefined) refused += 1
      await pause(100)
    }
    if (pauseMs > 0) await pause(pauseMs)
  }
}))
await egress.close()
await opened.close()
process.send!({ sent, refused, queries } satisfies SenderReport)
process.disconnect()
