import { randomUUID } from 'node:crypto'
import type { Counted, Remaining } from '#kit'
import { Fault } from '../errors.ts'
import type { Claim, Departure } from './allowance.ts'
import type { Cells } from './cells.ts'
import { claimsFor, countersOf, type Counter } from './counted-by.ts'
import type { DoorAccount } from './door.ts'
import { accept, ask, fresh, learn, refuse, takeOwn, type Tenant } from './tenant.ts'

/** Keeps an account within what its vendor allows, together with all other processes. */
export interface Limiter {
  /** Waits until this request may leave; it leaves at once or not at all. A fault where that would be long: whoever waits then gives its place to others. */
  readonly turn: (account: DoorAccount, request: Counted, options?: { readonly caller?: boolean; readonly signal?: AbortSignal | undefined }) => Promise<void>
  /** A fault where the vendor is known to want silence. */
  readonly stayQuiet: (account: DoorAccount) => void
  /** The vendor asked for silence. Gives its end. */
  readonly refused: (account: DoorAccount, askedMs: number | null) => Promise<Date>
  /** The vendor answered otherwise. */
  readonly answered: (account: DoorAccount, left: Remaining | null, underWay: number) => Promise<void>
}

/** Longer than this nobody waits with a worker's slot in hand. */
const LONGEST_WAIT_MS = 5_000
/** What is left is told to others so often; more often where little is. */
const TELL_MS = 1_000
const LONGEST_TRIP_MS = 2_000
const MOST_AT_ONCE = 200
const SWEEP_AT = 5_000

interface Lane {
  /** The tenant, while it is ours alone. */
  own: Tenant | null
  fetching: Promise<void> | null
  pausedUntil: number
  refused: boolean
  toldAt: number
  usedAt: number
  tripMs: number
  readonly stocks: Map<string, Stock>
}
/** Places that were fetched for requests of one kind. */
interface Stock {
  departures: readonly Departure[]
  waiting: number
  /** When requests of this kind left of late. */
  recent: readonly number[]
  /** Nobody asks before then: it is another's turn, or the vendor's silence. */
  again: { readonly at: number; readonly silent: boolean; readonly heardAt: number } | null
}

export interface LimiterDeps {
  readonly cells: Cells
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
  readonly random?: () => number
  /** Names this process among those that share the cells. */
  readonly process?: string
}

const silence = (until: number): Fault => new Fault('upstream.rate_limited', { retryAt: new Date(until), detail: 'The vendor asked us to wait, or what it allows is used up; nothing was sent.' })

