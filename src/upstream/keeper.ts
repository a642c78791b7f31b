import { setTimeout as delay } from 'node:timers/promises'
import { APP_ROLE, openPool, poolConfig, type Client, type Database } from '../db/client.ts'
import type { Vault } from '../db/seal.ts'
import { Fault, type FaultCode } from '../errors.ts'
import { intend, keepFailure, keepRenewed, lockTokens, readTokens, type TokenRow } from './token-rows.ts'
import { earlySeconds, hashOf, isHashOf, isSame, secretsIn, tokenScope, type Outcome, type StoredTokens } from './tokens.ts'

/** An access token that may be shown to the vendor. */
export interface HeldToken {
  readonly token: string
  /** When to ask again, by this process's clock. */
  readonly until: number
  readonly secrets: readonly string[]
}
export interface Wish {
  /** The access token that the vendor refused before its time. */
  readonly refused?: string
  /** Renew what has not been renewed for so many days. */
  readonly unusedDays?: number
}
/** Hands the refresh token in, before `startBy` by `performance.now()` or not at all; the answer is told, never thrown. */
export type Renew = (tokens: StoredTokens, startBy: number) => Promise<Outcome>

/** The tokens of one account that was linked by consent: one pair for all processes. */
export interface Consent {
  /** Names the pair within the account: another when the customer has connected again. */
  readonly key: string
  readonly hold: (wish: Wish, renew: Renew) => Promise<HeldToken>
}

export interface Keeper {
  readonly of: (account: { readonly id: string; readonly organizationId: string; readonly epoch: number }) => Consent
  readonly close: () => Promise<void>
}

interface Known extends TokenRow { readonly tokens: StoredTokens; readonly readAt: number }
type Account = Parameters<Keeper['of']>[0]

/** Locks that one process holds at a time. They wait for vendors, so they are not those that pages need. */
const LOCKS = 5
/** So long a new pair that cannot be stored is held in memory, and the lock with it. */
const SAVE_WITHIN_MS = 30_000
/** So long after it was said a refresh may begin. Who was stopped in between may have lost the lock. */
const START_WITHIN_MS = 3_000
/** So long after it was said a refresh of somebody who is gone may still be on its way: what may start late, and take its time at the vendor. */
const ON_ITS_WAY_SECONDS = 20
/** A refusal is believed when it is repeated after this time. */
const CONFIRM_SECONDS = 60
const LONGEST_BACKOFF_SECONDS = 5 * 60

export function openKeeper({ database, vault, now = Date.now }: { readonly database: Database; readonly vault: Vault; readonly now?: () => number }): Keeper {
  const pool = openPool({ ...poolConfig(database.url, APP_ROLE), max: LOCKS, connectionTimeoutMillis: 30_000 })

  async function known({ id, organizationId }: Account, row: TokenRow | undefined): Promise<Known> {
    if (row === undefined) throw new Fault('account.needs_relink')
    const readAt = now()
    return { ...row, readAt, tokens: JSON.parse((await vault.open(tokenScope(organizationId, id), row.sealed)).toString()) as StoredTokens }
  }
  const read = async (account: Account): Promise<Known> => known(account, (await database.tenantQuery<TokenRow>(account.organizationId, readTokens(account.id)))[0])
  const readBy = async (client: Client, account: Account): Promise<Known> => known(account, (await client.query<TokenRow>(readTokens(account.id))).rows[0])

  const held = ({ tokens, readAt }: Known, forSeconds: number): HeldToken => ({ token: tokens.accessToken, until: readAt + Math.max(0, forSeconds) * 1000, secrets: secretsIn(tokens) })

  async function lock({ id, organizationId }: Account): Promise<Client> {
    const client = await pool.connect()
    try {
      await lockTokens(client, organizationId, id)
      return client
    } catch (error) {
      await letGo(client)
      throw error
    }
  }

  /** Renews, unless somebody else has done so while we waited. */
  async function renewed(account: Account, wish: Wish, renew: Renew): Promise<HeldToken> {
    const { id, organizationId } = account
    let client: Client | null = await lock(account)
    try {
      const before = await readBy(client, account)
      const fresh = asItIs(before, wish, held) ?? asItMustBe(before, wish, held)
      if (fresh !== null) return fresh
      const startBy = performance.now() + START_WITHIN_MS
      await database.tenantQuery(organizationId, intend(organizationId, id, hashOf(before.tokens.refreshToken!)))
      const outcome = await renew(before.tokens, startBy)
      const sealed = outcome.kind === 'renewed' ? await vault.seal(tokenScope(organizationId, id), Buffer.from(JSON.stringify(outcome.tokens))) : null
      const giveUpAt = performance.now() + SAVE_WITHIN_MS
      let after: Known
      for (let pause = 100; ; pause = Math.min(pause * 2, 2_000)) {
        try {
          client ??= await lock(account)
          await client.query('savepoint unsaved')
          // Without our lock (its connection may have died) others may have renewed or relinked meanwhile: then their word counts.
          const current = await readBy(client, account)
          if (current.epoch !== before.epoch || !isSame(current.tokens.accessToken, before.tokens.accessToken)) return asItIs(current, wish, held) ?? refuseToGuess(current)
          await keep(client, id, before, outcome, sealed)
          after = await readBy(client, account)
          await client.query('commit')
          break
        } catch (error) {
          if (error instanceof Fault && !isStorage(error)) throw error
          if (performance.now() > giveUpAt) throw error
          if (client !== null && !(await client.query('rollback to savepoint unsaved').then(() => true, () => false))) {
            await letGo(client)
            client = null
          }
          await delay(pause)
        }
      }
      return asItIs(after, wish, held, outcome) ?? asItMustBe(after, wish, held, outcome) ?? refuseToGuess(after)
    } finally {
      if (client !== null) await letGo(client)
    }
  }

  return {
    of: (account) => ({
      key: String(account.epoch),
      async hold(wish, renew) {
        const before = await read(account)
        const fresh = asItIs(before, wish, held)
        if (fresh !== null) return fresh
        try {
          return await renewed(account, wish, renew)
        } catch (error) {
          if (error instanceof Fault && !isStorage(error)) throw error
          // Our own trouble, or a lock that did not come: what still holds is used.
          if (mayBeShown(before, wish)) return held(before, Math.min(before.left, 5))
          throw error instanceof Fault ? error : new Fault('storage.unavailable', {}, error)
        }
      },
    }),
    close: () => pool.end(),
  }
}

