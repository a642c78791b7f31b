import { setTimeout as delay } from 'node:timers/promises'
import type { Counted, Send, SessionAsk } from '#kit'
import type { Egress, Hop } from '../egress/exchange.ts'
import { Fault } from '../errors.ts'
import type { FaultCode } from '../errors.ts'
import type { LogEntry } from '../logs/entry.ts'
import { addressFor } from './address.ts'
import type { Budget } from './budget.ts'
import type { Door, DoorAccount, DoorContext, FileAnswer, FileDoor, RawAnswer, RawDoor, TokenDoor } from './door.ts'
import { entryOf } from './entry.ts'
import { judge } from './judge.ts'
import type { Verdict } from './judge.ts'
import { createLimiter, type Slot } from './limiter.ts'
import { answerOf, shareOf } from './passed.ts'
import { pauseBefore } from './pause.ts'
import { payloadOf } from './payload.ts'
import type { Redactor } from './redact.ts'
import { refreshing } from './refresh.ts'
import { askedDelay, bearable, guessedDelay } from './retry-after.ts'
import { sendThroughKy, type Outgoing } from './transport.ts'
import { createSessions, plainHeaders, renewing, unlock, type HeldSession, type Opened } from './unlock.ts'

export interface DoorDeps {
  readonly egress: Egress
  readonly budget: Budget
  readonly log: (entry: LogEntry) => void
  readonly now?: () => number
  /** Spans between requests are told by a clock that nobody sets. */
  readonly ticks?: () => number
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>
  readonly random?: () => number
}

/** No attempt begins later than this after the first: who waits longer is better served by the run's own schedule. */
const RETRY_WINDOW_MS = 10_000

const REFUSALS: ReadonlySet<FaultCode> = new Set(['upstream.unauthorized', 'upstream.forbidden', 'upstream.rejected'])

const isStale = (fault: Fault, session: HeldSession | null, renewed: boolean): boolean => fault.code === 'upstream.unauthorized' && session !== null && !renewed

type Turn = (asked: Counted) => Promise<void>
interface Done { readonly hop: Hop; readonly verdict: Verdict; readonly logId: string; readonly redact: Redactor }

const sleepFor = async (ms: number, signal?: AbortSignal): Promise<void> => { await delay(ms, undefined, signal === undefined ? {} : { signal }) }

