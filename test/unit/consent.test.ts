import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { authorizeAddress, consentRoutes, createPkce, tokenAsk, tokenDesk, tokensOf, type Grant, type OAuth, type SandboxVendor, type TokenAsk, type TokenDesk } from '#kit'
import { startSandbox, type Sandbox } from '#src/sandbox/start'

// The functions of the kit against a box that checks what vendors check: both sides of the flow, over real HTTP.
const client = { id: 'client-1', secret: 's:e%cret', redirectUri: 'https://us.example/callback' }
const kinds: readonly (readonly [string, Pick<OAuth, 'pkce' | 'clientAuth' | 'tokenBody' | 'refresh'>])[] = [
  ['a form, PKCE, rotating', { pkce: 'S256', clientAuth: 'body', tokenBody: 'form', refresh: 'rotating' }],
  ['JSON, basic, reusable', { pkce: 'none', clientAuth: 'header', tokenBody: 'json', refresh: 'reusable' }],
]

describe.each(kinds)('consent with %s', (_name, kind) => {
  const oauth: OAuth = { ...kind, docs: 'https://acme.example', authorizeUrl: () => 'https://acme.example/oauth/authorize', tokenUrl: () => 'https://acme.example/oauth/token', scopes: { all: 'always' }, scopeSeparator: ' ', headers: (token) => ({ authorization: `Bearer ${token}` }) }
  const vendor: SandboxVendor<{ desk: TokenDesk }> = {
    link: () => ({ setup: {}, credentials: {} }), grow: () => ({ desk: tokenDesk() }), counts: () => ({}), secrets: () => [], change: () => ({}), remove: () => ({}), troubles: [], otherwise: { status: 404, body: null },
    routes: consentRoutes({ oauth, setup: {}, client, desk: ({ desk }) => desk, lifetimeSeconds: 60, besides: () => ({ instance: 'eu1' }) }),
  }
  let box: Sandbox<{ desk: TokenDesk }>
  beforeAll(async () => { box = await startSandbox({ vendor, size: 0 }) })
  afterAll(async () => { await box.close() })

  const pkce = createPkce()
  async function consent(): Promise<string> {
    const address = new URL(authorizeAddress(oauth, { client, setup: {}, scopes: ['all'], state: 'state-1', pkce }))
    const response = await fetch(box.origin + address.pathname + address.search, { redirect: 'manual' })
    const back = new URL(response.headers.get('location')!)
    expect([back.origin + back.pathname, back.searchParams.get('state')]).toEqual([client.redirectUri, 'state-1'])
    return back.searchParams.get('code')!
  }
  async function exchange(grant: Grant, by = client): Promise<{ status: number; body: unknown }> {
    const ask: TokenAsk = tokenAsk(oauth, by, {}, grant)
    const [type, body] = ask.form === undefined ? ['application/json', JSON.stringify(ask.body)] : ['application/x-www-form-urlencoded', new URLSearchParams(ask.form).toString()]
    const response = await fetch(box.origin + ask.path, { method: ask.method!, headers: { ...ask.headers, 'content-type': type }, body })
    return { status: response.status, body: await response.json() }
  }

  it('turns a code into tokens that are good, once', async () => {
    const code = await consent()
    const { body } = await exchange({ code, pkce })
    const tokens = tokensOf(oauth, body)!
    expect(box.world.desk.isGood(tokens.accessToken)).toBe(true)
    expect([tokens.expiresInSeconds, (body as { instance: string }).instance]).toEqual([60, 'eu1'])
    expect((await exchange({ code, pkce })).body).toEqual({ error: 'invalid_grant' })
  })

  it('renews them, and the old refresh token is good only where the vendor does not rotate', async () => {
    const first = tokensOf(oauth, (await exchange({ code: await consent(), pkce })).body)!
    const second = tokensOf(oauth, (await exchange({ refreshToken: first.refreshToken! })).body, first.refreshToken)!
    expect(second.accessToken).not.toBe(first.accessToken)
    expect(second.refreshToken === first.refreshToken).toBe(oauth.refresh === 'reusable')
    expect((await exchange({ refreshToken: first.refreshToken! })).status).toBe(oauth.refresh === 'reusable' ? 200 : 400)
  })

  it('refuses a stranger, another verifier and another place to come back to', async () => {
    expect((await exchange({ code: await consent(), pkce }, { ...client, secret: 'wrong' })).status).toBe(401)
    expect((await exchange({ code: await consent(), pkce }, { ...client, redirectUri: 'https://evil.example/' })).status).toBe(400)
    expect((await exchange({ code: await consent(), pkce: createPkce() })).status).toBe(oauth.pkce === 'S256' ? 400 : 200)
  })
})
