/** Contracts of vendors, fetched once and kept only where they are what was looked at. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Published } from '../../test/contract/published.ts'

export type Outcome = 'there' | 'fetched' | `refused: ${string}`

const MOST_BYTES = 64 * 1024 * 1024
const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

async function bodyOf(url: string): Promise<Uint8Array> {
  const response = await fetch(url, { signal: AbortSignal.timeout(60_000) })
  if (!response.ok || response.body === null) throw new Error(`the address answers ${response.status}`)
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of response.body) {
    length += part.byteLength
    if (length > MOST_BYTES) throw new Error(`it is larger than ${MOST_BYTES} bytes`)
    parts.push(part)
  }
  return Buffer.concat(parts)
}

/** Brings one contract below `folder`, unless it is there. Another text than the pinned one is not kept: tests would hold the adapter against something nobody looked at. */
export async function bring({ file, sha256, url }: Omit<Published, 'url'> & { readonly url: string }, folder: string): Promise<Outcome> {
  const place = join(folder, file)
  if (existsSync(place) && hashOf(readFileSync(place)) === sha256) return 'there'
  try {
    const bytes = await bodyOf(url)
    if (hashOf(bytes) !== sha256) return 'refused: the text is not the one that was looked at'
    mkdirSync(dirname(place), { recursive: true })
    // In one step: a fetch that is interrupted leaves no half of a contract.
    writeFileSync(`${place}.part`, bytes)
    renameSync(`${place}.part`, place)
    return 'fetched'
  } catch (error) {
    // What fetch says is only that it failed; why is in its cause.
    return `refused: ${error instanceof Error ? [error.message, error.cause instanceof Error ? error.cause.message : null].filter((text) => text !== null).join(': ') : String(error)}`
  }
}