export function createLimiter({ cells, sleep, random = Math.random, process = randomUUID() }: LimiterDeps): Limiter {
  const { now } = cells
  const lanes = new Map<string, Lane>()

  function laneOf(key: string): Lane {
    let lane = lanes.get(key)
    if (lane === undefined) {
      if (lanes.size >= SWEEP_AT) for (const [other, { usedAt, fetching }] of lanes) if (usedAt < now() - 60_000 && fetching === null) lanes.delete(other)
      lane = { own: null, fetching: null, pausedUntil: 0, refused: false, toldAt: 0, usedAt: 0, tripMs: 0, stocks: new Map() }
      lanes.set(key, lane)
    }
    return lane
  }
  /** Whole milliseconds: timers know no others. */
  const wait = async (until: number, silent: boolean, signal: AbortSignal | undefined): Promise<void> => {
    if (silent) throw silence(until)
    await sleep(Math.max(1, Math.ceil(until - now())), signal)
  }
  const assertHeard = ({ pausedUntil }: Lane): void => { if (pausedUntil > now()) throw silence(pausedUntil) }

  /** Changes what all know of a tenant. */
  async function change<R>(key: string, step: (tenant: Tenant, at: number) => { readonly tenant: Tenant; readonly result: R }): Promise<{ readonly tenant: Tenant; readonly result: R }> {
    const lane = laneOf(key)
    const changed = await cells.change<Tenant, { tenant: Tenant; result: R }>(key, (stored, at) => {
      const result = step(stored ?? fresh, at)
      return { state: result.tenant === fresh ? stored : result.tenant, result }
    })
    lane.pausedUntil = Math.max(lane.pausedUntil, changed.tenant.pausedUntil)
    lane.refused = changed.tenant.refusals > 0
    return changed
  }

  /** Fetches places, or the right to take them here. One at a time for a tenant: what is ours must not be used while it is on its way. */
  async function fill(key: string, lane: Lane, stock: Stock, claims: readonly Claim[], caller: boolean): Promise<void> {
    const { own } = lane
    const { waiting } = stock
    lane.own = null
    const horizonMs = Math.min(1_000, ...claims.map(({ lateMs }) => lateMs / 2))
    stock.recent = stock.recent.filter((at) => at > now() - horizonMs)
    const wants = Math.min(MOST_AT_ONCE, Math.max(waiting, stock.recent.length))
    const asked = now()
    const { tenant, result: { departures, again, silent } } = await change(key, (stored, at) => {
      const { tenant: next, granted } = ask(stored, { process, claims, caller, wants, waiting, own, tripMs: lane.tripMs }, at, LONGEST_WAIT_MS)
      return { tenant: next, result: granted }
    })
    lane.tripMs = Math.min(LONGEST_TRIP_MS, Math.max(0, now() - asked))
    lane.own = tenant.owner === process ? tenant : null
    stock.departures = [...stock.departures, ...departures]
    stock.again = again === null ? null : { at: again, silent, heardAt: now() }
  }

  /** The next place that is there without asking anybody. */
  function atHand(lane: Lane, stock: Stock, claims: readonly Claim[], caller: boolean): Departure | { readonly waitUntil: number } | null {
    stock.departures = stock.departures.filter(({ until }) => until >= now())
    const [first, ...rest] = stock.departures
    stock.departures = rest
    if (first !== undefined) return first
    const own = lane.own === null ? null : takeOwn(lane.own, { claims, caller }, now())
    if (own === null || 'waitUntil' in own) return own
    lane.own = own.tenant
    return own.departure
  }

  /** A place with one counter, and the wait for it. */
  async function place({ key }: Counter, claims: readonly Claim[], caller: boolean, signal: AbortSignal | undefined): Promise<Departure> {
    const lane = laneOf(key)
    const kind = `${caller ? 'caller' : 'sync'} ${claims.map(({ name, cost }) => `${name}=${cost}`).join(' ')}`
    const stock = lane.stocks.get(kind) ?? { departures: [], waiting: 0, recent: [], again: null }
    lane.stocks.set(kind, stock)
    for (;;) {
      signal?.throwIfAborted()
      assertHeard(lane)
      lane.usedAt = now()
      const departure = atHand(lane, stock, claims, caller)
      if (departure !== null && 'waitUntil' in departure) {
        await wait(departure.waitUntil, departure.waitUntil > now() + LONGEST_WAIT_MS, signal)
        continue
      }
      if (departure !== null) {
        if (departure.at > now()) {
          await wait(departure.at, false, signal)
          if (departure.until < now()) continue
        }
        stock.recent = [...stock.recent.slice(-MOST_AT_ONCE), now()]
        return departure
      }
      const { again } = stock
      if (again !== null && again.at > now() && again.heardAt > now() - LONGEST_WAIT_MS) {
        await wait(again.at, again.silent, signal)
        continue
      }
      stock.waiting += 1
      try {
        await (lane.fetching ??= fill(key, lane, stock, claims, caller).finally(() => { lane.fetching = null }))
      } finally {
        stock.waiting -= 1
      }
    }
  }

  return {
    async turn(account, request, { caller = false, signal } = {}) {
      const open = countersOf(account).map((counter) => ({ counter, claims: claimsFor(counter, request), departure: null as Departure | null })).filter(({ claims }) => claims.length > 0)
      // With all counters in the same moment: a place that went by while another was waited for is fetched anew.
      for (let next = open[0]; next !== undefined; next = open.find(({ departure }) => departure === null || (open.length > 1 && departure.until < now()))) next.departure = await place(next.counter, next.claims, caller, signal)
      // Another request may have been told to stop while this one stood in line.
      for (const { counter } of open) assertHeard(laneOf(counter.key))
    },
    stayQuiet(account) {
      for (const { key } of countersOf(account)) { const lane = lanes.get(key); if (lane !== undefined) assertHeard(lane) }
    },
    async refused(account, askedMs) {
      const { key } = countersOf(account)[0]!
      const lane = laneOf(key)
      lane.own = null
      try {
        const { tenant } = await change(key, (stored, at) => ({ tenant: refuse(stored, askedMs, random, at), result: null }))
        return new Date(tenant.pausedUntil)
      } catch {
        // This process keeps the silence whether or not the others could be told.
        lane.pausedUntil = Math.max(lane.pausedUntil, refuse(fresh, askedMs, random, now()).pausedUntil)
        return new Date(lane.pausedUntil)
      }
    },
    async answered(account, left, underWay) {
      const { key } = countersOf(account)[0]!
      const lane = laneOf(key)
      if (lane.refused) {
        await change(key, (tenant) => ({ tenant: accept(tenant), result: null }))
        for (const stock of lane.stocks.values()) stock.again = null
      }
      if (left === null) return
      if (lane.own !== null) lane.own = learn(lane.own, left, underWay, now())
      else if (now() - lane.toldAt > TELL_MS || left.left < 2 * underWay) {
        lane.toldAt = now()
        await change(key, (tenant, at) => ({ tenant: learn(tenant, left, underWay, at), result: null }))
      }
    },
  }
}
