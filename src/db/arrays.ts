/**
 * Postgres arrays in their binary form: pg sends a Buffer parameter as it is. Half the CPU of text arrays, no escaping.
 * Layout: dimensions, has-nulls, element type, length, lower bound, then each element with its length (-1: null).
 * Elements are written where they will lie: a Buffer for each would cost more than all the rest.
 */
const TYPE = { bytea: 17, text: 25, uuid: 2950, int4: 23 } as const
const HEAD = 20
const UUID_BYTES = 16

interface Kind<T> {
  readonly type: number
  readonly sizeOf: (value: T) => number
  readonly write: (buffer: Buffer, value: T, offset: number, size: number) => void
}

function array<T>({ type, sizeOf, write }: Kind<T>, values: readonly (T | null)[]): Buffer {
  const sizes = new Int32Array(values.length)
  let size = HEAD + 4 * values.length
  let nulls = 0
  for (const [n, value] of values.entries()) {
    const own = value === null ? -1 : sizeOf(value)
    sizes[n] = own
    if (value === null) nulls = 1
    else size += own
  }
  const buffer = Buffer.allocUnsafe(size)
  buffer.writeInt32BE(values.length === 0 ? 0 : 1, 0)
  buffer.writeInt32BE(nulls, 4)
  buffer.writeInt32BE(type, 8)
  if (values.length === 0) return buffer.subarray(0, 12)
  buffer.writeInt32BE(values.length, 12)
  buffer.writeInt32BE(1, 16)
  let offset = HEAD
  for (const [n, value] of values.entries()) {
    offset = buffer.writeInt32BE(sizes[n]!, offset)
    if (value === null) continue
    write(buffer, value, offset, sizes[n]!)
    offset += sizes[n]!
  }
  return buffer
}

/** What a hexadecimal digit is worth, by its character code; NaN for all others. */
const WORTH = Float64Array.from({ length: 128 }, (_, code) => Number.parseInt(String.fromCharCode(code), 16))

/** With the code that Postgres would refuse it with. */
const noUuid = (value: string): TypeError => Object.assign(new TypeError(`"${value}" is no UUID`), { code: '22P02' })

function writeUuid(buffer: Buffer, uuid: string, offset: number): void {
  let at = 0
  for (let n = 0; n < UUID_BYTES; n += 1) {
    if (uuid.charCodeAt(at) === 45) at += 1
    const byte = WORTH[uuid.charCodeAt(at)]! * 16 + WORTH[uuid.charCodeAt(at + 1)]!
    if (!(byte >= 0)) throw noUuid(uuid)
    buffer[offset + n] = byte
    at += 2
  }
  if (at !== uuid.length) throw noUuid(uuid)
}

/** As many bytes as characters: all of them ASCII, which is copied as it is. */
const text: Kind<string> = { type: TYPE.text, sizeOf: (value) => Buffer.byteLength(value), write: (buffer, value, offset, size) => { buffer.write(value, offset, size, size === value.length ? 'latin1' : 'utf8') } }
const uuid: Kind<string> = { type: TYPE.uuid, sizeOf: () => UUID_BYTES, write: writeUuid }
const bytes: Kind<Buffer> = { type: TYPE.bytea, sizeOf: (value) => value.length, write: (buffer, value, offset) => { value.copy(buffer, offset) } }
const int4: Kind<number> = { type: TYPE.int4, sizeOf: () => 4, write: (buffer, value, offset) => { buffer.writeInt32BE(value, offset) } }

export const textArray = (values: readonly (string | null)[]): Buffer => array(text, values)
export const uuidArray = (values: readonly (string | null)[]): Buffer => array(uuid, values)
export const bytesArray = (values: readonly (Buffer | null)[]): Buffer => array(bytes, values)
export const intArray = (values: readonly (number | null)[]): Buffer => array(int4, values)
