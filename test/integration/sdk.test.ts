import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { MergeClient, MergeError } from '@mergeapi/merge-node-client'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { categories, fieldShape, models, sensitiveFields, type Category } from '#models'
import { isAwaited } from '#src/api/awaiting'
import { bytesOf, everythingProvider, rowsOf } from '../support/everything.ts'
import { everything, synced } from '../support/intermodal.ts'
import { product, type Product } from '../support/product.ts'

// The official SDK, unmodified, calls every method that it has; every record has every field filled and came through a sync.
interface Endpoint { method: string; path: string; sdk_method: string; path_params: string[]; query: { name: string; sdk_name: string; allowed?: string[] }[]; operation?: string; common_model?: string; request_body: string | null; response: { kind: string; type?: string; model?: string; paginated_of?: string } }
const file = resolve(process.env['INTERMODAL_TEST_MATERIAL'] ?? '../shared', 'facts/merge-surface.json')
const surface = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) as Record<Category, { endpoints: Endpoint[] } & Record<'common_models' | 'nested_models' | 'all_schemas', Record<string, Named>>> : null
const endpoints = surface === null ? [] : categories.flatMap((category) => surface[category].endpoints.map((endpoint) => ({ category, ...endpoint })))

/** What a body has to hold for our checks to pass, where the SDK has no say in it. */
const bodies: Record<string, Record<string, unknown>> = {
  EndUserDetailsRequest: { endUserEmailAddress: 'e@example.test', endUserOrganizationName: 'End', endUserOriginId: 'sdk', categories: ['hris'] },
  DataPassthroughRequest: { method: 'GET', path: '/me' }, IgnoreCommonModelRequest: { reason: 'GDPR' }, WebhookReceiverRequest: { event: 'x', isActive: true },
  LinkedAccountCommonModelScopeDeserializerRequest: { commonModels: [] },
  CreateFieldMappingRequest: { targetFieldName: 'x', targetFieldDescription: 'x', remoteFieldTraversalPath: ['x'], remoteMethod: 'GET', remoteUrlPath: '/x', commonModelName: 'Ticket' },
}

const plain = (key: string): string => key.replaceAll('_', '').toLowerCase()
/** One form for what went over the wire and what the SDK made of it: names without their style, instants in milliseconds, no nulls. */
function normal(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString()
  if (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(value)) return new Date(value).toISOString()
  if (Array.isArray(value)) return value.map(normal)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== null && inner !== undefined).map(([key, inner]) => [plain(key), normal(inner)]).sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)))
}
type Named = { fields: { name: string; docs_openapi_only?: boolean; python_sdk_only?: boolean }[] }
const namesIn = (shapes: readonly Named[]): string[] => shapes.flatMap(({ fields }) => fields.filter((field) => field.docs_openapi_only !== true && field.python_sdk_only !== true).map(({ name }) => name))
/** What we serve on every record, and the SDK knows on most of them only. */
const onMost = new Set(['remote_id', 'remote_was_deleted', 'field_mappings', 'remote_data', 'remote_fields'])
const nestedNames = new Set(surface === null ? [] : categories.flatMap((category) => namesIn([...Object.values(surface[category].common_models), ...Object.values(surface[category].nested_models)])).filter((name) => !onMost.has(name)))
/** Names that the SDK knows and turns into its own style. Newer ones, and ours, it passes through as they are. */
const knownNames = (category: Category, { response }: Endpoint): ReadonlySet<string> => {
  const name = response.paginated_of ?? response.model ?? ''
  const shape = surface![category].common_models[name] ?? surface![category].all_schemas[name]
  return new Set(shape === undefined ? [] : namesIn([shape]))
}
/** Keys that the SDK left in the wire's style: it does so, silently, with whole objects that it could not parse. The vendor's own keys are not its business. */
function unparsed(known: ReadonlySet<string>, value: unknown, at = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((inner, i) => unparsed(known, inner, `${at}[${i}]`))
  if (value === null || typeof value !== 'object' || value instanceof Date) return []
  return Object.entries(value).flatMap(([key, inner]) => {
    if (['remoteData', 'fieldMappings', 'fields', 'value', 'sourceObjectClass', 'requestSchema', 'remoteFieldClasses', 'response', 'responseHeaders', 'headers'].includes(key)) return []
    return [...(key.includes('_') && known.has(key) ? [`${at}.${key}`] : []), ...unparsed(nestedNames, inner, `${at}.${key}`)]
  })
}

