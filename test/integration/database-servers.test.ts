/** Servers that stop, die, fill up, go back in time, or are followed by another. */
import { spawnSync } from 'node:child_process'
import { chownSync, mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { openDatabase, type Database } from '#src/db/client'
import { migrate } from '#src/db/migrate'
import { asCaller, testApi, type TestApi } from '../support/api.ts'
import { ask, isRoot, sweep, temporary } from '../support/embedded.ts'
import { inventedEngine } from '../support/engine.ts'
import { InventedServer } from '../support/invented-vendor.ts'
import { addressOf, through } from '../support/postgres-address.ts'
import { clusterOf, copyCluster, ownServer, standbyOf } from '../support/postgres-server.ts'
import { seedAccount, seedOrganization, seedRecord, type SeededAccount } from '../support/seed.ts'
import { startFaultProxy } from '../support/tcp-fault-proxy.ts'

afterEach(sweep)

const pause = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms) })
const range = (n: number): number[] => Array.from({ length: n }, (_, at) => at + 1)

/** Again and again until it works, but no longer than that. */
async function recovers<T>(work: () => Promise<T>, ms = 30_000): Promise<T> {
  for (const deadline = Date.now() + ms; ; await pause(100)) {
    try { return await work() } catch (error) { if (Date.now() > deadline) throw error }
  }
}

interface Feed { results: { seq: number; remote_id: string }[]; next: string; has_more: boolean; code?: string }
interface Follower { read: (after: string) => Promise<{ status: number; feed: Feed }> }
const follower = (api: TestApi, apiKey: string, account?: SeededAccount): Follower => ({
  async read(after) {
    const answer = await api.app.inject({ url: `/api/v1/changes?page_size=1000${after === '' ? '' : `&after=${after}`}`, headers: asCaller(apiKey, account?.token) })
    return { status: answer.statusCode, feed: answer.json<Feed>() }
  },
})

describe('a server that stops', () => {
  for (const [how, what] of [['stop', 'is restarted'], ['kill', 'is killed']] as const) {
    test(`F59 G13 a server that ${what} in the middle of transactions: the process lives, the work goes on within 30 s of its return, and nothing is lost or doubled`, async () => {
      const server = await ownServer()
      const database = openDatabase({ url: server.url })
      const vendor = new InventedServer()
      for (const n of range(300)) vendor.put(n)
      let page = 0
      let restarting: Promise<void> = Promise.resolve()
      let backAt = 0
      let longest = 0
      const restart = async (): Promise<void> => { await server[how](); await server.start(); backAt = performance.now() }
      const engine = await inventedEngine(database, vendor)
      const deps = {
        ...engine.deps, leaseSeconds: 2,
        onPage: () => {
          page += 1
          if (backAt > 0) { longest = Math.max(longest, performance.now() - backAt); backAt = 0 }
          if (page % 7 === 0 && page < 25) restarting = restart()
        },
      }
      let failures = 0
      for (let finished = false; !finished;) {
        try {
          await engine.sync(undefined, deps)
          finished = (await engine.rows<{ state: string }>('select state from sync_runs where linked_account_id = $1', [engine.key.linkedAccountId]))[0]?.state === 'succeeded'
        } catch (error) {
          expect(error).toMatchObject({ code: 'storage.unavailable' })
          failures += 1
        }
        await pause(50)
      }
      await restarting
      expect(failures).toBeGreaterThanOrEqual(3)
      expect(longest).toBeLessThan(30_000)
      expect((await engine.feed()).map(({ seq, what: did, remote_id: id }) => `${seq} ${did} ${id}`)).toEqual(range(300).map((n) => `${n} created ${n}`))
      expect((await engine.tickets()).size).toBe(300)
      await database.close()
      await server.stop()
    }, 120_000)
  }
})

