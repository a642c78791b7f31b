/** One process that syncs: the engine, the door, the guarded egress and the log writer as the product puts them together. */
import { randomUUID } from 'node:crypto'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { AccountWork } from '../src/accounts/account.ts'
import { openDatabase } from '../src/db/client.ts'
import { localKms, openVault } from '../src/db/seal.ts'
import { parseAllowed } from '../src/egress/allowed-hosts.ts'
import { openEgress } from '../src/egress/exchange.ts'
import { openLogWriter } from '../src/logs/write.ts'
import { createRoom } from '../src/sync/room.ts'
import { runSlice, type SyncDeps } from '../src/sync/slice.ts'
import { openBudget } from '../src/upstream/budget.ts'
import { createDoor } from '../src/upstream/client.ts'
import { entryOf } from '../src/upstream/entry.ts'
import { createRedactor } from '../src/upstream/redact.ts'
import { filled } from './seed.ts'
import { model, provider, SLUG } from './sync-provider.ts'

export interface WorkerOrder { readonly url: string; readonly vendorPort: number }
export type WorkerTask =
  | { readonly kind: 'sync'; readonly organizationId: string; readonly linkedAccountId: string; readonly address: string }
  | { readonly kind: 'logs'; readonly organizationId: string; readonly linkedAccountId: string; readonly times: number; readonly bodyBytes: number }
/** `peakBytes`: the most memory that the process has had. */
export interface WorkerDone { readonly cpuUs: number; readonly seconds: number; readonly peakBytes: number }

const order = JSON.parse(process.argv[2]!) as WorkerOrder
const database = openDatabase({ url: order.url })
const vault = openVault(database.system, localKms([Buffer.alloc(32, 1)]))
const logs = openLogWriter({ database, vault, bodyKey: Buffer.alloc(32, 2), onError: (error) => { throw error } })
const egress = openEgress({ allowed: parseAllowed(`${SLUG}=127.0.0.1:${order.vendorPort}`) })
const door = createDoor({ egress, budget: openBudget({ database }), log: logs.write })

const TOGETHER = 100
const room = createRoom()

const accountOf = (organizationId: string, linkedAccountId: string, address: string): AccountWork => ({
  id: linkedAccountId, organizationId, provider, setup: { address }, credentials: async () => ({ key: 'bk_4f8Qz1LmN7xRt2VwYb9KcHdE5gJ3sAuP' }), integration: SLUG, category: model.category, status: 'COMPLETE', baseUrl: address, remoteIdentity: 'me',
})

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** What one piece of work cost this process; not what was left behind by the one before it, or by preparing it. */
async function measured(work: () => Promise<void>): Promise<WorkerDone> {
  collectGarbage()
  const [before, begun] = [process.cpuUsage(), performance.now()]
  await work()
  await logs.flush()
  const { user, system } = process.cpuUsage(before)
  return { cpuUs: user + system, seconds: (performance.now() - begun) / 1000, peakBytes: process.resourceUsage().maxRSS * 1024 }
}

function sync({ organizationId, linkedAccountId, address }: Extract<WorkerTask, { kind: 'sync' }>): Promise<WorkerDone> {
  const deps: SyncDeps = {
    database, door, logs, providers: new Map([[SLUG, provider]]), account: async () => accountOf(organizationId, linkedAccountId, address), room, leaseSeconds: 30, syncIntervalSeconds: 600, fullSyncHours: 24,
  }
  return measured(async () => { while (await runSlice(deps, { organizationId, linkedAccountId, model: model.id }) === 'more') { /* the next slice */ } })
}

/** Logs of answers like those of a vendor, each another. */
function keepLogs({ organizationId, linkedAccountId, times, bodyBytes }: Extract<WorkerTask, { kind: 'logs' }>): Promise<WorkerDone> {
  const account = accountOf(organizationId, linkedAccountId, 'http://127.0.0.1')
  const redact = createRedactor({ secrets: ['bk_4f8Qz1LmN7xRt2VwYb9KcHdE5gJ3sAuP'], secretKeys: provider.secretKeys, authHeaders: ['x-key'] })
  const requestHeaders = new Headers({ accept: 'application/json', 'x-key': 'bk_4f8Qz1LmN7xRt2VwYb9KcHdE5gJ3sAuP', 'user-agent': 'intermodal' })
  const headers = new Headers({ 'content-type': 'application/json; charset=utf-8', date: new Date().toUTCString(), 'content-length': String(bodyBytes), etag: '"a"', vary: 'accept' })
  const bodies = Array.from({ length: times }, () => {
    const people = Array.from({ length: Math.ceil(bodyBytes / 1000) }, (_, n) => ({ id: randomUUID(), ...filled(model, n) }))
    return Buffer.from(JSON.stringify({ served: randomUUID(), people }).slice(0, bodyBytes))
  })
  return measured(async () => {
    for (const [n, body] of bodies.entries()) {
      logs.write(entryOf({
        method: 'GET', url: new URL(`http://127.0.0.1/people?page=${n}`), requestHeaders, requestBody: null, startedAt: Date.now(), durationMs: 100, firstByteMs: 80, status: 200, headers, body, wireBytes: bodyBytes, fault: null, redirected: false, stream: null,
      }, { account, context: { traceId: 'bench', model: model.id }, redact, attempt: 1, code: null }))
      // As where many accounts are read at once: the writer takes as many together as it likes to.
      if (n % TOGETHER === TOGETHER - 1) await logs.flush()
    }
  })
}

const say = (message: WorkerDone | { readonly up: true }): void => { process.send!(message) }
process.on('message', (task: WorkerTask) => { void (task.kind === 'sync' ? sync(task) : keepLogs(task)).then(say) })
process.on('disconnect', () => { process.exit(0) })
say({ up: true })
