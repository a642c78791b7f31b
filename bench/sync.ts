// What syncing costs, beside COPY of the same rows: its section of docs/benchmarks.md is written from one run of this.
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startEmbedded } from '../src/db/embedded.ts'
import { serverCpu } from './cpu.ts'
import { writeSection } from './page.ts'
import { serverFacts } from './postgres.ts'
import { model } from './sync-provider.ts'
import { report, type Large, type Sample, type Variant } from './sync-report.ts'
import { openStore } from './sync-store.ts'
import type { List, VendorMessage } from './sync-vendor.ts'
import type { WorkerDone, WorkerOrder, WorkerTask } from './sync-worker.ts'

const { values } = parseArgs({ options: {
  records: { type: 'string', default: '20000' }, rounds: { type: 'string', default: '5' }, page: { type: 'string', default: '500' }, large: { type: 'string', default: '0' }, only: { type: 'string' }, profile: { type: 'string' },
  out: { type: 'string', default: new URL('../docs/benchmarks.md', import.meta.url).pathname },
} })
const [records, rounds, pageSize, large] = [Number(values.records), Number(values.rounds), Number(values.page), Number(values.large)]
const LOGS = { times: 1_000, bodyBytes: 19_300 }
const MOST_WORKERS = 4
const say = (line: string): void => { console.error(line) }

