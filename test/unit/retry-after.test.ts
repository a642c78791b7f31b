import { expect, test } from 'vitest'
import { askedDelay, guessedDelay } from '#src/upstream/retry-after'

const NOW = Date.parse('2026-03-01T12:00:00Z')
const SECOND = 1000
const DAY = 86_400 * SECOND

test.each<[string, Record<string, string>, number | null]>([
  ['seconds', { 'retry-after': '120' }, 120 * SECOND],
  ['seconds with a fraction', { 'retry-after': '1.5' }, 1_500],
  ['zero', { 'retry-after': '0' }, SECOND],
  ['a negative number', { 'retry-after': '-30' }, SECOND],
  ['ten years', { 'retry-after': '315360000' }, DAY],
  ['an HTTP date', { 'retry-after': 'Sun, 01 Mar 2026 12:05:00 GMT' }, 300 * SECOND],
  ['an HTTP date of the old form', { 'retry-after': 'Sunday, 01-Mar-26 12:05:00 GMT' }, 300 * SECOND],
  ['an HTTP date in the past', { 'retry-after': 'Sun, 01 Mar 2026 11:00:00 GMT' }, SECOND],
  ['an HTTP date in ten years', { 'retry-after': 'Sat, 01 Mar 2036 12:00:00 GMT' }, DAY],
  ['garbage', { 'retry-after': 'soon 5' }, null],
  ['nothing', {}, null],
  ['an empty value', { 'retry-after': '' }, null],
  ['RateLimit-Reset as a span', { 'ratelimit-reset': '45' }, 45 * SECOND],
  ['X-RateLimit-Reset as a moment in seconds', { 'x-ratelimit-reset': String(NOW / 1000 + 90) }, 90 * SECOND],
  ['X-RateLimit-Reset as a moment in milliseconds', { 'x-ratelimit-reset': String(NOW + 90_000) }, 90 * SECOND],
  ['X-RateLimit-Reset as a moment in the past', { 'x-ratelimit-reset': String(NOW / 1000 - 90) }, SECOND],
  ['garbage, and a reset that can be read', { 'retry-after': 'later', 'ratelimit-reset': '7' }, 7 * SECOND],
  ['two that differ: Retry-After says it', { 'retry-after': '3', 'x-ratelimit-reset': '99' }, 3 * SECOND],
  ['an ISO date', { 'retry-after': '2026-03-01T12:00:30Z' }, 30 * SECOND],
])('F02 reads %s', (_what, headers, expected) => {
  expect(askedDelay(new Headers(headers), NOW)).toBe(expected)
})

test('F02 without a header the delay doubles, spread at random, between a second and a quarter of an hour', () => {
  const full = Array.from({ length: 16 }, (_, strikes) => guessedDelay(strikes, () => 1))
  expect(full.slice(0, 4)).toEqual([1000, 2000, 4000, 8000])
  expect(full.at(-1)).toBe(15 * 60_000)
  expect(guessedDelay(8, () => 0.5)).toBe(128_000)
  expect(guessedDelay(0, () => 0)).toBe(1000)
})
