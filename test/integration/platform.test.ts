import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseRule } from '#src/http/passthrough-rules'
import { createApiKey } from '#src/organizations/keys'
import { product, type Product } from '../support/product.ts'
import { synced } from '../support/intermodal.ts'

type Json = Record<string, unknown>
let it_: Product
let token: string
let id: string
beforeAll(async () => {
  it_ = await product()
  token = await it_.linked('customer-1')
  await synced(it_.api, token)
  id = (await it_.api.get<Json>('/api/ticketing/v1/account-details', token))['id'] as string
})
afterAll(() => it_.close())
const list = (query = '', key?: string) => it_.api.ask('GET', `/api/ticketing/v1/linked-accounts${query}`, key === undefined ? {} : { key })
const ids = async (query: string): Promise<unknown[]> => ((await list(query)).body['results'] as Json[]).map((account) => account['id'])

describe('linked accounts', () => {
  it('are told with what their integration can do, and nothing that the SDK expects is missing', async () => {
    const { body } = await list()
    const [account] = body['results'] as [Json]
    expect(account).toMatchObject({
      id, category: 'ticketing', status: 'COMPLETE', status_detail: null, end_user_origin_id: 'customer-1', end_user_organization_name: 'Customer', end_user_email_address: 'c@example.test', webhook_listener_url: '', is_duplicate: false,
      account_type: 'PRODUCTION', subdomain: null, integration_specific_fields: { base_url: it_.vendor.origin }, integration: { name: 'Redmine', slug: 'redmine', categories: ['ticketing'], passthrough_available: true },
    })
    expect(Date.parse(account['completed_at'] as string)).toBeGreaterThan(0)
    const operations = (account['integration'] as { available_model_operations: Json[] }).available_model_operations
    const ticket = operations.find((operation) => operation['model_name'] === 'Ticket')!
    expect(ticket).toMatchObject({ available_operations: ['FETCH'], required_post_parameters: [] })
    expect(ticket['supported_fields']).toContain('description')
    // Redmine has no such thing, and the adapter says so.
    expect(ticket['supported_fields']).not.toContain('contact')
    expect(JSON.stringify(body)).not.toContain(it_.vendor.link.credentials['api_key'])
  })

  it.each([
    ['?category=ticketing', true], ['?category=crm', false], ['?status=COMPLETE', true], ['?status=RELINK_NEEDED', false], ['?end_user_origin_id=customer-1', true], ['?end_user_origin_id=customer', false],
    ['?end_user_origin_ids=a,customer-1', true], ['?end_user_origin_ids=a,b', false], ['?end_user_origin_ids=a&end_user_origin_id=customer-1', false], ['?end_user_organization_name=Customer', true], ['?end_user_organization_name=Nobody', false],
    ['?end_user_email_address=c%40example.test', true], ['?end_user_email_address=x%40example.test', false], ['?integration_name=Redmine', true], ['?integration_name=redmine', true], ['?integration_name=Jira', false],
    ['?is_test_account=true', false], ['?is_test_account=false', true], ['?include_duplicates=true', true], ['?ids=00000000-0000-4000-8000-000000000000', false],
  ])('%s finds them or not: %s', async (query, found) => {
    expect(await ids(query)).toEqual(found ? [id] : [])
  })

  it('are found by id and by ids; what is no id, and what is no parameter, is refused by name', async () => {
    expect(await ids(`?id=${id}`)).toEqual([id])
    expect(await ids(`?ids=${id},00000000-0000-4000-8000-000000000000`)).toEqual([id])
    for (const query of ['?id=7', '?ids=7', '?page_size=0', '?nonsense=1']) {
      const { status, body } = await list(query)
      expect([status, (body['errors'] as { source: Json }[])[0]!.source['parameter']]).toEqual([400, query.slice(1).split('=')[0]])
    }
  })

  it('T23 another organisation\'s accounts change no list, no count and no cursor', async () => {
    const { apiKey: other } = await createApiKey(it_.house.database, { organizationName: 'Other', name: 'other' })
    const before = JSON.stringify((await list('?page_size=1')).body)
    expect((await list('', other)).body).toEqual({ next: null, previous: null, results: [] })
    expect(JSON.stringify((await list('?page_size=1')).body)).toBe(before)
  })

  it('say what they can do by token', async () => {
    const { status, body } = await it_.api.ask('GET', '/api/ticketing/v1/available-actions', { token })
    expect([status, body]).toMatchObject([200, { integration: { name: 'Redmine', slug: 'redmine', categories: ['ticketing'] }, passthrough_available: true }])
    expect((body['available_model_operations'] as Json[]).map((operation) => operation['model_name'])).toContain('Comment')
  })

  it('get a new token; the old one names nothing from then on', async () => {
    const old = await it_.linked('customer-2')
    const { status, body } = await it_.api.ask('POST', '/api/ticketing/v1/account-token/regenerate', { token: old })
    expect(status).toBe(200)
    const fresh = body['account_token'] as string
    const details = await it_.api.get<Json>('/api/ticketing/v1/account-details', fresh)
    expect(details).toMatchObject({ id: body['linked_account_id'], integration: 'Redmine', integration_slug: 'redmine', end_user_origin_id: 'customer-2', account_type: 'PRODUCTION' })
    await expect.poll(async () => (await it_.api.ask('GET', '/api/ticketing/v1/account-details', { token: old })).status, { timeout: 8_000, interval: 250 }).toBe(401)
    const gone = await it_.api.ask('POST', '/api/ticketing/v1/delete-account', { token: fresh })
    expect([gone.status, gone.body]).toEqual([200, {}])
    expect(await ids('?end_user_origin_id=customer-2')).toEqual([])
  })
})