function start(file: string, order: unknown): ChildProcess {
  return fork(new URL(file, import.meta.url), [JSON.stringify(order)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values.profile}`] })
}
async function heard<T>(child: ChildProcess): Promise<T> {
  const over = new AbortController()
  const gone = once(child, 'exit', { signal: over.signal }).then((): never => { throw new Error('a process of the benchmark ended') })
  gone.catch(() => undefined)
  try {
    return (await Promise.race([once(child, 'message', { signal: over.signal }) as Promise<[T]>, gone]))[0]
  } finally {
    over.abort()
  }
}
async function ask<T>(child: ChildProcess, message: object): Promise<T> {
  const answer = heard<T>(child)
  child.send(message)
  return answer
}

const folder = mkdtempSync(join(tmpdir(), 'intermodal-bench-'))
chmodSync(folder, 0o777)
const postgres = await startEmbedded({ dataDir: folder, settings: { autovacuum: 'off', checkpoint_timeout: '1h', max_wal_size: '16GB', bgwriter_lru_maxpages: '0' } })
const children: ChildProcess[] = []
try {
  const store = await openStore(postgres.url, folder, MOST_WORKERS)
  const { version, postmaster } = await serverFacts(postgres.url)
  const vendor = start('sync-vendor.ts', {})
  children.push(vendor)
  const { port } = await heard<{ port: number }>(vendor)
  async function startWorker(): Promise<ChildProcess> {
    const worker = start('sync-worker.ts', { url: postgres.url, vendorPort: port } satisfies WorkerOrder)
    children.push(worker)
    await heard(worker)
    return worker
  }
  const workers = await Promise.all(Array.from({ length: MOST_WORKERS }, startWorker))

  let edition = 0
  /** What the first account's store holds; null: not the whole of an edition. */
  let held: number | null = null
  const list = (of: number, size = pageSize, people = records): List => ({ people, edition: of, pageSize: size })
  const addressOf = ({ people, edition: of, pageSize: size }: List): string => `http://127.0.0.1:${port}/${people}/${of}/${size}`

  /** Syncs as many accounts as are given, each in a process of its own. */
  async function sync(from: List, accounts: number, by: readonly ChildProcess[] = workers): Promise<Sample> {
    const place = await store.walPlace()
    const [before, begun] = [serverCpu(postmaster), performance.now()]
    const done = await Promise.all(store.accounts.slice(0, accounts).map((linkedAccountId, n) =>
      ask<WorkerDone>(by[n]!, { kind: 'sync', organizationId: store.organizationId, linkedAccountId, address: addressOf(from) } satisfies WorkerTask)))
    const seconds = (performance.now() - begun) / 1000
    const postgresUs = serverCpu(postmaster) - before
    const { bytes, ofLogs } = await store.walSince(place)
    const all = from.people * accounts
    return { records: all, seconds, nodeUs: done.reduce((sum, { cpuUs }) => sum + cpuUs, 0) / all, postgresUs: postgresUs / all, walBytes: (bytes - ofLogs) / all, logWalBytes: ofLogs / all, peakBytes: Math.max(...done.map(({ peakBytes }) => peakBytes)) }
  }
  async function check(what: string, expected: Partial<Record<'created' | 'updated' | 'unchanged', number>>, accounts = 1): Promise<void> {
    for (const id of store.accounts.slice(0, accounts)) {
      const run = await store.lastRun(id)
      const wrong = run.state !== 'succeeded' || Object.entries(expected).some(([name, count]) => run[name as 'created'] !== count)
      if (wrong) throw new Error(`${what}: expected ${JSON.stringify(expected)}, and the run says ${JSON.stringify(run)}`)
    }
  }
  async function initial(from: List, accounts: number, by = workers): Promise<Sample> {
    await store.empty()
    held = null
    const sample = await sync(from, accounts, by)
    await check('initial', { created: from.people }, accounts)
    return sample
  }
  /** The store holds the first edition, some minutes old. */
  async function full(): Promise<void> {
    if (held !== 0) { await initial(list(0), 1); held = 0 }
    await store.settle()
    await store.wantFull(store.accounts[0]!)
  }

  const rowBytes = Math.round((await ask<{ pageBytes: number }>(vendor, list(0))).pageBytes / pageSize)
  await initial(list(0), 1)
  if (await store.unload() !== records) throw new Error('the store does not hold what the vendor has')

  const all: Variant[] = []
  const add = (name: string, turn: () => Promise<Sample>): void => { if (values.only === undefined || values.only.split(',').includes(name)) all.push({ name, samples: [], turn }) }
  add('COPY', async () => {
    await store.empty()
    held = null
    const place = await store.walPlace()
    const before = serverCpu(postmaster)
    const seconds = await store.copy()
    const postgresUs = serverCpu(postmaster) - before
    return { records, seconds, nodeUs: 0, postgresUs: postgresUs / records, walBytes: (await store.walSince(place)).bytes / records, logWalBytes: 0, peakBytes: 0 }
  })
  add('initial', async () => {
    const sample = await initial(list(0), 1)
    held = 0
    return sample
  })
  add('unchanged', async () => {
    await full()
    const sample = await sync(list(0), 1)
    await check('unchanged', { unchanged: records, created: 0, updated: 0 })
    return sample
  })
  add('1 % changed', async () => {
    edition += 1
    await ask<VendorMessage>(vendor, list(edition))
    await full()
    held = null
    const sample = await sync(list(edition), 1)
    await check('1 % changed', { updated: records / 100, unchanged: records - records / 100 })
    return sample
  })
  for (const accounts of [2, 4]) add(`initial, ${accounts} processes`, () => initial(list(0), accounts))
  add('upstream logs', async () => {
    const place = await store.walPlace()
    const before = serverCpu(postmaster)
    const done = await ask<WorkerDone>(workers[0]!, { kind: 'logs', organizationId: store.organizationId, linkedAccountId: store.accounts[0]!, ...LOGS } satisfies WorkerTask)
    const { bytes } = await store.walSince(place)
    return { records: LOGS.times, seconds: done.seconds, nodeUs: done.cpuUs / LOGS.times, postgresUs: (serverCpu(postmaster) - before) / LOGS.times, walBytes: 0, logWalBytes: bytes / LOGS.times, peakBytes: 0 }
  })

  // The first round warms caches and compilers, and is thrown away.
  for (let round = 0; round <= rounds; round += 1) {
    await store.checkpoint()
    for (const variant of all.toSorted(() => Math.random() - 0.5)) {
      const sample = await variant.turn()
      if (round > 0) variant.samples.push(sample)
      say(`round ${round} of ${rounds}: ${variant.name} ${Math.round(sample.records / sample.seconds)}/s, ${sample.nodeUs.toFixed(1)} + ${sample.postgresUs.toFixed(1)} µs, ${sample.walBytes.toFixed(1)} + ${sample.logWalBytes.toFixed(1)} B`)
    }
  }
  const one: Large[] = []
  const publish = (): void => {
    if (values.only !== undefined) return
    writeSection(values.out, 'Syncing', report(all, { model: model.id, indexes: store.indexes, pageSize, rowBytes, records, rounds, logBytes: LOGS.bodyBytes, cores: availableParallelism(), node: process.version, postgres: version, large: one }))
    say(`written to ${values.out}`)
  }
  publish()
  if (large > 0) {
    // Larger than what is prepared, so its pages are made as they are asked for.
    const from = list(0, pageSize, large)
    const alone = [await startWorker()]
    one.push({ what: `${large.toLocaleString('en')} records for the first time`, sample: await initial(from, 1, alone) })
    await store.settle()
    await store.wantFull(store.accounts[0]!)
    one.push({ what: 'the same unchanged, by the same process', sample: await sync(from, 1, alone) })
    await check('unchanged', { unchanged: large })
    for (const { what, sample } of one) say(`${what}: ${Math.round(sample.records / sample.seconds)}/s, ${Math.round(sample.peakBytes / 1e6)} MB`)
    publish()
  }
  await store.close()
} finally {
  for (const child of children) if (child.connected) child.disconnect()
  await postgres.stop()
  rmSync(folder, { recursive: true, force: true })
}
