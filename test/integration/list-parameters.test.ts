import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fieldShape, models, shapeAt, type CommonModel, type Filter } from '#models'
import { word } from '#kit'
import { documented } from '#src/api/model-access'
import { expandable } from '#src/records/expand'
import { filterShape } from '#src/records/filter'
import { recordId } from '#src/records/ids'
import { asCaller, testApi, type TestApi } from '../support/api.ts'
import { testDatabase, type TestDatabase } from '../support/db.ts'
import { seedAccount, seedOrganization, type SeededAccount } from '../support/seed.ts'
import { plainResource, storeRow } from '../support/stored.ts'

let db: TestDatabase
let api: TestApi
let key: { organizationId: string; apiKey: string }
const accounts: Record<string, SeededAccount> = {}
const all: readonly CommonModel[] = Object.values(models)

beforeAll(async () => {
  db = await testDatabase()
  api = await testApi(db.database)
  key = await seedOrganization(db.database, 'A')
  for (const category of ['hris', 'crm', 'ticketing']) accounts[category] = await seedAccount(db.database, key.organizationId, category)
})
afterAll(async () => { await api.app.close(); await db.drop() })

type Found = Record<string, unknown> & { id: string; remote_id: string }
interface Page { next: string | null; previous: string | null; results: Found[] }
const get = (url: string, as = accounts[url.split('/')[2]!]!) => api.app.inject({ url, headers: asCaller(key.apiKey, as.token) })
const list = async (url: string, as?: SeededAccount): Promise<Page> => {
  const answer = await get(url, as)
  expect(answer.statusCode, `${url} ${answer.body}`).toBe(200)
  return answer.json()
}
const remote = ({ results }: Page): string[] => results.map(({ remote_id: id }) => id)
const refusal = async (url: string): Promise<unknown> => {
  const answer = await get(url)
  expect(answer.statusCode, url).toBe(400)
  return answer.json<{ errors: { source: unknown; problem_type: string }[] }>().errors.map(({ source, problem_type: type }) => ({ source, type }))
}
const fresh = async (category: string): Promise<SeededAccount> => seedAccount(db.database, key.organizationId, category)

