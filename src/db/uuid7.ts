import { randomUUID } from 'node:crypto'

let lastMs = 0
let counter = 0

/** A UUID version 7: its first 48 bits are the given time, and those of one process and one millisecond come in order. */
export function uuid7(ms: number): string {
  const random = randomUUID()
  counter = ms === lastMs ? counter + 1 : Number.parseInt(random.slice(0, 3), 16) & 0x3ff
  lastMs = ms
  const time = Math.trunc(ms).toString(16).padStart(12, '0')
  // The rest of a UUID version 4 is the rest of a version 7: a variant and random bits, drawn from a store of them.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${(counter & 0xfff).toString(16).padStart(3, '0')}-${random.slice(19)}`
}

/** The time in a UUID version 7; null for other ids. */
export function timeOf(id: string): Date | null {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i.test(id) ? new Date(Number.parseInt(id.replace('-', '').slice(0, 12), 16)) : null
}
