import { randomBytes } from 'node:crypto'

let lastMs = 0
let counter = 0

/** A UUID version 7: its first 48 bits are the given time, and those of one process and one millisecond come in order. */
export function uuid7(ms: number): string {
  counter = ms === lastMs ? counter + 1 : randomBytes(2).readUInt16BE() & 0x3ff
  lastMs = ms
  const bytes = randomBytes(16)
  bytes.writeUIntBE(ms, 0, 6)
  bytes.writeUInt16BE(0x7000 | (counter & 0xfff), 6)
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/** The time in a UUID version 7; null for other ids. */
export function timeOf(id: string): Date | null {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i.test(id) ? new Date(Number.parseInt(id.replace('-', '').slice(0, 12), 16)) : null
}