describe('the vendor\'s own words', () => {
  const tickets = '/api/ticketing/v1/tickets'
  const resource = plainResource('ticketing.Ticket', { status: ({ status }) => word({ Neu: 'OPEN', Fertig: 'CLOSED' }, status), priority: ({ priority }) => word({ HIGH: 'HIGH' }, priority) })
  let account: SeededAccount
  const one = async (id: string, query = ''): Promise<Found> => (await list(`${tickets}?remote_id=${id}&${query}`, account)).results[0]!

  beforeAll(async () => {
    account = await fresh('ticketing')
    await storeRow(db.database, account, resource, { id: '1', name: 'One', status: 'Neu', priority: 'HIGH' })
    await storeRow(db.database, account, resource, { id: '2', name: 'Two', status: 'Geparkt' })
  })

  test('are served in the place of ours in the fields that are named, and only there', async () => {
    expect(await one('1')).toMatchObject({ status: 'OPEN', priority: 'HIGH', name: 'One' })
    for (const query of ['show_enum_origins=status', 'remote_fields=status', 'show_enum_origins=status,priority', 'show_enum_origins=priority&show_enum_origins=status', 'show_enum_origins=priority%2Cstatus', 'show_enum_origins=ticket_type&remote_fields=status']) {
      expect(await one('1', query), query).toMatchObject({ status: 'Neu', priority: 'HIGH', name: 'One' })
    }
    expect(await one('1', 'show_enum_origins=priority')).toMatchObject({ status: 'OPEN', priority: 'HIGH' })
    expect(await one('2', 'show_enum_origins=status')).toMatchObject({ status: 'Geparkt', name: 'Two' })
    const { id } = await one('1')
    expect((await get(`${tickets}/${id}?show_enum_origins=status`, account)).json()).toMatchObject({ id, status: 'Neu' })
    expect((await get(`${tickets}/${id}`, account)).json()).toMatchObject({ status: 'OPEN' })
    expect(remote(await list(`${tickets}?status=OPEN&show_enum_origins=status`, account))).toEqual(['1'])
  })

  test('that change behind the same word of ours are news', async () => {
    await storeRow(db.database, account, plainResource('ticketing.Ticket', { status: () => ({ ours: 'OPEN', origin: 'Offen' }), priority: ({ priority }) => priority ?? null }), { id: '1', name: 'One', status: 'Offen', priority: 'HIGH' })
    expect(await one('1', 'show_enum_origins=status')).toMatchObject({ status: 'Offen' })
    const { results } = (await get('/api/v1/changes', account)).json<{ results: { remote_id: string; what: string; fields: string[] | null }[] }>()
    expect(results.filter(({ remote_id: id }) => id === '1').map(({ what, fields }) => [what, fields])).toEqual([['created', null], ['updated', ['status']]])
  })

  test('without a counterpart among ours are counted, and listed page by page', async () => {
    const own = await fresh('ticketing')
    for (const [id, status] of [['1', 'Geparkt'], ['2', 'Geparkt'], ['3', 'Verworfen'], ['4', 'Neu']]) await storeRow(db.database, own, resource, { id, status, priority: 'Egal' })
    const page = async (query = '') => (await get(`/api/v1/unseen-words${query}`, own)).json<{ next: string | null; results: { field: string; word: string; times: number }[] }>()
    const counts = ({ results }: { results: { field: string; word: string; times: number }[] }): string[] => results.map(({ field, word: unseen, times }) => `${field} ${unseen} ${times}`)
    expect(counts(await page())).toEqual(['priority Egal 4', 'status Geparkt 2', 'status Verworfen 1'])
    const first = await page('?page_size=2')
    expect([...counts(first), ...counts(await page(`?page_size=2&cursor=${first.next!}`))]).toEqual(counts(await page()))
    expect((await get('/api/v1/unseen-words', await fresh('ticketing'))).json()).toEqual({ next: null, previous: null, results: [] })
  })

  test('of a field that has none are refused by the name of the parameter', async () => {
    expect(await refusal(`${tickets}?show_enum_origins=name`)).toEqual([{ source: { parameter: 'show_enum_origins' }, type: 'INVALID_FIELD_CHOICE' }])
    expect(await refusal('/api/ticketing/v1/tags?show_enum_origins=name')).toEqual([{ source: { parameter: 'show_enum_origins' }, type: 'UNRECOGNIZED_FIELD' }])
  })
})

describe('sensitive fields', () => {
  test('are null unless they are asked for, also in expanded records, in the feed and in the body that is stored', async () => {
    const account = await fresh('hris')
    const employee = plainResource('hris.Employee')
    const ssn = '078-05-1120'
    await storeRow(db.database, account, employee, { id: 'boss', first_name: 'Ann', ssn })
    await storeRow(db.database, account, employee, { id: 'bo', first_name: 'Bo', manager: 'boss' })
    const path = '/api/hris/v1/employees'
    expect((await list(`${path}?remote_id=boss`, account)).results[0]).toMatchObject({ ssn: null, first_name: 'Ann' })
    expect((await list(`${path}?remote_id=boss&include_sensitive_fields=true`, account)).results[0]).toMatchObject({ ssn, first_name: 'Ann' })
    expect((await list(`${path}?remote_id=bo&include_sensitive_fields=true&expand=manager`, account)).results[0]).toMatchObject({ ssn: null, manager: { first_name: 'Ann', ssn: null } })
    const [stored] = await db.database.tenantQuery<{ body: string }>(key.organizationId, { text: `select body from hris_employee where linked_account_id = $1 and remote_id = 'boss'`, values: [account.id] })
    expect(stored!.body).not.toContain(ssn)
    await storeRow(db.database, account, employee, { id: 'boss', first_name: 'Ann', ssn: '219-09-9999' })
    const feed = await get('/api/v1/changes', account)
    expect(feed.json<{ results: { fields: string[] | null }[] }>().results.at(-1)!.fields).toEqual(['ssn'])
    expect(feed.body).not.toContain('219')
    expect(await refusal('/api/hris/v1/teams?include_sensitive_fields=true')).toEqual([{ source: { parameter: 'include_sensitive_fields' }, type: 'UNRECOGNIZED_FIELD' }])
  })
})

