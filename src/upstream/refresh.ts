import { tokenAsk, type SessionAsk } from '#kit'
import type { Hop } from '../egress/exchange.ts'
import { Fault } from '../errors.ts'
import { consentOf } from './authorize.ts'
import type { DoorAccount, DoorContext } from './door.ts'
import type { Verdict } from './judge.ts'
import type { Redactor } from './redact.ts'
import { outcomeOf, outcomeOfFault } from './tokens.ts'
import type { Exchanges } from './unlock.ts'

/** The longest that the lock on an account's tokens is held for its vendor. */
const REFRESH_MS = 15_000

type Exchange = (account: DoorAccount, context: DoorContext, ask: SessionAsk, headers: Record<string, string>, redact: Redactor) => Promise<{ readonly hop: Hop; readonly verdict: Verdict; readonly logId: string }>

/** A refresh is nobody's request: it is not broken off with the one that needs it, does not stand in line, and its trouble is its own. */
export const refreshing = (exchange: Exchange, account: DoorAccount, context: DoorContext, now: () => number): Exchanges['refresh'] => async (tokens, startBy, headers, redact) => {
  const oauth = consentOf(account.provider)
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(new Fault('upstream.timed_out', { detail: `The vendor did not answer within ${REFRESH_MS / 1000} seconds when the access token was to be renewed.` })), REFRESH_MS)
  try {
    const ask = tokenAsk(oauth, { ...tokens.client, redirectUri: '' }, account.setup, { refreshToken: tokens.refreshToken! })
    if (performance.now() > startBy) return outcomeOfFault(new Fault('upstream.unreachable', { detail: 'This process was stopped when the access token was to be renewed, so nothing was sent.' }))
    const { hop, verdict, logId } = await exchange(account, { ...context, signal: late.signal }, ask, headers, redact)
    return outcomeOf(oauth, tokens, { status: hop.status!, headers: hop.headers, body: verdict.body, code: verdict.code, logId }, now())
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return outcomeOfFault(error)
  } finally {
    clearTimeout(timer)
  }
}
