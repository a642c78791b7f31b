/** A Postgres of a test's own, for what cannot be done to the one that all share: stop it, kill it, copy it, put another in its place. */
import { chownSync, cpSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import { startEmbedded, type Embedded } from '#src/db/embedded'
import { installedBinaries, usableBinaries } from '#src/db/embedded-binaries'
import { findPlace, give, type Place } from '#src/db/embedded-place'
import { startServer, stopServer, urlOf } from '#src/db/embedded-server'
import { migrate } from '#src/db/migrate'
import { homeOf, lives, serverPid, temporary, until } from './embedded.ts'

// Its process is killed, not its machine: what is written need not reach the disk, but it must be written before it is committed.
const settings = { fsync: 'off', synchronous_commit: 'on', full_page_writes: 'off', shared_buffers: '32MB', max_connections: '60' }

export interface OwnServer {
  readonly url: string
  readonly dataDir: string
  readonly stop: () => Promise<void>
  readonly start: () => Promise<void>
  /** As a power cut would. */
  readonly kill: () => Promise<void>
}

/** Started and migrated. `sweep` of support/embedded.ts ends it and removes its files. */
export async function ownServer(): Promise<OwnServer> {
  const dataDir = temporary()
  let running: Embedded = await startEmbedded({ dataDir, settings })
  const { url } = running
  await migrate(url)
  return {
    url, dataDir,
    stop: () => running.stop(),
    async start() { running = await startEmbedded({ dataDir, settings }) },
    async kill() {
      const pid = serverPid(dataDir)
      process.kill(pid, 'SIGKILL')
      await until('the server ends', () => !lives(pid))
      await running.stop()
    },
  }
}

const SKIPPED = new Set(['postmaster.pid', 'postmaster.opts'])

function giveAll(dir: string, { uid, gid }: { uid: number; gid: number }): void {
  for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) chownSync(join(entry.parentPath, entry.name), uid, gid)
  chownSync(dir, uid, gid)
}

/** A copy of the files, for a server that stands or is in backup mode. */
export function copyCluster(from: string, to: string): void {
  const owner = statSync(from)
  rmSync(to, { recursive: true, force: true })
  cpSync(from, to, { recursive: true, filter: (source) => !SKIPPED.has(source.slice(from.length + 1)) })
  giveAll(to, owner)
}

export const clusterOf = (dataDir: string): string => join(homeOf(dataDir), 'cluster')

export interface Standby { readonly url: string; readonly stop: () => Promise<void> }

/** A standby that follows the server over its socket. Made by hand as pg_basebackup makes one, which does not come with the embedded programs. */
export async function standbyOf(primary: OwnServer): Promise<Standby> {
  const dataDir = temporary()
  const own = await findPlace(dataDir)
  const place: Place = { ...own, home: join(own.home, 'standby') }
  mkdirSync(place.home, { recursive: true })
  give(place.home, own.runAs)
  const cluster = join(place.home, 'cluster')
  const client = new Client({ connectionString: primary.url })
  await client.connect()
  await client.query(`select pg_backup_start('standby', true)`)
  copyCluster(clusterOf(primary.dataDir), cluster)
  const { rows: [backup] } = await client.query<{ labelfile: string }>('select labelfile from pg_backup_stop(false)')
  await client.end()
  const socket = decodeURIComponent(new URL(primary.url).hostname)
  writeFileSync(join(cluster, 'backup_label'), backup!.labelfile)
  writeFileSync(join(cluster, 'standby.signal'), '')
  writeFileSync(join(cluster, 'postgresql.auto.conf'), `primary_conninfo = 'host=${socket} port=5432 user=postgres'\n`)
  giveAll(cluster, statSync(clusterOf(primary.dataDir)))
  const programs = await usableBinaries(installedBinaries(), place.programs, place.runAs)
  const { socketDir } = await startServer(place, programs, settings)
  return { url: urlOf(socketDir, new URL(primary.url).pathname.slice(1)), stop: () => stopServer(place) }
}
