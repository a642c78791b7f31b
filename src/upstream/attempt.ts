import type { Egress, Hop } from '../egress/exchange.ts'
import { Fault } from '../errors.ts'
import type { FaultCode } from '../errors.ts'
import type { LogEntry } from '../logs/entry.ts'
import { isTrouble, type Breaker } from './breaker.ts'
import type { DoorAccount, DoorContext } from './door.ts'
import { entryOf } from './entry.ts'
import { judge, type Verdict } from './judge.ts'
import type { Redactor } from './redact.ts'
import { sendThroughKy, type Outgoing } from './transport.ts'
import type { Opened } from './unlock.ts'

export interface Done { readonly hop: Hop; readonly verdict: Verdict; readonly logId: string; readonly redact: Redactor }
export type Attempt = (account: DoorAccount, context: DoorContext, outgoing: Outgoing, url: URL, opened: Opened, number: number) => Promise<Done>

/** Sends once, where the host is not left alone. Every hop is logged, the last one with what it was judged to be. */
export const createAttempt = ({ egress, log, breaker }: { readonly egress: Egress; readonly log: (entry: LogEntry) => void; readonly breaker: Breaker }): Attempt => async (account, context, outgoing, url, opened, number) => {
  const hops: Hop[] = []
  const write = (hop: Hop, code: FaultCode | null): string => {
    const entry = entryOf(hop, { account, context, redact: opened.redact, attempt: number, code })
    log(entry)
    return entry.id
  }
  // What callers make of a vendor says nothing of its health: one of them could have it left alone for all.
  const report = async (code: FaultCode | null): Promise<void> => { if (!outgoing.raw) await breaker.report(url.host, isTrouble(code) ? 'bad' : 'good') }
  let judged: FaultCode | null = null
  let fileLog = ''
  const over = (done: Hop): void => {
    if (done.stream === null) hops.push(done)
    else fileLog = write(done, done.fault?.code ?? judged)
  }
  await breaker.pass(url.host, !outgoing.raw)
  try {
    const hop = await sendThroughKy(egress, account, context, outgoing, url, opened.headers, over)
    const verdict = judge(account.provider, hop.status!, hop.headers, hop.body)
    if (hop.stream !== null) {
      for (const passed of hops) write(passed, null)
      judged = verdict.code
      // An error under a good status is no file. That ends the hop, and writes its log.
      if (judged !== null) hop.stream.destroy()
      await report(judged)
      return { hop, verdict, logId: fileLog, redact: opened.redact }
    }
    for (const passed of hops.slice(0, -1)) write(passed, null)
    const logId = write(hop, outgoing.raw && verdict.code === 'upstream.not_json' ? null : verdict.code)
    await report(verdict.code)
    return { hop, verdict, logId, redact: opened.redact }
  } catch (error) {
    const fault = error instanceof Fault ? error : null
    const last = hops.at(-1)
    for (const passed of hops.slice(0, -1)) write(passed, null)
    const logId = last === undefined ? undefined : write(last, fault?.code ?? null)
    if (fault === null) throw error
    // A connection that the vendor had closed while it was idle is no trouble; it is asked again at once.
    if (!(fault.facts['dropped'] === true && outgoing.repeatable && number === 1)) await report(fault.code)
    throw new Fault(fault.code, { ...fault.facts, ...(logId === undefined ? {} : { logId }), ...(typeof last?.status === 'number' ? { upstreamStatus: last.status } : {}) }, fault.cause)
  }
}
