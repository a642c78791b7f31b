import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

/** One running command of the product, as an operator would start it. */
export interface Process {
  readonly child: ChildProcess
  readonly output: () => string
  /** Resolves when the output holds the text. */
  readonly says: (text: string | RegExp, withinMs?: number) => Promise<void>
  readonly ended: Promise<number | null>
  readonly stop: () => Promise<number | null>
  readonly kill: () => Promise<void>
}

export interface Installation {
  readonly env: Record<string, string>
  readonly origin: string
  readonly start: (...args: string[]) => Process
  /** Runs to its end; gives what it printed on standard output. */
  readonly run: (...args: string[]) => Promise<{ code: number | null; stdout: string; output: string }>
  /** The same, with something piped in. */
  readonly runWith: (input: string, ...args: string[]) => Promise<{ code: number | null; stdout: string; output: string }>
  readonly cleanUp: () => Promise<void>
}

/** A place to run the product from: its own data directory, port and environment. */
export async function installation(env: Record<string, string>): Promise<Installation> {
  const dataDir = mkdtempSync(join(tmpdir(), 'intermodal-run-'))
  const port = await freePort()
  const full = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', TMPDIR: tmpdir(), NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE']!, PORT: String(port), INTERMODAL_DATA_DIR: dataDir, ...env }
  const started: Process[] = []
  const launch = (args: string[], input?: string): Process & { stdout: () => string } => {
    const child = spawn(process.execPath, [join(root, 'src/main.ts'), ...args], { cwd: root, env: full, stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'] })
    // A command that refuses its arguments ends without reading.
    child.stdin?.on('error', () => undefined).end(input)
    let all = ''
    let out = ''
    child.stdout!.on('data', (chunk: Buffer) => { all += String(chunk); out += String(chunk) })
    child.stderr!.on('data', (chunk: Buffer) => { all += String(chunk) })
    const ended = once(child, 'exit').then(([code]) => code as number | null)
    const signal = async (name: NodeJS.Signals): Promise<number | null> => {
      if (child.exitCode === null && child.signalCode === null) child.kill(name)
      return ended
    }
    const process_: Process & { stdout: () => string } = {
      child, ended, output: () => all, stdout: () => out,
      stop: () => signal('SIGTERM'),
      kill: async () => { await signal('SIGKILL') },
      async says(text, withinMs = 30_000) {
        const deadline = Date.now() + withinMs
        while (!(typeof text === 'string' ? all.includes(text) : text.test(all))) {
          if (child.exitCode !== null || Date.now() > deadline) throw new Error(`it never said ${String(text)}; it said:\n${all.slice(-3000)}`)
          await new Promise((resolve) => { setTimeout(resolve, 20) })
        }
      },
    }
    started.push(process_)
    return process_
  }
  const toEnd = async (process_: Process & { stdout: () => string }): Promise<{ code: number | null; stdout: string; output: string }> => {
    const code = await process_.ended
    return { code, stdout: process_.stdout(), output: process_.output() }
  }
  return {
    env: full,
    origin: `http://127.0.0.1:${port}`,
    start: (...args) => launch(args),
    run: (...args) => toEnd(launch(args)),
    runWith: (input, ...args) => toEnd(launch(args, input)),
    async cleanUp() {
      await Promise.all(started.map((process_) => process_.stop()))
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

export interface Api {
  readonly get: <T = Record<string, unknown>>(path: string, token?: string) => Promise<T>
  readonly ask: (method: string, path: string, options?: { token?: string; body?: unknown; key?: string }) => Promise<{ status: number; headers: Headers; body: Record<string, unknown> }>
}

/** The API as a product engineer calls it. */
export function apiOf(origin: string, apiKey: string): Api {
  const ask: Api['ask'] = async (method, path, { token, body, key = apiKey } = {}) => {
    const response = await fetch(`${origin}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(token === undefined ? {} : { 'x-account-token': token }), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown> }
  }
  return {
    ask,
    async get<T>(path: string, token?: string) {
      const { status, body } = await ask('GET', path, token === undefined ? {} : { token })
      if (status !== 200) throw new Error(`GET ${path}: ${status} ${JSON.stringify(body)}`)
      return body as T
    },
  }
}

/** Every record of a list, walked to its end. */
export async function everything(api: Api, path: string, token: string): Promise<Record<string, unknown>[]> {
  const all: Record<string, unknown>[] = []
  for (let cursor: string | null = null, first = true; first || cursor !== null; first = false) {
    const page: { next: string | null; results: Record<string, unknown>[] } = await api.get(`${path}${path.includes('?') ? '&' : '?'}page_size=500${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`, token)
    all.push(...page.results)
    cursor = page.next
  }
  return all
}

interface Status { model_name: string; status: string; is_initial_sync: boolean; last_sync_finished: string | null }

/** Waits until every model has finished a run that ended after `since`. */
export async function synced(api: Api, token: string, { since = 0, withinMs = 240_000, category = 'ticketing' }: { since?: number; withinMs?: number; category?: string } = {}): Promise<Status[]> {
  const deadline = Date.now() + withinMs
  for (;;) {
    const { results } = await api.get<{ results: Status[] }>(`/api/${category}/v1/sync-status`, token)
    if (results.length > 0 && results.every(({ status, last_sync_finished: at }) => status !== 'SYNCING' && at !== null && Date.parse(at) >= since)) return results
    if (Date.now() > deadline) throw new Error(`not synced in time: ${JSON.stringify(results)}`)
    await new Promise((resolve) => { setTimeout(resolve, 100) })
  }
}

/** The whole feed, walked to its head. */
export async function wholeFeed(api: Api, token: string): Promise<{ seq: number; model: string; what: string; record_id: string; remote_id: string }[]> {
  const all: { seq: number; model: string; what: string; record_id: string; remote_id: string }[] = []
  for (let after: string | null = null; ;) {
    const page: { next: string; has_more: boolean; results: typeof all } = await api.get(`/api/v1/changes?page_size=1000${after === null ? '' : `&after=${encodeURIComponent(after)}`}`, token)
    all.push(...page.results)
    after = page.next
    if (!page.has_more) return all
  }
}
