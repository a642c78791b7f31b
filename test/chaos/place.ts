/** Where a chaos run happens: an embedded Postgres that is stopped and started, the vendor in its process, a proxy before each, and the API. */
import { fork, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openPool } from '#src/db/client'
import { startEmbedded, type Embedded } from '#src/db/embedded'
import { lives, pidFileOf, serverPid } from '../support/embedded.ts'
import { apiOf, freePort, type Api } from '../support/intermodal.ts'
import { addressOf, startFaultProxy, type FaultProxy } from '../support/tcp-fault-proxy.ts'
import type { Mutation } from './ledger.ts'
import type { LinkedAccount, LinkWish } from './link.ts'
import { isByConsent } from './provider.ts'
import type { Random } from './schedule.ts'
import type { Family, Pair } from './tokens.ts'
import type { VendorOrders } from './vendor.ts'

export interface Account { readonly name: string; readonly token: string; readonly id: string; readonly api: Api }

export interface Place {
  readonly folder: string
  /** What workers are started with: both proxies stand in their way. */
  readonly workerEnv: Readonly<Record<string, string>>
  readonly vendor: { readonly proxy: FaultProxy; readonly order: (orders: VendorOrders) => void; readonly ledger: () => Promise<Mutation[]>; readonly families: () => Promise<Family[]>; readonly count: () => Promise<number> }
  readonly postgres: { readonly proxy: FaultProxy; readonly restart: (how: 'fast' | 'crash') => Promise<void>; readonly ask: <R>(text: string, values?: unknown[]) => Promise<R[]> }
  readonly accounts: readonly Account[]
  readonly close: () => Promise<void>
}

/** The first word of a process: where it listens, or what it made. */
interface Said { readonly port: number; readonly up: string; readonly linked?: readonly LinkedAccount[] }

const here = (name: string): string => new URL(name, import.meta.url).pathname
const sleep = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms) })
/** Nothing has to outlive a power cut, but a crash of the server it has to: so commits are written, and not forced to the disk. */
const CARELESS = { fsync: 'off', full_page_writes: 'off', shared_buffers: '256MB', max_connections: '300' }

export async function openPlace({ seed, accounts: names, random }: { readonly seed: number; readonly accounts: readonly string[]; readonly random: Random }): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'intermodal-chaos-'))
  chmodSync(folder, 0o755)
  const dataDir = join(folder, 'data')
  const logFile = join(folder, 'workers.log')
  const log = openSync(logFile, 'a')
  const children: ChildProcess[] = []
  const undo: (() => Promise<void> | void)[] = [() => { closeSync(log); rmSync(folder, { recursive: true, force: true }) }]
  const close = async (): Promise<void> => { for (const step of undo.toReversed()) await step() }
  try {
    let server: Embedded = await startEmbedded({ dataDir, settings: CARELESS })
    // Each start counts as one more user of the server, and only the last to leave stops it.
    const servers = [server]
    undo.push(async () => { for (const { stop } of servers) await stop() })
    const socket = () => addressOf(server.url)
    const [quiet, stormy] = [await startFaultProxy(socket), await startFaultProxy(socket, { random })]
    const urlOf = ({ port }: FaultProxy): string => `postgres://postgres@127.0.0.1:${port}/intermodal`
    const pool = openPool({ connectionString: urlOf(quiet), max: 2 })
    undo.push(() => pool.end())
    const ended = (child: ChildProcess): Promise<void> => (child.exitCode !== null || child.signalCode !== null ? Promise.resolve() : once(child, 'exit').then(() => undefined))
    const start = async (file: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<{ child: ChildProcess; said: Said }> => {
      const child = fork(here(file), [...args], { env, execArgv: [], stdio: ['ignore', log, log, 'ipc'] })
      children.push(child)
      const said = await Promise.race([once(child, 'message').then(([message]) => message as Said), once(child, 'exit').then(([code]) => { throw new Error(`${file} ended with ${code as number}:\n${readFileSync(logFile, 'utf8').slice(-3000)}`) })])
      return { child, said }
    }
    undo.push(async () => {
      for (const child of children) child.kill('SIGTERM')
      await Promise.all(children.map(ended))
      await Promise.all([quiet.close(), stormy.close()])
    })
    const base = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', TMPDIR: tmpdir(), NODE_COMPILE_CACHE: join(tmpdir(), 'intermodal-chaos-cache') }
    const { child: vendor, said: { port: vendorPort } } = await start('vendor.ts', [String(seed), ...names], base)
    const vendorProxy = await startFaultProxy(() => ({ host: '127.0.0.1', port: vendorPort }), { random })
    undo.push(() => vendorProxy.close())
    const common = {
      ...base, INTERMODAL_DATA_DIR: join(folder, 'keys'), INTERMODAL_ENCRYPTION_KEY: randomBytes(32).toString('base64'), INTERMODAL_ALLOW_PRIVATE_HOSTS: `hostile=127.0.0.1:${vendorProxy.port}`, INTERMODAL_RATE_LIMIT_PER_MINUTE: '0',
      INTERMODAL_SYNC_INTERVAL_SECONDS: '1', INTERMODAL_FULL_SYNC_HOURS: '0.01',
    }
    const { said: { up: origin } } = await start('worker.ts', ['serve'], { ...common, DATABASE_URL: urlOf(quiet), PORT: String(await freePort()), INTERMODAL_LOG_LEVEL: 'warn' })
    const atVendor = async <T>(path: string): Promise<T> => (await (await fetch(`http://127.0.0.1:${vendorPort}${path}`)).json()) as T
    const wishes: LinkWish[] = []
    // Two organisations, their accounts in turn.
    for (const [n, name] of names.entries()) wishes.push({ name, organizationName: `Chaos ${n % 2}`, baseUrl: `http://127.0.0.1:${vendorProxy.port}`, pair: isByConsent(n) ? await atVendor<Pair>(`/consent?account=${name}`) : null })
    const { said: { linked } } = await start('link.ts', [JSON.stringify(wishes)], { ...common, DATABASE_URL: urlOf(quiet), INTERMODAL_LOG_LEVEL: 'warn' })
    const accounts = linked!.map(({ apiKey, ...account }) => ({ ...account, api: apiOf(origin, apiKey) }))
    return {
      folder, accounts, close,
      workerEnv: { ...common, DATABASE_URL: urlOf(stormy), INTERMODAL_LOG_LEVEL: 'info', INTERMODAL_CONCURRENCY: '2' },
      vendor: {
        proxy: vendorProxy,
        order: (orders) => { vendor.send(orders) },
        ledger: () => atVendor('/ledger'), families: () => atVendor('/families'), count: () => atVendor('/count'),
      },
      postgres: {
        proxy: stormy,
        async restart(how) {
          const pid = serverPid(dataDir)
          process.kill(pid, how === 'fast' ? 'SIGINT' : 'SIGQUIT')
          while (lives(pid) || existsSync(pidFileOf(dataDir))) await sleep(20)
          servers.push(server = await startEmbedded({ dataDir, settings: CARELESS }))
        },
        ask: async <R>(text: string, values?: unknown[]) => (await pool.query(text, values)).rows as R[],
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}
