/** A vendor that is entered by consent, over real HTTP: it rotates refresh tokens, and ends the whole family when one comes twice. */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { AnyOAuth, AnyProvider } from '#kit'
import { invented, InventedServer } from './invented-vendor.ts'

export const APP = { id: 'app-1', secret: 'canary-app-secret-0123456789' }

export interface TokenAnswerGiven { readonly status?: number; readonly headers?: Readonly<Record<string, string>>; readonly body: unknown }

export interface ConsentVendor {
  readonly origin: string
  readonly port: number
  /** What stands behind the tokens. */
  readonly server: InventedServer
  readonly tokenCalls: { readonly refreshToken: string; readonly at: number }[]
  readonly apiCalls: { readonly path: string; readonly token: string; readonly status: number }[]
  /** Refresh tokens that came when they were used up. */
  reuses: number
  /** The access and the refresh token that are good now. */
  pair: { accessToken: string; refreshToken: string }
  lifeSeconds: number
  /** A used refresh token is still taken for so long. */
  leewayMs: number
  revoked: boolean
  /** Before the token is looked at, and when it is used up but the answer has not left. */
  arrived: () => Promise<void> | void
  rotated: () => Promise<void> | void
  /** Answers in place of the vendor; null: the vendor does. */
  instead: () => TokenAnswerGiven | null
  /** Changes the good answer. */
  odd: (body: Record<string, unknown>) => unknown
  /** Before a request with an access token is answered. */
  asked: (token: string, path: string) => Promise<void> | void
  /** Access tokens hold no longer; refresh tokens do. */
  readonly endAccess: () => void
  /** As if the customer had consented once more. */
  readonly consentAgain: () => ConsentVendor['pair']
  readonly provider: AnyProvider
  readonly close: () => Promise<void>
}

const fresh = (kind: string): string => `canary-${kind}-${randomBytes(9).toString('hex')}`

export const consentProvider = (origin: string, changes: Partial<AnyOAuth> = {}): AnyProvider => ({
  ...invented, baseUrl: () => origin,
  oauth: {
    docs: 'https://invented.example/docs', authorizeUrl: () => 'https://invented.example/authorize', tokenUrl: () => `${origin}/token` as `https://${string}`, scopes: { read: 'always' }, scopeSeparator: ' ', pkce: 'none',
    clientAuth: 'body', tokenBody: 'form', refresh: 'rotating', idleDays: 30, headers: (token: string) => ({ authorization: `Bearer ${token}` }), ...changes,
  },
})

export async function startConsentVendor(): Promise<ConsentVendor> {
  const server = new InventedServer()
  const good = new Map<string, number>()
  const used = new Map<string, number>()
  const give = (): ConsentVendor['pair'] => {
    const pair = { accessToken: fresh('access'), refreshToken: fresh('refresh') }
    good.set(pair.accessToken, Date.now() + vendor.lifeSeconds * 1000)
    vendor.pair = pair
    return pair
  }

  async function token(form: URLSearchParams): Promise<TokenAnswerGiven> {
    const refreshToken = form.get('refresh_token') ?? ''
    vendor.tokenCalls.push({ refreshToken, at: Date.now() })
    await vendor.arrived()
    const other = vendor.instead()
    if (other !== null) return other
    if (form.get('client_id') !== APP.id || form.get('client_secret') !== APP.secret) return { status: 401, body: { error: 'invalid_client' } }
    const usedAt = used.get(refreshToken)
    if (usedAt !== undefined && Date.now() - usedAt > vendor.leewayMs) {
      vendor.reuses++
      vendor.revoked = true
      good.clear()
    }
    if (vendor.revoked || (usedAt === undefined && refreshToken !== vendor.pair.refreshToken)) return { status: 400, body: { error: 'invalid_grant' } }
    if (usedAt === undefined) used.set(refreshToken, Date.now())
    const pair = give()
    await vendor.rotated()
    return { body: vendor.odd({ access_token: pair.accessToken, refresh_token: pair.refreshToken, expires_in: vendor.lifeSeconds, token_type: 'bearer' }) }
  }

  const http = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = []
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
      const url = new URL(request.url!, 'http://vendor')
      const answer = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): void => { response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(typeof body === 'string' ? body : JSON.stringify(body)) }
      if (url.pathname === '/token') {
        const { status = 200, body, headers } = await token(new URLSearchParams(Buffer.concat(chunks).toString()))
        return answer(status, body, headers)
      }
      const bearer = request.headers.authorization?.replace('Bearer ', '') ?? ''
      await vendor.asked(bearer, url.pathname)
      const status = (good.get(bearer) ?? 0) > Date.now() ? 200 : 401
      vendor.apiCalls.push({ path: url.pathname, token: bearer, status })
      if (status === 401) return answer(401, { error: 'invalid_token' })
      const { body, headers } = await server.send({ method: 'GET', path: url.pathname, query: Object.fromEntries(url.searchParams) })
      answer(200, body, Object.fromEntries(headers))
    })().catch(() => { response.destroy() })
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  const { port } = http.address() as AddressInfo
  const origin = `http://127.0.0.1:${port}`
  const nothing = (): void => undefined
  const vendor: ConsentVendor = {
    origin, port, server, tokenCalls: [], apiCalls: [], reuses: 0, pair: { accessToken: '', refreshToken: '' }, lifeSeconds: 3600, leewayMs: 0, revoked: false,
    arrived: nothing, rotated: nothing, asked: nothing, instead: () => null, odd: (body) => body,
    endAccess: () => good.clear(),
    consentAgain() {
      vendor.revoked = false
      good.clear()
      return give()
    },
    provider: consentProvider(origin),
    async close() {
      http.closeAllConnections()
      http.close()
      await once(http, 'close')
    },
  }
  give()
  return vendor
}
