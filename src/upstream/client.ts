import { setTimeout as delay } from 'node:timers/promises'
import type { Counted, Send, SessionAsk } from '#kit'
import type { Egress } from '../egress/exchange.ts'
import { Fault } from '../errors.ts'
import type { FaultCode } from '../errors.ts'
import type { LogEntry } from '../logs/entry.ts'
import { addressFor } from './address.ts'
import { createAttempt, type Attempt, type Done } from './attempt.ts'
import { createBreaker, isTrouble } from './breaker.ts'
import type { Budget } from './budget.ts'
import { countersOf } from './counted-by.ts'
import type { Door, DoorAccount, DoorContext, FileAnswer, FileDoor, RawAnswer, RawDoor, TokenDoor } from './door.ts'
import { leftIn } from './left.ts'
import { createLimiter } from './limiter.ts'
import { answerOf } from './passed.ts'
import { pauseBefore } from './pause.ts'
import { payloadOf } from './payload.ts'
import { createPlaces } from './places.ts'
import type { Redactor } from './redact.ts'
import { refreshing } from './refresh.ts'
import { askedDelay, bearable } from './retry-after.ts'
import type { Outgoing } from './transport.ts'
import { createSessions, plainHeaders, renewing, unlock, type HeldSession, type Opened } from './unlock.ts'

export interface DoorDeps {
  readonly egress: Egress
  readonly budget: Budget
  readonly log: (entry: LogEntry) => void
  readonly now?: () => number
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>
  readonly random?: () => number
  /** Requests of callers that may be under way in this process at once, whosever and whatever for: each may hold a large answer in memory. */
  readonly callersAtOnce?: number
}

const CALLERS_AT_ONCE = 64
/** What one organisation may have of them. */
const ORGANIZATIONS_SHARE = 0.5

/** No attempt begins later than this after the first: who waits longer is better served by the run's own schedule. */
const RETRY_WINDOW_MS = 10_000

const REFUSALS: ReadonlySet<FaultCode> = new Set(['upstream.unauthorized', 'upstream.forbidden', 'upstream.rejected'])

/** More than once only where its time was over when it arrived, because it stood in line or its process was stopped: that says nothing of what it came from. */
const MOST_RENEWALS = 3
const isStale = (fault: Fault, session: HeldSession | null, renewals: number, at: number): boolean =>
  fault.code === 'upstream.unauthorized' && session !== null && (renewals === 0 || (renewals < MOST_RENEWALS && session.until <= at))

/** What callers may have under way of what the vendor allows an account at once. */
const CALLERS_SHARE = 0.8

type Turn = (asked: Counted) => Promise<void>
type SentOnce = Parameters<Attempt> extends [unknown, ...infer Rest] ? Rest : never

const sleepFor = async (ms: number, signal?: AbortSignal): Promise<void> => { await delay(ms, undefined, signal === undefined ? {} : { signal }) }

