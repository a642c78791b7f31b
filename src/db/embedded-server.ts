import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, openSync, readFileSync, readlinkSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs'
import { totalmem } from 'node:os'
import { join } from 'node:path'
import { Client, type QueryResultRow } from 'pg'
import { cleanEnv, isAlive, run, sleep } from './embedded-process.ts'
import { give, removeSocketDirectory, socketDirectory, type Place } from './embedded-place.ts'

export interface Server { readonly pid: number; readonly socketDir: string }

const PORT = 5432
const START_MS = 60_000
const STOP_MS = 60_000
const LOG_BYTES = 10 * 1024 * 1024

const MEBIBYTE = 2 ** 20
/** An eighth of the memory that we may use, within reason, and taken only as it is used: what lies in it need not be asked of the system. */
const sharedBuffers = (): string => `${Math.round(Math.min(Math.max(Math.min(totalmem(), process.constrainedMemory() || Infinity) / 8 / MEBIBYTE, 128), 2048))}MB`

const settings: Readonly<Record<string, string>> = {
  listen_addresses: '', unix_socket_permissions: '0700',
  shared_buffers: sharedBuffers(), jit: 'off', random_page_cost: '1.1', max_wal_size: '2GB', wal_compression: 'on', max_connections: '200',
  // The server's log must never hold values: no statements, no "Key (token)=(...) already exists".
  log_min_error_statement: 'panic', log_error_verbosity: 'terse',
}

export const urlOf = (socketDir: string, database: string): string => `postgres://postgres@${encodeURIComponent(socketDir)}:${PORT}/${database}`