describe.skipIf(surface === null)('the official SDK', () => {
  let it_: Product
  const tokens = {} as Record<Category, string>
  const first = {} as Record<string, string>
  const second = {} as Record<string, string>
  let warn: ReturnType<typeof vi.spyOn>
  beforeAll(async () => {
    it_ = await product({ provider: everythingProvider, env: { INTERMODAL_RATE_LIMIT_PER_MINUTE: '0' } })
    for (const category of categories) {
      const { status, body } = await it_.link({ category, end_user_origin_id: `sdk-${category}` })
      expect(status, JSON.stringify(body)).toBe(201)
      tokens[category] = body['account_token'] as string
      await synced(it_.api, tokens[category], { category })
    }
    const { rows } = await it_.house.database.system.query<{ id: string; remote_id: string; record_id: string }>('select model as id, remote_id, record_id from changes')
    for (const { id, remote_id: remoteId, record_id: record } of rows) (remoteId === '1' ? first : second)[id] = record
  }, 120_000)
  afterAll(() => it_.close())
  beforeEach(() => { warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined) })
  afterEach(() => { expect(warn.mock.calls.map((call: unknown[]) => String(call[0]))).toEqual([]) })

  const client = (category: Category) => new MergeClient({ apiKey: it_.apiKey, accountToken: tokens[category], baseUrl: `${it_.origin}/api`, maxRetries: 0 })
  const idFor = (category: Category, endpoint: Pick<Endpoint, 'common_model'>, parameter: string, records = first): string => {
    const of = (name: string): string => records[`${category}.${name}`] ?? '00000000-0000-8000-8000-000000000000'
    if (parameter.endsWith('class_id')) return of('CustomObjectClass')
    if (parameter.endsWith('object_id')) return of('CustomObject')
    if (parameter === 'association_type_id') return of('AssociationType')
    if (parameter === 'collection_id') return of('Collection')
    if (parameter === 'ticket_id') return of('Ticket')
    if (parameter === 'parent_id') return of('Project')
    return of(endpoint.common_model ?? '')
  }

  it('has every model stored with every field filled', () => {
    expect(Object.keys(first).sort()).toEqual(Object.keys(models).sort())
  })

  it.each(Object.values(models).filter(({ retrievable }) => retrievable).map((model) => [model.id, model] as const))('%s comes out as the vendor sent it', async (_, model) => {
    for (const [i, { id, fields }] of rowsOf(model).entries()) {
      const path = model.lists[0].parents.reduce((text, { parameter }) => text.replace(`{${parameter}}`, idFor(model.category, { common_model: model.name }, parameter, i === 0 ? first : second)), model.path)
      const wire = await everything(it_.api, `/api/${model.category}/v1/${path}${sensitiveFields(model.schema).length > 0 ? '?include_sensitive_fields=true' : ''}`, tokens[model.category])
      const record = wire.find(({ remote_id: remoteId }) => remoteId === id)!
      const own = Object.entries(fields).filter(([name]) => { const shape = fieldShape(model.schema.properties[name]!); return shape.relation === null && shape.nested === null })
      expect(Object.fromEntries(own.map(([name]) => [name, record[name]]))).toEqual(Object.fromEntries(own))
      for (const name of Object.keys(fields).filter((field) => fieldShape(model.schema.properties[field]!).relation !== null)) expect(JSON.stringify(record[name]), name).toMatch(/[0-9a-f]{8}-[0-9a-f-]{27}/)
    }
  })

  // What destroys comes last: deleted accounts and ignored records answer nothing more.
  const order = (endpoint: Endpoint): number => (/deleteAccount/.test(endpoint.sdk_method) ? 3 : /regenerateCreate/.test(endpoint.sdk_method) ? 2 : /ignore/.test(endpoint.sdk_method) ? 1 : 0)
  it.each([...endpoints].sort((a, b) => order(a) - order(b)).map((endpoint) => [endpoint.sdk_method, endpoint] as const))('%s', async (_, endpoint) => {
    const { category } = endpoint
    const [, ...path] = endpoint.sdk_method.split('.')
    const holder = path.slice(0, -1).reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], client(category)[category]) as Record<string, (...args: unknown[]) => Promise<unknown>>
    const operation = `${endpoint.method} /api${endpoint.path}`
    const has = (name: string) => endpoint.query.some((query) => query.name === name)
    const expand = endpoint.query.find(({ name }) => name === 'expand')?.allowed
    const asked = { ...(expand !== undefined && { expand }), ...(has('include_remote_data') && { includeRemoteData: true }), ...(has('include_remote_fields') && { includeRemoteFields: true }), ...(has('include_sensitive_fields') && { includeSensitiveFields: true }) }
    const isWrite = endpoint.request_body !== null && endpoint.operation !== undefined && endpoint.operation !== 'ignore'
    // What the SDK itself insists on.
    const request = isWrite ? { model: { fields: {}, sourceObjectClass: { id: 'x', originType: 'CUSTOM_OBJECT' }, targetObjectClasses: [], remoteKeyName: 'x' } } : endpoint.request_body === null ? asked : /RemoteKey/.test(endpoint.request_body) ? { name: `made by the SDK for ${category}` } : bodies[endpoint.request_body] ?? {}
    const call = async (): Promise<unknown> => holder[path.at(-1)!]!(...endpoint.path_params.map((parameter) => idFor(category, endpoint, parameter)), request)
    if (isAwaited(operation)) {
      const error = await call().then(() => null, (thrown: unknown) => thrown)
      expect(error, operation).toBeInstanceOf(MergeError)
      // A body of ours may lack what the model requires: then the check comes before the room.
      expect([501, 400]).toContain((error as MergeError).statusCode)
      return
    }
    // There is no issue of this id, and no token is exchanged twice: the answer is the API's own word for it.
    const unknowable = ['issues.retrieve', 'accountToken.retrieve', 'asyncPassthrough.retrieve'].some((suffix) => endpoint.sdk_method.endsWith(suffix))
    if (unknowable) {
      await expect(call()).rejects.toMatchObject({ statusCode: 404 })
      return
    }
    if (endpoint.response.kind === 'streaming') {
      expect((await buffer(await call() as AsyncIterable<Buffer>)).equals(bytesOf('1'))).toBe(true)
      return
    }
    const parsed = await call()
    const records = parsed !== null && typeof parsed === 'object' && 'data' in parsed && Array.isArray(parsed.data) ? parsed.data : [parsed]
    expect(records.flatMap((record) => unparsed(knownNames(category, endpoint), record))).toEqual([])
    if (endpoint.operation === 'list' || endpoint.operation === 'list_nested') {
      const query = new URLSearchParams(Object.entries({ ...(expand !== undefined && { expand: expand.join(',') }), ...(has('include_remote_data') && { include_remote_data: 'true' }), ...(has('include_remote_fields') && { include_remote_fields: 'true' }), ...(has('include_sensitive_fields') && { include_sensitive_fields: 'true' }) }))
      const url = endpoint.path_params.reduce((text, parameter) => text.replace(`{${parameter}}`, idFor(category, endpoint, parameter)), `/api${endpoint.path}`)
      const wire = await everything(it_.api, `${url}?${query.toString()}`, tokens[category])
      expect(wire.length).toBeGreaterThan(0)
      expect(records.map(normal)).toEqual(wire.map(normal))
    }
    if (endpoint.operation === 'retrieve') expect(normal((parsed as { id: string }).id)).toBe(idFor(category, endpoint, 'id'))
  })
})
