/** What a vendor still allows one customer of its, as all processes see it. Pure: each step takes the state and the time and gives the next state. */
import type { Remaining } from '#kit'
import { depart, type Claim, type Departure, type Heads } from './allowance.ts'
import { guessedDelay } from './retry-after.ts'

export interface Tenant {
  readonly heads: Heads
  /** No place before this is free, of whatever budget. */
  readonly floor: number
  /** The vendor asked for silence until then, so many times in a row. */
  readonly pausedUntil: number
  readonly refusals: number
  /** After silence one request goes first, and the others wait for what becomes of it. */
  readonly probeUntil: number
  /** What the vendor said is left until some moment. */
  readonly left: { readonly count: number; readonly of: number | null; readonly until: number } | null
  /** The process that may take places without asking, as long as it is alone. */
  readonly owner: string | null
  readonly ownedUntil: number
  /** Until then several processes are taken to be at work. */
  readonly sharedUntil: number
  readonly last: string | null
  readonly lastAt: number
  /** When a caller of ours last asked. */
  readonly callersAt: number
}

export const fresh: Tenant = { heads: {}, floor: 0, pausedUntil: 0, refusals: 0, probeUntil: 0, left: null, owner: null, ownedUntil: 0, sharedUntil: 0, last: null, lastAt: 0, callersAt: 0 }

export interface Asking {
  readonly process: string
  /** What each of the requests takes. */
  readonly claims: readonly Claim[]
  /** A caller of ours waits, as opposed to a sync. */
  readonly caller: boolean
  /** How many it could use soon, and how many requests wait already. */
  readonly wants: number
  readonly waiting: number
  /** How long the way back took of late: a place is good for nothing before it is there. */
  readonly tripMs: number
  /** What the process took while it was the owner. */
  readonly own: Tenant | null
}

export interface Granted {
  readonly departures: readonly Departure[]
  /** Null, or when asking again makes sense. */
  readonly again: number | null
  /** True: the vendor is not to be asked before then. False: it is only somebody else's turn. */
  readonly silent: boolean
}

/** Callers may use this much of what is ours, and so may syncs while there are callers: neither starves the other. */
const LANE_SHARE = 0.8
const LANES_MS = 60_000
/** What is left for callers when syncs stop for the day. */
const CALLERS_LAST = 0.05
/** What is left for the customer's other tools, where the vendor says what is left for all. */
const OTHERS_LAST = 0.05
const OWNED_MS = 1_000
const SHARED_MS = 30_000
const PROBE_MS = 30_000
/** How soon to look what became of another's probe. */
const LOOK_MS = 5_000

const laneOf = (claim: Claim, lane: string): Claim => ({ ...claim, name: `${lane} ${claim.name}`, everyMs: claim.everyMs / LANE_SHARE })

function claimsOf(tenant: Tenant, { claims, caller }: Pick<Asking, 'claims' | 'caller'>, now: number): readonly Claim[] {
  if (caller) return [...claims, ...claims.map((claim) => laneOf(claim, 'callers'))]
  return now - tenant.callersAt < LANES_MS ? [...claims, ...claims.map((claim) => laneOf(claim, 'sync'))] : claims
}

/** Until when the vendor said that nothing is left for this lane; null: something is. */
function usedUp({ left }: Tenant, caller: boolean, now: number): number | null {
  if (left === null || left.until <= now) return null
  return left.count - (left.of ?? 0) * (OTHERS_LAST + (caller ? 0 : CALLERS_LAST)) < 1 ? left.until : null
}

function take(tenant: Tenant, asking: Pick<Asking, 'claims' | 'caller'>, now: number, from: number): { readonly tenant: Tenant; readonly departure: Departure; readonly inOrder: boolean } {
  const { heads, inOrder, ...departure } = depart(tenant.heads, tenant.floor, claimsOf(tenant, asking, now), from)
  const { left } = tenant
  return { departure, inOrder, tenant: { ...tenant, heads, ...(asking.caller && { callersAt: now }), left: left === null ? null : { ...left, count: left.count - 1 } } }
}

/** The owner takes a place without asking anybody, in the moment in which the request leaves; before then it hears how long to wait. Null: it has to ask. */
export function takeOwn(tenant: Tenant, asking: Pick<Asking, 'claims' | 'caller'>, now: number): { readonly tenant: Tenant; readonly departure: Departure } | { readonly waitUntil: number } | null {
  if (tenant.ownedUntil <= now || tenant.pausedUntil > now || tenant.refusals > 0 || usedUp(tenant, asking.caller, now) !== null) return null
  const taken = take(tenant, asking, now, now)
  if (taken.departure.at > now) return { waitUntil: taken.departure.at }
  // Whoever comes next begins behind the end of the ownership. Nothing that is taken now may reach beyond.
  return claimsOf(tenant, asking, now).every(({ name }) => taken.tenant.heads[name]! <= tenant.ownedUntil) ? taken : null
}

