import { pipeline, Readable } from 'node:stream'
import type { Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw, createZstdDecompress } from 'node:zlib'
import { Fault } from '../errors.ts'

export interface BodyLimits {
  /** Bytes of the body once decoded. */
  readonly decodedBytes: number
  /** Decoded bytes per byte on the wire, once `ratioFrom` bytes were decoded. */
  readonly ratio: number
  readonly ratioFrom: number
}

const tooLarge = ({ decodedBytes }: BodyLimits): Fault => new Fault('upstream.too_large', { detail: `The answer has more than ${Math.round(decodedBytes / 1048576)} MB.` })

/** Refuses a body that says of itself that it is larger than its cap, before any of it is read. */
export function checkAnnounced(length: string | null, limits: BodyLimits): void {
  if (Number(length ?? 0) > limits.decodedBytes) throw tooLarge(limits)
}

/** How a body is packed, in the order in which it was. */
export const codingsOf = (encoding: string | null): string[] => (encoding ?? '').toLowerCase().split(',').map((coding) => coding.trim()).filter((coding) => coding !== '' && coding !== 'identity')

export interface Body { readonly bytes: Buffer; readonly wireBytes: number }

/** Some servers say `deflate` and send it without the zlib header; the first byte tells. */
function inflate(first: Buffer): Transform {
  return first.length > 0 && (first[0]! & 0x0f) === 0x08 ? createInflate() : createInflateRaw()
}

// Node's strict ends stay on: a compressed body that breaks off is an error, which fetch() would hide.
const decoders: Readonly<Record<string, (first: Buffer) => Transform>> = {
  gzip: () => createGunzip(), 'x-gzip': () => createGunzip(), deflate: inflate, br: () => createBrotliDecompress(), zstd: () => createZstdDecompress(),
}

/** The chunks of a body, decoded as they come, under its caps: nothing is inflated beyond them. `onWire` is told of bytes before they are decoded. */
export async function* decodedChunks(stream: Readable, encoding: string | null, limits: BodyLimits, onWire: (bytes: number) => void): AsyncGenerator<Buffer> {
  const codings = codingsOf(encoding)
  let wireBytes = 0
  let decoded = 0
  const checked = (chunk: Buffer): Buffer => {
    decoded += chunk.length
    if (decoded > limits.decodedBytes) throw tooLarge(limits)
    if (decoded > limits.ratioFrom && decoded > wireBytes * limits.ratio) throw new Fault('upstream.too_large', { detail: `The answer unpacks to more than ${limits.ratio} times its size.` })
    return chunk
  }
  // A body that is destroyed half-read emits an error that nobody waits for.
  stream.on('error', () => undefined)
  const iterator: AsyncIterator<Buffer> = stream[Symbol.asyncIterator]()
  async function* counted(): AsyncGenerator<Buffer> {
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
      wireBytes += next.value.length
      onWire(next.value.length)
      yield next.value
    }
  }
  try {
    if (codings.length === 0) {
      for await (const chunk of counted()) yield checked(chunk)
      return
    }
    if (codings.length > 3) throw new Fault('upstream.unexpected', { detail: 'The answer is packed more than three times over.' })
    const source = counted()
    const first = await source.next()
    if (first.done === true) return
    const wire = (async function* () { yield first.value; yield* source })()
    const steps = codings.toReversed().map((coding) => {
      const decoder = Object.hasOwn(decoders, coding) ? decoders[coding] : undefined
      if (decoder === undefined) throw new Fault('upstream.unexpected', { detail: `The answer has the content encoding "${coding.slice(0, 40)}", which was not asked for.` })
      return decoder(first.value)
    })
    // `pipeline` passes an error on to every step; the last step is read below and reports it.
    const last = steps.reduce<Readable>((from, to) => pipeline(from, to, () => undefined), Readable.from(wire))
    for await (const chunk of last) yield checked(chunk as Buffer)
  } catch (error) {
    stream.destroy()
    throw error
  }
}

/** A whole body. */
export async function readBody(stream: Readable, encoding: string | null, limits: BodyLimits): Promise<Body> {
  const chunks: Buffer[] = []
  let wireBytes = 0
  for await (const chunk of decodedChunks(stream, encoding, limits, (bytes) => { wireBytes += bytes })) chunks.push(chunk)
  return { bytes: Buffer.concat(chunks), wireBytes }
}
