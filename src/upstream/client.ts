import { setTimeout as delay } from 'node:timers/promises'
import ky from 'ky'
import type { Send, UpstreamRequest, UpstreamResponse } from '#kit'
import type { Egress, Hop } from '../egress/exchange.ts'
import { Fault } from '../errors.ts'
import type { FaultCode } from '../errors.ts'
import type { LogEntry } from '../logs/entry.ts'
import { addressFor } from './address.ts'
import { authHeaders } from './authorize.ts'
import type { Budget } from './budget.ts'
import type { Door, DoorAccount, DoorContext } from './door.ts'
import { entryOf } from './entry.ts'
import { judge } from './judge.ts'
import type { Verdict } from './judge.ts'
import { createLimiter } from './limiter.ts'
import { createRedactor } from './redact.ts'
import type { Redactor } from './redact.ts'
import { askedDelay, guessedDelay } from './retry-after.ts'

export interface DoorDeps {
  readonly egress: Egress
  readonly budget: Budget
  readonly log: (entry: LogEntry) => void
  readonly now?: () => number
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>
  readonly random?: () => number
}

const ATTEMPTS = 4
/** No attempt begins later than this after the first: who waits longer is better served by the run's own schedule. */
const RETRY_WINDOW_MS = 10_000
const PASSING: ReadonlySet<FaultCode> = new Set(['upstream.unavailable', 'upstream.unreachable', 'upstream.timed_out', 'upstream.cut_short', 'upstream.not_json'])

/** What opened credentials give: headers to send, and what to keep out of the log. */
interface Opened { readonly headers: Record<string, string>; readonly redact: Redactor }

const sleepFor = async (ms: number, signal?: AbortSignal): Promise<void> => { await delay(ms, undefined, signal === undefined ? {} : { signal }) }

