/** How the API lets us in, and what its refusals mean. */
import { id, secretKey, type Answer, type Auth, type ErrorRule, type FormField, type Limits, type OAuth, type Session, type Whoami } from '#kit'
import { query } from './objects.ts'
import { says, type Page } from './vendor.ts'

/** `acme`, `acme--uat.sandbox`, `acme-dev-ed.develop`: https://help.salesforce.com/s/articleView?id=xcloud.domain_name_url_formats.htm */
const myDomain: FormField = {
  label: 'My Domain', hint: 'What stands before .my.salesforce.com in the address of Setup → My Domain: acme, or acme--uat.sandbox',
  pattern: /[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.(?:sandbox|develop|scratch|demo|patch|trailblaze|free|stmfa|stmfb|stmpa))?/, maxLength: 80,
}
export const setup = { my_domain: myDomain }
type Setup = typeof setup
export const hostOf = ({ my_domain }: { readonly my_domain?: string }): `https://${string}` => `https://${my_domain ?? ''}.my.salesforce.com`

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
/** The answer does not say how long a session holds: the org's settings do, two hours where nobody changed them. A refusal begins another. */
const session = (body: unknown): Session | null => {
  const token = (body as { access_token?: unknown } | null)?.access_token
  return typeof token === 'string' && token !== '' ? { token } : null
}

const clientFields = { client_id: { ...secretKey('Consumer key', 'External Client App Manager → your app → Settings → OAuth Settings'), isPublic: true }, client_secret: secretKey('Consumer secret', 'Beside the consumer key') }
/** https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_client_credentials_flow.htm. It is refused at login.salesforce.com: only the org's own address takes it. */
export const auth: Auth<Setup, typeof clientFields> = {
  kind: 'token_exchange', fields: clientFields, session, headers: bearer,
  ask: ({ client_id, client_secret }, { my_domain }) => ({ path: '/services/oauth2/token', url: `${hostOf({ my_domain })}/services/oauth2/token`, form: { grant_type: 'client_credentials', client_id, client_secret } }),
}

/** https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_web_server_flow.htm. Apps may rotate refresh tokens; the answer then holds the next. */
export const oauth: OAuth<Setup> = {
  docs: 'https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_web_server_flow.htm',
  authorizeUrl: (values) => `${hostOf(values)}/services/oauth2/authorize`, tokenUrl: (values) => `${hostOf(values)}/services/oauth2/token`,
  scopes: { api: 'always', refresh_token: 'always' }, scopeSeparator: ' ', pkce: 'S256', clientAuth: 'body', tokenBody: 'form', refresh: 'reusable', headers: bearer,
}

/** Every user may read the org that they are in. */
export const whoami: Whoami = { ...query('/query', 'select Id, Name, IsSandbox from Organization'), identity: (body) => { const records = (body as Partial<Page<{ Id?: unknown }>> | null)?.records; return Array.isArray(records) ? id((records[0] as { Id?: unknown } | undefined)?.Id) : null }, ask: 'at_link' }

/** `Sforce-Limit-Info: api-usage=18/100000; api-bursts=1/750`; what an app used may stand there too, and a burst may go beyond the limit: https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_api_usage.htm */
const usageIn = (headers: Headers): { readonly count: number; readonly most: number } | null => {
  const [, count, most] = /(?<![\w-])api-usage=(\d+)\/(\d+)/.exec(headers.get('sforce-limit-info') ?? '') ?? []
  return count === undefined ? null : { count: Number(count), most: Number(most) }
}
const isUsedUp = ({ headers }: Answer): boolean => {
  const usage = usageIn(headers)
  return usage === null || usage.count >= usage.most
}
/** Salesforce counts 24 hours back and says no time to come again. Where the day's calls are not used up, it was too many at once. */
const wait: Limits['wait'] = (answer) => (says('REQUEST_LIMIT_EXCEEDED')(answer) ? (isUsedUp(answer) ? 3_600 : 20) : null)

/** Counted 24 hours back, so some of it is there again within the hour. */
const left: Limits['left'] = ({ headers }) => {
  const usage = usageIn(headers)
  return usage === null ? null : { left: Math.max(0, usage.most - usage.count), of: usage.most, resetSeconds: 3_600 }
}

/**
 * https://developer.salesforce.com/docs/platform/salesforce-app-limits-cheatsheet/guide/salesforce-app-limits-platform-api.html: the smallest paid edition has
 * 100,000 in any 24 hours and more with each licence, for all apps; half of that is ours. What the org really has (15,000 where it is a developer's) the answers tell.
 * Only requests of 20 seconds and more are counted at once: 25 of them, 5 where the org is a developer's or on trial. The pace is our own.
 */
export const limits: Limits = { concurrency: 5, requests: { count: 20, perSeconds: 1 }, budgets: [{ name: 'day', count: 100_000, share: 0.5, perSeconds: 86_400, cost: () => 1 }], wait, left }

export const errors: readonly ErrorRule[] = [
  { status: 403, when: says('REQUEST_LIMIT_EXCEEDED'), code: 'upstream.rate_limited' },
  // A place in a list is kept for two days, and only so many at a time for each user.
  { status: 400, when: says('INVALID_QUERY_LOCATOR'), code: 'upstream.cursor_gone' },
  { status: 400, when: says('QUERY_TIMEOUT'), code: 'upstream.timed_out' },
  // An object that the user may not see does not exist for them.
  { status: 400, when: says('INVALID_TYPE'), code: 'upstream.forbidden' },
  // Somebody else is saving something near it: nothing was saved.
  { status: 400, when: says('UNABLE_TO_LOCK_ROW'), code: 'upstream.unavailable' },
  { status: 400, when: ({ body }) => ['invalid_client', 'invalid_client_id', 'invalid_grant'].includes(String((body as { error?: unknown } | null)?.error)), code: 'upstream.unauthorized' },
]
