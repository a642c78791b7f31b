/** A vendor's consent page and token endpoint, for boxes: whoever is sent there consents at once. */
import { hash, randomBytes } from 'node:crypto'
import type { AnyOAuth } from '../oauth.ts'
import { basicOf, formOf, ok, route, type TokenDesk } from './routes.ts'
import type { SandboxAnswer, SandboxRequest, SandboxRoute } from './vendor.ts'

interface Code { readonly redirectUri: string; readonly challenge: string | null; readonly clientId: string }

export interface ConsentOptions<World> {
  readonly oauth: AnyOAuth
  readonly setup: Readonly<Record<string, string>>
  readonly client: { readonly id: string; readonly secret: string }
  readonly desk: (world: World) => TokenDesk
  readonly lifetimeSeconds: number
  /** What the vendor says beside the tokens: the account's own address. */
  readonly besides?: (request: SandboxRequest) => Readonly<Record<string, unknown>>
}

const refused = (error: string): SandboxAnswer => ({ status: 400, body: { error } })

/** The two routes of the authorization code flow, with the checks that vendors make. A code is good once, and so is a refresh token that rotates. */
export function consentRoutes<World>({ oauth, setup, client, desk, lifetimeSeconds, besides = () => ({}) }: ConsentOptions<World>): SandboxRoute<World>[] {
  const codes = new Map<string, Code>()
  const refreshTokens = new Set<string>()
  const fresh = (): string => randomBytes(18).toString('hex')

  function tokens(request: SandboxRequest, world: World, refreshToken: string | null): SandboxAnswer {
    if (refreshToken !== null) refreshTokens.add(refreshToken)
    return ok({ access_token: desk(world).issue(lifetimeSeconds), token_type: 'bearer', expires_in: lifetimeSeconds, ...(refreshToken !== null && { refresh_token: refreshToken }), ...besides(request) })
  }
  const pathOf = (address: string): string => new URL(address).pathname
  return [
    route('GET', pathOf(oauth.authorizeUrl(setup)), ({ query }) => {
      const [redirectUri, challenge] = [query.get('redirect_uri') ?? '', query.get('code_challenge')]
      if (query.get('client_id') !== client.id || query.get('response_type') !== 'code' || !URL.canParse(redirectUri) || (oauth.pkce === 'S256' && (challenge === null || query.get('code_challenge_method') !== 'S256'))) return refused('invalid_request')
      const code = fresh()
      codes.set(code, { redirectUri, challenge, clientId: client.id })
      const back = new URL(redirectUri)
      back.searchParams.set('code', code)
      back.searchParams.set('state', query.get('state') ?? '')
      return { status: 302, headers: { location: back.href }, body: null }
    }),
    route('POST', pathOf(oauth.tokenUrl(setup)), (request, world) => {
      const form = typeof request.body === 'string' ? formOf(request) : new URLSearchParams((request.body ?? {}) as Record<string, string>)
      const [id, secret] = oauth.clientAuth === 'header' ? basicOf(request)?.map(decodeURIComponent) ?? [] : [form.get('client_id'), form.get('client_secret')]
      if (id !== client.id || secret !== client.secret) return { status: 401, body: { error: 'invalid_client' } }
      if (form.get('grant_type') === 'refresh_token') {
        const token = form.get('refresh_token') ?? ''
        if (oauth.refresh === 'none' || !refreshTokens.has(token)) return refused('invalid_grant')
        if (oauth.refresh === 'reusable') return tokens(request, world, null)
        refreshTokens.delete(token)
        return tokens(request, world, fresh())
      }
      const code = codes.get(form.get('code') ?? '')
      codes.delete(form.get('code') ?? '')
      const proven = code?.challenge === null || code?.challenge === hash('sha256', form.get('code_verifier') ?? '', 'base64url')
      if (form.get('grant_type') !== 'authorization_code' || code === undefined || code.redirectUri !== form.get('redirect_uri') || !proven) return refused('invalid_grant')
      return tokens(request, world, oauth.refresh === 'none' ? null : fresh())
    }),
  ]
}
