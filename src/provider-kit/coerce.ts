/** Total readers for the untidy values that vendors send. Each gives null rather than a guess, and never throws. */
import { beginsWithDay, isoOf, pair, yearOf } from './calendar.ts'

/** A non-empty trimmed string; numbers become their digits. */
export const str = (value: unknown): string | null => {
  if (typeof value === 'string') return value.trim() === '' ? null : value.trim()
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : null
}

/** Text as it came, white space kept; null where it is empty. */
export const prose = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

/** The vendor's id of something, as a string; null where there is none. */
export const id = (value: unknown): string | null => {
  if (typeof value === 'bigint') return String(value)
  return typeof value === 'number' ? (Number.isSafeInteger(value) ? String(value) : null) : str(value)
}

export const num = (value: unknown): number | null => {
  const n = typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN
  return Number.isFinite(n) ? n : null
}

export const bool = (value: unknown): boolean | null => {
  if (typeof value === 'boolean') return value
  if (value === 'true' || value === 1 || value === '1') return true
  return value === 'false' || value === 0 || value === '0' ? false : null
}

/** What most vendors write. Reading it through Date.parse was most of what mapping cost. */
const PLAIN = /^\d{4}-\d{2}-\d{2}T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{3})?(?:Z|[+-](?:[01]\d|2[0-3]):?[0-5]\d)$/

const twoDigits = (n: number): string => (n < 10 ? `0${n}` : String(n))

/** Null: not written plainly. */
function plainInstant(text: string): string | null {
  if (!PLAIN.test(text) || !beginsWithDay(text)) return null
  const zoneAt = text.charAt(19) === '.' ? 23 : 19
  const ms = zoneAt === 23 ? text.slice(19, 23) : '.000'
  const wall = `${text.slice(0, 19)}${ms}Z`
  const ahead = text.length <= zoneAt + 1 ? 0 : (pair(text, zoneAt + 1) * 60 + pair(text, text.length - 2)) * (text.charAt(zoneAt) === '-' ? -1 : 1)
  if (ahead === 0) return wall
  // Most clocks differ within a day, and then its date stands: making a Date of it was a third of what a ticket cost.
  const minutes = pair(text, 11) * 60 + pair(text, 14) - ahead
  if (minutes >= 0 && minutes < 1440) return `${text.slice(0, 11)}${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}${wall.slice(16)}`
  const year = yearOf(text)
  // Date.UTC takes the years before 100 for those of the twentieth century.
  return year < 100 ? null : isoOf(Date.UTC(year, pair(text, 5) - 1, pair(text, 8), pair(text, 11), pair(text, 14) - ahead, pair(text, 17), Number(ms.slice(1))))
}

const INSTANT = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})$/i

/** An ISO 8601 instant with a zone, as UTC with milliseconds. Without a zone it is no instant: null. */
export const instant = (value: unknown): string | null => {
  const plain = typeof value === 'string' ? plainInstant(value) : null
  if (plain !== null) return plain
  const match = typeof value === 'string' ? INSTANT.exec(value.trim()) : null
  if (match === null || !beginsWithDay(match[0])) return null
  const zone = /^(z|utc)$/i.test(match[8]!) ? 'Z' : match[8]!.replace(/^([+-]\d{2})(\d{2})$/, '$1:$2')
  const time = Date.parse(`${match[1]}-${match[2]}-${match[3]}T${match[4]}:${match[5]}:${match[6] ?? '00'}.${(match[7] ?? '').padEnd(3, '0').slice(0, 3)}${zone}`)
  return Number.isNaN(time) ? null : isoOf(time)
}

/** Seconds or milliseconds since 1970, as the vendor declares. */
export const epoch = (value: unknown, unit: 'seconds' | 'milliseconds'): string | null => {
  const n = num(value)
  if (n === null) return null
  const ms = unit === 'seconds' ? n * 1000 : n
  return Math.abs(ms) <= 8.64e15 ? isoOf(ms) : null
}

const DAY = /^\d{4}-\d{2}-\d{2}(?:$|[T ])/

/** A calendar day as the instant of its midnight in UTC: the wire has no type for days. Days are never shifted by a zone. */
export const day = (value: unknown): string | null => {
  const text = typeof value === 'string' ? value.trim() : ''
  return DAY.test(text) && beginsWithDay(text) ? `${text.slice(0, 10)}T00:00:00.000Z` : null
}

/** Our word, and the vendor's own that it stands for: `show_enum_origins` serves the latter. */
export interface Word { readonly ours: string; readonly origin: string }

/** Our word beside the vendor's; the word alone where both are the same, or where the vendor has none. */
export const said = (ours: string, origin: unknown): string | Word => {
  const raw = str(origin)
  return raw === null || raw === ours ? ours : { ours, origin: raw }
}

/** Our word for the vendor's word; a word that the table lacks is served as it came, for enums are open. */
export const word = (table: Readonly<Record<string, string>>, value: unknown): string | Word | null => {
  const key = str(value)
  if (key === null) return null
  return Object.hasOwn(table, key) ? said(table[key]!, key) : key
}

/** Our word alone: to decide by it, or where it stands inside a nested object. */
export const ours = (told: string | Word | null): string | null => (typeof told === 'string' || told === null ? told : told.ours)

/** A list without its nulls and without repetitions, in its order. */
export const present = (values: readonly (string | null)[]): string[] => [...new Set(values.filter((value) => value !== null))]
