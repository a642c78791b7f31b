/** What the usual headers tell of what is left: `RateLimit-Remaining`, `X-RateLimit-Remaining` and the like, `RateLimit: "name";r=50;t=30`. */
import type { Remaining } from '#kit'
import { delayOf } from './retry-after.ts'

const number = (text: string | null): number | null => (text !== null && /^\s*\d{1,12}(\.0+)?\s*(?:[,;]|$)/.test(text) ? Number.parseInt(text, 10) : null)
const first = (headers: Headers, names: readonly string[]): string | null => names.map((name) => headers.get(name)).find((value) => value !== null) ?? null

const LONGEST_SECONDS = 24 * 3_600

/** Null: they do not tell, or not until when. */
export function leftIn(headers: Headers, now: number): Remaining | null {
  const structured = headers.get('ratelimit')
  const r = structured === null ? null : /(?:^|;)\s*r=(\d{1,12})/.exec(structured)?.[1] ?? null
  const left = r === null ? number(first(headers, ['ratelimit-remaining', 'x-ratelimit-remaining', 'x-rate-limit-remaining'])) : Number(r)
  if (left === null) return null
  const t = structured === null ? null : /(?:^|;)\s*t=(\d{1,9})/.exec(structured)?.[1] ?? null
  const reset = first(headers, ['ratelimit-reset', 'x-ratelimit-reset', 'x-rate-limit-reset'])
  const resetMs = t !== null ? Number(t) * 1000 : reset === null ? null : delayOf(reset, now)
  if (resetMs === null || resetMs <= 0 || resetMs > LONGEST_SECONDS * 1000) return null
  return { left, of: number(first(headers, ['ratelimit-limit', 'x-ratelimit-limit', 'x-rate-limit-limit'])), resetSeconds: resetMs / 1000 }
}
