import { describe, expect, it, test } from 'vitest'
import { authorizeAddress, createPkce, defineWrite, given, isSigned, ownAddress, scopesFor, signatureHeaders, subdomain, tokenAsk, tokensOf, vendorWord, writeRequest, type OAuth, type Signature } from '#kit'
import { models } from '#models'
import { Fault } from '#src/errors'

const oauth: OAuth = {
  docs: 'https://acme.example/docs', authorizeUrl: ({ sub }) => `https://${sub}.acme.example/authorize?product=crm`, tokenUrl: () => 'https://auth.acme.example/token',
  scopes: { 'contacts.read': ['crm.Contact'], 'deals.read': ['crm.Opportunity'], offline: 'always' }, scopeSeparator: ' ', pkce: 'S256', clientAuth: 'body', tokenBody: 'form', refresh: 'rotating', parameters: { prompt: 'consent' }, headers: (token) => ({ authorization: `Bearer ${token}` }),
}
const client = { id: 'id', secret: 'se:cret', redirectUri: 'https://us.example/callback' }
const setup = { sub: 'acme-1' }

describe('consent', () => {
  it('asks for the scopes of the models that are wanted, and proves who asked', () => {
    const scopes = scopesFor(oauth, new Set(['crm.Contact']))
    expect(scopes).toEqual(['contacts.read', 'offline'])
    const pkce = createPkce('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk')
    // The example of RFC 7636, appendix B.
    expect(pkce.challenge).toBe('E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM')
    const url = new URL(authorizeAddress(oauth, { client, setup, scopes, state: 's', pkce }))
    expect(url.origin).toBe('https://acme-1.acme.example')
    expect(Object.fromEntries(url.searchParams)).toEqual({ product: 'crm', response_type: 'code', client_id: 'id', redirect_uri: client.redirectUri, scope: 'contacts.read offline', state: 's', prompt: 'consent', code_challenge: pkce.challenge, code_challenge_method: 'S256' })
  })

  it('hands in the code, or the refresh token, in the vendor\'s manner', () => {
    expect(tokenAsk(oauth, client, setup, { code: 'c', pkce: { verifier: 'v', challenge: 'x' } })).toEqual({ method: 'POST', path: '/token', url: 'https://auth.acme.example/token', form: { grant_type: 'authorization_code', code: 'c', redirect_uri: client.redirectUri, code_verifier: 'v', client_id: 'id', client_secret: 'se:cret' } })
    expect(tokenAsk({ ...oauth, clientAuth: 'header', tokenBody: 'json', pkce: 'none' }, client, setup, { refreshToken: 'r' })).toEqual({ method: 'POST', path: '/token', url: 'https://auth.acme.example/token', headers: { authorization: `Basic ${Buffer.from('id:se%3Acret').toString('base64')}` }, body: { grant_type: 'refresh_token', refresh_token: 'r' } })
  })

  it('keeps the old refresh token only where the vendor does not rotate', () => {
    expect(tokensOf(oauth, { access_token: 'a', refresh_token: 'r2', expires_in: '3600' }, 'r1')).toEqual({ accessToken: 'a', refreshToken: 'r2', expiresInSeconds: 3600 })
    expect(tokensOf({ ...oauth, refresh: 'reusable' }, { access_token: 'a' }, 'r1')).toEqual({ accessToken: 'a', refreshToken: 'r1', expiresInSeconds: null })
    expect(tokensOf({ ...oauth, refresh: 'none' }, { access_token: 'a', refresh_token: '' }, 'r1')?.refreshToken).toBeNull()
    for (const odd of [null, {}, { access_token: '' }, 'x', { error: 'invalid_grant' }]) expect(tokensOf(oauth, odd)).toBeNull()
  })
})

test.each(['https://crm.example.com', 'https://crm.example.com:8443/a/b-c/', 'http://tracker', 'http://tracker.local:3000', 'http://10.1.2.3/x', 'http://127.0.0.1:1'])('%j is where a customer may run a program', (text) => {
  expect(new RegExp(`^(?:${ownAddress('Address', 'https://...').pattern.source})$`).test(text)).toBe(true)
})

