// Whether one account that reads a million records keeps others waiting: its section of docs/benchmarks.md is written from one run of this.
import { fork, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { openDatabase } from '../src/db/client.ts'
import { startEmbedded } from '../src/db/embedded.ts'
import { migrate } from '../src/db/migrate.ts'
import { createApiKey } from '../src/organizations/keys.ts'
import { openScheduler } from '../src/sync/schedule.ts'
import type { Allowance } from '#kit'
import { fairnessReport, type Phase } from './fairness-report.ts'
import type { ProcessOrder } from './fairness-process.ts'
import type { ChangeOrder, Counted, VendorMessage, VendorOrder } from './fairness-vendor.ts'
import { writeSection } from './page.ts'

const { values } = parseArgs({ options: {
  accounts: { type: 'string', default: '200' }, rows: { type: 'string', default: '100' }, records: { type: 'string', default: '1000000' }, seconds: { type: 'string', default: '60' },
  interval: { type: 'string', default: '15' }, workers: { type: 'string', default: '2' }, allowed: { type: 'string', default: '190' }, per: { type: 'string', default: '10' }, full: { type: 'boolean', default: false }, out: { type: 'string', default: new URL('../docs/benchmarks.md', import.meta.url).pathname },
} })
const [accounts, rows, records, seconds, interval, workers] = [values.accounts, values.rows, values.records, values.seconds, values.interval, values.workers].map(Number) as [number, number, number, number, number, number]
/** Of each customer's requests. What it is by default, vendors with a million records do allow. */
const allowance: Allowance = { count: Number(values.allowed), perSeconds: Number(values.per) }
const LONGEST_WAIT_MS = 180_000
const say = (line: string): void => { console.error(`${(performance.now() / 1000).toFixed(0)} s: ${line}`) }

const children: ChildProcess[] = []
async function start(file: string, order: ProcessOrder | Allowance): Promise<{ child: ChildProcess; first: { origin: string } }> {
  const child = fork(new URL(file, import.meta.url), [JSON.stringify(order)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  children.push(child)
  const [first] = await Promise.race([once(child, 'message'), once(child, 'exit').then(() => { throw new Error(`${file} ended`) })]) as [{ origin: string }]
  return { child, first }
}

const dataDir = mkdtempSync(join(tmpdir(), 'intermodal-bench-'))
// As root the server runs as somebody else, who must get through.
chmodSync(dataDir, 0o755)
const postgres = await startEmbedded({ dataDir, settings: { max_connections: '200' } })
await migrate(postgres.url)
const database = openDatabase({ url: postgres.url })
const scheduler = await openScheduler(database, { leaseSeconds: 30, caps: { account: 2, organization: 1_000_000 } })

try {
  const { child: vendor, first: { origin: vendorOrigin } } = await start('fairness-vendor.ts', allowance)
  const env = {
    DATABASE_URL: postgres.url, PORT: '0', INTERMODAL_ENCRYPTION_KEY: randomBytes(32).toString('base64'), INTERMODAL_ALLOW_PRIVATE_HOSTS: `invented=127.0.0.1:${new URL(vendorOrigin).port}`,
    INTERMODAL_SYNC_INTERVAL_SECONDS: String(interval), INTERMODAL_LOG_LEVEL: 'warn', INTERMODAL_RATE_LIMIT_PER_MINUTE: '0',
  }
  const { first: { origin } } = await start('fairness-process.ts', { roles: { api: true, worker: false }, vendor: vendorOrigin, allowance, env })
  for (let n = 0; n < workers; n += 1) await start('fairness-process.ts', { roles: { api: false, worker: true }, vendor: vendorOrigin, allowance, env })
  const { apiKey, organizationId } = await createApiKey(database, { organizationName: 'Bench', name: 'bench' })
  // What is measured is waiting, so nobody is left alone for being quiet.
  await database.system.query(`insert into sync_settings (organization_id, model, adapts) values ($1, '', false)`, [organizationId])

  const link = async (key: string): Promise<{ id: string; key: string; token: string }> => {
    const answer = await fetch(`${origin}/api/v1/linked-accounts`, { method: 'POST', headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' }, body: JSON.stringify({
      integration: 'invented', category: 'ticketing', end_user_origin_id: key, end_user_organization_name: key, end_user_email_address: 'b@example.test', credentials: { key },
    }) })
    const body = await answer.json() as { id: string; account_token: string }
    if (answer.status !== 201) throw new Error(JSON.stringify(body))
    return { id: body.id, key, token: body.account_token }
  }
  const small: Awaited<ReturnType<typeof link>>[] = []
  for (let n = 0; n < accounts; n += 1) small.push(await link(`small-${n}-${rows}`))
  const ids = small.map(({ id }) => id)
  const one = async <R extends Record<string, unknown>>(text: string, given: unknown[] = []): Promise<R> => (await database.system.query<R>(text, given)).rows[0]!
  const until = async (done: () => Promise<boolean>, longestMs = LONGEST_WAIT_MS): Promise<void> => {
    const end = performance.now() + longestMs
    while (!await done()) {
      if (performance.now() > end) throw new Error(`It takes longer than ${longestMs / 1000} s.`)
      await delay(200)
    }
  }
  await until(async () => (await one<{ n: number }>(`select count(*)::int as n from sync_states where linked_account_id = any($1) and is_initial`, [ids])).n === 0)
  say(`${accounts} small accounts are there`)

  /** Everything of every small account at once: how long each takes to be done. */
  async function burst(): Promise<number[]> {
    const { at } = await one<{ at: string }>(`with asked as (update sync_states set next_kind = 'full', next_run_at = now(), lane = 2, turns = 0 where linked_account_id = any($1)) select clock_timestamp() as at`, [ids])
    await scheduler.wake()
    await until(async () => (await one<{ n: number }>(`select count(*)::int as n from sync_runs where linked_account_id = any($1) and kind = 'full' and started_at >= $2 and state = 'succeeded'`, [ids, at])).n >= accounts)
    return (await database.system.query<{ took: number }>(`select extract(epoch from min(finished_at) - $2)::float8 * 1000 as took from sync_runs where linked_account_id = any($1) and kind = 'full' and started_at >= $2 group by linked_account_id`, [ids, at])).rows.map(({ took }) => took)
  }

  const counted = async (): Promise<Counted> => {
    const order: VendorOrder = 'count'
    vendor.send(order)
    for (;;) {
      const [message] = await once(vendor, 'message') as [VendorMessage]
      if ('counted' in message) return message.counted
    }
  }

  let changes = 0
  /** For a while: changes at the vendor until they are in the feed, and what a caller waits for a page. */
  async function watch(): Promise<{ fresh: number[]; reads: number[] }> {
    const told: { account: string; row: number; at: number }[] = []
    const hear = (message: VendorMessage): void => { if ('changed' in message) told.push({ ...message.changed, at: message.at }) }
    vendor.on('message', hear)
    const reads: number[] = []
    const end = performance.now() + seconds * 1000
    const reading = (async () => {
      while (performance.now() < end) {
        const { token } = small[Math.floor(Math.random() * accounts)]!
        const begun = performance.now()
        const answer = await fetch(`${origin}/api/ticketing/v1/tickets?page_size=100`, { headers: { authorization: `Bearer ${apiKey}`, 'x-account-token': token } })
        await answer.arrayBuffer()
        if (answer.status !== 200) throw new Error(`a read was answered with ${answer.status}`)
        reads.push(performance.now() - begun)
        await delay(20)
      }
    })()
    while (performance.now() < end) {
      // Each row is changed once in a round, so that each change has an entry of its own.
      const order: ChangeOrder = { account: small[changes % accounts]!.key, row: 1 + Math.floor(changes / accounts) % rows }
      changes += 1
      vendor.send(order)
      await delay(100)
    }
    await reading
    await delay(3 * interval * 1000)
    vendor.off('message', hear)
    const byKey = new Map(small.map(({ key, id }) => [key, id]))
    const fresh: number[] = []
    for (const { account, row, at } of told) {
      const seen = await one<{ at: string | null }>(`select min(at) as at from changes where linked_account_id = $1 and remote_id = $2 and at >= $3`, [byKey.get(account), String(row), new Date(at).toISOString()])
      if (seen.at === null) throw new Error(`a change of ${account} was not seen`)
      fresh.push(Date.parse(seen.at) - at)
    }
    return { fresh, reads }
  }

  const phase = async (): Promise<Phase> => ({ burst: await burst(), ...await watch() })
  // The first time warms caches and compilers, and is thrown away.
  await burst()
  const alone = await phase()
  say('alone: done')
  const large = await link(`large-${records}`)
  const read = async (): Promise<number> => (await one<{ n: number }>('select coalesce(sum(rows_read), 0)::int as n from sync_runs where linked_account_id = $1', [large.id])).n
  await until(async () => await read() > 0)
  const [from, begun] = [await read(), performance.now()]
  const beside = await phase()
  const [to, took] = [await read(), (performance.now() - begun) / 1000]
  const runs = await one<{ state: string }>('select state from sync_runs where linked_account_id = $1', [large.id])
  say(`beside: done; ${to - from} records of the large account in ${took.toFixed(0)} s, its run is ${runs.state}`)
  if (runs.state !== 'running') throw new Error('The large account was done before the measurement was. Give it more records.')
  let whole: number | null = null
  if (values.full) {
    await until(async () => (await one<{ state: string }>('select state from sync_runs where linked_account_id = $1', [large.id])).state !== 'running', Infinity)
    whole = (await one<{ s: number }>('select extract(epoch from finished_at - started_at)::float8 as s from sync_runs where linked_account_id = $1', [large.id])).s
  }
  const text = fairnessReport({ alone, beside, accounts, rows, records, seconds, interval, workers, perSecond: (to - from) / took, whole, allowance, counted: await counted(), cores: availableParallelism(), node: process.version, postgres: (await one<{ v: string }>(`select current_setting('server_version') as v`)).v })
  writeSection(values.out, 'Fairness', text)
  console.log(text)
} finally {
  await Promise.all(children.map(async (child) => {
    if (child.exitCode !== null) return
    const ended = once(child, 'exit')
    child.disconnect()
    await ended
  }))
  await scheduler.close()
  await database.close()
  await postgres.stop()
  rmSync(dataDir, { recursive: true, force: true })
}
