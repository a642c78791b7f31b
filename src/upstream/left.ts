/** What the usual headers tell of what is left: `RateLimit-Remaining`, `X-RateLimit-Remaining` and the like, `RateLimit: "name";r=50;t=30`. */
import type { Remaining } from '#kit'
import { delayOf } from './retry-after.ts'

const number = (text: string | null): number | null => (text !== null && /^\s*\d{1,12}(\.0+)?\s*(?:[,;]|$)/.test(text) ? Number.parseInt(text, 10) : null)
const first = (headers: Headers, names: readonly string[]): string | null => names.map((name) => headers.get(name)).find((value) => value !== null) ?? null

const LONGEST_SECONDS = 24 * 3_600

/** One header may tell of several limits at once, some without a figure: each has its own time. The tightest counts. */
function structuredLeft(header: string): Remaining | null {
  const told = header.split(',').flatMap((policy): Remaining[] => {
    const [r, t] = ['r', 't'].map((name) => new RegExp(`;\\s*${name}=(\\d{1,12})\\s*(?:;|$)`).exec(policy)?.[1])
    return r === undefined || t === undefined ? [] : [{ left: Number(r), of: null, resetSeconds: Number(t) }]
  })
  return told.reduce<Remaining | null>((tightest, one) => (tightest === null || one.left * tightest.resetSeconds < tightest.left * one.resetSeconds ? one : tightest), null)
}

function plainLeft(headers: Headers, now: number): Remaining | null {
  const left = number(first(headers, ['ratelimit-remaining', 'x-ratelimit-remaining', 'x-rate-limit-remaining']))
  const reset = first(headers, ['ratelimit-reset', 'x-ratelimit-reset', 'x-rate-limit-reset'])
  const resetMs = reset === null ? null : delayOf(reset, now)
  return left === null || resetMs === null ? null : { left, of: number(first(headers, ['ratelimit-limit', 'x-ratelimit-limit', 'x-rate-limit-limit'])), resetSeconds: resetMs / 1000 }
}

/** Null: they do not tell, or not until when. */
export function leftIn(headers: Headers, now: number): Remaining | null {
  const structured = headers.get('ratelimit')
  const told = (structured === null ? null : structuredLeft(structured)) ?? plainLeft(headers, now)
  return told === null || told.resetSeconds <= 0 || told.resetSeconds > LONGEST_SECONDS ? null : told
}
