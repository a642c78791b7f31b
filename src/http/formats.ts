/** The formats of identifiers and instants, as the API takes them. */
import { FormatRegistry } from '@sinclair/typebox'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
/** A `+` in a query string arrives as a space where the client did not escape it. */
const INSTANT = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(\.\d{1,9})?([Zz]|[+ -]\d{2}:\d{2})$/

export const isUuid = (text: string): boolean => UUID.test(text)
export const isInstant = (text: string): boolean => canonicalInstant(text) !== null

/** An ISO 8601 instant in UTC with microseconds, or null where the text is none: `2024-02-30` is no day, and without a zone there is no instant. */
export function canonicalInstant(text: string): string | null {
  const [, day, time, fraction = '', zone] = INSTANT.exec(text) ?? []
  if (day === undefined || time === undefined || zone === undefined) return null
  const date = new Date(`${day}T${time}${zone.replace(' ', '+').toUpperCase()}`)
  const asWritten = new Date(`${day}T${time}Z`)
  if (Number.isNaN(date.getTime()) || Number.isNaN(asWritten.getTime()) || !asWritten.toISOString().startsWith(`${day}T${time}`) || day < '0001') return null
  // Offsets may lead out of the years that four digits can write.
  const iso = date.toISOString()
  return iso.length === 24 ? `${iso.slice(0, 19)}.${fraction.slice(1, 7).padEnd(6, '0')}Z` : null
}

/** Makes schemas that name a format check it. The register is the process's, so there is one place that fills it. */
export function registerFormats(): void {
  FormatRegistry.Set('uuid', isUuid)
  FormatRegistry.Set('date-time', isInstant)
  FormatRegistry.Set('uri', (text) => URL.canParse(text))
  FormatRegistry.Set('email', (text) => text.length <= 320 && /^[^\s@]+@[^\s@]+$/.test(text))
}
