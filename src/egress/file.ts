import { Readable } from 'node:stream'
import { decodedChunks, type BodyLimits } from './body.ts'
import { Fault } from '../errors.ts'

/** An answer that is handed on as it comes instead of being read: so many bytes of it, and for how long. */
export interface FileLimits {
  readonly bytes: number
  /** The vendor may be silent for so long. While nobody takes what came, it is not asked for more, and nothing is counted. */
  readonly idleMs: number
  /** From the request to the last byte. */
  readonly totalMs: number
}

export interface FileEnds {
  /** What an error of the connection means; null: the reader gave the exchange up. */
  readonly meaning: (error: unknown) => Fault | null
  /** Called once. `fault` is null where it came to its end, or was let go by its reader, who may never have begun. */
  readonly over: (wireBytes: number, fault: Fault | null) => void
}

/** A body as a stream that takes from the vendor only what its reader takes. */
export function handedOn(body: Readable, encoding: string | null, host: string, limits: BodyLimits, { idleMs }: FileLimits, { meaning, over }: FileEnds): Readable {
  // It may break off before anybody asks for its first byte.
  body.on('error', () => undefined)
  let wireBytes = 0
  let fault: Fault | null = null
  let timer: NodeJS.Timeout | undefined
  const source = decodedChunks(body, encoding, limits, (bytes) => { wireBytes += bytes })
  async function pull(): Promise<void> {
    timer = setTimeout(() => body.destroy(new Fault('upstream.timed_out', { detail: `${host} sent nothing more for ${idleMs / 1000} seconds.` })), idleMs)
    try {
      const next = await source.next()
      clearTimeout(timer)
      stream.push(next.done === true ? null : next.value)
    } catch (error) {
      clearTimeout(timer)
      fault = meaning(error)
      stream.destroy(fault ?? (error as Error))
    }
  }
  const stream = new Readable({
    read() { void pull() },
    // Reached in every case, also after the last byte.
    destroy(error, done) {
      clearTimeout(timer)
      body.destroy()
      over(wireBytes, fault)
      done(error)
    },
  })
  return stream
}
