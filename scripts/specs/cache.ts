/** Contracts of vendors, fetched once and kept only where they are what was looked at. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Published } from '../../test/contract/published.ts'

export type Outcome = 'there' | 'fetched' | `refused: ${string}` | `unreachable: ${string}`

const MOST_BYTES = 64 * 1024 * 1024
const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** The host could not be asked, or fell silent: another address of it need not be tried. */
class Unreachable extends Error {}

async function bodyOf(url: string): Promise<{ readonly bytes: Uint8Array; readonly from: string; readonly type: string | null }> {
  const response = await fetch(url, { signal: AbortSignal.timeout(60_000) }).catch((error: unknown) => { throw isSilence(error) ? new Unreachable(reasonOf(error)) : error })
  const from = response.url === url ? '' : ` at ${response.url}, where it leads`
  if (!response.ok || response.body === null) throw new Error(`the address answers ${response.status}${from}`)
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of response.body) {
    length += part.byteLength
    if (length > MOST_BYTES) throw new Error(`it is larger than ${MOST_BYTES} bytes`)
    parts.push(part)
  }
  return { bytes: Buffer.concat(parts), from, type: response.headers.get('content-type') }
}

/** No connection, or no answer on it: the system's own errors have a code, and those of fetch itself (too many redirects) none. */
const isSilence = (error: unknown): boolean => error instanceof Error && (error.name === 'TimeoutError' || (error.cause as { code?: unknown } | undefined)?.code !== undefined)

/** What fetch says is only that it failed; why is in its cause. */
const reasonOf = (error: unknown): string => (error instanceof Error ? [error.message, error.cause instanceof Error ? error.cause.message : null].filter((text) => text !== null && text !== '').join(': ') : String(error))

const isThere = ({ file, sha256 }: Pick<Published, 'file' | 'sha256'>, folder: string): boolean => existsSync(join(folder, file)) && hashOf(readFileSync(join(folder, file))) === sha256

/** Brings one contract below `folder`, unless it is there. Another text than the pinned one is not kept: tests would hold the adapter against something nobody looked at. */
export async function bring({ file, sha256, url }: Omit<Published, 'url'> & { readonly url: string }, folder: string): Promise<Outcome> {
  const place = join(folder, file)
  if (isThere({ file, sha256 }, folder)) return 'there'
  try {
    const { bytes, from, type } = await bodyOf(url)
    if (hashOf(bytes) !== sha256) return `refused: the text is not the one that was looked at: ${bytes.length} bytes of ${type ?? 'no content type'}${from}, sha256 ${hashOf(bytes)} where ${sha256} is pinned`
    mkdirSync(dirname(place), { recursive: true })
    // In one step: a fetch that is interrupted leaves no half of a contract.
    writeFileSync(`${place}.part`, bytes)
    renameSync(`${place}.part`, place)
    return 'fetched'
  } catch (error) {
    return `${error instanceof Unreachable ? 'unreachable' : 'refused'}: ${reasonOf(error)}`
  }
}

/** Brings what can be had, and says of each how it went. `missing` names the vendor of each that is not there. */
export async function bringAll(sets: Readonly<Record<string, readonly (Omit<Published, 'url'> & { readonly url: string })[]>>, folder: string, say: (line: string) => void): Promise<{ readonly here: number; readonly missing: readonly string[] }> {
  const silent = new Set<string>()
  const missing: string[] = []
  let here = 0
  for (const [slug, contracts] of Object.entries(sets)) for (const contract of contracts) {
    const { host } = new URL(contract.url)
    const outcome = silent.has(host) && !isThere(contract, folder) ? `unreachable: ${host} was not asked again` as const : await bring(contract, folder)
    if (outcome.startsWith('unreachable')) silent.add(host)
    if (outcome === 'there' || outcome === 'fetched') here += 1
    else missing.push(slug)
    say(`${slug.padEnd(12)} ${contract.file}: ${outcome}`)
  }
  return { here, missing }
}
