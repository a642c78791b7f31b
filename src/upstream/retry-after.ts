/** When a vendor that asks for silence wants to hear from us again. */

const SHORTEST_MS = 1_000
const LONGEST_MS = 24 * 3_600_000
/** A number this large is a moment (seconds since 1970), not a span. */
const EPOCH_SECONDS = 1_000_000_000
const EPOCH_MILLISECONDS = EPOCH_SECONDS * 1000

const HEADERS = ['retry-after', 'ratelimit-reset', 'x-ratelimit-reset', 'x-rate-limit-reset'] as const

/** Milliseconds until the moment or span in a header; null where it holds neither. */
export function delayOf(value: string, now: number): number | null {
  const text = value.trim()
  if (/^[+-]?\d+(\.\d+)?$/.test(text)) {
    const n = Number(text)
    if (n >= EPOCH_MILLISECONDS) return n - now
    return n >= EPOCH_SECONDS ? n * 1000 - now : n * 1000
  }
  // Date.parse takes nearly anything ("soon 5" is May 2001); an HTTP date begins with a weekday, an ISO one with a year.
  const date = /^((mon|tue|wed|thu|fri|sat|sun)[a-z]*,? |\d{4}-\d{2}-\d{2}t)/i.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(date) ? null : date - now
}

/** Within a second and a day. */
export const bearable = (ms: number): number => Math.min(LONGEST_MS, Math.max(SHORTEST_MS, ms))

/** The delay that the answer's headers ask for, kept within a second and a day; null where they ask for none that can be read. */
export function askedDelay(headers: Headers, now: number): number | null {
  for (const name of HEADERS) {
    const value = headers.get(name)
    const delay = value === null ? null : delayOf(value, now)
    if (delay !== null) return bearable(delay)
  }
  return null
}

/** Without a header: a second, doubled with each refusal in a row, at most a quarter of an hour, spread at random. */
export const guessedDelay = (strikes: number, random: () => number): number => Math.max(SHORTEST_MS, random() * Math.min(15 * 60_000, 1_000 * 2 ** Math.min(strikes, 20)))
