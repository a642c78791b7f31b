import { describe, expect, it } from 'vitest'
import { authorizeAddress, createPkce, isSigned, notOffered, signatureHeaders, tokenAsk, writeRequest, type AnyProvider, type AnyWrite, type FormFields } from '#kit'
import { fieldShape, models, type CommonModel } from '#models'
import { Fault } from '#src/errors'
import { everyProvider } from './every.ts'
import { sample, writeContext } from './sample.ts'

// What providers declare beside reads, held against itself; the vendor's contract is asked in test/contract.
const all = everyProvider
const setupOf = async (provider: AnyProvider): Promise<Readonly<Record<string, string>>> => (await provider.sandbox()).link('http://127.0.0.1:4000').setup
const context = writeContext

describe.each(all)('what %s declares of consent', (_slug, provider) => {
  const { oauth } = provider
  it('leads to an https address with everything in it that the vendor asks for', async () => {
    if (oauth === undefined) { expect(provider.auth.kind).toMatch(/api_key|basic|token_exchange/); return }
    const setup = await setupOf(provider)
    const client = { id: 'client-1', secret: 'secret-1', redirectUri: 'https://intermodal.example/callback' }
    const pkce = createPkce()
    const scopes = Object.keys(oauth.scopes)
    const url = new URL(authorizeAddress(oauth, { client, setup, scopes, state: 'state-1', pkce }))
    expect(url.protocol).toBe('https:')
    expect([url.searchParams.get('client_id'), url.searchParams.get('redirect_uri'), url.searchParams.get('state'), url.searchParams.get('code_challenge')]).toEqual(['client-1', client.redirectUri, 'state-1', oauth.pkce === 'S256' ? pkce.challenge : null])
    expect(url.href).not.toContain('secret-1')
    for (const grant of [{ code: 'code-1', pkce }, { refreshToken: 'refresh-1' }]) {
      const ask = tokenAsk(oauth, client, setup, grant)
      expect(new URL(ask.url!).protocol).toBe('https:')
      expect(JSON.stringify([ask.headers, ask.form, ask.body])).toContain('code' in grant ? 'code-1' : 'refresh-1')
      expect(ask.url).not.toMatch(/secret-1|code-1|refresh-1/)
    }
  })

  it('asks for no scope without a use, and for every model that it reads', () => {
    if (oauth === undefined) return
    const read = new Set<string>([...provider.resources.map(({ model }) => model.id as string), ...(provider.writes ?? []).map(({ model }) => model.id as string)])
    for (const [scope, needed] of Object.entries(oauth.scopes)) if (needed !== 'always') expect(needed.filter((model) => !read.has(model)), scope).toEqual([])
    const covered = new Set(Object.values(oauth.scopes).flat())
    if (!covered.has('always')) expect([...read].filter((model) => !covered.has(model as `crm.${string}`))).toEqual([])
  })
})

const writes = all.flatMap(([slug, provider]) => (provider.writes ?? []).map((write) => [`${slug}: ${write.kind} ${write.model.id as string}`, provider, write] as const))
describe.each(writes)('%s', (_name, provider: AnyProvider, write: AnyWrite) => {
  const model = write.model as CommonModel
  const accepts = write.accepts as readonly string[]
  const among = (write.among ?? {}) as Readonly<Record<string, readonly string[]>>
  const samples = Object.fromEntries(accepts.map((field) => [field, among[field]?.[0] ?? sample(model.schema.properties[field]!, field)]))
  const groups = (write.oneOf ?? []) as readonly (readonly string[])[]
  /** All that fits into one input; of fields that share a place the named one, or the first. */
  const wholeWith = (named: string): Readonly<Record<string, unknown>> => Object.fromEntries(Object.entries(samples).filter(([name]) => groups.every((group) => !group.includes(name) || name === (group.includes(named) ? named : group[0]))))
  const whole = wholeWith('')
  const build = (input: Readonly<Record<string, unknown>>) => writeRequest(write, input, context, 'key-1')

  it('takes fields that the model can be written with, and says each of them to the vendor', () => {
    expect(models[model.id as keyof typeof models]).toBe(model)
    expect(accepts.filter((field) => !Object.hasOwn(model.schema.properties, field))).toEqual([])
    expect(new Set(accepts).size).toBe(accepts.length)
    const said = (input: Readonly<Record<string, unknown>>): string => JSON.stringify([build(input), write.followed?.(input, context)])
    for (const field of accepts.filter((name) => !(write.requires as readonly string[]).includes(name))) {
      const input = wholeWith(field)
      const without = said(Object.fromEntries(Object.entries(input).filter(([name]) => name !== field)))
      const { words, many } = fieldShape(model.schema.properties[field]!)
      // One of the words may be what the vendor takes silence for.
      const values = [input[field], ...(among[field] ?? words ?? []).map((word) => (many ? [word] : word))]
      expect(values.some((value) => said({ ...input, [field]: value }) !== without), field).toBe(true)
    }
  })

  it('refuses what the vendor has no place for, and what it must have', () => {
    expect(() => build({ ...whole, never_heard_of: 1 })).toThrow(Fault)
    for (const [field, most] of Object.entries((write.most ?? {}) as Readonly<Record<string, number>>)) expect(() => build({ ...whole, [field]: Array.from({ length: most + 1 }, () => (samples[field] as readonly unknown[])[0]) }), field).toThrow(Fault)
    for (const field of Object.keys(among)) expect(() => build({ ...whole, [field]: 'never heard of' }), field).toThrow(Fault)
    for (const [one, other] of groups) expect(() => build({ ...wholeWith(one!), [other!]: samples[other!] }), other).toThrow(Fault)
    for (const field of write.kind === 'create' ? (write.requires as readonly string[]) : []) expect(() => build({ ...whole, [field]: null }), field).toThrow(Fault)
    for (const field of (write.keeps ?? []) as readonly string[]) expect(() => build({ ...whole, [field]: null }), field).toThrow(Fault)
  })

  it('addresses the record, changes something, and repeats itself only where that is harmless', () => {
    const request = build(whole)
    expect(request.method).toMatch(/^(POST|PUT|PATCH)$/)
    if (write.kind === 'update') expect(JSON.stringify([request.path, request.body])).toContain('4711')
    if (typeof write.repeated === 'object') expect(request.headers?.[write.repeated.keyHeader]).toBe('key-1')
    expect(build(whole)).toEqual(request)
  })

  it('reads nothing into an answer that is none', async () => {
    for (const body of [null, 'text', [], {}]) {
      if (write.kind === 'create') expect(write.remoteId({ status: 200, headers: new Headers(), body })).toBeNull()
      expect(write.complaints({ status: 400, headers: new Headers(), body })).toEqual(expect.any(Array))
    }
    const { troubles } = await provider.sandbox()
    const told = troubles.filter(({ means }) => means === 'upstream.rejected').flatMap(({ answer }) => write.complaints({ status: answer.status, headers: new Headers(answer.headers), body: answer.body }))
    expect(told.length).toBeGreaterThan(0)
    for (const { message } of told) expect(message).toMatch(/\S/)
  })
})

