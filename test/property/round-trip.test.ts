import { MergeClient } from '@mergeapi/merge-node-client'
import * as fc from 'fast-check'
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fieldShape, models, type Category, type CommonModel } from '#models'
import type { TObject, TSchema } from '@sinclair/typebox'
import { expandable } from '#src/records/expand'
import { contentHash, recordId } from '#src/records/ids'
import { writeRows } from '#src/records/upsert'
import { testApi, type TestApi } from '../support/api.ts'
import { testDatabase, type TestDatabase } from '../support/db.ts'
import { seedAccount, seedOrganization, type SeededAccount } from '../support/seed.ts'

// Whatever validates is stored, listed, expanded and parsed by the official SDK without a character being lost.
type Json = Record<string, unknown>
const RUNS = 8
const all: readonly CommonModel[] = Object.values(models)
let db: TestDatabase
let api: TestApi
let origin: string
let apiKey: string
const accounts = {} as Record<Category, SeededAccount>
/** One record of each model that relations may lead to, as its own address answers it. */
const anchors = new Map<string, Json>()

beforeAll(async () => {
  db = await testDatabase()
  api = await testApi(db.database)
  origin = await api.app.listen({ host: '127.0.0.1', port: 0 })
  const organization = await seedOrganization(db.database, 'Property')
  apiKey = organization.apiKey
  for (const category of ['hris', 'crm', 'ticketing'] as const) accounts[category] = await seedAccount(db.database, organization.organizationId, category)
  const stored = new Map<string, string>()
  // Parents first: the address of some records goes through them.
  for (const model of [...all].sort((one, other) => one.lists[0].parents.length - other.lists[0].parents.length)) {
    const [fields] = fc.sample(objectArbitrary(model.schema), { numRuns: 1, seed: 7 }) as [Json]
    stored.set(model.id, await store(model, 'anchor', withoutSensitive(model, { ...fields, ...parentFields(model, stored) })))
    anchors.set(model.id, await readOne(model, stored.get(model.id)!, 'anchor'))
  }
})
afterAll(async () => { await api.app.close(); await db.drop() })

/** Text of any script, with everything that JSON escapes; not NUL and no half characters, which the sync takes out before it stores. */
const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.constantFrom('', '"', '\\', '\u2028', '</script>', '{"a":1}', 'größe 🎫', '\u202eabc', '%00', 'null')).filter((value) => !value.includes('\0') && value.isWellFormed())
const instantText = fc.date({ min: new Date('1900-01-01T00:00:00Z'), max: new Date('2200-01-01T00:00:00Z'), noInvalidDate: true }).map((date) => date.toISOString())

function fieldArbitrary(schema: TSchema): fc.Arbitrary<unknown> {
  const shape = fieldShape(schema)
  const one = ((): fc.Arbitrary<unknown> => {
    if (shape.relation !== null) return fc.oneof(fc.uuid(), ...[shape.relation, ...shape.among].map((id) => fc.constant(recordId(accounts[id.split('.')[0] as Category].id, id, 'anchor'))))
    if (shape.nested !== null) return objectArbitrary(shape.nested)
    if (shape.words !== null) return fc.oneof(fc.constantFrom(...shape.words), text)
    if (shape.instant) return instantText
    if (shape.format === 'uri') return fc.webUrl()
    if (shape.format === 'email') return fc.emailAddress()
    if (shape.type === 'integer') return fc.integer()
    if (shape.type === 'number') return fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 }).map((value) => (Object.is(value, -0) ? 0 : value))
    if (shape.type === 'boolean') return fc.boolean()
    if (shape.type === 'object') return fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), text, { maxKeys: 3 })
    return text
  })()
  const held = shape.many ? fc.array(one, { maxLength: 3 }) : one
  return shape.nullable ? fc.option(held, { nil: null, freq: 4 }) : held
}
const objectArbitrary = (schema: TObject): fc.Arbitrary<Record<string, unknown>> => fc.record(Object.fromEntries(Object.entries(schema.properties).map(([name, field]) => [name, fieldArbitrary(field)])))

/** Writes one record as a sync would. Its relations are ids already. */
async function store(model: CommonModel, remoteId: string, fields: Record<string, unknown>): Promise<string> {
  const account = accounts[model.category]
  const id = recordId(account.id, model.id, remoteId)
  await db.database.tenant(account.organizationId, (client) => writeRows(client,
    { organizationId: account.organizationId, linkedAccountId: account.id, model, cause: 'sync', runId: randomUUID(), page: 1 },
    [{ id, logId: randomUUID(), path: '/rows', ordinal: 0, raw: '{}', rawHash: contentHash(remoteId), remoteId, fields, body: JSON.stringify(fields), remoteFields: null, aside: null }], new Map()))
  return id
}

const ask = async (model: CommonModel, path: string): Promise<Json> => {
  const answer = await fetch(`${origin}/api/${model.category}/v1/${path}`, { headers: { authorization: `Bearer ${apiKey}`, 'x-account-token': accounts[model.category].token } })
  expect(answer.status, path).toBe(200)
  return await answer.json() as Json
}
const withoutSensitive = (model: CommonModel, fields: Json): Json => Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, fieldShape(model.schema.properties[name]!).sensitive ? null : value]))
const only = (record: Json, like: Json): Json => Object.fromEntries(Object.keys(like).map((name) => [name, record[name]]))

