import { hash, timingSafeEqual } from 'node:crypto'
import { tokensOf, type AnyOAuth } from '#kit'
import type { SealScope } from '../db/seal.ts'
import { Fault, type FaultCode } from '../errors.ts'
import { askedDelay } from './retry-after.ts'

/** What is sealed of an account that was linked by consent. */
export interface StoredTokens {
  readonly accessToken: string
  readonly refreshToken: string | null
  /** Those that were consented to. */
  readonly scopes: readonly string[]
  /** The OAuth app that was consented to: the vendor renews for no other. */
  readonly client: { readonly id: string; readonly secret: string }
}

export const TOKENS = 'oauth'
export const tokenScope = (organizationId: string, linkedAccountId: string): SealScope => ({ organizationId, linkedAccountId, purpose: TOKENS })

export const hashOf = (token: string): Buffer => hash('sha256', token, 'buffer')
export const isSame = (token: string, other: string | null): boolean => other !== null && timingSafeEqual(hashOf(token), hashOf(other))
export const isHashOf = (tokenHash: Buffer | null, token: string | null): boolean => tokenHash !== null && token !== null && timingSafeEqual(tokenHash, hashOf(token))

/** Nothing of these may be seen in a log. */
export const secretsIn = ({ accessToken, refreshToken, client }: StoredTokens): string[] => [accessToken, client.secret, ...(refreshToken === null ? [] : [refreshToken])]

const USUAL_LIFE_SECONDS = 55 * 60
export const lifeOf = ({ lifetimeSeconds }: AnyOAuth, said: number | null): number => said ?? lifetimeSeconds ?? USUAL_LIFE_SECONDS
/** So long before its end a token is renewed, so that no request meets it. */
export const earlySeconds = (life: number): number => Math.min(300, life / 10)

/** What became of a refresh token that was handed in. */
export type Outcome =
  | { readonly kind: 'renewed'; readonly tokens: StoredTokens; readonly lifeSeconds: number }
  /** The vendor says that it is no longer good. */
  | { readonly kind: 'refused'; readonly logId: string }
  /** Nothing is said of the token. `isUntouched`: it was surely not used up. */
  | { readonly kind: 'trouble'; readonly fault: Fault; readonly isUntouched: boolean; readonly waitSeconds: number | null }

interface TokenAnswer { readonly status: number; readonly headers: Headers; readonly body: unknown; readonly code: FaultCode | null; readonly logId: string }

const errorOf = (body: unknown): string => {
  const { error } = (body ?? {}) as { error?: unknown }
  return typeof error === 'string' && /^\w{1,60}$/.test(error) ? error : ''
}

/** Only the vendor's word for it ends a consent: a status says as much of our app, or of the vendor's own trouble. */
export function outcomeOf(oauth: AnyOAuth, before: StoredTokens, { status, headers, body, code, logId }: TokenAnswer, now: number): Outcome {
  const facts = { logId, upstreamStatus: status }
  const error = errorOf(body)
  if (error === 'invalid_grant' || oauth.refuses?.(body) === true) return { kind: 'refused', logId }
  const tokens = status >= 200 && status < 300 ? tokensOf(oauth, body, before.refreshToken) : null
  if (tokens !== null) return { kind: 'renewed', tokens: { ...before, accessToken: tokens.accessToken, refreshToken: tokens.refreshToken }, lifeSeconds: lifeOf(oauth, tokens.expiresInSeconds) }
  const asked = status === 429 || status === 503 ? askedDelay(headers, now) : null
  const waitSeconds = asked === null ? null : asked / 1000
  if (status === 429) return { kind: 'trouble', fault: new Fault('upstream.rate_limited', facts), isUntouched: true, waitSeconds }
  if (status >= 400 && status < 500 && status !== 408 && status !== 425) return { kind: 'trouble', fault: new Fault('account.app_refused', { ...facts, detail: `The vendor answered ${status}${error === '' ? '' : ` (${error})`} when the access token was to be renewed. The id and the secret of the OAuth app must be those that the account was linked through.` }), isUntouched: true, waitSeconds }
  return { kind: 'trouble', fault: new Fault(code ?? 'upstream.unexpected', { ...facts, detail: `The vendor answered ${status} without a token when the access token was to be renewed.` }), isUntouched: false, waitSeconds }
}

/** No answer came. What never left did not use the token up. */
export const outcomeOfFault = (fault: Fault): Outcome => ({ kind: 'trouble', fault, isUntouched: ['upstream.unreachable', 'upstream.tls', 'upstream.blocked'].includes(fault.code) && fault.facts['dropped'] !== true, waitSeconds: null })
