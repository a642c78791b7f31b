import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { models } from '#models'
import { isAwaited } from '#src/api/awaiting'
import { asCaller } from '../support/api.ts'
import { addressOf, idFor, surfaceWorld, type Operation, type Parameter, type Schema, type SurfaceWorld, type Tenant } from '../support/surface-world.ts'

// What no honest client sends, to every route of the document: each answer is a 4xx that points at what is wrong.
let world: SurfaceWorld
let tenant: Tenant
let other: Tenant
const all = Object.values(models)

beforeAll(async () => {
  world = await surfaceWorld()
  tenant = await world.organization('Careless')
  other = await world.organization('Stranger')
}, 120_000)
afterAll(() => world.close())

interface Answer { readonly status: number; readonly code: string; readonly sources: readonly string[]; readonly text: string }
interface Case { readonly query?: string; readonly body?: string; readonly of?: Tenant }

async function ask(operation: Operation, { query, body, of = tenant }: Case): Promise<Answer> {
  const address = addressOf(operation, (name) => idFor(of, operation, name, all))
  const token = operation.needsAccount ? of.accounts[operation.category ?? 'ticketing'].token : undefined
  const answer = await world.app.inject({
    method: operation.method, url: query === undefined ? address : `${address}?${query}`, headers: { ...(operation.needsKey && asCaller(of.apiKey, token)), ...(body !== undefined && { 'content-type': 'application/json' }) }, ...(body !== undefined && { payload: body }),
  })
  if (answer.statusCode < 400) return { status: answer.statusCode, code: '', sources: [], text: '' }
  const { code, errors } = answer.json<{ code: string; errors: { source?: { pointer?: string; parameter?: string } }[] }>()
  return { status: answer.statusCode, code, sources: errors.flatMap(({ source }) => (source === undefined ? [] : [source.pointer ?? source.parameter ?? ''])), text: answer.body.slice(0, 300) }
}

/** Asks each, and tells which answers are not as wanted. */
async function walk(operations: readonly Operation[], cases: (operation: Operation) => readonly (Case & { readonly name: string })[], good: (answer: Answer, operation: Operation) => boolean): Promise<number> {
  const wrong: string[] = []
  let asked = 0
  for (const operation of operations) {
    for (const each of cases(operation)) {
      asked += 1
      const answer = await ask(operation, each)
      if (!good(answer, operation)) wrong.push(`${operation.name} with ${each.name}: ${answer.status} ${answer.sources.join()} ${answer.text}`)
    }
  }
  expect([wrong.length, ...wrong.slice(0, 6)]).toEqual([0])
  return asked
}

const ours = (): readonly Operation[] => world.operations.filter(({ path, needsKey }) => path.startsWith('/api/') && needsKey)
const queryOf = ({ parameters }: Operation): Parameter[] => parameters.filter((parameter) => parameter.in === 'query')
const withBody = (): readonly Operation[] => ours().filter(({ body }) => body !== null)
/** Where a body is missing that the route wants, that is what is said. */
const points = (source: string) => ({ status, sources }: Answer, { body }: Operation): boolean => status === 400 && (sources.includes(source) || (body !== null && sources.includes('')))

/** The schema behind references and nulls. */
function resolved(schema: Schema): Schema {
  const target = schema.$ref === undefined ? schema : world.document.components.schemas[schema.$ref.replace('#/components/schemas/', '')]!
  const something = target.anyOf?.find(({ type }) => type !== 'null')
  return something !== undefined && target.anyOf!.length === 2 && target.anyOf!.some(({ type }) => type === 'null') ? resolved(something) : target
}