describe('order_by', () => {
  const path = '/api/hris/v1/employments'
  let account: SeededAccount
  // Out of order, with equals, and with some that have none.
  const dates = ['2024-03-01', '2022-01-01', null, '2023-05-05', '2022-01-01', null, '2025-07-07', '2022-01-01', '2020-02-02', null]
  const expected = (descending: boolean): string[] => {
    const known = dates.flatMap((date, n) => (date === null ? [] : [{ date, n }])).sort((a, b) => (a.date === b.date ? a.n - b.n : (a.date < b.date) !== descending ? -1 : 1))
    return [...known.map(({ n }) => String(n)), ...dates.flatMap((date, n) => (date === null ? [String(n)] : []))]
  }

  beforeAll(async () => {
    account = await fresh('hris')
    for (const [n, date] of dates.entries()) await storeRow(db.database, account, plainResource('hris.Employment'), { id: String(n), job_title: `Job ${n}`, effective_date: date === null ? null : `${date}T00:00:00.000Z` })
  })

  test('orders by the instant, what has none at the end, and pages lead forward and back over all of it', async () => {
    for (const [order, descending] of [['effective_date', false], ['-effective_date', true]] as const) {
      for (const size of [1, 2, 3, 4, 10]) {
        const page = (cursor?: string) => list(`${path}?order_by=${order}&page_size=${size}${cursor === undefined ? '' : `&cursor=${cursor}`}`, account)
        const pages = [await page()]
        while (pages.at(-1)!.next !== null) pages.push(await page(pages.at(-1)!.next!))
        expect(pages.flatMap(remote), `${order} by ${size}`).toEqual(expected(descending))
        const back = [pages.at(-1)!]
        while (back.at(-1)!.previous !== null) back.push(await page(back.at(-1)!.previous!))
        expect(back.toReversed().flatMap(remote), `${order} back by ${size}`).toEqual(expected(descending))
      }
    }
  })

  test('a cursor of one order is none of another, and no other field can be ordered by', async () => {
    const { next } = await list(`${path}?order_by=effective_date&page_size=2`, account)
    for (const query of ['order_by=-effective_date', '']) expect((await get(`${path}?${query}&page_size=2&cursor=${next!}`, account)).json(), query).toMatchObject({ code: 'request.invalid_cursor' })
    expect(await refusal(`${path}?order_by=job_title`)).toEqual([{ source: { parameter: 'order_by' }, type: 'INVALID_FIELD_CHOICE' }])
    expect(await refusal('/api/hris/v1/teams?order_by=name')).toEqual([{ source: { parameter: 'order_by' }, type: 'UNRECOGNIZED_FIELD' }])
  })
})