const hooks = all.filter(([, { webhooks }]) => webhooks !== undefined)
describe.skipIf(hooks.length === 0).each(hooks)('the webhooks of %s', (_slug, provider) => {
  const webhooks = provider.webhooks!
  const { signature } = webhooks
  const now = new Date('2026-03-04T05:06:07Z')
  const secret = 'canary-secret-0123456789'
  const delivery = { method: 'POST', url: 'https://intermodal.example/hooks/1', body: '{"a":1}' }

  it('prove themselves, and nothing else does', () => {
    if (signature.kind === 'secret_address') { expect(signature.because).toMatch(/\w+ \w+/); return }
    const headers = signatureHeaders(signature, secret, delivery, now)
    const check = (changed: Partial<typeof delivery>, given: Record<string, string>, by = secret, at = now) => isSigned(signature, by, { ...delivery, ...changed, headers: new Headers(given) }, at)
    expect(check({}, headers)).toBe(true)
    expect(check({}, headers, 'canary-secret-0123456780')).toBe(false)
    expect(check({}, {})).toBe(false)
    expect(check({}, headers, '')).toBe(false)
    if (signature.kind !== 'hmac') return
    expect(check({ body: '{"a":2}' }, headers)).toBe(false)
    if (signature.timestamp !== undefined) expect(check({}, headers, secret, new Date(now.getTime() + (signature.timestamp.toleranceSeconds + 5) * 1000))).toBe(false)
  })

  it('tell of models that are read, and of nothing where they are strange', () => {
    for (const odd of [null, 'text', 7, [], [null], {}, { events: 'x' }]) expect(webhooks.told(odd, new Headers()), JSON.stringify(odd)).toEqual([])
    expect(webhooks.subscribe !== undefined || (webhooks.manual ?? '').length > 20).toBe(true)
    if (webhooks.subscribe === undefined) return
    const asks = webhooks.subscribe({ url: delivery.url, secret, models: provider.resources.map(({ model }) => model.id), setup: {} })
    expect(JSON.stringify(asks)).toContain(delivery.url)
    for (const odd of [null, 'text', {}]) expect(webhooks.subscribed?.(odd) ?? null).toBeNull()
  })
})

describe.each(all)('the documentation of %s', (_slug, provider) => {
  it('is named where it can be read, and every form field says what it wants', () => {
    for (const address of [provider.docs, provider.oauth?.docs, provider.webhooks?.docs, ...(provider.writes ?? []).map(({ docs }) => docs)]) if (address !== undefined) expect(new URL(address).protocol).toBe('https:')
    for (const { label, maxLength } of [...Object.values(provider.setup as FormFields), ...Object.values(provider.auth.fields as FormFields)]) expect([label.length > 2, maxLength > 0]).toEqual([true, true])
    for (const { fields } of provider.resources) expect(Object.values(fields as object).some((read) => read !== notOffered)).toBe(true)
  })
})
