import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { models, type CommonModel } from '#models'
import { awaiting } from '#src/api/awaiting'
import { documented } from '#src/api/model-access'
import type { SeededAccount } from '../support/seed.ts'
import { seedAccount, seedOrganization } from '../support/seed.ts'
import { asCaller, testApi, type TestApi } from '../support/api.ts'
import { testDatabase, type TestDatabase } from '../support/db.ts'
import { plainResource, storeRow } from '../support/stored.ts'

let db: TestDatabase
let api: TestApi
let key: { organizationId: string; apiKey: string }
const accounts: Record<string, SeededAccount> = {}
const all: readonly CommonModel[] = Object.values(models)
const NOBODY = '00000000-0000-8000-8000-000000000000'

beforeAll(async () => {
  db = await testDatabase()
  api = await testApi(db.database)
  key = await seedOrganization(db.database, 'A')
  for (const category of ['hris', 'crm', 'ticketing']) accounts[category] = await seedAccount(db.database, key.organizationId, category)
})
afterAll(async () => { await api.app.close(); await db.drop() })

type Method = 'GET' | 'POST' | 'PATCH' | 'PUT'
const ask = (method: Method, url: string, payload?: unknown, as = accounts[url.split('/')[2]!]) => api.app.inject({
  method, url, headers: { ...asCaller(key.apiKey, as?.token), ...(payload !== undefined && { 'content-type': 'application/json' }) }, ...(payload !== undefined && { payload: JSON.stringify(payload) }),
})
const store = (modelId: keyof typeof models, row: Record<string, unknown>, as = accounts[modelId.split('.')[0]!]!) => storeRow(db.database, as, plainResource(modelId), row)
const ids = async (url: string): Promise<string[]> => {
  const answer = await ask('GET', url)
  expect(answer.statusCode, answer.body).toBe(200)
  return answer.json<{ results: { remote_id: string }[] }>().results.map(({ remote_id: id }) => id)
}
const wants = (model: CommonModel, fields: readonly string[]): Record<string, unknown> => Object.fromEntries(fields.map((field) => [field, sampleOf(model, field)]))
const sampleOf = (model: CommonModel, field: string): unknown => (model.schema.properties[field]!['type'] === 'array' ? [] : {})

describe('fixed segments', () => {
  test('are never taken for an id', async () => {
    for (const [url, status] of [
      ['/api/hris/v1/employees/meta/post', 200], ['/api/hris/v1/groups/types', 200], ['/api/ticketing/v1/tickets/live-search', 501], ['/api/ticketing/v1/tickets/remote-field-classes', 200],
      ['/api/crm/v1/custom-object-classes/custom-objects/remote-field-classes', 200], [`/api/crm/v1/accounts/meta/patch/${NOBODY}`, 404], ['/api/crm/v1/accounts/meta/post', 200],
    ] as const) expect((await ask('GET', url)).statusCode, url).toBe(status)
  })

  test('what is no id names nothing, and every model without a record of that id says so', async () => {
    for (const model of all.filter(({ retrievable, lists }) => retrievable && lists[0].parents.length === 0)) {
      for (const id of [NOBODY, 'x', '%00', '..']) expect((await ask('GET', `${documented(model, model.path)}/${id}`)).statusCode, `${model.id} ${id}`).toBe(404)
    }
  })
})

