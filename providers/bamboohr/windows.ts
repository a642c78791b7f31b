import type { Query } from '#kit'

/** Lists that must be asked for by a first and a last day are read in parts, so that no answer holds a company's whole history. */

const DAY = 86_400_000
const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10)

/** Each year since the product began, the newest first; all that is planned beyond the next one; and what was before. */
export const years = (): Query[] => {
  const next = new Date().getUTCFullYear() + 1
  const each = Array.from({ length: next - 2007 }, (_, n) => ({ start: `${2008 + n}-01-01`, end: `${2008 + n}-12-31` }))
  return [...each.toReversed(), { start: `${next + 1}-01-01`, end: '2099-12-31' }, { start: '1970-01-01', end: '2007-12-31' }]
}

/** The last day that has begun everywhere on earth, so that it is never tomorrow at the company; and 363 days before, which is within the last 365 for everybody. */
const lastYear = (): readonly [first: string, last: string] => {
  const last = Date.now() - DAY / 2
  return [dayOf(last - 363 * DAY), dayOf(last)]
}

/** The months that the last year touches, the newest first. They are named, not dated: a read that goes on past midnight is still the same. */
export const months = (): Query[] => {
  const [first, last] = lastYear()
  const [year, month] = last.split('-').map(Number) as [number, number]
  return Array.from({ length: 14 }, (_, n) => ({ month: dayOf(Date.UTC(year, month - 1 - n, 1)).slice(0, 7) })).filter((named) => named.month >= first.slice(0, 7))
}

/** The days of a month that may be asked for. */
export const daysOf = (month: string): { readonly start: string; readonly end: string } => {
  const [first, last] = lastYear()
  const [start, end] = [`${month}-01`, dayOf(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)), 0))]
  return { start: start < first ? first : start, end: end > last ? last : end }
}
