import { Fault } from '../errors.ts'
import type { FaultCode } from '../errors.ts'
import type { Cells } from './cells.ts'

/** Leaves a vendor's host alone while it is in trouble, in all processes; other hosts are not concerned. */
export interface Breaker {
  /** A fault where the host is left alone. `mayAsk`: this request may be the one that asks how the host is. */
  readonly pass: (host: string, mayAsk: boolean) => Promise<void>
  /** What became of a request that passed. */
  readonly report: (host: string, outcome: 'good' | 'bad') => Promise<void>
}

/** What is the host's failure and not an answer. */
const TROUBLE: ReadonlySet<FaultCode> = new Set(['upstream.unavailable', 'upstream.unreachable', 'upstream.timed_out', 'upstream.cut_short', 'upstream.tls'])
export const isTrouble = (code: FaultCode | null): boolean => code !== null && TROUBLE.has(code)

export interface Host {
  readonly counts: readonly { readonly at: number; readonly good: number; readonly bad: number }[]
  /** Null: closed. Before it nothing is sent; after it one request at a time asks how the host is. */
  readonly openUntil: number | null
  readonly probeUntil: number
}
const quiet: Host = { counts: [], openUntil: null, probeUntil: 0 }

const WINDOW_MS = 60_000
const SPAN_MS = 5_000
const ENOUGH = 20
const SHARE = 0.5
/** So many, and nothing good: nobody needs to see more. */
const ENOUGH_ALONE = 10
/** With the schedule's own spread the next look is within a minute. */
const OPEN_MS = 45_000
const PROBE_MS = 60_000
const LOOK_MS = 5_000
/** What others saw is looked at so often. */
const FRESH_MS = 2_000
const REMEMBERED = 5_000

const leftAlone = (host: string, until: number): Fault => new Fault('upstream.unavailable', { retryAt: new Date(until), detail: `${host} has been failing, so it is left alone for a while; nothing was sent.` })
const sumOf = ({ counts }: Host, what: 'good' | 'bad'): number => counts.reduce((sum, span) => sum + span[what], 0)

/** Counts outcomes, and opens where most of many are bad. */
export function count(host: Host, good: number, bad: number, now: number): Host {
  const kept = host.counts.filter(({ at }) => at > now - WINDOW_MS)
  const last = kept.at(-1)
  const counts = last !== undefined && now - last.at < SPAN_MS ? [...kept.slice(0, -1), { ...last, good: last.good + good, bad: last.bad + bad }] : [...kept, { at: now, good, bad }]
  const counted = { ...host, counts }
  const [goods, bads] = [sumOf(counted, 'good'), sumOf(counted, 'bad')]
  const opens = bads > 0 && ((goods + bads >= ENOUGH && bads >= (goods + bads) * SHARE) || (goods === 0 && bads >= ENOUGH_ALONE))
  return opens && host.openUntil === null ? { ...counted, openUntil: now + OPEN_MS } : counted
}

interface Known { host: Host; lookedAt: number; good: number }

export function createBreaker({ cells }: { readonly cells: Cells }): Breaker {
  const { now } = cells
  const hosts = new Map<string, Known>()
  const keyOf = (host: string): string => `host ${host}`

  function knownOf(host: string): Known {
    let known = hosts.get(host)
    if (known === undefined) {
      if (hosts.size >= REMEMBERED) hosts.clear()
      known = { host: quiet, lookedAt: -Infinity, good: 0 }
      hosts.set(host, known)
    }
    return known
  }

  async function change<R>(host: string, step: (state: Host, at: number) => { readonly state: Host; readonly result: R }): Promise<R> {
    const known = knownOf(host)
    const { state, result } = await cells.change<Host, { state: Host; result: R }>(keyOf(host), (stored, at) => {
      const stepped = step(stored ?? quiet, at)
      return { state: stepped.state === quiet ? stored : stepped.state, result: stepped }
    })
    known.host = state
    known.lookedAt = now()
    return result
  }

  /** What went well since it was last told matters only where something went wrong. */
  async function look(host: string, known: Known): Promise<void> {
    const { good } = known
    known.good = 0
    await change(host, (state, at) => ({ state: good > 0 && state.openUntil === null && state.counts.some(({ bad, at: then }) => bad > 0 && then > at - WINDOW_MS) ? count(state, good, 0, at) : state, result: null }))
  }

  return {
    async pass(host, mayAsk) {
      const known = knownOf(host)
      if (now() - known.lookedAt > FRESH_MS) await look(host, known)
      if (known.host.openUntil === null) return
      if (known.host.openUntil > now()) throw leftAlone(host, known.host.openUntil)
      const again = await change(host, (state, at) => {
        if (state.openUntil === null) return { state, result: null }
        if (state.openUntil > at) return { state, result: state.openUntil }
        return state.probeUntil > at || !mayAsk ? { state, result: at + LOOK_MS } : { state: { ...state, probeUntil: at + PROBE_MS }, result: null }
      })
      if (again !== null) throw leftAlone(host, again)
    },
    async report(host, outcome) {
      const known = knownOf(host)
      if (outcome === 'good' && known.host.openUntil === null) {
        known.good += 1
        return
      }
      const { good } = known
      known.good = 0
      await change(host, (state, at) => {
        // What was on its way when it opened says nothing new; the probe does.
        if (outcome === 'good') return { state: state.openUntil === null || state.openUntil > at ? state : { ...quiet }, result: null }
        if (state.openUntil === null) return { state: count(state, good, 1, at), result: null }
        return { state: state.openUntil > at ? state : { ...state, openUntil: at + OPEN_MS, probeUntil: 0 }, result: null }
      })
    },
  }
}