describe('integrations', () => {
  it('are a bare list for everybody, and a page for the organisation', async () => {
    const open = await (await fetch(`${it_.origin}/api/integrations`)).json() as Json[]
    expect(open).toContainEqual({ name: 'Redmine', slug: 'redmine', categories: ['ticketing'], image: null, square_image: null, color: expect.stringMatching(/^#[0-9A-F]{6}$/) as string })
    const { body } = await it_.api.ask('GET', '/api/organizations/integrations')
    expect(body).toEqual({ next: null, previous: null, results: open })
    expect((await fetch(`${it_.origin}/api/organizations/integrations`)).status).toBe(401)
  })
})

describe('keys', () => {
  const generate = (name: unknown, key?: string, verb = 'generate') => it_.api.ask('POST', `/api/ticketing/v1/${verb}-key`, { body: { name }, ...(key !== undefined && { key }) })

  it('T08 a key that is made has the scopes of the one that asked, and no more', async () => {
    const { apiKey: small } = await createApiKey(it_.house.database, { organizationName: 'Test', name: 'small', scopes: ['keys:write', 'accounts:read'] })
    const made = await generate('robot', small)
    expect([made.status, made.body['name']]).toEqual([200, 'robot'])
    const robot = made.body['key'] as string
    expect((await list('', robot)).status).toBe(200)
    const { status, body } = await it_.api.ask('GET', '/api/ticketing/v1/audit-trail', { key: robot })
    expect([status, body['required_scope']]).toEqual([403, 'audit:read'])
  })

  it('T64 a key with passthrough rules makes and takes over only keys that may no more, and what it makes has its rules', async () => {
    const rules = (...texts: string[]) => texts.map(parseRule)
    const { apiKey: ruled } = await createApiKey(it_.house.database, { organizationName: 'Test', name: 'ruled', scopes: ['keys:write', 'passthrough'], passthroughRules: rules('GET,HEAD /issues/**', 'GET /users/*') })
    const ask = (verb: string, body: object, key = ruled) => it_.api.ask('POST', `/api/ticketing/v1/${verb}-key`, { body, key })
    for (const wider of ['GET /**', 'POST /issues/1', 'HEAD /users/*', 'GET /users/**']) expect((await ask('generate', { name: `wider ${wider}`, passthrough_rules: rules(wider) })).body, wider).toMatchObject({ status: 403, passthrough_rules: ['GET,HEAD /issues/**', 'GET /users/*'] })
    for (const [name, body] of Object.entries({ same: {}, nothing: { passthrough_rules: null }, narrower: { passthrough_rules: rules('GET /issues/* redmine', 'GET /users/me') } })) {
      const made = await ask('generate', { name, ...body })
      expect(made.status, name).toBe(200)
      // It is bound as well: what it makes may no more.
      expect((await ask('generate', { name: `${name} again`, passthrough_rules: rules('GET /**') }, made.body['key'] as string)).status, name).toBe(403)
    }
    await createApiKey(it_.house.database, { organizationName: 'Test', name: 'unruled', scopes: ['keys:write', 'passthrough'] })
    expect((await ask('regenerate', { name: 'unruled' })).status).toBe(403)
    const renewed = await ask('regenerate', { name: 'narrower' })
    expect(renewed.status).toBe(200)
    expect((await ask('generate', { name: 'once more', passthrough_rules: rules('HEAD /issues/1') }, renewed.body['key'] as string)).status).toBe(403)
    expect((await ask('generate', { name: 'odd', passthrough_rules: [{ methods: ['GET'], path: 'issues' }] })).status).toBe(400)
  })

  it('T08 nobody takes a key over that may more than he', async () => {
    const { apiKey: small } = await createApiKey(it_.house.database, { organizationName: 'Test', name: 'climber', scopes: ['keys:write'] })
    const { status, body } = await generate('test', small, 'regenerate')
    expect([status, body['code']]).toEqual([403, 'request.forbidden'])
    expect((await list()).status).toBe(200)
  })

  it('that are replaced stop working, and the new one goes on', async () => {
    const first = (await generate('again')).body['key'] as string
    expect((await list('', first)).status).toBe(200)
    const second = (await generate('again', undefined, 'regenerate')).body['key'] as string
    expect(second).not.toBe(first)
    expect((await list('', second)).status).toBe(200)
    await expect.poll(async () => (await list('', first)).status, { timeout: 8_000, interval: 250 }).toBe(401)
  })

  it('a name that is taken, unknown or empty is refused', async () => {
    await generate('taken')
    expect((await generate('taken')).status).toBe(409)
    expect((await generate('nobody has it', undefined, 'regenerate')).status).toBe(404)
    for (const name of ['', '   ', 7, null]) expect((await generate(name)).status, String(name)).toBe(400)
  })

  it('two that ask for one name at once get one key', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => generate('race')))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409, 409])
  })
})

