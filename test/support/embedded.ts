import { spawn, type ChildProcess } from 'node:child_process'
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { installedBinaries } from '#src/db/embedded-binaries'
import { isAlive } from '#src/db/embedded-process'

export const isRoot = process.getuid?.() === 0
/** Small and careless: these servers live for a second. */
export const light = { fsync: 'off', shared_buffers: '16MB' }

const made: string[] = []
const children: ChildProcess[] = []

/** A directory that everybody can enter, removed with whatever server still runs in it. */
export function temporary(mode = 0o755): string {
  const dir = mkdtempSync(join(tmpdir(), 'im-'))
  chmodSync(dir, mode)
  made.push(dir)
  return dir
}

/** Where the cluster of a data directory is. */
export function homeOf(dataDir: string): string {
  const pointer = join(dataDir, 'embedded-home')
  return existsSync(pointer) ? readFileSync(pointer, 'utf8').trim() : join(dataDir, 'postgres')
}

export const pidFileOf = (dataDir: string): string => join(homeOf(dataDir), 'cluster', 'postmaster.pid')
export const serverPid = (dataDir: string): number => Number(readFileSync(pidFileOf(dataDir), 'utf8').split('\n')[0])

/** A process that nobody has asked after since it ended does not live. */
export const lives = (pid: number): boolean => isAlive(pid)

export async function until(what: string, holds: () => boolean, ms = 10_000): Promise<void> {
  for (const deadline = Date.now() + ms; !holds(); await new Promise((resolve) => { setTimeout(resolve, 20) })) if (Date.now() > deadline) throw new Error(`${what}: not within ${ms} ms`)
}

export async function ask<R>(url: string, text: string): Promise<R[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try { return (await client.query(text)).rows as R[] } finally { await client.end() }
}

/** The package as it is unpacked where install scripts are off: without the links to its libraries. */
export function packageWithoutLinks(dir: string): string {
  const native = join(dir, 'package', 'native')
  cpSync(installedBinaries(), native, { recursive: true, verbatimSymlinks: true })
  for (const entry of readdirSync(join(native, 'lib'), { withFileTypes: true })) if (entry.isSymbolicLink()) rmSync(join(native, 'lib', entry.name))
  // A version of its own, so that no copy of the real one is taken for it.
  writeFileSync(join(dir, 'package', 'package.json'), JSON.stringify({ version: `0.0.0-${dir.slice(-6)}` }))
  return native
}

/** Writes a file of the cluster as the server's user would have. */
export function writeAsServer(dataDir: string, file: string, text: string): void {
  const { uid, gid } = statSync(join(homeOf(dataDir), 'cluster'))
  writeFileSync(file, text, { mode: 0o600 })
  chownSync(file, uid, gid)
}

export interface Script { readonly child: ChildProcess; readonly line: Promise<string>; readonly ended: Promise<number | null>; readonly complaints: () => string }

/** Another process of ours. `line` is the first that it prints. With `as`, it becomes that user once its modules are loaded. */
export function script(body: string, as?: { uid: number; gid: number }): Script {
  const become = as === undefined ? '' : `process.setgroups([]); process.setgid(${as.gid}); process.setuid(${as.uid});`
  const source = `const { startEmbedded } = await import(${JSON.stringify(new URL('../../src/db/embedded.ts', import.meta.url).href)}); const { exclusively } = await import(${JSON.stringify(new URL('../../src/db/embedded-lock.ts', import.meta.url).href)}); ${become} ${body}`
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], { stdio: ['pipe', 'pipe', 'pipe'] })
  children.push(child)
  let out = ''
  let err = ''
  child.stderr.on('data', (chunk: Buffer) => { err += chunk.toString() })
  const ended = new Promise<number | null>((resolve) => { child.on('close', resolve) })
  const line = new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => { out += chunk.toString(); if (out.includes('\n')) resolve(out.split('\n')[0]!) })
    child.on('close', (code) => { reject(new Error(`the script ended with ${code} before it said anything:\n${err}`)) })
  })
  line.catch(() => undefined)
  return { child, line, ended, complaints: () => err }
}

/** After each test: no process and no file is left, however it went. */
export async function sweep(): Promise<void> {
  for (const child of children.splice(0)) if (child.exitCode === null) child.kill('SIGKILL')
  for (const dir of made.splice(0)) {
    const dataDirs = [dir, join(dir, 'data')].filter((candidate) => existsSync(join(candidate, 'holders')))
    for (const dataDir of dataDirs) {
      const home = homeOf(dataDir)
      if (existsSync(pidFileOf(dataDir))) {
        const pid = serverPid(dataDir)
        // Only a server of this directory: a test may have written somebody else's number here.
        if (pid > 1 && lives(pid) && isServer(pid)) { process.kill(pid, 'SIGQUIT'); await until('the server ends', () => !lives(pid)) }
      }
      rmSync(home, { recursive: true, force: true })
    }
    rmSync(`/var/lib/intermodal/binaries-0.0.0-${dir.slice(-6)}`, { recursive: true, force: true })
    const lib = join(dir, 'package', 'native', 'lib')
    if (existsSync(lib)) chmodSync(lib, 0o755)
    rmSync(dir, { recursive: true, force: true })
  }
}

const isServer = (pid: number): boolean => { try { return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('postgres') } catch { return !existsSync('/proc/self') } }

export function makeDirectory(...parts: string[]): string {
  const dir = join(...parts)
  mkdirSync(dir, { recursive: true })
  return dir
}
