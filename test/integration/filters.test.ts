import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { models, shapeAt, type CommonModel, type Filter } from '#models'
import { filterShape } from '#src/records/filter'
import { asCaller, testApi, type TestApi } from '../support/api.ts'
import { testDatabase, type TestDatabase } from '../support/db.ts'
import { seedAccount, seedOrganization, seedRecord, type Fields, type SeededAccount } from '../support/seed.ts'

// Every filter of every model, over real tables and the real route: the record that it means is found, and no other.
type Id = keyof typeof models
const all: readonly CommonModel[] = Object.values(models)
let db: TestDatabase
let api: TestApi
let key: { organizationId: string; apiKey: string }

beforeAll(async () => {
  db = await testDatabase()
  api = await testApi(db.database)
  key = await seedOrganization(db.database, 'A')
})
afterAll(async () => { await api.app.close(); await db.drop() })

/** A value that is meant, one that is not, and what to ask for the first. */
function values(model: CommonModel, filter: Filter): { readonly meant: unknown; readonly other: unknown; readonly ask: string } {
  const { relation, instant, words, type } = filterShape(model, filter)
  const spring = '2026-04-01T00:00:00.000Z'
  const autumn = '2026-10-01T00:00:00.000Z'
  if (instant) return { ...(filter.kind === 'after' ? { meant: autumn, other: spring } : { meant: spring, other: autumn }), ask: '2026-07-01T00:00:00.000Z' }
  if (relation !== null) { const [meant, other] = [randomUUID(), randomUUID()]; return { meant, other, ask: meant } }
  if (type === 'boolean') return { meant: true, other: false, ask: 'true' }
  const [meant, other] = words === null ? ['Ada Lovelace', 'Grace Hopper'] : [words[0]!, words[1]!]
  return { meant, other, ask: 'folded' in filter && filter.folded ? meant.toUpperCase() : meant }
}

/** The fields of a record that has the value where the filter looks. */
function having(model: CommonModel, path: string, value: unknown): Fields {
  const [field = '', inner] = path.split('.')
  const shape = shapeAt(model.schema, field)
  const one = inner === undefined ? value : { [inner]: value }
  return { [field]: shape.many ? [one] : one }
}

/** The address of a list, below parents that are there, and the fields that put a record below them. */
async function below(account: SeededAccount, model: CommonModel, list = model.lists[0]): Promise<{ readonly address: string; readonly fields: Fields }> {
  let { path } = list
  let fields: Fields = {}
  let above: Fields = {}
  for (const { parameter, model: parent, field } of list.parents) {
    const { id } = await seedRecord(db.database, account, parent as Id, `above-${parameter}`, above)
    path = path.replace(`{${parameter}}`, id)
    if (field !== null) fields = { ...fields, ...having(model, field, id) }
    const next = list.parents[list.parents.findIndex((each) => each.parameter === parameter) + 1]
    above = next === undefined ? {} : having(models[next.model as Id], models[next.model as Id].lists[0].parents[0]?.field ?? '', id)
  }
  return { address: `/api/${model.category}/v1/${path}`, fields }
}

const found = async (account: SeededAccount, url: string): Promise<string[]> => {
  const response = await api.app.inject({ url, headers: asCaller(key.apiKey, account.token) })
  expect(response.statusCode, `${url}: ${response.body}`).toBe(200)
  return response.json<{ results: { remote_id: string }[] }>().results.map(({ remote_id: id }) => id)
}

const filtered = all.flatMap((model) => Object.entries(model.filters).map(([parameter, filter]) => [`${model.id}?${parameter}`, model, parameter, filter] as const))
describe('filters', () => {
  it('are there to be tried', () => { expect(filtered.length).toBeGreaterThan(100) })

  it.each(filtered)('%s finds the record that it means', async (_title, model, parameter, filter) => {
    const account = await seedAccount(db.database, key.organizationId, model.category)
    const { address, fields } = await below(account, model)
    const { meant, other, ask } = values(model, filter)
    const seed = async (remoteId: string, value: unknown): Promise<void> => {
      if (filter.kind !== 'through') { await seedRecord(db.database, account, model.id as Id, remoteId, { ...fields, ...(value === null ? {} : having(model, filter.field, value)) }); return }
      const { id } = await seedRecord(db.database, account, model.id as Id, remoteId)
      if (value !== null) await seedRecord(db.database, account, filter.model as Id, `of-${remoteId}`, { [filter.back]: id, [filter.field]: value })
    }
    await seed('meant', meant)
    await seed('other', other)
    await seed('empty', null)
    if (filter.kind === 'through') {
      const { id } = await seedRecord(db.database, account, model.id as Id, 'was')
      await seedRecord(db.database, account, filter.model as Id, 'of-was', { [filter.back]: id, [filter.field]: meant }, { deleted: true })
    }
    expect(await found(account, `${address}?${parameter}=${encodeURIComponent(ask)}`)).toEqual(['meant'])
    expect(await found(account, address)).toHaveLength(filter.kind === 'through' ? 4 : 3)
  })

  const lists = all.flatMap((model) => model.lists.filter(({ parents }) => parents.length > 0).map((list) => [`${model.category}/${list.path}`, model, list] as const))
  it.each(lists)('%s has the records below its parents only', async (_path, model, list) => {
    const account = await seedAccount(db.database, key.organizationId, model.category)
    const { address, fields } = await below(account, model, list)
    await seedRecord(db.database, account, model.id as Id, 'below', fields)
    await seedRecord(db.database, account, model.id as Id, 'elsewhere')
    expect(await found(account, address)).toEqual(['below'])
    const nowhere = await api.app.inject({ url: address.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, randomUUID()), headers: asCaller(key.apiKey, account.token) })
    expect(nowhere.statusCode).toBe(404)
  })
})