describe('lists below other records', () => {
  test('viewers are those of the ticket or the collection, users those of the project', async () => {
    const ticket = await store('ticketing.Ticket', { id: 't1', name: 'One' })
    const other = await store('ticketing.Ticket', { id: 't2', name: 'Two' })
    const collection = await store('ticketing.Collection', { id: 'c1', name: 'Dock' })
    const project = await store('ticketing.Project', { id: 'p1', name: 'Pier' })
    const empty = await store('ticketing.Project', { id: 'p2', name: 'Quay' })
    await store('ticketing.User', { id: 'u1', name: 'Ann', projects: ['p1'] })
    await store('ticketing.User', { id: 'u2', name: 'Bo' })
    await store('ticketing.Viewer', { id: 'v1', ticket: 't1', user: 'u1' })
    await store('ticketing.Viewer', { id: 'v2', collection: 'c1', user: 'u2' })
    expect(await ids(`/api/ticketing/v1/tickets/${ticket}/viewers`)).toEqual(['v1'])
    expect(await ids(`/api/ticketing/v1/tickets/${other}/viewers`)).toEqual([])
    expect(await ids(`/api/ticketing/v1/collections/${collection}/viewers`)).toEqual(['v2'])
    expect(await ids(`/api/ticketing/v1/projects/${project}/users`)).toEqual(['u1'])
    expect(await ids(`/api/ticketing/v1/projects/${empty}/users`)).toEqual([])
    const [viewer] = (await ask('GET', `/api/ticketing/v1/tickets/${ticket}/viewers?expand=user`)).json<{ results: { user: { name: string } }[] }>().results
    expect(viewer!.user.name).toBe('Ann')
    expect((await ask('GET', `/api/ticketing/v1/tickets/${NOBODY}/viewers`)).json()).toMatchObject({ status: 404, code: 'request.not_found' })
    expect((await ask('GET', `/api/ticketing/v1/tickets/${collection}/viewers`)).statusCode).toBe(404)
  })

  test('a page of one parent does not go on below another', async () => {
    const ship = await store('ticketing.Project', { id: 'p3', name: 'Ship' })
    const crane = await store('ticketing.Project', { id: 'p4', name: 'Crane' })
    for (const n of [1, 2, 3]) await store('ticketing.User', { id: `crew${n}`, projects: ['p3', 'p4'] })
    const { next } = (await ask('GET', `/api/ticketing/v1/projects/${ship}/users?page_size=2`)).json<{ next: string }>()
    expect((await ask('GET', `/api/ticketing/v1/projects/${ship}/users?page_size=2&cursor=${next}`)).json<{ results: unknown[] }>().results).toHaveLength(1)
    expect((await ask('GET', `/api/ticketing/v1/projects/${crane}/users?page_size=2&cursor=${next}`)).json()).toMatchObject({ code: 'request.invalid_cursor' })
  })

  test('custom objects, their associations and association types are those of the class in the address', async () => {
    const boats = await store('crm.CustomObjectClass', { id: 'boat', name: 'Boat' })
    const crews = await store('crm.CustomObjectClass', { id: 'crew', name: 'Crew' })
    const tug = await store('crm.CustomObject', { id: 'tug', object_class: 'boat', fields: { length: 24 }, custom: [{ key: 'flag', name: 'Flag', value: 'NO' }] })
    await store('crm.CustomObject', { id: 'night', object_class: 'crew', fields: {} })
    await store('crm.AssociationType', { id: 'sails', source_object_class: { id: 'boat', origin_type: 'CUSTOM_OBJECT' }, remote_key_name: 'sails' })
    await store('crm.Association', { id: 'a1', source_object: 'tug', target_object: 'night', association_type: 'sails' })
    const below = `/api/crm/v1/custom-object-classes/${boats}`
    expect(await ids(`${below}/custom-objects`)).toEqual(['tug'])
    expect(await ids(`${below}/association-types`)).toEqual(['sails'])
    expect(await ids(`${below}/custom-objects/${tug}/associations`)).toEqual(['a1'])
    expect((await ask('GET', `${below}/custom-objects/${tug}?include_remote_fields=true`)).json()).toMatchObject({ id: tug, fields: { length: 24 }, remote_fields: [{ value: 'NO' }] })
    expect((await ask('GET', `/api/crm/v1/custom-object-classes/${crews}/custom-objects/${tug}`)).statusCode).toBe(404)
    expect((await ask('GET', `/api/crm/v1/custom-object-classes/${crews}/custom-objects/${tug}/associations`)).statusCode).toBe(404)
    expect((await ask('GET', `${below}/custom-objects/meta/post`)).statusCode).toBe(200)
    expect((await ask('GET', '/api/crm/v1/custom-object-classes/custom-objects/remote-field-classes')).json<{ results: { remote_key_name: string }[] }>().results.map(({ remote_key_name: name }) => name)).toEqual(['flag'])
  })
})