/** The one door out: authorises, limits, sends, judges, retries what passes by itself, and logs every attempt and hop. */
export function createDoor({ egress, budget, log, now = Date.now, sleep = sleepFor, random = Math.random, callersAtOnce = CALLERS_AT_ONCE }: DoorDeps): Door & RawDoor & FileDoor & TokenDoor {
  const limiter = createLimiter({ cells: budget.cells, sleep, random })
  const sendOnce = createAttempt({ egress, log, breaker: createBreaker(budget) })
  const places = createPlaces()
  const sessions = createSessions(now)

  /** Sends once, and hears what the answer tells of what is left. */
  async function attempt(account: DoorAccount, ...sent: SentOnce): Promise<Done> {
    const done = await sendOnce(account, ...sent)
    const { hop: { status, headers }, verdict: { code } } = done
    if (code !== 'upstream.rate_limited' && !isTrouble(code)) await limiter.answered(account, account.provider.limits.left?.({ status: status!, headers }) ?? leftIn(headers, now()), places.taken(placesOf(account)))
    return done
  }

  /** The fault for an answer that was judged to be one. A rate limit becomes a pause that every process keeps. */
  async function faultOf(account: DoorAccount, { hop, verdict, logId }: Done, code: FaultCode): Promise<Fault> {
    const facts = { logId, upstreamStatus: hop.status!, ...(verdict.detail === undefined ? {} : { detail: verdict.detail }) }
    if (code !== 'upstream.rate_limited') return new Fault(code, facts, verdict.cause)
    const own = account.provider.limits.wait?.({ status: hop.status!, headers: hop.headers, body: verdict.body }, new Date(now())) ?? null
    const until = await limiter.refused(account, own === null ? askedDelay(hop.headers, now()) : bearable(own * 1000))
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

  async function send(account: DoorAccount, context: DoorContext, open: (turn: Turn) => Promise<Opened>, forget: (session: HeldSession | null) => void, outgoing: Outgoing, url: URL): Promise<Done> {
    const { signal } = context
    limiter.stayQuiet(account)
    const leave = await places.enter(placesOf(account), account.provider.limits.concurrency, signal)
    const turn: Turn = (asked) => limiter.turn(account, asked, { caller: context.forCaller === true, signal })
    let goesOn = false
    try {
      const began = now()
      let renewals = 0
      for (let number = 1; ; number++) {
        let fault: Fault
        let session: HeldSession | null = null
        try {
          // An exchange is a request like any other to the vendor, so it stands in line too, and before this one does.
          const opened = await open(turn)
          session = opened.session
          await turn(outgoing.asked)
          signal?.throwIfAborted()
          const done = await attempt(account, context, outgoing, url, opened, number)
          if (done.verdict.code === null) {
            goesOn = holds(leave, done)
            return done
          }
          fault = await faultOf(account, done, done.verdict.code)
          // A caller gets the answer as it is; that the vendor asked for silence holds for all the same.
          if (outgoing.raw && !isStale(fault, session, renewals, now())) return done
        } catch (error) {
          if (!(error instanceof Fault)) throw error
          fault = error
        }
        if (fault.code === 'upstream.unauthorized') forget(session)
        // A session may end before its time. Whatever was asked was not done, so it is asked again with a new one.
        if (isStale(fault, session, renewals, now())) {
          renewals += 1
          continue
        }
        const pause = pauseBefore(outgoing, context, fault, number, random)
        if (pause === null || now() + pause > began + RETRY_WINDOW_MS) throw fault
        if (pause > 0) await sleep(pause, signal)
      }
    } finally {
      if (!goesOn) leave()
    }
  }

  /** Places in several lines, one after the other; whoever is kept waiting in one holds no place in those behind it. */
  async function inAll(lines: readonly (readonly [key: string, most: number])[], signal: AbortSignal | undefined): Promise<() => void> {
    const left: (() => void)[] = []
    const leave = (): void => { for (const one of left) one() }
    try {
      for (const [key, most] of lines) left.push(await places.enter(key, most, signal))
      return leave
    } catch (error) {
      leave()
      throw error
    }
  }

  /** For a caller of ours who waits. Callers stand in a line of their own first, which lets only so many through to the one that all share. */
  async function sendForCaller(account: DoorAccount, context: DoorContext, outgoing: Outgoing, url: URL): Promise<Done> {
    // A file passes through piece by piece, and takes as long as it is large: it is not what fills the memory.
    const leave = await inAll([
      [`callers ${placesOf(account)}`, Math.max(1, Math.floor(account.provider.limits.concurrency * CALLERS_SHARE))],
      ...(outgoing.file === undefined ? [[`callers of ${account.organizationId}`, Math.ceil(callersAtOnce * ORGANIZATIONS_SHARE)], ['callers', callersAtOnce]] as const : []),
    ], context.signal)
    const caller = { ...context, retries: false, forCaller: true }
    let goesOn = false
    try {
      const done = await send(account, caller, (turn) => unlocked(account, caller, turn), (session) => { if (session !== null) sessions.forget(session) }, outgoing, url)
      goesOn = holds(leave, done)
      return done
    } finally {
      if (!goesOn) leave()
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
        const { method, body, form, file, headers, isRead, ...place } = asked
        const sent = payloadOf({ form, file, body })
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
function holds(leave: () => void, { hop: { stream } }: Done): boolean {
  stream?.once('close', leave)
  return stream !== null
}

const placesOf = (account: DoorAccount): string => countersOf(account)[0]!.key