describe('what waits for its room', () => {
  const user = { end_user_email_address: 'a@b.example', end_user_organization_name: 'A', end_user_origin_id: '1', categories: ['ticketing'] }

  it.each([
    ['POST', '/api/ticketing/v1/link-token', user], ['POST', '/api/integrations/create-link-token', user], ['GET', '/api/ticketing/v1/account-token/some-token', undefined], ['GET', '/api/integrations/account-token/some-token', undefined],
    ['POST', '/api/ticketing/v1/async-passthrough', { method: 'GET', path: '/x' }], ['GET', '/api/ticketing/v1/async-passthrough/00000000-0000-4000-8000-000000000000', undefined],
    ['GET', '/api/ticketing/v1/webhook-receivers', undefined], ['POST', '/api/ticketing/v1/webhook-receivers', { event: 'x', is_active: true, key: null }],
    ['GET', '/api/ticketing/v1/field-mappings', undefined], ['DELETE', '/api/ticketing/v1/field-mappings/00000000-0000-4000-8000-000000000000', undefined],
    ['GET', '/api/ticketing/v1/remote-fields?common_models=Ticket', undefined], ['GET', '/api/ticketing/v1/target-fields', undefined],
    ['POST', '/api/ticketing/v1/target-fields', { target_field_name: 'a', target_field_description: 'b', common_model_name: 'Ticket' }],
  ])('%s %s is checked, then says so with 501', async (method, path, body) => {
    const answer = await it_.api.ask(method, path, { token, ...(body !== undefined && { body }) })
    expect([answer.status, answer.body['code']]).toEqual([501, 'request.not_yet_served'])
    expect(answer.body['detail']).toContain('waits for')
    if (body === undefined) return
    const wrong = await it_.api.ask(method, path, { token, body: { ...body, nonsense: 1 } })
    expect(wrong.status).toBe(400)
  })

  it('a link token may be asked for with a form, with one category or several', async () => {
    for (const more of ['', '&categories=crm', '&link_expiry_mins=60&should_create_magic_link_url=true']) {
      const response = await fetch(`${it_.origin}/api/integrations/create-link-token`, {
        method: 'POST', headers: { authorization: `Bearer ${it_.apiKey}`, 'content-type': 'application/x-www-form-urlencoded' },
        body: `end_user_email_address=a%40b.example&end_user_organization_name=A&end_user_origin_id=1&categories=ticketing${more}`,
      })
      expect(response.status).toBe(501)
    }
    const wrong = await fetch(`${it_.origin}/api/integrations/create-link-token`, { method: 'POST', headers: { authorization: `Bearer ${it_.apiKey}`, 'content-type': 'application/x-www-form-urlencoded' }, body: 'categories=ticketing' })
    expect(wrong.status).toBe(400)
    expect(((await wrong.json()) as { errors: { source: { pointer: string } }[] }).errors.map(({ source }) => source.pointer)).toEqual(['/end_user_email_address', '/end_user_organization_name', '/end_user_origin_id'])
  })
})