const isStorage = ({ code }: Fault): boolean => code.startsWith('storage.')

type HeldBy = (known: Known, forSeconds: number) => HeldToken

const wasRefused = ({ tokens }: Known, { refused }: Wish): boolean => isSame(tokens.accessToken, refused ?? null)
const mayBeShown = (known: Known, wish: Wish): boolean => known.condemned === null && known.left > 0 && !wasRefused(known, wish)

/** The token, where it need not be renewed. */
function asItIs(known: Known, wish: Wish, held: HeldBy, outcome?: Outcome): HeldToken | null {
  if (known.condemned !== null) throw new Fault(known.condemned, outcome?.kind === 'refused' ? { logId: outcome.logId } : {})
  const forSeconds = known.left - earlySeconds(known.life)
  const due = forSeconds <= 0 || (wish.unusedDays !== undefined && known.age > wish.unusedDays * 86_400)
  return due || wasRefused(known, wish) ? null : held(known, forSeconds)
}

/** The token, where it should be renewed but cannot be at the moment; null: it can. `outcome` is why, where it was just tried. */
function asItMustBe(known: Known, wish: Wish, held: HeldBy, outcome?: Outcome): HeldToken | null {
  const shown = mayBeShown(known, wish)
  if (known.tokens.refreshToken === null) {
    if (shown) return held(known, known.left)
    throw new Fault('upstream.unauthorized', { detail: 'The access token has ended, and the vendor gave nothing to renew it with.' })
  }
  if (known.wait !== null && known.wait > 0) {
    if (shown) return held(known, Math.min(known.left, known.wait))
    throw waiting(known, outcome)
  }
  if (!isPending(known)) return null
  // Whoever began may be alive without a connection, with the new pair in memory: they get their time while there is time.
  const age = known.pendingAge ?? Infinity
  const silence = SAVE_WITHIN_MS / 1000 - age
  if (shown && silence > 0) return held(known, Math.min(known.left, silence))
  // Handed in once more, the token might overtake itself, and come to the vendor when what came of it has been seen.
  if (age < ON_ITS_WAY_SECONDS) throw new Fault('upstream.token_unavailable', { retryAt: new Date(Date.now() + (ON_ITS_WAY_SECONDS - age) * 1000), detail: 'Somebody began to renew the access token a moment ago, and what came of it is not known yet.' })
  return null
}

/** Faults that no waiting mends. */
const OURS: ReadonlySet<FaultCode> = new Set(['account.app_refused', 'upstream.blocked', 'internal'])

const isPending = ({ pending, tokens }: Known): boolean => isHashOf(pending, tokens.refreshToken)

function waiting({ wait }: Known, outcome?: Outcome): Fault {
  const retryAt = new Date(Date.now() + (wait ?? 0) * 1000)
  if (outcome?.kind === 'trouble') return OURS.has(outcome.fault.code) ? outcome.fault : new Fault('upstream.token_unavailable', { ...outcome.fault.facts, detail: `The access token has ended and cannot be renewed at the moment: ${outcome.fault.message}`, retryAt }, outcome.fault)
  return new Fault('upstream.token_unavailable', { retryAt, ...(outcome?.kind === 'refused' && { logId: outcome.logId, detail: 'The vendor refused to renew the access token; it is asked once more before the end customer is.' }) })
}

const refuseToGuess = ({ wait }: Known): never => { throw new Fault('upstream.token_unavailable', { retryAt: new Date(Date.now() + Math.max(1, wait ?? 0) * 1000) }) }

async function keep(client: Client, id: string, before: Known, outcome: Outcome, sealed: Buffer | null): Promise<void> {
  if (outcome.kind === 'renewed') return keepRenewed(client, id, sealed!, outcome.lifeSeconds)
  const doubted = before.doubted || isPending(before)
  if (outcome.kind === 'trouble') {
    const backoff = Math.min(LONGEST_BACKOFF_SECONDS, 2 ** Math.min(before.failures + 1, 20)) * (0.5 + Math.random() / 2)
    return keepFailure(client, id, { waitSeconds: Math.max(backoff, outcome.waitSeconds ?? 0), refused: false, condemned: null, doubted: doubted || !outcome.isUntouched })
  }
  return keepFailure(client, id, { waitSeconds: CONFIRM_SECONDS, refused: true, condemned: verdictOn(before, doubted), doubted })
}

/** A refresh that was cut off by our own death explains a refusal by itself. Anything else is asked twice. */
function verdictOn(before: Known, doubted: boolean): FaultCode | null {
  const isConfirmed = before.refused !== null && before.refused >= CONFIRM_SECONDS
  if (!isConfirmed && (before.doubted || !doubted)) return null
  return doubted ? 'account.refresh_interrupted' : 'account.consent_ended'
}

async function letGo(client: Client): Promise<void> {
  const broken = await client.query('rollback').then(() => undefined, (error: Error) => error)
  client.release(broken)
}
