import { createHash, randomBytes } from 'node:crypto'
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { run, type RunAs } from './embedded-process.ts'

/** Where the cluster, the programs and the log of one data directory are, and who runs the server. */
export interface Place {
  /** Holds `cluster` and `server.log`; belongs to the server's user. */
  readonly home: string
  /** Where a copy of the programs goes. */
  readonly programs: string
  readonly runAs: RunAs | null
}

const SHARED = '/var/lib/intermodal'
const POINTER = 'embedded-home'

/** Postgres refuses to run as root, so root hands it to a user that exists (initdb asks for its name). */
function unprivilegedUser(): RunAs {
  const entries = readFileSync('/etc/passwd', 'utf8').split('\n').map((line) => line.split(':'))
  for (const name of ['postgres', 'nobody']) {
    const entry = entries.find((fields) => fields[0] === name)
    if (entry !== undefined && Number(entry[2]) > 0) return { uid: Number(entry[2]), gid: Number(entry[3]) }
  }
  throw new Error('Postgres does not run as root, and this system has neither a user postgres nor a user nobody to run it as. Start as another user, or set DATABASE_URL.')
}

const reaches = async (dir: string, runAs: RunAs): Promise<boolean> => (await run('/bin/sh', ['-c', 'cd -- "$0"', dir], runAs)).code === 0

/** Who made the cluster runs it, whatever other users have been installed since. */
function ownerOf(home: string): RunAs {
  const cluster = statSync(join(home, 'cluster'), { throwIfNoEntry: false })
  return cluster === undefined || cluster.uid === 0 ? unprivilegedUser() : { uid: cluster.uid, gid: cluster.gid }
}

/** The place of a data directory. As root it lies elsewhere when the server's user cannot get at the directory (below /root, say). */
export async function findPlace(dataDir: string): Promise<Place> {
  mkdirSync(dataDir, { recursive: true })
  const own = { home: join(dataDir, 'postgres'), programs: dataDir }
  if (process.getuid?.() !== 0) {
    const pointer = join(dataDir, POINTER)
    if (existsSync(pointer)) throw new Error(`The database of ${dataDir} was made by root and lies in ${readFileSync(pointer, 'utf8').trim()}. Start as root, choose another INTERMODAL_DATA_DIR, or set DATABASE_URL.`)
    mkdirSync(own.home, { recursive: true })
    return { ...own, runAs: null }
  }
  const pointer = join(dataDir, POINTER)
  if (existsSync(pointer)) {
    const home = readFileSync(pointer, 'utf8').trim()
    if (!existsSync(home)) throw new Error(`${pointer} says that the database lies in ${home}, which does not exist. Bring it back, or remove ${dataDir} to begin anew.`)
    return { home, programs: SHARED, runAs: ownerOf(home) }
  }
  const runAs = ownerOf(own.home)
  if (await reaches(dataDir, runAs)) {
    give(own.home, runAs)
    return { ...own, runAs }
  }
  // The random end keeps a data directory that was removed and made again from finding the old database.
  const home = join(SHARED, `${createHash('sha256').update(realpathSync(dataDir)).digest('hex').slice(0, 12)}-${randomBytes(3).toString('hex')}`)
  for (const dir of [dirname(SHARED), SHARED].filter((path) => !existsSync(path))) { mkdirSync(dir); chmodSync(dir, 0o755) }
  if (!(await reaches(SHARED, runAs))) throw new Error(`The embedded Postgres finds no place that its user can reach: neither ${dataDir} nor ${SHARED}. Choose another INTERMODAL_DATA_DIR, or set DATABASE_URL.`)
  give(home, runAs)
  writeFileSync(pointer, `${home}\n`)
  return { home, programs: SHARED, runAs }
}

/** Makes a directory that only the server's user can enter. */
export function give(dir: string, runAs: RunAs | null): void {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  chmodSync(dir, 0o700)
  if (runAs !== null) chownSync(dir, runAs.uid, runAs.gid)
}

/** The longest address of a Unix socket, less the name that Postgres gives it: 103 bytes on macOS, 107 on Linux. */
const LONGEST_SOCKET_DIR = 103 - '/.s.PGSQL.5432.lock'.length

/** A directory for the socket that only the server's user can enter. The server's pid file says later which one it was. */
export function socketDirectory({ home, runAs }: Place): string {
  const usual = join(home, 'socket')
  if (Buffer.byteLength(usual) <= LONGEST_SOCKET_DIR) {
    give(usual, runAs)
    return usual
  }
  const base = Buffer.byteLength(tmpdir()) <= LONGEST_SOCKET_DIR - '/intermodal-XXXXXX'.length ? tmpdir() : '/tmp'
  const short = mkdtempSync(join(base, 'intermodal-'))
  give(short, runAs)
  return short
}

/** Removes a socket directory that was made outside the home. */
export function removeSocketDirectory({ home }: Place, dir: string): void {
  if (dir !== join(home, 'socket')) rmSync(dir, { recursive: true, force: true })
}
