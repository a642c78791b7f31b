import { types as defaults } from 'pg'
import type { CustomTypesConfig } from 'pg'

const INT8 = 20
const TIMESTAMPTZ = 1184
/** `2026-11-21 10:42:25.1234+00` as `2026-11-21T10:42:25.123400Z`: the wire's form, with all its digits (a Date would lose some), sortable as text. */
const isoInstant = (text: string): string => {
  // Sessions are in UTC, so it always ends in +00.
  const end = text.length - 3
  const [day, time] = [text.slice(0, 10), text.slice(11, end)]
  return `${day}T${end === 26 ? time : end > 19 ? time.padEnd(15, '0') : `${time}.000000`}Z`
}

const parserOf = (oid: number, format?: 'text' | 'binary') => {
  if (format !== 'binary' && oid === INT8) return Number
  if (format !== 'binary' && oid === TIMESTAMPTZ) return isoInstant
  return (defaults.getTypeParser as (oid: number, format?: string) => unknown)(oid, format)
}
/** 64-bit integers as numbers, instants as ISO strings in UTC. */
export const types: CustomTypesConfig = { getTypeParser: parserOf as CustomTypesConfig['getTypeParser'] }
