import { spawn } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterEach, expect, test } from 'vitest'
import { startEmbedded } from '#src/db/embedded'
import { exclusively } from '#src/db/embedded-lock'
import { ask, homeOf, isRoot, light, lives, pidFileOf, script, serverPid, sweep, temporary, until, writeAsServer } from '../support/embedded.ts'

afterEach(sweep)

const open = (dataDir: string, extra: Record<string, string> = {}) => startEmbedded({ dataDir, settings: { ...light, ...extra } })
const held = (dataDir: string): string => `const e = await startEmbedded({ dataDir: ${JSON.stringify(dataDir)}, settings: ${JSON.stringify(light)} }); console.log(e.url); process.stdin.once('data', async () => { await e.stop(); process.exit(0) })`

test('it starts, keeps its data over a restart, listens on no port and lets nobody else in', async () => {
  const dataDir = temporary()
  const first = await open(dataDir)
  await ask(first.url, 'create table kept as select 42 as answer')
  expect(await ask(first.url, `select current_setting('listen_addresses') as addresses, current_setting('jit') as jit, current_setting('server_encoding') as encoding`)).toEqual([{ addresses: '', jit: 'off', encoding: 'UTF8' }])
  const pid = serverPid(dataDir)
  await first.stop()
  await first.stop()
  expect(lives(pid)).toBe(false)
  const second = await open(dataDir)
  expect(await ask(second.url, 'select answer from kept')).toEqual([{ answer: 42 }])
  await second.stop()
})

test('the server is in a process group of its own, so that Ctrl-C does not end it before us', async () => {
  const dataDir = temporary()
  const { stop } = await open(dataDir)
  const pid = serverPid(dataDir)
  const ps = spawn('ps', ['-o', 'pgid=', '-p', String(pid)])
  const out = await new Promise<string>((resolve) => { ps.stdout.on('data', (chunk: Buffer) => { resolve(chunk.toString().trim()) }) })
  expect(Number(out)).toBe(pid)
  await stop()
})

test('a server that a killed process left running is found and used again', async () => {
  const dataDir = temporary()
  const other = script(held(dataDir))
  await ask(await other.line, 'create table kept as select 1 as one')
  const pid = serverPid(dataDir)
  other.child.kill('SIGKILL')
  await other.ended
  expect(lives(pid)).toBe(true)
  const { url, stop } = await open(dataDir)
  expect(serverPid(dataDir)).toBe(pid)
  expect(await ask(url, 'select one from kept')).toEqual([{ one: 1 }])
  await stop()
  expect(lives(pid)).toBe(false)
})

test('a second process keeps the server alive when the first one stops', async () => {
  const dataDir = temporary()
  const mine = await open(dataDir)
  const other = script(held(dataDir))
  const url = await other.line
  expect(url).toBe(mine.url)
  const pid = serverPid(dataDir)
  await mine.stop()
  expect(await ask(url, 'select 1 as one')).toEqual([{ one: 1 }])
  other.child.stdin!.write('stop\n')
  await other.ended
  expect(lives(pid)).toBe(false)
})

test('two starts at the same moment make one server', async () => {
  const dataDir = temporary()
  const both = [script(held(dataDir)), script(held(dataDir)), script(held(dataDir))]
  const urls = await Promise.all(both.map(({ line }) => line))
  expect(new Set(urls).size).toBe(1)
  const pid = serverPid(dataDir)
  expect((readFileSync(join(homeOf(dataDir), 'server.log'), 'utf8').match(/starting PostgreSQL/g) ?? []).length).toBe(1)
  for (const { child } of both) child.stdin!.write('stop\n')
  expect(await Promise.all(both.map(({ ended }) => ended))).toEqual([0, 0, 0])
  expect(lives(pid)).toBe(false)
})

test('a pid file whose process is gone does not keep it from starting', async () => {
  const dataDir = temporary()
  const first = await open(dataDir)
  const file = readFileSync(pidFileOf(dataDir), 'utf8')
  await first.stop()
  const gone = spawn('true')
  await new Promise((resolve) => { gone.on('close', resolve) })
  writeAsServer(dataDir, pidFileOf(dataDir), file.replace(/^\d+/, String(gone.pid)))
  const second = await open(dataDir)
  expect(serverPid(dataDir)).not.toBe(gone.pid)
  await second.stop()
})

