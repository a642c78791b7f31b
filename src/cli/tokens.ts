import { readFileSync } from 'node:fs'
import { tokensOf, type AnyOAuth } from '#kit'
import type { GivenTokens } from '../accounts/entry.ts'
import { Fault } from '../errors.ts'

const invalid = (detail: string): Fault => new Fault('request.invalid', { detail })

/** A file with what the vendor answered when somebody consented, and beside it the app that was consented to. What is wrong is said without what stands there. */
export function readTokens(file: string, oauth: AnyOAuth, now: () => number = Date.now): GivenTokens {
  const answer = parsed(file)
  const tokens = tokensOf(oauth, answer)
  const { client_id: id, client_secret: secret, scope, expires_at: end } = answer
  if (tokens === null || typeof id !== 'string' || id === '' || typeof secret !== 'string' || secret === '') throw invalid('The file holds one JSON object: what the vendor answered (access_token, refresh_token, expires_in, scope) and the client_id and client_secret of the OAuth app. Where it is older, expires_at says when the access token ends.')
  const left = typeof end === 'string' ? (Date.parse(end) - now()) / 1000 : tokens.expiresInSeconds
  if (left !== null && Number.isNaN(left)) throw invalid('expires_at is an instant like 2026-01-31T12:00:00Z.')
  return {
    accessToken: tokens.accessToken, refreshToken: tokens.refreshToken, client: { id, secret }, lifeSeconds: left === null ? null : Math.max(1, left), answer,
    scopes: typeof scope === 'string' ? scope.split(oauth.scopeSeparator).filter((word) => word !== '') : [],
  }
}

function parsed(file: string): Readonly<Record<string, unknown>> {
  let text: string
  try { text = readFileSync(file, 'utf8') } catch (error) { throw invalid(`The file with the tokens cannot be read (${(error as NodeJS.ErrnoException).code ?? 'no reason given'}).`) }
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Readonly<Record<string, unknown>>
  } catch { /* the parser's own message quotes what it read */ }
  throw invalid('The file with the tokens holds no JSON object.')
}
