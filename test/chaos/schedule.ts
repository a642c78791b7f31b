/** All that is left to chance, from one number: the same seed gives the same schedule. */

export type Random = () => number

/** mulberry32: small, and the same everywhere. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export const below = (random: Random, count: number): number => Math.floor(random() * count)
export const pick = <T>(random: Random, values: readonly T[]): T => values[below(random, values.length)]!
function weighted<K extends string>(random: Random, weights: Readonly<Record<K, number>>): K {
  const entries = Object.entries(weights) as [K, number][]
  let at = random() * entries.reduce((sum, [, weight]) => sum + weight, 0)
  for (const [key, weight] of entries) if ((at -= weight) < 0) return key
  return entries.at(-1)![0]
}

/** Where in the code a slice is. Only in `taking` it has no lease yet. */
export const POINTS = ['taking', 'loading', 'beginning', 'renewing', 'renewed', 'reading page', 'page read', 'writing', 'mapping', 'committing', 'between pages', 'finishing', 'ending', 'releasing'] as const
export type Point = (typeof POINTS)[number]
export const holdsLease = (point: Point): boolean => point !== 'taking'

export type Signal = 'SIGKILL' | 'SIGSTOP' | 'SIGTERM'

/** What befalls one worker: a signal, at a point of its code, or some time after it is up. */
export interface Fate {
  readonly signal: Signal
  /** `soon`: one turn of the event loop later, when what the point is about to send is on its way. */
  readonly at: { readonly point: Point; readonly visit: number; readonly soon: boolean } | { readonly ms: number }
  /** How long it stays stopped, as a multiple of the lease. */
  readonly stopped: number
}

const SIGNALS: Readonly<Record<Signal, number>> = { SIGKILL: 58, SIGSTOP: 28, SIGTERM: 14 }
const AIMED: Readonly<Record<Point, number>> = { 'taking': 2, 'loading': 3, 'beginning': 4, 'renewing': 2, 'renewed': 3, 'reading page': 10, 'page read': 7, 'writing': 12, 'mapping': 12, 'committing': 22, 'between pages': 6, 'finishing': 10, 'ending': 10, 'releasing': 2 }

/** What half of the fates are to be, where somebody looks for one mistake. */
export interface Aim { readonly signal: Signal; readonly point: Point }

export function fateOf(random: Random, aim: Aim | null = null): Fate {
  if (aim !== null && random() < 0.5) return { signal: aim.signal, at: { point: aim.point, visit: 1 + below(random, 4), soon: false }, stopped: 2 + random() * 2 }
  const signal = weighted(random, SIGNALS)
  const aimed = random() < 0.8
  const point = weighted(random, AIMED)
  const at = aimed ? { point, visit: 1 + below(random, point === 'reading page' || point === 'committing' ? 10 : 4), soon: random() < 0.5 } : { ms: Math.round(random() ** 2 * 1800) }
  return { signal, at, stopped: 1.5 + random() * 2.5 }
}

/** What the network and Postgres do meanwhile. */
export type Squall = 'calm' | 'vendor slow' | 'vendor reset' | 'vendor cut' | 'vendor down' | 'postgres slow' | 'postgres reset' | 'commit unsent' | 'commit unanswered' | 'postgres cut'
export interface Spell { readonly squall: Squall; readonly ms: number }

const SQUALLS: Readonly<Record<Squall, number>> = { 'calm': 25, 'vendor slow': 12, 'vendor reset': 10, 'vendor cut': 8, 'vendor down': 4, 'postgres slow': 10, 'postgres reset': 9, 'commit unsent': 10, 'commit unanswered': 16, 'postgres cut': 6 }
export const spellOf = (random: Random): Spell => ({ squall: weighted(random, SQUALLS), ms: 300 + below(random, 1500) })
