import { MergeClient } from '@mergeapi/merge-node-client'
import * as fc from 'fast-check'
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fieldShape, models, type Category, type CommonModel } from '#models'
import type { TObject, TSchema } from '@sinclair/typebox'
import { contentHash, recordId } from '#src/records/ids'
import { writeRows } from '#src/records/upsert'
import { testApi, type TestApi } from '../support/api.ts'
import { testDatabase, type TestDatabase } from '../support/db.ts'
import { seedAccount, seedOrganization, type SeededAccount } from '../support/seed.ts'

// Whatever validates is stored, listed, expanded and parsed by the official SDK without a character being lost.
let db: TestDatabase
let api: TestApi
let origin: string
let apiKey: string
const accounts = {} as Record<Category, SeededAccount>

beforeAll(async () => {
  db = await testDatabase()
  api = await testApi(db.database)
  origin = await api.app.listen({ host: '127.0.0.1', port: 0 })
  const organization = await seedOrganization(db.database, 'Property')
  apiKey = organization.apiKey
  for (const category of ['hris', 'crm', 'ticketing'] as const) accounts[category] = await seedAccount(db.database, organization.organizationId, category)
})
afterAll(async () => { await api.app.close(); await db.drop() })

/** Text of any script, with everything that JSON escapes; not NUL and no half characters, which the sync takes out before it stores. */
const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.constantFrom('', '"', '\\', '\u2028', '</script>', '{"a":1}', 'größe 🎫', '\u202eabc', '%00', 'null')).filter((value) => !value.includes('\0') && value.isWellFormed())
const instantText = fc.date({ min: new Date('1900-01-01T00:00:00Z'), max: new Date('2200-01-01T00:00:00Z'), noInvalidDate: true }).map((date) => date.toISOString())

function fieldArbitrary(schema: TSchema): fc.Arbitrary<unknown> {
  const shape = fieldShape(schema)
  const one = ((): fc.Arbitrary<unknown> => {
    if (shape.relation !== null) return fc.uuid()
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

const ask = async (model: CommonModel, path: string): Promise<Record<string, unknown>> => {
  const answer = await fetch(`${origin}/api/${model.category}/v1/${path}`, { headers: { authorization: `Bearer ${apiKey}`, 'x-account-token': accounts[model.category].token } })
  expect(answer.status, path).toBe(200)
  return await answer.json() as Record<string, unknown>
}
const only = (record: Record<string, unknown>, like: Record<string, unknown>): Record<string, unknown> => Object.fromEntries(Object.keys(like).map((name) => [name, record[name]]))

const camel = (name: string): string => name.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
/** What the SDK should make of a value: instants as dates, names in its own style. */
const asSdk = (schema: TSchema, value: unknown): unknown => {
  const { instant, nested } = fieldShape(schema)
  if (value === null) return undefined
  if (instant) return new Date(value as string)
  if (nested === null) return value
  const one = (object: unknown): unknown => Object.fromEntries(Object.entries(object as Record<string, unknown>).map(([name, inner]) => [camel(name), asSdk(nested.properties[name]!, inner)]))
  return Array.isArray(value) ? value.map(one) : one(value)
}

const served = Object.values(models).filter((model): model is typeof model => !model.path.includes('{') && model.retrievable)

describe('any record that validates', () => {
  test.each(served.map((model: CommonModel) => [model.id, model] as const))('%s comes out of store, read and list as it went in, whatever is in it', async (_, model) => {
    let stored = 0
    await fc.assert(fc.asyncProperty(objectArbitrary(model.schema), async (fields) => {
      stored += 1
      const sensitive = new Set(Object.entries(model.schema.properties).filter(([, schema]) => fieldShape(schema).sensitive).map(([name]) => name))
      const open = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, sensitive.has(name) ? null : value]))
      const id = await store(model, `p${stored}`, open)
      const one = await ask(model, `${model.path}/${id}`)
      expect(only(one, open)).toEqual(open)
      const { results } = await ask(model, `${model.path}?remote_id=p${stored}`) as { results: Record<string, unknown>[] }
      expect(results).toEqual([one])
    }), { numRuns: 12 })
  }, 60_000)

  test('an expanded record is the record that its own address answers', async () => {
    const { 'ticketing.Ticket': ticket, 'ticketing.User': user } = models as unknown as Record<'ticketing.Ticket' | 'ticketing.User', CommonModel>
    let n = 0
    await fc.assert(fc.asyncProperty(objectArbitrary(ticket.schema), objectArbitrary(user.schema), async (fields, person) => {
      n += 1
      const who = await store(user, `u${n}`, person)
      const id = await store(ticket, `e${n}`, { ...fields, creator: who, assignees: [who, accounts.ticketing.id] })
      const expanded = await ask(ticket, `tickets/${id}?expand=creator,assignees`)
      const own = await ask(user, `users/${who}`)
      expect(expanded['creator']).toEqual(own)
      expect(expanded['assignees']).toEqual([own, accounts.ticketing.id])
    }), { numRuns: 25 })
  }, 60_000)

  test('the official SDK parses what went in', async () => {
    const merge = new MergeClient({ apiKey, accountToken: accounts.ticketing.token, baseUrl: `${origin}/api`, maxRetries: 0 })
    const ticket: CommonModel = models['ticketing.Ticket']
    let n = 0
    await fc.assert(fc.asyncProperty(objectArbitrary(ticket.schema), async (fields) => {
      n += 1
      const id = await store(ticket, `s${n}`, fields)
      const parsed = await merge.ticketing.tickets.retrieve(id) as unknown as Record<string, unknown>
      for (const [name, schema] of Object.entries(ticket.schema.properties)) {
        // Nested objects get ids of the store's own; what went in must still be in them.
        const expected = asSdk(schema, fields[name])
        if (expected === undefined) expect(parsed[camel(name)] ?? undefined, name).toBeUndefined()
        else if (fieldShape(schema).nested === null) expect(parsed[camel(name)], name).toEqual(expected)
        else expect(parsed[camel(name)], name).toMatchObject(expected as object)
      }
    }), { numRuns: 40 })
  }, 60_000)
})