describe('narrowing', () => {
  test('remote_ids takes commas, repetition and one joined string', async () => {
    const account = await fresh('ticketing')
    for (const id of ['a', 'b', 'c']) await storeRow(db.database, account, plainResource('ticketing.Tag'), { id, name: id })
    for (const query of ['remote_ids=a,c', 'remote_ids=a&remote_ids=c', 'remote_ids=a%2Cc', 'remote_ids=c,a,nobody']) expect(remote(await list(`/api/ticketing/v1/tags?${query}`, account)), query).toEqual(['a', 'c'])
  })

  test('the instants of creation and change bound a list on both sides, without the instant itself', async () => {
    const account = await fresh('ticketing')
    for (const id of ['a', 'b', 'c']) await storeRow(db.database, account, plainResource('ticketing.Tag'), { id, name: id })
    const { results } = await list('/api/ticketing/v1/tags', account)
    const at = encodeURIComponent(String(results[1]!['modified_at']))
    for (const [query, ids] of [[`modified_after=${at}`, ['c']], [`modified_before=${at}`, ['a']], [`created_after=${at}`, ['c']], [`created_before=${at}`, ['a']], [`created_after=${at}&created_before=${at}`, []]] as const) {
      expect(remote(await list(`/api/ticketing/v1/tags?${query}`, account)), query).toEqual(ids)
    }
  })

  /** A row that has the value where the filter looks, whole otherwise. */
  const blank = (schema: CommonModel['schema']): Record<string, unknown> => Object.fromEntries(Object.entries(schema.properties).map(([name, inner]) => [name, fieldShape(inner).nullable ? null : []]))
  function rowWith(model: CommonModel, path: string, value: unknown): Record<string, unknown> {
    const [field = '', inner] = path.split('.')
    const shape = fieldShape(model.schema.properties[field]!)
    const one = inner === undefined ? value : { ...blank(shape.nested!), [inner]: value }
    return { [field]: shape.many ? [one] : one }
  }
  const cases = all.flatMap((model) => Object.entries(model.filters).map(([parameter, filter]) => ({ model, parameter, filter, name: `${model.id} ${parameter}` })))

  /** What the vendor would say, and what a caller asks with; one that matches and one that does not. */
  function samples(filter: Filter, account: SeededAccount, model: CommonModel): { said: unknown; matching: string; other: string } {
    const { relation, type, instant, format } = filterShape(model, filter)
    if (instant) return filter.kind === 'before' ? { said: '2024-05-05T00:00:00.000Z', matching: '2024-05-06T00:00:00Z', other: '2024-05-05T00:00:00Z' } : { said: '2024-05-05T00:00:00.000Z', matching: '2024-05-04T00:00:00Z', other: '2024-05-05T00:00:00Z' }
    if (relation !== null) return { said: 'there', matching: recordId(account.id, relation, 'there'), other: randomUUID() }
    if (type === 'boolean') return { said: true, matching: 'true', other: 'false' }
    if (format === 'uri') return { said: 'https://vendor.example/1', matching: 'https://vendor.example/1', other: 'https://vendor.example/2' }
    return format === 'email' ? { said: 'Ann@acme.example', matching: 'Ann@acme.example', other: 'bo@acme.example' } : { said: 'OPEN', matching: 'OPEN', other: 'SHUT' }
  }

  test('every filter of every model finds the record that has the value, and no other', async () => {
    for (const { model, parameter, filter, name } of cases.filter(({ model: { lists } }) => lists[0].parents.length === 0)) {
      const account = await fresh(model.category)
      const { said, matching, other } = samples(filter, account, model)
      if (filter.kind === 'through') {
        const target: CommonModel = models[filter.model as keyof typeof models]
        expect(shapeAt(target.schema, filter.back).relation, name).toBe(model.id)
        await storeRow(db.database, account, plainResource(filter.model as keyof typeof models), { id: 'through', ...rowWith(target, filter.field, said), ...rowWith(target, filter.back, 'has') })
        await storeRow(db.database, account, plainResource(model.id as keyof typeof models), { id: 'has' })
      } else await storeRow(db.database, account, plainResource(model.id as keyof typeof models), { id: 'has', ...rowWith(model, filter.field, said) })
      await storeRow(db.database, account, plainResource(model.id as keyof typeof models), { id: 'has not' })
      const url = documented(model, model.path)
      expect(remote(await list(`${url}?${parameter}=${encodeURIComponent(matching)}`, account)), name).toEqual(['has'])
      expect(remote(await list(`${url}?${parameter}=${encodeURIComponent(other)}`, account)), name).toEqual([])
    }
    expect(cases.length).toBeGreaterThan(80)
  }, 60_000)

  test('what is unknown or has no meaning for a model is refused by its name, on every list and every single read', async () => {
    for (const model of all.filter(({ lists }) => lists[0].parents.length === 0)) {
      const url = documented(model, model.path)
      const wrong = ['nonsense', 'constructor', ...(model.hasRemoteFields ? [] : ['include_remote_fields']), ...(model.orderBy.length > 0 ? [] : ['order_by']), ...(expandable(model).length > 0 ? [] : ['expand']), ...(model.enumOrigins.length > 0 ? [] : ['show_enum_origins', 'remote_fields'])]
      for (const name of wrong) expect(await refusal(`${url}?${name}=true`), `${model.id} ${name}`).toEqual([{ source: { parameter: name }, type: 'UNRECOGNIZED_FIELD' }])
      if (model.retrievable) for (const name of ['cursor', 'modified_after', 'nonsense']) expect(await refusal(`${url}/${randomUUID()}?${name}=1`), `${model.id} ${name}`).toEqual([{ source: { parameter: name }, type: 'UNRECOGNIZED_FIELD' }])
    }
  })
})