/** One query as the superuser over a connection of its own. */
export async function ask<R extends QueryResultRow>(url: string, text: string): Promise<R[]> {
  const client = new Client({ connectionString: url, ssl: false, connectionTimeoutMillis: 5_000, query_timeout: 60_000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return (await client.query<R>(text)).rows
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** Makes the cluster, if there is none: beside its place, so that an interrupted initdb leaves nothing half made. */
export async function makeCluster({ home, runAs }: Place, native: string, durable: boolean): Promise<void> {
  const cluster = join(home, 'cluster')
  if (existsSync(cluster)) {
    const made = readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim()
    const ours = /(\d+)/.exec((await run(join(native, 'bin', 'postgres'), ['--version'], runAs)).output)?.[1]
    if (made !== ours) throw new Error(`The database in ${cluster} was made by Postgres ${made}, and this release brings Postgres ${ours}. Dump it with the release that made it, or set DATABASE_URL.`)
    return
  }
  const unfinished = `${cluster}.${randomBytes(4).toString('hex')}`
  give(unfinished, runAs)
  const { code, output, error } = await run(join(native, 'bin', 'initdb'), [
    '-D', unfinished, '--username=postgres', '--auth=trust', '--encoding=UTF8', '--data-checksums',
    // Sorting that no update of the operating system changes under the indexes.
    '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', ...(durable ? [] : ['--no-sync']),
  ], runAs)
  if (code !== 0) {
    rmSync(unfinished, { recursive: true, force: true })
    throw new Error(`The embedded Postgres could not be set up in ${home}:\n${(error?.message ?? output).trim().split('\n').slice(-10).join('\n')}`)
  }
  renameSync(unfinished, cluster)
}

/** What the pid file of a cluster says, when there is one. */
function pidFile(cluster: string): Server | null {
  try {
    const lines = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')
    const pid = Number(lines[0])
    return pid > 0 ? { pid, socketDir: lines[4] ?? '' } : null
  } catch {
    return null
  }
}

/** Whether a living process is the server of this cluster: it works in that directory, or (no /proc) its command line names it. */
async function isServerOf(pid: number, cluster: string): Promise<boolean> {
  if (!isAlive(pid)) return false
  if (!existsSync('/proc/self')) return (await run('/bin/ps', ['-o', 'args=', '-p', String(pid)], null)).output.includes(cluster)
  try { return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(cluster) } catch { /* another user's process hides it; its command line is open */ }
  try { return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(cluster) } catch { return false }
}

/** The server that is already running in this cluster, when one is; waits for one that is only starting. */
export async function runningServer({ home }: Place): Promise<Server | null> {
  const cluster = join(home, 'cluster')
  const deadline = Date.now() + START_MS
  for (let problem: unknown; ; await sleep(50)) {
    const server = pidFile(cluster)
    if (server === null) return null
    if (!(await isServerOf(server.pid, cluster))) {
      // Postgres sorts out a dead server's file by itself, and needs it for that; what it cannot tell is a number that something else now has.
      if (isAlive(server.pid)) {
        for (const stale of [join(cluster, 'postmaster.pid'), ...['', '.lock'].map((end) => join(server.socketDir, `.s.PGSQL.${PORT}${end}`))]) rmSync(stale, { force: true })
      }
      return null
    }
    const answer = await ask<{ data_directory: string }>(urlOf(server.socketDir, 'postgres'), 'show data_directory').catch((error: unknown) => { problem = error; return [] })
    if (answer[0] !== undefined && realpathSync(answer[0].data_directory) === realpathSync(cluster)) return server
    if (Date.now() > deadline) throw new Error(`A Postgres (process ${server.pid}) runs in ${cluster} but does not answer.`, { cause: problem })
  }
}

/** Starts the server and waits until it answers. Tries again while a killed one's processes still hold its memory. */
export async function startServer(place: Place, native: string, extra: Readonly<Record<string, string>>): Promise<Server> {
  const deadline = Date.now() + START_MS
  for (;;) {
    const { server, said } = await attempt(place, native, extra, deadline)
    if (server !== null) return server
    const busy = /shared memory block .* is still in use|lock file .* already exists/.test(said)
    if (!busy || Date.now() > deadline) throw new Error(`The embedded Postgres did not start. The end of ${join(place.home, 'server.log')}:\n${said.trim().split('\n').slice(-15).join('\n')}`)
    await sleep(250)
  }
}

async function attempt(place: Place, native: string, extra: Readonly<Record<string, string>>, deadline: number): Promise<{ server: Server | null; said: string }> {
  const cluster = join(place.home, 'cluster')
  const logFile = join(place.home, 'server.log')
  const socketDir = socketDirectory(place)
  const before = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0
  if (before > LOG_BYTES) renameSync(logFile, `${logFile}.old`)
  const from = before > LOG_BYTES ? 0 : before
  const log = openSync(logFile, 'a', 0o600)
  const all = { ...settings, ...extra, unix_socket_directories: socketDir, port: String(PORT) }
  const state: { failure: string | null } = { failure: null }
  try {
    // Detached: Ctrl-C in the terminal reaches us and not the server, which we then stop in order.
    const child = spawn(join(native, 'bin', 'postgres'), ['-D', cluster, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      { ...place.runAs, cwd: '/', env: cleanEnv, detached: true, stdio: ['ignore', log, log] })
    child.on('error', (error) => { state.failure = error.message })
    child.on('exit', (code, signal) => { state.failure ??= `Postgres ended with ${signal ?? `exit code ${code}`}.` })
    child.unref()
    while (state.failure === null && Date.now() < deadline) {
      if (pidFile(cluster)?.pid === child.pid && (await ask(urlOf(socketDir, 'postgres'), 'select').then(() => true, () => false))) return { server: { pid: child.pid!, socketDir }, said: '' }
      await sleep(20)
    }
    if (state.failure === null) process.kill(child.pid!, 'SIGQUIT')
  } finally {
    closeSync(log)
  }
  removeSocketDirectory(place, socketDir)
  return { server: null, said: `${readFileSync(logFile).subarray(from).toString()}${state.failure ?? `It did not answer within ${START_MS / 1000} seconds.`}` }
}

/** A fast shutdown: open transactions are rolled back, everything else is kept. */
export async function stopServer(place: Place): Promise<void> {
  const cluster = join(place.home, 'cluster')
  // Not the one we started with: it may have died meanwhile, and somebody started another.
  const server = pidFile(cluster)
  if (server === null) return
  const { pid, socketDir } = server
  const send = (signal: NodeJS.Signals): void => { try { process.kill(pid, signal) } catch { /* it is gone */ } }
  if (!(await isServerOf(pid, cluster))) return
  send('SIGINT')
  for (const deadline = Date.now() + STOP_MS; await isServerOf(pid, cluster); await sleep(20)) {
    if (Date.now() > deadline) { send('SIGQUIT'); break }
  }
  removeSocketDirectory(place, socketDir)
}
