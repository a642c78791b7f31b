import { hash } from 'node:crypto'
import { secretsOf, type AnyProvider, type FormFields, type SessionAsk } from '#kit'
import { Fault } from '../errors.ts'
import { authHeaders, consentOf, sendable } from './authorize.ts'
import type { DoorAccount } from './door.ts'
import type { Consent, HeldToken, Renew } from './keeper.ts'
import { createRedactor, type Redactor } from './redact.ts'
import { secretsIn, type Outcome, type StoredTokens } from './tokens.ts'

/** What opened credentials give: headers to send, and what to keep out of the log. */
export interface Opened {
  readonly headers: Record<string, string>
  readonly redact: Redactor
  /** The session that the headers show; null where they show the credentials themselves. */
  readonly session: HeldSession | null
}

/** A session that all requests of an account share in this process: what credentials were exchanged for, or the access token of a consent. */
export interface HeldSession extends HeldToken { readonly key: string }

/** How secrets are handed in; `redact` keeps them out of the log. */
export interface Exchanges {
  /** Gives the body of an answer that is good. */
  readonly session: (ask: SessionAsk, headers: Record<string, string>, redact: Redactor) => Promise<unknown>
  /** Tells what became of a refresh token. */
  readonly refresh: (tokens: StoredTokens, startBy: number, headers: Record<string, string>, redact: Redactor) => Promise<Outcome>
}

/** A session ends this much before the vendor says, so that no request meets its end. */
const EARLY_MS = 60_000
const REMEMBERED = 10_000

export interface Sessions {
  /** `refused`: what the vendor took no longer, where that is why another is begun. */
  readonly held: (key: string, begin: (refused: string | undefined) => Promise<HeldToken>) => Promise<HeldSession>
  /** This one was refused: whoever comes next begins another. One that came in its place meanwhile stays. */
  readonly forget: (session: HeldSession) => void
}

export function createSessions(now: () => number): Sessions {
  const sessions = new Map<string, Promise<HeldSession>>()
  const current = new Map<string, HeldSession>()
  const refused = new Map<string, string>()
  function begun(key: string, begin: (refused: string | undefined) => Promise<HeldToken>): Promise<HeldSession> {
    const because = refused.get(key)
    const beginning = begin(because).then((held) => {
      if (current.size >= REMEMBERED) current.clear()
      const session: HeldSession = { ...held, key }
      // One that was refused while it was on its way is nobody's.
      if (refused.get(key) !== because) return session
      refused.delete(key)
      current.set(key, session)
      return session
    }).finally(() => sessions.delete(key))
    sessions.set(key, beginning)
    return beginning
  }
  return {
    async held(key, begin) {
      for (;;) {
        const known = current.get(key)
        if (known !== undefined && known.until > now()) return known
        // One exchange, however many wait for it.
        const others = sessions.get(key)
        if (others === undefined) return begun(key, begin)
        const session = await others
        if (refused.get(key) !== session.token) return session
      }
    },
    forget(session) {
      const other = current.get(session.key)
      if (other !== undefined && other !== session) return
      if (refused.size >= REMEMBERED) refused.clear()
      refused.set(session.key, session.token)
      current.delete(session.key)
    },
  }
}

export const plainHeaders = ({ headers }: AnyProvider): Record<string, string> => ({ 'accept': 'application/json', 'accept-encoding': 'gzip, br, deflate', 'user-agent': 'Intermodal', ...headers })

/** Opens the credentials of an account and, where they are not what is shown to the vendor, has a session. */
export async function unlock(account: DoorAccount, sessions: Sessions, now: () => number, exchanges: Exchanges): Promise<Opened> {
  const plain = plainHeaders(account.provider)
  const { session, shown, own } = account.consent === undefined ? await byCredentials(account, plain, sessions, now, exchanges) : await byConsent(account, account.consent, plain, sessions, exchanges)
  // The header's own form too: a vendor may echo it as it got it.
  const sent = Object.values(shown).flatMap((value) => [value, ...value.split(/\s+/).slice(1)])
  const secrets = [...own, ...sent, ...(session === null ? [] : [session.token])]
  return { headers: { ...plain, ...shown }, session, redact: createRedactor({ secrets, secretKeys: account.provider.secretKeys, authHeaders: Object.keys(shown) }) }
}

interface Entry { readonly session: HeldSession | null; readonly shown: Record<string, string>; readonly own: readonly string[] }

async function byCredentials(account: DoorAccount, plain: Record<string, string>, sessions: Sessions, now: () => number, exchanges: Exchanges): Promise<Entry> {
  const { provider, setup } = account
  const { auth } = provider
  const credentials = await account.credentials()
  const own = secretsOf(auth.fields as FormFields, credentials)
  if (auth.kind !== 'token_exchange') return { session: null, shown: authHeaders(provider, credentials, setup), own }
  const redact = createRedactor({ secrets: own, secretKeys: provider.secretKeys })
  // Other credentials, or another address, are another session.
  const session = await sessions.held(`${account.id} ${hash('sha256', JSON.stringify([credentials, setup]))}`, async () => {
    const begun = auth.session(await exchanges.session(auth.ask(credentials, setup), plain, redact))
    if (begun === null) throw new Fault('upstream.unauthorized', { detail: 'The vendor gave no session for these credentials.' })
    const { token, expiresInSeconds } = begun
    return { token, secrets: own, until: expiresInSeconds === undefined ? Infinity : now() + Math.max(expiresInSeconds * 1000 - EARLY_MS, (expiresInSeconds * 1000) / 2) }
  })
  return { session, shown: authHeaders(provider, credentials, setup, session.token), own }
}

async function byConsent({ id, provider }: DoorAccount, consent: Consent, plain: Record<string, string>, sessions: Sessions, exchanges: Exchanges): Promise<Entry> {
  const session = await sessions.held(`${id} ${consent.key}`, (refused) => consent.hold({ ...(refused !== undefined && { refused }) }, renewing(provider, plain, exchanges)))
  return { session, shown: sendable({ ...consentOf(provider).headers(session.token) }), own: session.secrets }
}

/** How the tokens of an account are renewed: their secrets are known before they leave. */
export const renewing = ({ secretKeys }: AnyProvider, plain: Record<string, string>, exchanges: Pick<Exchanges, 'refresh'>): Renew => (tokens, startBy) => exchanges.refresh(tokens, startBy, plain, createRedactor({ secrets: secretsIn(tokens), secretKeys }))
