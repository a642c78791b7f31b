import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ownerIsAlive, ownerLine, sleep } from './embedded-process.ts'

const WAIT_MS = 60_000
const RELEASED = 'released'

const generations = (dir: string): number[] => readdirSync(dir).filter((name) => /^lock\.\d+$/.test(name)).map((name) => Number(name.slice(5))).sort((a, b) => b - a)
const read = (file: string): string | null => { try { return readFileSync(file, 'utf8') } catch { return null } }

function writeAtomically(dir: string, text: string, place: (temporary: string) => void): void {
  const temporary = join(dir, `.${process.pid}-${randomBytes(6).toString('hex')}`)
  writeFileSync(temporary, text)
  try { place(temporary) } finally { rmSync(temporary, { force: true }) }
}

/**
 * Runs `work` while no other process does so in the same directory. The lock is the file `lock.<n>` with the highest n; a new
 * owner links n+1, which only one can, so a lock whose owner died is taken over without a moment in which two believe they have it.
 */
export async function exclusively<T>(dir: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(dir, { recursive: true })
  const deadline = Date.now() + WAIT_MS
  for (;;) {
    const mine = claim(dir)
    if (mine !== null) {
      try { return await work() } finally { writeAtomically(dir, RELEASED, (temporary) => { renameSync(temporary, mine) }) }
    }
    if (Date.now() > deadline) throw new Error(`Another process has been starting or stopping the embedded Postgres in ${dir} for more than ${WAIT_MS / 1000} seconds.`)
    await sleep(50)
  }
}

function claim(dir: string): string | null {
  const [newest = 0] = generations(dir)
  const owner = newest === 0 ? RELEASED : read(join(dir, `lock.${newest}`))
  // Null: a newer owner has just removed it.
  if (owner === null || (owner !== RELEASED && ownerIsAlive(owner))) return null
  const mine = join(dir, `lock.${newest + 1}`)
  try {
    writeAtomically(dir, ownerLine(), (temporary) => { linkSync(temporary, mine) })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return null
    throw error
  }
  const seen = generations(dir)
  if (seen[0] !== newest + 1) { rmSync(mine, { force: true }); return null }
  for (const older of seen.slice(1)) rmSync(join(dir, `lock.${older}`), { force: true })
  return mine
}

/** Says that this process uses the server. The server is stopped only when no living holder is left. */
export function addHolder(dataDir: string): string {
  const dir = join(dataDir, 'holders')
  mkdirSync(dir, { recursive: true })
  const file = join(dir, `${process.pid}-${randomBytes(4).toString('hex')}`)
  writeFileSync(file, ownerLine())
  return file
}

/** Removes the holder, and those that died without saying so. Answers whether others are left. */
export function removeHolder(dataDir: string, file: string): boolean {
  rmSync(file, { force: true })
  const dir = join(dataDir, 'holders')
  const living = readdirSync(dir).filter((name) => {
    if (ownerIsAlive(read(join(dir, name)) ?? '')) return true
    rmSync(join(dir, name), { force: true })
    return false
  })
  return living.length > 0
}