test('a pid file whose number another program has by now does not keep it from starting', async () => {
  const dataDir = temporary()
  const first = await open(dataDir)
  const { uid, gid } = statSync(join(homeOf(dataDir), 'cluster'))
  const file = readFileSync(pidFileOf(dataDir), 'utf8')
  await first.stop()
  // Of the server's own user, so that Postgres by itself would believe in it.
  const stranger = spawn('sleep', ['60'], isRoot ? { uid, gid, cwd: '/' } : {})
  try {
    const stale = file.replace(/^\d+/, String(stranger.pid))
    writeAsServer(dataDir, pidFileOf(dataDir), stale)
    writeAsServer(dataDir, join(homeOf(dataDir), 'socket', '.s.PGSQL.5432.lock'), stale)
    const second = await open(dataDir)
    expect(serverPid(dataDir)).not.toBe(stranger.pid)
    await second.stop()
    expect(stranger.exitCode).toBeNull()
  } finally {
    stranger.kill('SIGKILL')
  }
})

test('after the server was killed a start waits until its memory is free', async () => {
  const dataDir = temporary()
  const first = await open(dataDir)
  const client = new Client({ connectionString: first.url })
  client.on('error', () => undefined)
  await client.connect()
  const { rows: [row] } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  const pid = serverPid(dataDir)
  // A backend that cannot notice the death keeps the memory.
  process.kill(row!.pid, 'SIGSTOP')
  process.kill(pid, 'SIGKILL')
  await until('the server dies', () => !lives(pid))
  const began = Date.now()
  const starting = open(dataDir)
  setTimeout(() => { process.kill(row!.pid, 'SIGCONT') }, 1_500)
  const second = await starting
  expect(Date.now() - began).toBeGreaterThan(1_400)
  expect(readFileSync(join(homeOf(dataDir), 'server.log'), 'utf8')).toContain('is still in use')
  expect(await ask(second.url, 'select 1 as one')).toEqual([{ one: 1 }])
  await client.end().catch(() => undefined)
  await second.stop()
})

test('a start that fails says what the server said', async () => {
  await expect(open(temporary(), { shared_preload_libraries: 'no_such_library' })).rejects.toThrow(/did not start[^]*could not access file "no_such_library"/)
})

test('a failed start leaves nothing behind that hinders the next', async () => {
  const dataDir = temporary()
  await expect(open(dataDir, { shared_preload_libraries: 'no_such_library' })).rejects.toThrow('did not start')
  const { url, stop } = await open(dataDir)
  expect(await ask(url, 'select 1 as one')).toEqual([{ one: 1 }])
  await stop()
})

test('a data directory with a path too long for a socket has its socket elsewhere', async () => {
  const dataDir = join(temporary(), 'data')
  const deep = join(dataDir, 'd'.repeat(60), 'e'.repeat(60))
  const { url, stop } = await open(deep)
  const socketDir = decodeURIComponent(new URL(url).hostname)
  expect(socketDir).not.toContain(deep)
  expect(await ask(url, 'select 1 as one')).toEqual([{ one: 1 }])
  await stop()
  expect(existsSync(socketDir)).toBe(false)
})

test('the start lock is taken over from a dead owner by one at a time', async () => {
  const dir = temporary()
  writeFileSync(join(dir, 'lock.7'), '4194399 1')
  const body = `for (let i = 0; i < 10; i++) await exclusively(${JSON.stringify(dir)}, async () => {
    const fs = await import('node:fs'); const f = ${JSON.stringify(join(dir, 'inside'))}
    fs.writeFileSync(f, String(process.pid), { flag: 'wx' }); await new Promise((r) => setTimeout(r, 2)); fs.rmSync(f) }); console.log('done')`
  const several = [script(body), script(body), script(body)]
  await exclusively(dir, () => Promise.resolve())
  expect(await Promise.all(several.map(({ line }) => line))).toEqual(['done', 'done', 'done'])
  expect(readdirSync(dir).filter((name) => name.startsWith('lock.')).length).toBe(1)
})
