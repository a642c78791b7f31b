/**
 * The arithmetic of windows. A request takes a place on a line on which places stand `everyMs` apart, and leaves at its place or at most `lateMs` behind it.
 * A window of the vendor's then sees the places of its own length and of `lateMs` before it, which are as many as it allows, whoever took them.
 */
import type { Allowance } from '#kit'

export interface Pace { readonly everyMs: number; readonly lateMs: number }
/** What a request takes of one budget. */
export interface Claim extends Pace { readonly name: string; readonly cost: number }
/** Per budget, the first place that is free. */
export type Heads = Readonly<Record<string, number>>
/** When a request may leave, and until when. */
export interface Departure { readonly at: number; readonly until: number }

/** How far apart requests that left in order may arrive in a heap: networks and busy processes delay some and not others. */
const wireMs = (windowMs: number): number => Math.min(windowMs / 10, Math.max(100, Math.min(1_000, windowMs / 50)))

/** A tenth of a window late at most; more where the window is so short that asking for a place takes a good part of it. */
export function paceOf({ count, perSeconds, share = 1 }: Allowance): Pace {
  const windowMs = perSeconds * 1000
  const lateMs = Math.max(windowMs / 10, Math.min(150, windowMs / 4))
  return { everyMs: (windowMs + lateMs + wireMs(windowMs)) / Math.max(1, Math.floor(count * share)), lateMs }
}

/**
 * The earliest departure that every claim allows, and the line behind it. All of what it costs has to be there when it leaves.
 * `inOrder`: it takes the first free place of every budget, so that none is passed over.
 * After a while of quiet, half of the lateness may be used up at once by those that leave together; the other half is time to use a place that was fetched from afar.
 */
export function depart(heads: Heads, floor: number, claims: readonly Claim[], from: number): Departure & { readonly heads: Heads; readonly inOrder: boolean } {
  const headOf = (name: string): number => Math.max(heads[name] ?? 0, floor)
  const at = Math.max(from, ...claims.map(({ name, cost, everyMs }) => headOf(name) + (cost - 1) * everyMs))
  const next: Record<string, number> = { ...heads }
  let until = Infinity
  let inOrder = true
  for (const { name, cost, everyMs, lateMs } of claims) {
    const place = Math.max(headOf(name), at - lateMs / 2)
    next[name] = place + cost * everyMs
    until = Math.min(until, place + lateMs)
    inOrder &&= place === headOf(name)
  }
  return { at, until, heads: next, inOrder }
}
