/** Who is asking, and for which linked account: decided before a body is read, for every route in one place. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Database } from '../db/client.ts'
import { Fault } from '../errors.ts'
import type { Caller, CallerAccount } from '../http/caller.ts'
import { countFailures } from '../http/failures.ts'
import { recent } from '../http/recent.ts'
import { openKeyRing } from '../organizations/keys.ts'
import { ACCOUNT_TOKEN, parseToken, secretMatches } from '../organizations/tokens.ts'

const SECRET_PARAMETERS = new Set(['api_key', 'apikey', 'api-key', 'key', 'token', 'access_token', 'account_token', 'x-account-token', 'authorization', 'password', 'secret', 'client_secret'])
const BEARER = /^Bearer +(\S{1,200})$/i

interface AccountRow extends Record<string, unknown> { id: string; category: string; integration: string; status: string; token_hash: Buffer }

/** Looks an account token up inside one organisation: another organisation's token names nothing. */
function accountLookup(database: Database, now: () => number) {
  const found = recent<AccountRow>({ forMs: 5_000, entries: 10_000, now })
  return async (organizationId: string, token: string): Promise<CallerAccount | null> => {
    const parts = parseToken(ACCOUNT_TOKEN, token)
    if (parts === null) return null
    const key = `${organizationId} ${parts.publicId}`
    let row = found.get(key)
    if (row === undefined) {
      [row] = await database.tenantLookup<AccountRow>(organizationId, {
        name: 'account_by_token',
        text: 'select id, category, integration, status, token_hash from linked_accounts where token_public_id = $1',
        values: [parts.publicId],
      })
      if (row === undefined) return null
      found.set(key, row)
    }
    if (!secretMatches(parts.secret, row.token_hash)) return null
    return { id: row.id, organizationId, category: row.category, integration: row.integration, status: row.status }
  }
}

function refuseSecrets(request: FastifyRequest): void {
  for (const name of Object.keys(request.query as object)) {
    if (SECRET_PARAMETERS.has(name.toLowerCase())) throw new Fault('request.secret_in_url', { parameter: name, detail: 'Secrets do not belong in an address: it is written to logs on the way. Send the API key as `Authorization: Bearer` and the account token as `X-Account-Token`, and replace the one that was sent.' })
  }
}

/** Adds authentication to every route of the app. A route says in its config what it needs; one that says nothing stops the start. */
export function authenticate(app: FastifyInstance, { database, now = Date.now }: { database: Database; now?: () => number }): void {
  const keys = openKeyRing(database, { now, onError: (error) => app.log.warn({ error: (error as Error).message }, 'could not note the use of an API key') })
  const accountOf = accountLookup(database, now)
  const failures = countFailures({ now })
  const unmarked: string[] = []

  const fail = (request: FastifyRequest, fault: Fault): Fault => {
    const retryAt = failures.note(request.ip)
    return retryAt === null ? fault : new Fault('request.too_many', { detail: 'Too many requests from this address failed to authenticate.', retryAt })
  }

  async function identify(request: FastifyRequest): Promise<Caller> {
    const { authorization } = request.headers
    const key = BEARER.exec(authorization ?? '')?.[1]
    if (key === undefined) throw fail(request, new Fault('request.unauthenticated', { detail: authorization === undefined ? 'Send the API key in the header `Authorization: Bearer <key>`.' : 'The header must read `Authorization: Bearer <key>`.' }))
    const caller = await keys.identify(key)
    if (caller === null) throw fail(request, new Fault('request.unauthenticated', { detail: 'The API key is not valid: mistyped, revoked, expired, or never given out.' }))
    return caller
  }

  app.decorateRequest('caller', null)
  app.decorateRequest('account', null)
  app.addHook('onRoute', (route) => { routes.push(route) })
  const routes: { url: string; config?: { scope?: string } | undefined }[] = []
  app.addHook('onReady', async () => {
    unmarked.push(...routes.filter((route) => route.config?.scope === undefined).map(({ url }) => url))
    if (unmarked.length > 0) throw new Error(`these routes do not say which scope they need: ${[...new Set(unmarked)].join(', ')}`)
  })

  app.addHook('onRequest', async (request) => {
    if (request.url.startsWith('/api/')) refuseSecrets(request)
    const { scope, account } = request.routeOptions.config
    if (request.is404 || scope === undefined || scope === 'public') return
    const caller = await identify(request)
    request.caller = caller
    if (!caller.scopes.includes(scope)) throw new Fault('request.forbidden', { detail: `This needs an API key with the scope ${scope}.`, requiredScope: scope })
    if (account === undefined) return
    const token = request.headers['x-account-token']
    if (token === undefined && account === 'optional') return
    request.account = typeof token === 'string' ? await accountOf(caller.organizationId, token) : null
    if (request.account === null) throw fail(request, new Fault('request.account_unknown', { detail: token === undefined ? 'Send the account token in the header `X-Account-Token`.' : 'The account token names no linked account of this organisation.' }))
  })
}
