import { hash, randomBytes } from 'node:crypto'
import type { ModelId } from '../../common-models/model.ts'
import type { FormFields, SessionAsk, ValuesOf } from './auth.ts'

/** The authorization code flow of one vendor. Addresses are templates of the setup, so that a subdomain can be part of them. */
export interface OAuth<S extends FormFields = FormFields> {
  readonly docs: `https://${string}`
  readonly authorizeUrl: (setup: ValuesOf<S>) => `https://${string}`
  readonly tokenUrl: (setup: ValuesOf<S>) => `https://${string}`
  /** Each scope with the models that need it; `always`: the account itself, refresh tokens. */
  readonly scopes: Readonly<Record<string, readonly ModelId[] | 'always'>>
  readonly scopeSeparator: ' ' | ','
  readonly pkce: 'S256' | 'none'
  /** Where the client says its secret: HTTP basic, or in the body. */
  readonly clientAuth: 'header' | 'body'
  readonly tokenBody: 'form' | 'json'
  /** `rotating`: each refresh token is good once, and the answer holds the next. */
  readonly refresh: 'rotating' | 'reusable' | 'none'
  /** How long an access token holds, where the answer does not say. Left out: 55 minutes. A refusal renews it in any case. */
  readonly lifetimeSeconds?: number
  /** After so many days without use a refresh token dies. It is renewed before half of them have passed. */
  readonly idleDays?: number
  /** The vendor's own way to say that a refresh token is no longer good. `"error": "invalid_grant"` is known. Must not throw. */
  readonly refuses?: (body: unknown) => boolean
  /** Further parameters of the address that the customer is sent to. */
  readonly parameters?: Readonly<Record<string, string>>
  readonly headers: (accessToken: string) => Readonly<Record<string, string>>
  /** The base URL of accounts that were linked so, where it is another one. */
  readonly baseUrl?: (setup: Readonly<Record<string, string>>) => string
  /** What the answer with the tokens tells of the account: its own address. Kept with the setup. */
  readonly learns?: (body: unknown) => Readonly<Record<string, string>>
  /** Where the answer with the tokens tells nothing of the account: what is asked with the new token, and what that tells. Must not throw. */
  readonly account?: { readonly url: `https://${string}`; readonly learns: (body: unknown, setup: ValuesOf<S>) => Readonly<Record<string, string>> }
}

// oxlint-disable-next-line typescript/no-explicit-any
export type AnyOAuth = OAuth<any>

export interface OAuthClient { readonly id: string; readonly secret: string; readonly redirectUri: string }
export interface Pkce { readonly verifier: string; readonly challenge: string }
export interface Tokens { readonly accessToken: string; readonly refreshToken: string | null; readonly expiresInSeconds: number | null }

/** A secret of one link session, and the proof of it that may be shown. */
export function createPkce(verifier: string = randomBytes(32).toString('base64url')): Pkce {
  return { verifier, challenge: hash('sha256', verifier, 'base64url') }
}

/** The scopes that reading and writing these models needs. */
export const scopesFor = ({ scopes }: AnyOAuth, models: ReadonlySet<string>): string[] =>
  Object.entries(scopes).filter(([, needed]) => needed === 'always' || needed.some((model) => models.has(model))).map(([scope]) => scope)

/** Where the customer is sent to consent. `state` ties the answer to the session that asked. */
export function authorizeAddress(oauth: AnyOAuth, { client, setup, scopes, state, pkce }: { readonly client: OAuthClient; readonly setup: Readonly<Record<string, string>>; readonly scopes: readonly string[]; readonly state: string; readonly pkce: Pkce | null }): string {
  const url = new URL(oauth.authorizeUrl(setup))
  const parameters = {
    response_type: 'code', client_id: client.id, redirect_uri: client.redirectUri, scope: scopes.join(oauth.scopeSeparator), state, ...oauth.parameters,
    ...(oauth.pkce === 'S256' && pkce !== null && { code_challenge: pkce.challenge, code_challenge_method: 'S256' }),
  }
  for (const [name, value] of Object.entries(parameters)) if (value !== '') url.searchParams.set(name, value)
  return url.href
}

/** What is handed in for tokens. */
export type Grant = { readonly code: string; readonly pkce: Pkce | null } | { readonly refreshToken: string }

export interface TokenAsk extends SessionAsk { readonly form?: Readonly<Record<string, string>> }

/** The request that turns a code, or a refresh token, into tokens. */
export function tokenAsk(oauth: AnyOAuth, client: OAuthClient, setup: Readonly<Record<string, string>>, grant: Grant): TokenAsk {
  const fields: Record<string, string> = 'code' in grant
    ? { grant_type: 'authorization_code', code: grant.code, redirect_uri: client.redirectUri, ...(oauth.pkce === 'S256' && grant.pkce !== null && { code_verifier: grant.pkce.verifier }) }
    : { grant_type: 'refresh_token', refresh_token: grant.refreshToken }
  if (oauth.clientAuth === 'body') Object.assign(fields, { client_id: client.id, client_secret: client.secret })
  const url = oauth.tokenUrl(setup)
  return {
    method: 'POST', path: new URL(url).pathname, url,
    ...(oauth.clientAuth === 'header' && { headers: { authorization: `Basic ${Buffer.from(`${encodeURIComponent(client.id)}:${encodeURIComponent(client.secret)}`).toString('base64')}` } }),
    ...(oauth.tokenBody === 'form' ? { form: fields } : { body: fields }),
  }
}

/** The tokens of an answer; null where it holds none. Where the refresh token is left out the old one stays good; a life that is none is not believed. */
export function tokensOf(oauth: AnyOAuth, body: unknown, before: string | null = null): Tokens | null {
  const { access_token: accessToken, refresh_token: refreshToken, expires_in: expires } = (body ?? {}) as Record<string, unknown>
  if (typeof accessToken !== 'string' || accessToken === '') return null
  const next = typeof refreshToken === 'string' && refreshToken !== '' ? refreshToken : oauth.refresh === 'none' ? null : before
  const seconds = typeof expires === 'number' ? expires : typeof expires === 'string' && /^\d+(\.\d+)?$/.test(expires) ? Number(expires) : 0
  return { accessToken, refreshToken: next, expiresInSeconds: Number.isFinite(seconds) && seconds > 0 ? seconds : null }
}