describe('bad input on every route', () => {
  test('a page size that is none is refused by name; so is one where there are no pages', async () => {
    const sizes = ['-1', '0', '1001', '1e9', '1000000000', 'NaN', '1.5', '', 'ten']
    const asked = await walk(ours(), () => sizes.map((size) => ({ name: `page_size=${size}`, query: `page_size=${size}` })), points('page_size'))
    const paged = ours().filter((operation) => queryOf(operation).some(({ name }) => name === 'page_size'))
    console.log(`page_size: ${asked} requests, ${paged.length} routes with pages`)
    expect(paged.length).toBeGreaterThan(60)
    await walk(paged, () => [{ name: 'page_size=1', query: 'page_size=1' }, { name: 'page_size=1000', query: 'page_size=1000' }], ({ status }) => status === 200)
  }, 120_000)

  test('an unknown parameter is refused by name, and so is one with a NUL', async () => {
    await walk(ours(), () => [{ name: 'an unknown parameter', query: 'no_such_parameter=1' }], points('no_such_parameter'))
    const named = ours().filter((operation) => queryOf(operation).length > 0)
    for (const operation of named) await walk([operation], () => queryOf(operation).map(({ name }) => ({ name: `a NUL in ${name}`, query: `${name}=%00` })), ({ status, sources }) => status === 400 && sources.length > 0)
    expect(named.length).toBeGreaterThan(60)
  }, 120_000)

  test('a parameter of the wrong type is refused by name', async () => {
    const wrongFor = (schema: Schema): string | null => {
      const { type, format, enum: words, anyOf } = resolved(schema)
      if (type === 'integer') return 'many'
      if (type === 'boolean') return '1'
      if (format === 'date-time') return '2024-02-30T00:00:00Z'
      if (format === 'uuid') return 'not-an-id'
      return words !== undefined || anyOf?.every((one) => one.const !== undefined) === true ? 'no-such-word' : null
    }
    let tried = 0
    for (const operation of ours()) {
      for (const { name, schema } of queryOf(operation)) {
        const wrong = wrongFor(schema)
        if (wrong === null) continue
        tried += await walk([operation], () => [{ name: `${name}=${wrong}`, query: `${name}=${encodeURIComponent(wrong)}` }], points(name))
      }
    }
    console.log(`parameters of the wrong type: ${tried}`)
    expect(tried).toBeGreaterThan(500)
  }, 120_000)

  test('T74 SQL in any parameter is a value like another: refused by name, or compared and found nowhere', async () => {
    const corpus = [`' or '1'='1`, `1); drop table ticketing_ticket; --`, `"id" desc; select pg_sleep(5) --`]
    const count = async (): Promise<unknown> => (await world.product.house.database.system.query(`select (select count(*) from linked_accounts) as accounts, (select count(*) from ticketing_ticket) as tickets, (select count(*) from organizations) as organizations`)).rows[0]
    const before = await count()
    let found = 0
    let asked = 0
    const began = performance.now()
    for (const operation of ours().filter(({ method, name }) => method === 'GET' && !isAwaited(name))) {
      const cases = queryOf(operation).flatMap(({ name }) => corpus.map((value) => ({ name: `${name}=${value}`, query: `${name}=${encodeURIComponent(value)}` })))
      asked += await walk([operation], () => cases, ({ status, sources }) => {
        if (status === 200) found += 1
        return status === 200 || status === 404 || (status === 400 && sources.length > 0)
      })
    }
    console.log(`SQL: ${asked} requests, ${found} compared with what is stored, ${Math.round(performance.now() - began)} ms`)
    expect(await count()).toEqual(before)
    expect([found > 100, found < asked]).toEqual([true, true])
  }, 240_000)

  test('T04 a cursor that was invented, or is another organisation\'s or another list\'s, is refused', async () => {
    const lists = ours().filter((operation) => queryOf(operation).some(({ name }) => name === 'cursor'))
    const forged = ['x', '%00', 'AAAA', 'cD0yMDIxLTAxLTA2KzAzJTNBMjQlM0E1My40MzQzMjYlMkIwMCUzQTAw', 'A'.repeat(5_000)].map((cursor) => ({ name: `the cursor ${cursor.slice(0, 20)}`, query: `cursor=${cursor}` }))
    await walk(lists, () => forged, ({ status, sources }) => status === 400 && sources.includes('cursor'))
    let foreign = 0
    const cursors: { readonly list: string; readonly next: string }[] = []
    for (const operation of lists) {
      const address = addressOf(operation, (name) => idFor(other, operation, name, all))
      const token = operation.needsAccount ? other.accounts[operation.category ?? 'ticketing'].token : undefined
      const { next } = (await world.app.inject({ url: `${address}?page_size=1`, headers: asCaller(other.apiKey, token) })).json<{ next?: string | null }>()
      if (typeof next !== 'string') continue
      expect(await ask(operation, { query: `page_size=1&cursor=${next}`, of: other }), operation.name).toMatchObject({ status: 200 })
      expect(await ask(operation, { query: `page_size=1&cursor=${next}` }), operation.name).toMatchObject({ status: 400, sources: ['cursor'] })
      // An organisation's own lists are the same at several addresses.
      const list = operation.path.split('/').at(-1)!
      const stray = cursors.findLast((cursor) => cursor.list !== list)
      if (stray !== undefined) expect(await ask(operation, { query: `page_size=1&cursor=${stray.next}`, of: other }), operation.name).toMatchObject({ status: 400, sources: ['cursor'] })
      cursors.push({ list, next })
      foreign += 1
    }
    console.log(`cursors: ${lists.length} lists, ${foreign} with a cursor of another organisation`)
    expect(foreign).toBeGreaterThan(30)
  }, 120_000)

  test('a body that is no JSON, too deep, a list or text is refused; one that is too large too', async () => {
    const changing = ours().filter(({ method }) => method !== 'GET')
    const deep = (open: string, close: string): string => `${open.repeat(100)}1${close.repeat(100)}`
    const bodies = { 'no JSON': '{"a":', 'a hundred lists': deep('[', ']'), 'a hundred objects': deep('{"a":', '}'), 'a name twice': '{"a":1,"a":2}', '__proto__': '{"__proto__":{"a":1}}' }
    await walk(changing, () => Object.entries(bodies).map(([name, body]) => ({ name, body })), ({ status, sources }) => status === 400 && sources.length > 0)
    await walk(withBody(), () => [{ name: 'a list', body: '[]' }, { name: 'text', body: '"text"' }], ({ status, sources }) => status === 400 && sources.length > 0)
    const large = JSON.stringify({ a: 'x'.repeat(10 * 2 ** 20) })
    await walk(changing, () => [{ name: 'ten megabytes', body: large }], ({ status, code }) => status === 413 && code === 'request.too_large')
    expect(changing.length).toBeGreaterThan(60)
  }, 120_000)

  test('a field that is unknown, of the wrong type or with a NUL in it is refused by its pointer', async () => {
    let fields = 0
    for (const operation of withBody()) {
      const { properties = {} } = resolved(operation.body!)
      const wrong = (schema: Schema): unknown => { const { type } = resolved(schema); return type === 'array' ? 'text' : type === 'object' ? [1] : { of: 'another type' } }
      const checked = Object.entries(properties).filter(([, schema]) => resolved(schema).type !== undefined)
      fields += await walk([operation], () => checked.map(([name, schema]) => ({ name: `${name} of the wrong type`, body: JSON.stringify({ [name]: wrong(schema) }) })), ({ status, sources }) => status === 400 && sources.length > 0)
      for (const [name, schema] of checked) expect((await ask(operation, { body: JSON.stringify({ [name]: wrong(schema) }) })).sources, `${operation.name} ${name}`).toContainEqual(expect.stringMatching(new RegExp(`^/${name}`)))
      await walk([operation], () => [{ name: 'an unknown field', body: '{"no_such_field":1}' }], points('/no_such_field'))
      await walk([operation], () => [{ name: 'a NUL', body: '{"no_such_field":"a\\u0000b"}' }, ...checked.filter(([, schema]) => resolved(schema).type === 'string').map(([name]) => ({ name: `a NUL in ${name}`, body: JSON.stringify({ [name]: 'a\0b' }) }))], ({ status, sources }) => status === 400 && sources.length > 0)
    }
    console.log(`bodies: ${withBody().length} routes, ${fields} fields of the wrong type`)
    expect(fields).toBeGreaterThan(100)
  }, 120_000)

  test('a route that takes no body takes none', async () => {
    await walk(ours().filter(({ method, body }) => method !== 'GET' && body === null && !/delete|regenerate/.test(method.toLowerCase())), () => [{ name: 'a hundred lists', body: `${'['.repeat(100)}${']'.repeat(100)}` }], ({ status, sources }) => status === 400 && sources.length > 0)
  })

  test('an id with a NUL, a line break or five thousand letters names nothing', async () => {
    const wrong: string[] = []
    for (const operation of ours().filter(({ path }) => path.includes('{'))) {
      for (const id of ['\0', 'a\0b', '\r\nX: 1', 'x'.repeat(150), 'x'.repeat(5_000), '../..', '%', '__proto__']) {
        const { statusCode } = await world.app.inject({ method: operation.method, url: addressOf(operation, () => id), headers: asCaller(tenant.apiKey, operation.needsAccount ? tenant.accounts[operation.category ?? 'ticketing'].token : undefined) })
        if (![400, 404, 414].includes(statusCode) && !(statusCode === 501 && isAwaited(operation.name))) wrong.push(`${operation.name} ${JSON.stringify(id.slice(0, 10))}: ${statusCode}`)
      }
    }
    expect(wrong).toEqual([])
  }, 120_000)
})