describe('history that is lost', () => {
  const written = async (database: Database, account: SeededAccount, ...ids: string[]): Promise<void> => { for (const id of ids) await seedRecord(database, account, 'ticketing.Ticket', id) }

  test('F62 after a backup is restored, whoever had read further is told so, at once and when the feed has grown past him; whoever had not goes on without a gap', async () => {
    const server = await ownServer()
    const before = openDatabase({ url: server.url })
    const key = await seedOrganization(before, 'restored')
    const account = await seedAccount(before, key.organizationId)
    const cursors = async (database: Database) => {
      const api = await testApi(database)
      const followers = [follower(api, key.apiKey, account), follower(api, key.apiKey)]
      return { followers, close: () => api.app.close() }
    }
    await written(before, account, '1', '2')
    const first = await cursors(before)
    const early = await Promise.all(first.followers.map(({ read }) => read('')))
    await server.stop()
    const backup = join(temporary(), 'backup')
    copyCluster(clusterOf(server.dataDir), backup)
    await server.start()
    await recovers(() => written(before, account, '3', '4'))
    const late = await Promise.all(first.followers.map(({ read }, at) => read(early[at]!.feed.next)))
    expect(late.map(({ feed }) => feed.results.map(({ remote_id: id }) => id))).toEqual([['3', '4'], ['3', '4']])
    await first.close()
    await before.close()
    await server.stop()
    copyCluster(backup, clusterOf(server.dataDir))
    await server.start()

    const after = openDatabase({ url: server.url })
    const second = await cursors(after)
    for (const [at, { read }] of second.followers.entries()) expect((await read(late[at]!.feed.next)).feed).toMatchObject({ status: 410, code: 'request.cursor_expired' })
    await written(after, account, '3 again', '4 again', '5')
    for (const [at, { read }] of second.followers.entries()) {
      expect((await read(early[at]!.feed.next)).feed).toMatchObject({ results: ['3 again', '4 again', '5'].map((id) => ({ remote_id: id })) })
      expect((await read(late[at]!.feed.next)).feed).toMatchObject({ status: 410, code: 'request.cursor_expired' })
    }
    await second.close()
    await after.close()
    await server.stop()
  }, 120_000)

  test('F61 F93 a standby that had not received everything takes over: until it may write, writers get 503; then the same process goes on, and no reader has a gap that he is not told of', async () => {
    const primary = await ownServer()
    const standby = await standbyOf(primary)
    let leader = primary.url
    const proxy = await startFaultProxy(() => addressOf(leader))
    const database = openDatabase({ url: through(proxy.port, primary.url), poolSize: 2 })
    const api = await testApi(database)
    const key = await seedOrganization(database, 'failover')
    const account = await seedAccount(database, key.organizationId)
    const followers = [follower(api, key.apiKey, account), follower(api, key.apiKey)]
    await written(database, account, '1', '2')
    const early = await Promise.all(followers.map(({ read }) => read('')))
    const [{ lsn }] = await ask<{ lsn: string }>(primary.url, 'select pg_current_wal_insert_lsn()::text as lsn') as [{ lsn: string }]
    await recovers(async () => { const [row] = await ask<{ there: boolean }>(standby.url, `select pg_last_wal_replay_lsn() >= '${lsn}'::pg_lsn as there`); if (row?.there !== true) throw new Error('the standby is behind') })
    // From here on it receives nothing more.
    await ask(standby.url, `alter system set primary_conninfo = ''`)
    await ask(standby.url, 'select pg_reload_conf()')
    await recovers(async () => { if ((await ask(primary.url, 'select 1 from pg_stat_replication')).length > 0) throw new Error('still streaming') })
    await written(database, account, '3', '4')
    const late = await Promise.all(followers.map(({ read }, at) => read(early[at]!.feed.next)))
    expect(late.map(({ feed }) => feed.results.length)).toEqual([2, 2])

    await primary.kill()
    leader = standby.url
    proxy.reset()
    // It answers readers; writers are told to come again, and their connections are not kept.
    expect((await recovers(async () => { const { status, feed } = await followers[0]!.read(''); if (status !== 200) throw new Error(`${status}`); return feed })).results).toHaveLength(2)
    for (let n = 0; n < 3; n += 1) await expect(written(database, account, 'not yet')).rejects.toMatchObject({ code: 'storage.unavailable', cause: { code: '25006' } })
    const connections = proxy.counts.connections
    await expect(written(database, account, 'not yet')).rejects.toMatchObject({ code: 'storage.unavailable' })
    expect(proxy.counts.connections).toBeGreaterThan(connections)

    await ask(standby.url, 'select pg_promote()')
    await recovers(() => written(database, account, '3 again'))
    for (const [at, { read }] of followers.entries()) expect((await read(late[at]!.feed.next)).feed).toMatchObject({ status: 410, code: 'request.cursor_expired' })
    await written(database, account, '4 again', '5')
    for (const [at, { read }] of followers.entries()) {
      expect((await read(early[at]!.feed.next)).feed).toMatchObject({ results: ['3 again', '4 again', '5'].map((id) => ({ remote_id: id })) })
      expect((await read(late[at]!.feed.next)).feed).toMatchObject({ status: 410, code: 'request.cursor_expired' })
    }
    await api.app.close()
    await database.close()
    await proxy.close()
    await standby.stop()
  }, 120_000)
})

