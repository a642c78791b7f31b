import { hash } from 'node:crypto'
import { secretsOf, type FormFields, type Session, type SessionAsk } from '#kit'
import { Fault } from '../errors.ts'
import { authHeaders } from './authorize.ts'
import type { DoorAccount } from './door.ts'
import { createRedactor, type Redactor } from './redact.ts'

/** What opened credentials give: headers to send, and what to keep out of the log. */
export interface Opened {
  readonly headers: Record<string, string>
  readonly redact: Redactor
  /** The session that the headers show, where credentials are exchanged for one. */
  readonly session: HeldSession | null
}

/** A session that all requests of an account share, in this process. */
export interface HeldSession { readonly key: string; readonly token: string; readonly until: number }

/** Sends the exchange; `redact` keeps what is handed in out of its log. */
export type Exchange = (ask: SessionAsk, headers: Record<string, string>, redact: Redactor) => Promise<unknown>

/** A session ends this much before the vendor says, so that no request meets its end. */
const EARLY_MS = 60_000
const REMEMBERED = 10_000

export interface Sessions {
  readonly held: (key: string, begin: () => Promise<Session>) => Promise<HeldSession>
  /** This one was refused: whoever comes next begins another. One that came in its place meanwhile stays. */
  readonly forget: (session: HeldSession) => void
}

export function createSessions(now: () => number): Sessions {
  const sessions = new Map<string, Promise<HeldSession>>()
  const current = new Map<string, HeldSession>()
  return {
    async held(key, begin) {
      const known = current.get(key)
      if (known !== undefined && known.until > now()) return known
      const begun = sessions.get(key)
      if (begun !== undefined) return begun
      // One exchange, however many wait for it.
      const beginning = begin().then(({ token, expiresInSeconds }) => {
        if (current.size >= REMEMBERED) current.clear()
        const session: HeldSession = { key, token, until: expiresInSeconds === undefined ? Infinity : now() + Math.max(expiresInSeconds * 1000 - EARLY_MS, (expiresInSeconds * 1000) / 2) }
        current.set(key, session)
        return session
      }).finally(() => sessions.delete(key))
      sessions.set(key, beginning)
      return beginning
    },
    forget(session) {
      if (current.get(session.key) === session) current.delete(session.key)
    },
  }
}

/** Opens the credentials of an account and, where they are exchanged for a session, has one. */
export async function unlock(account: DoorAccount, sessions: Sessions, exchange: Exchange): Promise<Opened> {
  const { provider, setup } = account
  const credentials = await account.credentials()
  const plain = { 'accept': 'application/json', 'accept-encoding': 'gzip, br, deflate', 'user-agent': 'Intermodal', ...provider.headers }
  const { auth } = provider
  const own = secretsOf(auth.fields as FormFields, credentials)
  let session: HeldSession | null = null
  if (auth.kind === 'token_exchange') {
    const redact = createRedactor({ secrets: own, secretKeys: provider.secretKeys })
    // Other credentials, or another address, are another session.
    session = await sessions.held(`${account.id} ${hash('sha256', JSON.stringify([credentials, setup]))}`, async () => {
      const begun = auth.session(await exchange(auth.ask(credentials, setup), plain, redact))
      if (begun === null) throw new Fault('upstream.unauthorized', { detail: 'The vendor gave no session for these credentials.' })
      return begun
    })
  }
  const shown = authHeaders(provider, credentials, setup, session?.token ?? null)
  // The header's own form too: a vendor may echo it as it got it.
  const sent = Object.values(shown).flatMap((value) => [value, ...value.split(/\s+/).slice(1)])
  const secrets = [...own, ...sent, ...(session === null ? [] : [session.token])]
  return { headers: { ...plain, ...shown }, session, redact: createRedactor({ secrets, secretKeys: provider.secretKeys, authHeaders: Object.keys(shown) }) }
}