/** A process asks for places. While it is alone it becomes the owner; where several are at work each gets a few at a time. */
export function ask(stored: Tenant, asking: Asking, now: number, longestWaitMs: number): { readonly tenant: Tenant; readonly granted: Granted } {
  const { process, caller, wants, waiting, own, tripMs } = asking
  const waits = (tenant: Tenant, again: number, silent: boolean) => ({ tenant, granted: { departures: [], again, silent } })
  // What the owner took meanwhile; unless it came too late, and another began behind the end of its time.
  const mine = own !== null && stored.owner === process && stored.ownedUntil === own.ownedUntil
  let tenant: Tenant = mine ? { ...stored, heads: own.heads, left: own.left, callersAt: Math.max(own.callersAt, stored.callersAt) } : stored
  if (tenant.pausedUntil > now) return waits(tenant, tenant.pausedUntil, true)
  const empty = usedUp(tenant, caller, now)
  if (empty !== null) return waits(tenant, empty, empty > now + longestWaitMs)
  if (tenant.refusals > 0) {
    if (tenant.probeUntil > now) return waits(tenant, Math.min(tenant.probeUntil, now + LOOK_MS), true)
    const probing = take({ ...tenant, probeUntil: now + PROBE_MS, owner: null }, asking, now, now)
    if (probing.departure.at > now) return waits(tenant, probing.departure.at, probing.departure.at > now + longestWaitMs)
    return { tenant: probing.tenant, granted: { departures: [probing.departure], again: null, silent: false } }
  }
  if (tenant.owner !== null && !mine) {
    if (tenant.owner !== process && tenant.ownedUntil > now) return waits(tenant.sharedUntil >= tenant.ownedUntil ? tenant : { ...tenant, sharedUntil: now + SHARED_MS }, tenant.ownedUntil, false)
    tenant = { ...tenant, floor: Math.max(tenant.floor, tenant.ownedUntil), owner: null }
  }
  const another = tenant.last !== null && tenant.last !== process && now - tenant.lastAt < SHARED_MS
  tenant = { ...tenant, last: process, lastAt: now, sharedUntil: another ? now + SHARED_MS : tenant.sharedUntil }
  const alone = tenant.sharedUntil <= now
  const owned = { ...tenant, owner: alone ? process : null, ownedUntil: alone ? now + tripMs + OWNED_MS : 0 }
  if (alone && takeOwn(owned, asking, now) !== null) return { tenant: owned, granted: { departures: [], again: null, silent: false } }
  tenant = owned
  const departures: Departure[] = []
  // Beyond that only for those that wait already, and not by passing free places over: who waits for one budget must not hold the others of those that could go.
  const horizon = now + tripMs + Math.min(...asking.claims.map(({ lateMs }) => lateMs / 2))
  for (let n = 0; n < (alone ? 1 : wants) && (n === 0 || usedUp(tenant, caller, now) === null); n++) {
    const next = take(tenant, asking, now, departures.at(-1)?.at ?? now + tripMs)
    if (next.departure.at > horizon && !(n < waiting && next.inOrder && next.departure.at <= now + longestWaitMs)) {
      if (n === 0) return waits(tenant, next.departure.at, next.departure.at > now + longestWaitMs)
      break
    }
    departures.push(next.departure)
    tenant = next.tenant
  }
  return { tenant, granted: { departures, again: null, silent: false } }
}

/** The vendor asks for silence: for as long as it says, or longer each time where it does not say. */
export function refuse(tenant: Tenant, askedMs: number | null, random: () => number, now: number): Tenant {
  // What was under way together is refused together: that is one refusal.
  const refusals = tenant.pausedUntil > now ? tenant.refusals : tenant.refusals + 1
  // A little later than asked, spread, so that all accounts of a vendor do not come back in the same instant.
  const delay = askedMs === null ? guessedDelay(refusals - 1, random) : askedMs * (1 + random() * 0.1)
  return { ...tenant, refusals, pausedUntil: Math.max(tenant.pausedUntil, now + Math.round(delay)), probeUntil: 0, owner: null, ownedUntil: 0, floor: Math.max(tenant.floor, tenant.owner === null ? 0 : tenant.ownedUntil) }
}

/** An answer that is none of these: the silence is over. */
export const accept = (tenant: Tenant): Tenant => (tenant.refusals === 0 ? tenant : { ...tenant, refusals: 0, probeUntil: 0 })

/** What the vendor says is left, for better or worse; `underWay` are requests that it may not have counted yet. What it allows is never raised by it. */
export const learn = (tenant: Tenant, { left, of, resetSeconds }: Remaining, underWay: number, now: number): Tenant => ({ ...tenant, left: { count: left - underWay, of, until: now + resetSeconds * 1000 } })