/** A file system of a few megabytes, where that may be made. */
function smallDisk(megabytes: number): { dir: string; grow: (megabytes: number) => void; remove: () => void } | null {
  const dir = join(temporary(), 'disk')
  mkdirSync(dir)
  const mount = (...args: string[]): boolean => spawnSync('mount', args, { stdio: 'ignore' }).status === 0
  if (!isRoot || !mount('-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', dir)) return null
  return { dir, grow: (size) => { mount('-o', `remount,size=${size}m`, dir) }, remove: () => { spawnSync('umount', ['-l', dir]) } }
}

describe('a disk that is full', () => {
  test('F63 readers are served, writers are told that it is full, no page is half written, and with room again the work goes on where it was', async ({ skip }) => {
    const disk = smallDisk(48)
    if (disk === null) return skip('no file system can be mounted here')
    try {
      const server = await ownServer()
      const { uid, gid } = statSync(clusterOf(server.dataDir))
      const space = join(disk.dir, 'space')
      mkdirSync(space)
      chownSync(space, uid, gid)
      await ask(server.url, `create tablespace small location '${space}'`)
      await ask(server.url, 'create database filled tablespace small')
      const url = server.url.replace(/intermodal$/, 'filled')
      await migrate(url)
      const database = openDatabase({ url })
      const vendor = new InventedServer()
      // What does not shrink.
      const noise = (): string => Array.from({ length: 2_500 }, () => Math.random().toString(36).slice(2)).join('')
      for (const n of range(2_000)) vendor.put(n, { title: n < 20 ? 'short' : noise() })
      const key = await seedOrganization(database, 'reader')
      const engine = await inventedEngine(database, vendor)
      await expect(engine.sync()).rejects.toMatchObject({ code: 'storage.full' })
      const [run] = await engine.rows<{ pages: number; rows: number; manifest: number; feed: number }>(`select r.pages, (select count(*) from ticketing_ticket) as rows, (select count(*) from sync_pages) as manifest, (select max(seq) from feed_heads) as feed from sync_runs r where r.linked_account_id = $1`, [engine.key.linkedAccountId])
      expect(run!.pages).toBeGreaterThan(1)
      expect(run).toEqual({ pages: run!.pages, rows: run!.pages * 10, manifest: run!.pages, feed: run!.pages * 10 })
      const api = await testApi(database)
      expect((await api.app.inject({ url: '/api/v1/changes', headers: asCaller(key.apiKey) })).statusCode).toBe(200)
      disk.grow(512)
      for (const n of range(2_000)) if (n > run!.pages * 10 + 50) vendor.rows.delete(n)
      await engine.sync()
      expect((await engine.feed()).map(({ seq }) => seq)).toEqual(range(vendor.rows.size))
      expect((await engine.tickets()).size).toBe(vendor.rows.size)
      await api.app.close()
      await database.close()
      await server.stop()
    } finally {
      disk.remove()
    }
  }, 120_000)
})