describe('writes', () => {
  const creates = all.flatMap((model) => (model.writes.create === null ? [] : [{ model, write: model.writes.create, method: 'POST' as const, path: model.path }]))
  const updates = all.flatMap((model) => (model.writes.update === null ? [] : [{ model, write: model.writes.update, method: 'PATCH' as const, path: `${model.path}/${NOBODY}` }]))
  const writes = [...creates, ...updates].map((write) => ({ ...write, url: documented(write.model, write.path.replaceAll(/\{\w+\}/g, NOBODY)) }))

  test('take every writable field, also as null, and wait for their room', async () => {
    expect([creates.length, updates.length]).toEqual([16, 6])
    for (const { model, write, method, url } of writes) {
      const nulls = Object.fromEntries([...write.fields, ...write.requestOnly].filter((field) => !write.required.includes(field)).map((field) => [field, null]))
      const answer = await ask(method, `${url}?is_debug_mode=true&run_async=false`, { model: { ...nulls, ...wants(model, write.required.filter((field) => field !== 'remote_key_name')), ...(write.required.includes('remote_key_name') && { remote_key_name: 'k' }) } })
      expect(answer.json(), url).toMatchObject({ status: 501, code: 'request.not_yet_served', outcome: 'not_applied', retryable: false })
      expect(answer.json<{ detail: string }>().detail).toContain('it waits for writes')
    }
  })

  test('refuse an unknown field, a read-only one, a wrong type and a missing model, and say where', async () => {
    for (const { write, method, url } of writes) {
      const errors = async (payload: unknown): Promise<{ pointer: string; type: string }[]> => {
        const answer = await ask(method, url, payload)
        expect(answer.statusCode, `${url} ${answer.body}`).toBe(400)
        return answer.json<{ errors: { source: { pointer: string }; problem_type: string }[] }>().errors.map(({ source, problem_type: type }) => ({ pointer: source.pointer, type }))
      }
      for (const field of ['nonsense', 'id', 'remote_was_deleted']) expect(await errors({ model: { [field]: null } })).toContainEqual({ pointer: `/model/${field}`, type: 'UNRECOGNIZED_FIELD' })
      expect(await errors({ model: { [write.fields[0]!]: 17.5 } })).toContainEqual({ pointer: `/model/${write.fields[0]!}`, type: 'INCORRECT_FIELD_TYPE' })
      expect(await errors({})).toContainEqual({ pointer: '/model', type: 'MISSING_REQUIRED_FIELD' })
      expect(await errors({ model: {}, extra: 1 })).toContainEqual({ pointer: '/extra', type: 'UNRECOGNIZED_FIELD' })
      for (const field of write.required) expect(await errors({ model: {} })).toContainEqual({ pointer: `/model/${field}`, type: 'MISSING_REQUIRED_FIELD' })
    }
  })

  test('take a related record by its id or as an object, and nothing else', async () => {
    const comment = (ticket: unknown) => ask('POST', '/api/ticketing/v1/comments', { model: { body: 'Hello', ticket } })
    expect((await comment(NOBODY)).statusCode).toBe(501)
    expect((await comment({ name: 'New' })).statusCode).toBe(501)
    expect((await comment('not an id')).statusCode).toBe(400)
    expect((await comment([NOBODY])).statusCode).toBe(400)
  })

  test('meta tells what each takes, and that it cannot be made yet', async () => {
    const contact = await store('crm.Contact', { id: 'meta', first_name: 'Ann' })
    const checked = [
      ...creates.filter(({ model }) => model.lists[0].parents.length === 0).map(({ model, write }) => ({ write, url: `${documented(model, model.path)}/meta/post` })),
      { write: models['crm.Contact'].writes.update!, url: `/api/crm/v1/contacts/meta/patch/${contact}` },
    ]
    for (const { write, url } of checked) {
      const answer = await ask('GET', url)
      expect(answer.statusCode, answer.body).toBe(200)
      const meta = answer.json<{ request_schema: { properties: { model: { properties: object; required?: string[] } }; required: string[] } }>()
      expect(Object.keys(meta.request_schema.properties.model.properties).sort(), url).toEqual([...write.fields, ...write.requestOnly].sort())
      expect(meta.request_schema.properties.model.required ?? []).toEqual([...write.required])
      expect(meta.request_schema.required).toEqual(['model'])
      expect(meta).toMatchObject({ status: { linked_account_status: 'COMPLETE', can_make_request: false }, has_conditional_params: false, has_required_linked_account_params: false })
    }
  })

  test('the operations on models that answer 501 are those of the list, and no other', async () => {
    const url = (path: string): string => path.replaceAll(/\{\w+\}/g, NOBODY)
    const segments = new Set(all.map(({ category, path }) => `/api/${category}/v1/${path.split('/')[0]!}`))
    const onModels = Object.entries((api.app.swagger() as unknown as { paths: Record<string, Record<string, { responses: object }>> }).paths).filter(([path]) => segments.has(path.split('/').slice(0, 5).join('/')))
      .flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase() as Method, path, operation })))
    const waiting = new Set(awaiting.map(({ operation }) => operation))
    let seen = 0
    for (const { method, path, operation } of onModels) {
      const name = `${method} ${path}`
      const write = writes.find((one) => one.method === method && one.url === url(path))
      const payload = write === undefined ? undefined : { model: Object.fromEntries(write.write.required.map((field) => [field, field === 'remote_key_name' ? 'k' : sampleOf(write.model, field)])) }
      const { statusCode } = await ask(method, url(path), payload)
      expect(statusCode === 501, `${name} answered ${statusCode}`).toBe(waiting.has(name))
      expect('501' in operation.responses, name).toBe(waiting.has(name))
      if (statusCode === 501) seen += 1
    }
    expect(seen).toBe(24)
    // All but the download, which is a room's of its own.
    expect(onModels.length).toBeGreaterThanOrEqual(146)
  })
})