/** The fields that lead to the records whose addresses this one lies under. */
const parentFields = (model: CommonModel, ids: ReadonlyMap<string, string>): Json => Object.fromEntries(model.lists[0].parents.flatMap(({ field, model: parent }) => {
  const [name = '', key] = field?.split('.') ?? []
  return name === '' ? [] : [[name, key === undefined ? ids.get(parent) : { [key]: ids.get(parent), origin_type: 'CUSTOM_OBJECT' }]]
}))
const parentIds = (model: CommonModel): string[] => model.lists[0].parents.map(({ model: parent }) => anchors.get(parent)!['id'] as string)
const addressOf = (model: CommonModel): string => { const ids = parentIds(model); return model.path.replaceAll(/\{\w+\}/g, () => ids.shift()!) }
async function listOf(model: CommonModel, id: string, remoteId: string, query = ''): Promise<Json[]> {
  const { results } = await ask(model, `${addressOf(model)}?${model.id === 'ticketing.Viewer' ? 'page_size=1000' : `remote_id=${remoteId}`}${query}`) as { results: Json[] }
  return results.filter((record) => record['id'] === id)
}
const readOne = async (model: CommonModel, id: string, remoteId: string): Promise<Json> => (model.retrievable ? ask(model, `${addressOf(model)}/${id}`) : (await listOf(model, id, remoteId))[0]!)

/** A record with the related records that are there in the place of their ids. */
function expanded(record: Json, fields: readonly string[]): Json {
  const known = new Map<unknown, Json>([...anchors.values()].map((anchor) => [anchor['id'], anchor]))
  return { ...record, ...Object.fromEntries(fields.map((name) => { const value = record[name]; return [name, Array.isArray(value) ? value.map((one: unknown) => known.get(one) ?? one) : known.get(value) ?? value] })) }
}

const camel = (name: string): string => name.replaceAll(/[_-]([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
/** Where the SDK does not call the list of a model after its path. */
const METHODS: Readonly<Record<string, readonly [string, string]>> = {
  'crm.AssociationType': ['associationTypes', 'customObjectClassesAssociationTypesList'], 'crm.Association': ['associations', 'customObjectClassesCustomObjectsAssociationsList'],
  'crm.CustomObject': ['customObjects', 'customObjectClassesCustomObjectsList'], 'ticketing.Viewer': ['collections', 'viewersList'],
}
/** What the SDK makes of the record. */
async function parsed(model: CommonModel, id: string, remoteId: string, expand: readonly string[]): Promise<Json> {
  const merge = new MergeClient({ apiKey, accountToken: accounts[model.category].token, baseUrl: `${origin}/api`, maxRetries: 0 })
  const [holder, method] = METHODS[model.id] ?? [camel(model.path), 'list']
  const resource = (merge[model.category] as unknown as Record<string, Record<string, (...given: unknown[]) => Promise<{ data: Json[] }>>>)[holder]!
  const { data } = await resource[method]!(...parentIds(model), { ...(model.id === 'ticketing.Viewer' ? { pageSize: 1000 } : { remoteId }), ...(expand.length > 0 && { expand }) })
  return data.find((record) => record['id'] === id)!
}
/** One form for the wire and the SDK: names without their style, instants in milliseconds, no nulls. */
function normal(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString()
  if (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(value)) return new Date(value).toISOString()
  if (Array.isArray(value)) return value.map(normal)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== null && inner !== undefined).map(([key, inner]) => [key.replaceAll('_', '').toLowerCase(), normal(inner)]))
}

describe('any record that validates', () => {
  test.each(all.map((model) => [model.id, model] as const))('%s comes out of store, read, list, expand and the official SDK as it went in, whatever is in it', async (_, model) => {
    const relations = expandable(model)
    const parents = parentFields(model, new Map([...anchors].map(([id, record]) => [id, record['id'] as string])))
    const instants = Object.entries(model.schema.properties).filter(([, schema]) => { const { instant, many } = fieldShape(schema); return instant && !many }).map(([name]) => name)
    let n = 0
    await fc.assert(fc.asyncProperty(objectArbitrary(model.schema), async (made) => {
      n += 1
      const remoteId = `p${n}`
      const fields = withoutSensitive(model, { ...made, ...parents })
      const id = await store(model, remoteId, fields)
      const one = await readOne(model, id, remoteId)
      expect(only(one, fields)).toEqual(fields)
      expect(await listOf(model, id, remoteId)).toEqual([one])
      const whole = expanded(one, relations)
      if (relations.length > 0) expect(await listOf(model, id, remoteId, `&expand=${relations.join(',')}`)).toEqual([whole])
      const sdk = await parsed(model, id, remoteId, relations)
      expect(normal(sdk)).toEqual(normal(whole))
      // What it cannot parse it hands on as it came, in silence, whole objects at a time.
      expect(sdk).toMatchObject({ createdAt: new Date(one['created_at'] as string), modifiedAt: new Date(one['modified_at'] as string) })
      for (const name of instants) {
        // A field that is newer than the SDK keeps its name and stays text.
        const known = !Object.hasOwn(sdk, name) || !name.includes('_')
        if (typeof fields[name] === 'string') expect(sdk[known ? camel(name) : name], name).toEqual(known ? new Date(fields[name]) : fields[name])
      }
    }), { numRuns: RUNS })
  }, 60_000)
})
