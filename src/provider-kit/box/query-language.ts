/** Enough of SQL's relatives for a box to answer what adapters ask: `select ... from ... where a >= x and b = 'y' order by c limit n`. */

export type Compare = (value: unknown, wanted: unknown) => boolean
type Row = Readonly<Record<string, unknown>>

const rank = (value: unknown): string | number => (typeof value === 'number' ? value : value instanceof Date ? value.getTime() : typeof value === 'boolean' ? Number(value) : instantOf(value) ?? String(value))
/** Moments are compared as moments, however they are written. */
const instantOf = (value: unknown): number | null => (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/.test(value) ? Date.parse(value.replace(' ', 'T').replace(/([+-]\d{2})(\d{2})$/, '$1:$2').replace(/(\d)$/, (digit) => (/[Z+]|T.*-/.test(value) ? digit : `${digit}Z`))) : null)
const order = (a: unknown, b: unknown): number => {
  const [left, right] = [rank(a), rank(b)]
  if (typeof left === 'number' && typeof right !== 'number' && right !== '' && !Number.isNaN(Number(right))) return left - Number(right)
  if (typeof left !== 'number' && typeof right === 'number' && left !== '' && !Number.isNaN(Number(left))) return Number(left) - right
  return left < right ? -1 : left > right ? 1 : 0
}
const absent = (value: unknown): boolean => value === null || value === undefined

/** The comparisons that query languages share, under the names that they have there. */
export const comparisons: Readonly<Record<string, Compare>> = {
  '=': (value, wanted) => (absent(wanted) ? absent(value) : !absent(value) && order(value, wanted) === 0),
  '!=': (value, wanted) => (absent(wanted) ? !absent(value) : absent(value) || order(value, wanted) !== 0),
  '>': (value, wanted) => !absent(value) && order(value, wanted) > 0,
  '>=': (value, wanted) => !absent(value) && order(value, wanted) >= 0,
  '<': (value, wanted) => !absent(value) && order(value, wanted) < 0,
  '<=': (value, wanted) => !absent(value) && order(value, wanted) <= 0,
  in: (value, wanted) => Array.isArray(wanted) && wanted.some((one) => comparisons['=']!(value, one)),
  'not in': (value, wanted) => Array.isArray(wanted) && !wanted.some((one) => comparisons['=']!(value, one)),
}

export interface ParsedQuery {
  readonly select: readonly string[]
  readonly from: string
  readonly matches: (row: Row) => boolean
  readonly sort: (rows: readonly Row[]) => Row[]
  readonly limit: number | null
}

const CLAUSES = /^\s*(?:select\s+(?<select>.+?)\s+from\s+(?<from>\w+)\s*)?(?:(?:where\s+)?(?<where>(?!order\s+by\b|limit\b).+?))??(?:\s*order\s+by\s+(?<order>.+?))?(?:\s+limit\s+(?<limit>\d+))?\s*$/is
const TEST = /^\s*([\w.]+|"[^"]+")\s*(>=|<=|!=|=|>|<|not\s+in|in)\s*(.+?)\s*$/is

/** Splits outside of quotes. */
function splitOutside(text: string, separator: RegExp): string[] {
  const parts: string[] = ['']
  for (const piece of text.split(/('(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")/)) {
    if (/^['"]/.test(piece)) parts[parts.length - 1] += piece
    else piece.split(separator).forEach((part, n) => { if (n === 0) parts[parts.length - 1] += part; else parts.push(part) })
  }
  return parts
}

function literal(text: string): unknown {
  if (/^\(.*\)$/s.test(text)) return splitOutside(text.slice(1, -1), /,/).map((part) => literal(part.trim()))
  if (/^'.*'$/s.test(text)) return text.slice(1, -1).replaceAll(/\\(.)/gs, (_, sign: string) => ({ n: '\n', r: '\r', t: '\t' })[sign] ?? sign)
  if (/^".*"$/s.test(text)) return JSON.parse(text) as string
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true'
  if (/^(null|empty)$/i.test(text)) return null
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text
}

const at = (row: Row, path: string): unknown => path.split('.').reduce<unknown>((inner, key) => (inner as Row | null | undefined)?.[key], row)

/** A query that the box understands; a text: what is wrong with it. `read` finds a column's value where it does not lie in the row under its name. */
export function parseQuery(text: string, read: (row: Row, column: string) => unknown = at): ParsedQuery | string {
  const { select = '', from = '', where = '', order: by = '', limit } = CLAUSES.exec(text)?.groups ?? {}
  const tests: ((row: Row) => boolean)[] = []
  for (const part of where.trim() === '' ? [] : splitOutside(where, /\s+and\s+/i)) {
    const found = TEST.exec(part)
    const compare = comparisons[found?.[2]?.toLowerCase().replace(/\s+/, ' ') ?? '']
    if (found === null || compare === undefined) return `unexpected token: ${part.trim().slice(0, 60)}`
    const wanted = literal(found[3]!)
    tests.push((row) => compare(read(row, found[1]!.replaceAll('"', '')), wanted))
  }
  const keys = by.split(',').map((key) => key.trim().split(/\s+/)).filter(([column]) => column !== '').map(([column = '', direction = '']) => ({ column, sign: direction.toLowerCase() === 'desc' ? -1 : 1 }))
  return {
    select: select.split(',').map((column) => column.trim()).filter((column) => column !== ''), from, limit: limit === undefined ? null : Number(limit),
    matches: (row) => tests.every((test) => test(row)),
    sort: (rows) => rows.toSorted((a, b) => keys.map(({ column, sign }) => sign * order(read(a, column), read(b, column))).find((difference) => difference !== 0) ?? 0),
  }
}

/** Only what was selected, as vendors do: a column that is not asked for does not come. */
export const selected = (row: Row, columns: readonly string[]): Row => {
  const out: Record<string, unknown> = {}
  for (const column of columns) {
    const [head = '', ...rest] = column.split('.')
    if (rest.length === 0) { out[head] = row[head] ?? null; continue }
    const inner = row[head] as Row | null | undefined
    out[head] = absent(inner) ? null : { ...(out[head] as Row | undefined), ...selected(inner!, [rest.join('.')]) }
  }
  return out
}