describe('what single models have', () => {
  test('the kinds of group are those of the account, and without one the words that there are', async () => {
    const types = async (query = '', token: string | undefined = accounts['hris']!.token) => (await api.app.inject({ url: `/api/hris/v1/groups/types${query}`, headers: asCaller(key.apiKey, token) })).json<{ types: string[] }>().types
    expect(await types()).toEqual([])
    const resource = plainResource('hris.Group', { type: (row) => (row['type'] === 'Abteilung' ? { ours: 'DEPARTMENT', origin: 'Abteilung' } : row['type'] ?? null) })
    await storeRow(db.database, accounts['hris']!, resource, { id: 'g1', type: 'Abteilung' })
    await storeRow(db.database, accounts['hris']!, resource, { id: 'g2', type: 'Watch' })
    await storeRow(db.database, accounts['hris']!, resource, { id: 'g3' })
    expect(await types()).toEqual(['DEPARTMENT', 'Watch'])
    expect(await types('?show_enum_origins=type')).toEqual(['Abteilung', 'Watch'])
    const bare = (await api.app.inject({ url: '/api/hris/v1/groups/types', headers: asCaller(key.apiKey) })).json<{ types: string[] }>().types
    expect(bare).toEqual(expect.arrayContaining(['TEAM', 'DEPARTMENT']))
  })

  test('remote field classes are those that records were read with, page by page', async () => {
    const path = '/api/crm/v1/leads/remote-field-classes'
    for (const n of [1, 2, 3]) await store('crm.Lead', { id: `l${n}`, custom: [{ key: `k${n}`, name: `Key ${n}`, value: n }, { key: 'k0', name: 'Key 0', value: null }] })
    await store('crm.Lead', { id: 'l1', custom: [{ key: 'k1', name: 'Renamed', value: 1 }] })
    const page = (await ask('GET', `${path}?page_size=3`)).json<{ next: string; results: { id: string; remote_key_name: string; display_name: string }[] }>()
    const rest = (await ask('GET', `${path}?page_size=3&cursor=${page.next}`)).json<typeof page>()
    const found = [...page.results, ...rest.results]
    expect(found.map(({ remote_key_name: name }) => name).sort()).toEqual(['k0', 'k1', 'k2', 'k3'])
    expect(rest.next).toBeNull()
    expect(found.find(({ remote_key_name: name }) => name === 'k1')).toMatchObject({ display_name: 'Renamed', is_custom: true, is_common_model_field: false, field_type: null })
    expect((await ask('GET', `${path}?ids=${found[0]!.id},${found[1]!.id}`)).json<typeof page>().results).toHaveLength(2)
    expect((await ask('GET', `${path}?is_custom=false`)).json<typeof page>().results).toEqual([])
    const other = await seedAccount(db.database, key.organizationId, 'crm')
    expect((await ask('GET', path, undefined, other)).json<typeof page>().results).toEqual([])
    const [lead] = (await ask('GET', '/api/crm/v1/leads?include_remote_fields=true&remote_id=l2')).json<{ results: { remote_fields: { remote_field_class: { id: string } }[] }[] }>().results
    expect(found.map(({ id }) => id)).toContain(lead!.remote_fields[0]!.remote_field_class.id)
  })
})