/** The one door out: authorises, limits, sends, judges, retries what passes by itself, and logs every attempt and hop. */
export function createDoor({ egress, budget, log, now = Date.now, ticks = now === Date.now ? () => performance.now() : now, sleep = sleepFor, random = Math.random }: DoorDeps): Door & RawDoor & FileDoor & TokenDoor {
  const limiter = createLimiter({ now: ticks, sleep })
  // Requests of callers stand in a line of their own first, which lets only so many through to the one that all share.
  const callers = createLimiter({ now: ticks, sleep })
  const sessions = createSessions(now)
  const strikes = new Map<string, number>()

  /** Sends once. Every hop is logged, the last one with what it was judged to be. */
  async function attempt(account: DoorAccount, context: DoorContext, outgoing: Outgoing, url: URL, opened: Opened, number: number): Promise<Done> {
    const hops: Hop[] = []
    const write = (hop: Hop, code: FaultCode | null): string => {
      const entry = entryOf(hop, { account, context, redact: opened.redact, attempt: number, code })
      log(entry)
      return entry.id
    }
    let judged: FaultCode | null = null
    let fileLog = ''
    const over = (done: Hop): void => {
      if (done.stream === null) hops.push(done)
      else fileLog = write(done, done.fault?.code ?? judged)
    }
    try {
      const hop = await sendThroughKy(egress, account, context, outgoing, url, opened.headers, over)
      const verdict = judge(account.provider, hop.status!, hop.headers, hop.body)
      if (hop.stream !== null) {
        for (const passed of hops) write(passed, null)
        judged = verdict.code
        // An error under a good status is no file. That ends the hop, and writes its log.
        if (judged !== null) hop.stream.destroy()
        return { hop, verdict, logId: fileLog, redact: opened.redact }
      }
      for (const passed of hops.slice(0, -1)) write(passed, null)
      return { hop, verdict, logId: write(hop, outgoing.raw && verdict.code === 'upstream.not_json' ? null : verdict.code), redact: opened.redact }
    } catch (error) {
      const fault = error instanceof Fault ? error : null
      const last = hops.at(-1)
      for (const passed of hops.slice(0, -1)) write(passed, null)
      const logId = last === undefined ? undefined : write(last, fault?.code ?? null)
      if (fault === null) throw error
      throw new Fault(fault.code, { ...fault.facts, ...(logId === undefined ? {} : { logId }), ...(typeof last?.status === 'number' ? { upstreamStatus: last.status } : {}) }, fault.cause)
    }
  }

  /** The fault for an answer that was judged to be one. A rate limit becomes a pause that every process keeps. */
  async function faultOf(account: DoorAccount, { hop, verdict, logId }: Done, code: FaultCode): Promise<Fault> {
    const facts = { logId, upstreamStatus: hop.status!, ...(verdict.detail === undefined ? {} : { detail: verdict.detail }) }
    if (code !== 'upstream.rate_limited') return new Fault(code, facts, verdict.cause)
    const strike = strikes.get(account.id) ?? 0
    strikes.set(account.id, strike + 1)
    const own = account.provider.limits.wait?.({ status: hop.status!, headers: hop.headers, body: verdict.body }, new Date(now())) ?? null
    const asked = own === null ? askedDelay(hop.headers, now()) : bearable(own * 1000)
    // A little later than asked, spread, so that all accounts of a vendor do not come back in the same instant.
    const until = new Date(now() + Math.round(asked === null ? guessedDelay(strike, random) : asked * (1 + random() * 0.1)))
    // This process keeps the pause whether or not the others could be told.
    await budget.pause(account, until, `The vendor answered ${hop.status}.`).catch(() => undefined)
    return new Fault(code, { ...facts, retryAt: until })
  }

  /** Hands secrets in, and tells how the answer is judged. Neither body is kept. */
  async function exchange(account: DoorAccount, context: DoorContext, { url, form, body, headers, method = 'POST', ...place }: SessionAsk, plain: Record<string, string>, redact: Redactor): Promise<Done> {
    const sent = payloadOf({ form, body })
    const address = url === undefined ? addressFor(account.provider.baseUrl(account.setup), place) : new URL(url)
    return attempt(account, { ...context, bodies: false }, { method, asked: { method, ...place }, raw: false, repeatable: true, headers: { ...headers, ...sent.type }, body: sent.body }, address, { headers: plain, redact, session: null }, 1)
  }

  /** That credentials are not good for a session is said in many ways, and all of them mean that the customer must connect again. */
  const unlocked = (account: DoorAccount, context: DoorContext, turn: Turn): Promise<Opened> => unlock(account, sessions, now, {
    refresh: refreshing(exchange, account, context, now),
    async session(ask, plain, redact) {
      await turn({ ...ask, method: ask.method ?? 'POST' })
      const done = await exchange(account, context, ask, plain, redact)
      const { code } = done.verdict
      if (code !== null) throw await faultOf(account, done, REFUSALS.has(code) ? 'upstream.unauthorized' : code)
      return done.verdict.body
    },
  })

  async function stayQuiet(account: DoorAccount): Promise<void> {
    const pausedUntil = await budget.pausedUntil(account)
    if (pausedUntil !== null) throw new Fault('upstream.rate_limited', { retryAt: pausedUntil, detail: 'The vendor asked us to wait; nothing was sent.' })
  }

  async function send(account: DoorAccount, context: DoorContext, open: (turn: Turn) => Promise<Opened>, forget: (session: HeldSession | null) => void, outgoing: Outgoing, url: URL): Promise<Done> {
    const { signal } = context
    await stayQuiet(account)
    const slot = await limiter.enter(account.id, account.provider.limits, signal)
    let goesOn = false
    try {
      const began = now()
      let renewed = false
      for (let number = 1; ; number++) {
        let fault: Fault
        let session: HeldSession | null = null
        try {
          // An exchange is a request like any other to the vendor, so it stands in line too, and before this one does.
          const opened = await open(async (asked) => { await slot.turn(signal, asked); await stayQuiet(account) })
          session = opened.session
          await slot.turn(signal, outgoing.asked)
          // Again: another request may have been told to stop while this one stood in line.
          await stayQuiet(account)
          signal?.throwIfAborted()
          const done = await attempt(account, context, outgoing, url, opened, number)
          if (done.verdict.code === null) {
            strikes.delete(account.id)
            goesOn = holds(slot, done)
            return done
          }
          fault = await faultOf(account, done, done.verdict.code)
          // A caller gets the answer as it is; that the vendor asked for silence holds for all the same.
          if (outgoing.raw && !isStale(fault, session, renewed)) return done
        } catch (error) {
          if (!(error instanceof Fault)) throw error
          fault = error
        }
        if (fault.code === 'upstream.unauthorized') forget(session)
        // A session may end before its time. Whatever was asked was not done, so it is asked again, once, with a new one.
        if (isStale(fault, session, renewed)) {
          renewed = true
          continue
        }
        const pause = pauseBefore(outgoing, context, fault, number, random)
        if (pause === null || now() + pause > began + RETRY_WINDOW_MS) throw fault
        if (pause > 0) await sleep(pause, signal)
      }
    } finally {
      if (!goesOn) slot.leave()
    }
  }

  /** For a caller of ours who waits, in the line of callers. */
  async function sendForCaller(account: DoorAccount, context: DoorContext, outgoing: Outgoing, url: URL): Promise<Done> {
    const slot = await callers.enter(account.id, shareOf(account.provider.limits), context.signal)
    let goesOn = false
    try {
      await slot.turn(context.signal, outgoing.asked)
      const done = await send(account, { ...context, retries: false }, (turn) => unlocked(account, context, turn), (session) => { if (session !== null) sessions.forget(session) }, outgoing, url)
      goesOn = holds(slot, done)
      return done
    } finally {
      if (!goesOn) slot.leave()
    }
  }

  return {
    open(account, context): Send {
      let opened: Promise<Opened> | null = null
      let until = Infinity
      const forget = (session: HeldSession | null): void => {
        opened = null
        if (session !== null) sessions.forget(session)
      }
      const open = (turn: Turn): Promise<Opened> => {
        if (now() >= until) opened = null
        until = Infinity
        opened = (opened ?? unlocked(account, context, turn)).then((entry) => { until = entry.session?.until ?? Infinity; return entry }, (error: unknown) => { opened = null; throw error })
        return opened
      }
      return async (asked) => {
        const { method, body, form, headers, isRead, ...place } = asked
        const sent = payloadOf({ form, body })
        const url = addressFor(account.provider.baseUrl(account.setup), place)
        const outgoing: Outgoing = { method, asked, raw: false, repeatable: isRead ?? method === 'GET', headers: { ...headers, ...sent.type }, body: sent.body }
        const { hop, verdict, logId } = await (context.forCaller === true ? sendForCaller(account, context, outgoing, url) : send(account, context, open, forget, outgoing, url))
        return { status: hop.status!, headers: hop.headers, body: verdict.body, logId }
      }
    },
    async renew(account, context, unusedDays) {
      await account.consent.hold({ unusedDays }, renewing(account.provider, plainHeaders(account.provider), { refresh: refreshing(exchange, account, context, now) }))
    },
    async pass(account, context, { path, search, ...outgoing }): Promise<RawAnswer> {
      const url = addressFor(account.provider.baseUrl(account.setup), { path, search })
      const asked = { method: outgoing.method, path, ...(search !== '' && { query: Object.fromEntries(new URLSearchParams(search)) }) }
      const { hop, verdict, logId, redact } = await sendForCaller(account, context, { ...outgoing, asked, raw: true, repeatable: outgoing.method === 'GET' }, url)
      return { status: hop.status!, headers: hop.headers, logId, ...answerOf(hop, verdict, redact) }
    },
    async download(account, context, { headers = {}, ...place }, file): Promise<FileAnswer> {
      const url = addressFor(account.provider.baseUrl(account.setup), place)
      const { hop } = await sendForCaller(account, context, { method: 'GET', asked: { method: 'GET', ...place }, headers, body: null, raw: false, repeatable: true, file }, url)
      return { headers: hop.headers, stream: hop.stream! }
    },
  }
}

/** A file that is still coming keeps its place until it is over. */
function holds(slot: Slot, { hop: { stream } }: Done): boolean {
  stream?.once('close', slot.leave)
  return stream !== null
}