test.each(['http://crm.example.com', 'http://8.8.8.8', 'ftp://tracker', 'https://user:secret@crm.example.com', 'https://crm.example.com?x', 'https://crm.example.com/#x', 'https://crm.example.com/../x', 'https://crm.example.com//x', 'https://crm .example.com', 'crm.example.com'])('T47 %j is no address for keys', (text) => {
  expect(new RegExp(`^(?:${ownAddress('Address', 'https://...').pattern.source})$`).test(text)).toBe(false)
})

test.each(['a.b', 'a/b', '-a', 'a-', 'a b', 'a@b', 'ä', 'a'.repeat(64), ''])('T47 %j is no subdomain', (text) => {
  const { pattern, maxLength } = subdomain('Subdomain', 'as in https://<this>.acme.example')
  expect(new RegExp(`^(?:${pattern.source})$`).test(text) && text.length <= maxLength).toBe(false)
  expect(new RegExp(`^(?:${pattern.source})$`).test('acme-1')).toBe(true)
})

describe('signatures', () => {
  const now = new Date('2026-03-04T05:06:07Z')
  const delivery = { method: 'POST', url: 'https://us.example/hook?a=1', body: '{"a":"ä"}' }
  const kinds: readonly Signature[] = [
    { kind: 'hmac', algorithm: 'sha256', header: 'x-signature', encoding: 'hex', prefix: 'sha256=' },
    { kind: 'hmac', algorithm: 'sha1', header: 'x-signature', encoding: 'base64' },
    { kind: 'hmac', algorithm: 'sha256', header: 'x-signature', encoding: 'base64', timestamp: { header: 'x-at', unit: 'milliseconds', toleranceSeconds: 300 }, signed: ({ method, url, body }, at) => method + url + body + at },
    { kind: 'hmac', algorithm: 'sha256', header: 'x-signature', encoding: 'hex', key: 'base64', timestamp: { header: 'x-at', unit: 'seconds', toleranceSeconds: 300 }, signed: ({ body }, at) => `${at}.${body}` },
    { kind: 'shared_secret', header: 'x-token' },
  ]
  it('are the vendor\'s: a known body under a known key', () => {
    // The example of https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
    const headers = new Headers({ 'x-signature': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17' })
    expect(isSigned(kinds[0]!, 'It\'s a Secret to Everybody', { ...delivery, body: 'Hello, World!', headers }, now)).toBe(true)
  })

  it.each(kinds)('%j: what the vendor signed is taken, and nothing else', (signature) => {
    const secret = 'c2VjcmV0LXNlY3JldA=='
    const headers = signatureHeaders(signature, secret, delivery, now)
    const check = (changed: Partial<typeof delivery>, more: Record<string, string> = {}, by = secret, at = now) => isSigned(signature, by, { ...delivery, ...changed, headers: new Headers({ ...headers, ...more }) }, at)
    expect(check({})).toBe(true)
    expect([check({}, {}, 'b3RoZXI='), check({}, {}, ''), isSigned(signature, secret, { ...delivery, headers: new Headers() }, now)]).toEqual([false, false, false])
    if (signature.kind !== 'hmac') return
    expect([check({ body: '{"a":"b"}' }), check({}, { 'x-signature': headers['x-signature']!.slice(0, -1) })]).toEqual([false, false])
    if (signature.timestamp !== undefined) expect([check({}, { 'x-at': String(Number(headers['x-at']) + 1) }), check({}, { 'x-at': 'soon' }), check({}, {}, secret, new Date(now.getTime() + 301_000)), check({}, {}, secret, new Date(now.getTime() + 299_000))]).toEqual([false, false, false, true])
  })
})

describe('a write', () => {
  const stages = { open: 'OPEN', won: 'WON' }
  const write = defineWrite(models['crm.Opportunity'])({
    kind: 'create', accepts: ['name', 'amount', 'status', 'account'], requires: ['name'], docs: 'https://acme.example/docs', repeated: { keyHeader: 'idempotency-key' }, visibleAfterSeconds: 5,
    ask: (input, { remoteFields }) => ({ method: 'POST', path: '/deals', body: given({ title: input.name, value: input.amount, stage: vendorWord(stages, input.status), company: input.account, ...remoteFields }) }),
    remoteId: ({ body }) => ((body as { id?: unknown } | null)?.id === undefined ? null : String((body as { id: unknown }).id)), complaints: () => [],
  })
  const context = { setup: {}, remoteId: '', remoteFields: { cf_1: 'own' }, at: new Date('2026-03-04T05:06:07Z') }
  it('says what the caller said and nothing more, under one key however often it is sent', () => {
    const request = writeRequest(write, { name: 'Deal', status: 'WON', amount: null }, context, 'k1')
    expect(request).toEqual({ method: 'POST', path: '/deals', body: { title: 'Deal', value: null, stage: 'won', cf_1: 'own' }, headers: { 'idempotency-key': 'k1' } })
    expect(request.isRead).toBeUndefined()
    expect(vendorWord(stages, 'Unheard-of')).toBe('Unheard-of')
  })

  it('refuses what the vendor has no place for, and asks for what it must have, each by name', () => {
    const fault = (input: Record<string, unknown>): unknown => { try { writeRequest(write, input, context, 'k'); return null } catch (error) { return error instanceof Fault ? [error.code, error.facts.pointer] : error } }
    expect([fault({ name: 'x', owner: 'o' }), fault({ amount: 1 }), fault({ name: '' }), fault({ name: 'x' })]).toEqual([['request.invalid', '/model/owner'], ['request.invalid', '/model/name'], ['request.invalid', '/model/name'], null])
  })

  it('refuses two of the fields that share a place, and more entries than there are places', () => {
    const narrow = defineWrite(models['crm.Contact'])({
      kind: 'create', accepts: ['account', 'owner', 'email_addresses'], requires: [], oneOf: [['account', 'owner']], most: { email_addresses: 1 }, repeated: 'duplicates', visibleAfterSeconds: 0, docs: 'https://acme.example/docs', remoteId: () => null, complaints: () => [],
      ask: ({ account, owner, email_addresses: emails }) => ({ method: 'POST', path: '/people', body: given({ about: account ?? owner, mail: emails?.[0]?.email_address }) }),
    })
    const mail = { email_address: 'a@b.c', email_address_type: null }
    const sent = (input: Record<string, unknown>): unknown => { try { return writeRequest(narrow, input, context, 'k').body } catch (error) { return error instanceof Fault ? [error.code, error.facts.pointer] : error } }
    expect([sent({ account: '1', owner: null }), sent({ owner: '2', email_addresses: [mail] })]).toEqual([{ about: '1' }, { about: '2', mail: 'a@b.c' }])
    expect([sent({ account: '1', owner: '2' }), sent({ email_addresses: [mail, mail] })]).toEqual([['request.invalid', '/model/owner'], ['request.invalid', '/model/email_addresses']])
  })

  it('refuses words of which the vendor has none', () => {
    const narrow = { ...write, among: { status: ['WON', 'LOST'] } }
    for (const status of ['OPEN', 'Unheard-of']) expect(() => writeRequest(narrow, { name: 'Deal', status }, context, 'k')).toThrow(Fault)
    expect([{ status: 'WON' }, { status: null }, {}].map((input) => (writeRequest(narrow, { name: 'Deal', ...input }, context, 'k').body as Record<string, unknown>)['stage'])).toEqual(['won', null, undefined])
  })

  it('refuses to empty what the vendor keeps, and leaves alone what is not named', () => {
    const keeping = { ...write, kind: 'update' as const, keeps: ['account'] }
    for (const nothing of [null, '', []]) expect(() => writeRequest(keeping, { account: nothing }, context, 'k')).toThrow(Fault)
    expect([writeRequest(keeping, { amount: null }, context, 'k').body, writeRequest(keeping, { account: 'a1' }, context, 'k').body]).toEqual([{ value: null, cf_1: 'own' }, { company: 'a1', cf_1: 'own' }])
  })
})