/** The one door out: authorises, limits, sends, judges, retries what passes by itself, and logs every attempt and hop. */
export function createDoor({ egress, budget, log, now = Date.now, sleep = sleepFor, random = Math.random }: DoorDeps): Door {
  const limiter = createLimiter({ now, sleep })
  const strikes = new Map<string, number>()

  /** Sends once. Every hop is logged, the last one with what it was judged to be. */
  async function attempt(account: DoorAccount, context: DoorContext, { method, body }: UpstreamRequest, url: URL, opened: Opened, number: number): Promise<{ hop: Hop; verdict: Verdict; logId: string }> {
    const hops: Hop[] = []
    const write = (hop: Hop, code: FaultCode | null): string => {
      const entry = entryOf(hop, { account, context, redact: opened.redact, attempt: number, code })
      log(entry)
      return entry.id
    }
    try {
      const hop = await sendThroughKy(egress, account, context, method, url, opened.headers, body, (done) => hops.push(done))
      const verdict = judge(account.provider, hop.status!, hop.headers, hop.body)
      for (const passed of hops.slice(0, -1)) write(passed, null)
      return { hop, verdict, logId: write(hop, verdict.code) }
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
  async function faultOf(account: DoorAccount, { hop, verdict, logId }: { hop: Hop; verdict: Verdict; logId: string }, code: FaultCode): Promise<Fault> {
    const facts = { logId, upstreamStatus: hop.status!, ...(verdict.detail === undefined ? {} : { detail: verdict.detail }) }
    if (code !== 'upstream.rate_limited') return new Fault(code, facts, verdict.cause)
    const strike = strikes.get(account.id) ?? 0
    strikes.set(account.id, strike + 1)
    const asked = askedDelay(hop.headers, now())
    // A little later than asked, spread, so that all accounts of a vendor do not come back in the same instant.
    const until = new Date(now() + Math.round(asked === null ? guessedDelay(strike, random) : asked * (1 + random() * 0.1)))
    // This process keeps the pause whether or not the others could be told.
    await budget.pause(account, until, `The vendor answered ${hop.status}.`).catch(() => undefined)
    return new Fault(code, { ...facts, retryAt: until })
  }

  async function stayQuiet(account: DoorAccount): Promise<void> {
    const pausedUntil = await budget.pausedUntil(account)
    if (pausedUntil !== null) throw new Fault('upstream.rate_limited', { retryAt: pausedUntil, detail: 'The vendor asked us to wait; nothing was sent.' })
  }

  async function send(account: DoorAccount, context: DoorContext, open: () => Promise<Opened>, forget: () => void, request: UpstreamRequest): Promise<UpstreamResponse> {
    const { signal } = context
    const url = addressFor(account.provider.baseUrl(account.setup), request)
    await stayQuiet(account)
    const slot = await limiter.enter(account.id, account.provider.limits, signal)
    try {
      const began = now()
      for (let number = 1; ; number++) {
        await slot.turn(signal)
        // Again: another request may have been told to stop while this one stood in line.
        await stayQuiet(account)
        signal?.throwIfAborted()
        const opened = await open()
        let fault: Fault
        try {
          const done = await attempt(account, context, request, url, opened, number)
          if (done.verdict.code === null) {
            strikes.delete(account.id)
            return { status: done.hop.status!, headers: done.hop.headers, body: done.verdict.body, logId: done.logId }
          }
          fault = await faultOf(account, done, done.verdict.code)
        } catch (error) {
          if (!(error instanceof Fault)) throw error
          fault = error
        }
        if (fault.code === 'upstream.unauthorized') forget()
        const pause = pauseBefore(request, context, fault, number, random)
        if (pause === null || now() + pause > began + RETRY_WINDOW_MS) throw fault
        if (pause > 0) await sleep(pause, signal)
      }
    } finally {
      slot.leave()
    }
  }

  return {
    open(account, context): Send {
      let opened: Promise<Opened> | null = null
      const forget = (): void => { opened = null }
      const open = (): Promise<Opened> => {
        opened ??= unlock(account).catch((error: unknown) => { forget(); throw error })
        return opened
      }
      return (request) => send(account, context, open, forget, request)
    },
  }
}

/** How long to wait before the next attempt; null: there is none. Only reads are repeated: a write may have arrived. */
function pauseBefore({ method }: UpstreamRequest, { retries = true }: DoorContext, fault: Fault, number: number, random: () => number): number | null {
  if (method !== 'GET' || !PASSING.has(fault.code)) return null
  // A connection that the vendor had closed while it was idle says nothing about the vendor: once more, at once, even for one who waits.
  if (fault.facts['dropped'] === true && number === 1) return 0
  if (!retries || number >= ATTEMPTS) return null
  return random() * Math.min(4_000, 250 * 4 ** (number - 1))
}

async function unlock(account: DoorAccount): Promise<Opened> {
  const { provider, setup } = account
  const credentials = await account.credentials()
  const auth = authHeaders(provider, credentials, setup)
  const headers = {
    'accept': 'application/json', 'accept-encoding': 'gzip, br, deflate', 'user-agent': 'Intermodal', ...provider.headers, ...auth,
  }
  // The header's own form too: a vendor may echo it as it got it.
  const sent = Object.values(auth).flatMap((value) => [value, ...value.split(/\s+/).slice(1)])
  return { headers, redact: createRedactor({ secrets: [...Object.values(credentials), ...sent], secretKeys: provider.secretKeys, authHeaders: Object.keys(auth) }) }
}

/**
 * Through ky, with its retries, timeout and errors off: it clamps Retry-After, and its timeout leaves the body out.
 * Its `fetch` is ours, which unpacks the Request and hands it to the guarded exchange.
 */
async function sendThroughKy(egress: Egress, { provider }: DoorAccount, { signal }: DoorContext, method: UpstreamRequest['method'], url: URL, headers: Record<string, string>, body: unknown, onHop: (hop: Hop) => void): Promise<Hop> {
  let last: Hop | undefined
  await ky(url, {
    method, headers, retry: 0, timeout: false, throwHttpErrors: false, redirect: 'manual',
    ...(body === undefined ? {} : { json: body }),
    async fetch(input, init) {
      const request = new Request(input, init)
      last = await egress.exchange({
        provider: provider.slug, method: request.method, url: new URL(request.url), headers: request.headers, body: body === undefined ? null : await request.text(), onHop,
        ...(signal === undefined ? {} : { signal }),
      })
      // The body stays in the hop, complete and decoded; statuses that a Response cannot hold (999) stay there too.
      return new Response(null)
    },
  })
  return last!
}
