import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fixtureBody, graphql, graphqlRoute, inventCompany, jsonRpc, jsonRpcRoute, numberOf, placeOf, placeWord, tokenDesk, type Ask, type SandboxVendor } from '#kit'
import { startSandbox, type Sandbox } from '#src/sandbox/start'

interface World { readonly names: readonly string[] }
const vendor: SandboxVendor<World> = {
  link: () => ({ setup: {}, credentials: {} }), grow: (size) => ({ names: inventCompany(size).people.map(({ first }) => first) }), counts: () => ({}), secrets: () => [], change: () => ({}), remove: () => ({}), troubles: [], otherwise: { status: 404, body: null },
  routes: [
    jsonRpcRoute('/rpc', { 'people.count': ([from], _, { names }) => (typeof from === 'number' ? { result: names.length - from } : { error: ['UserError', 'from'] }) }, ['NoSuchMethod']),
    graphqlRoute('/graphql', { People: ({ first }, _, { names }) => ({ people: names.slice(0, first as number) }) }),
  ],
}

describe('a box', () => {
  let box: Sandbox<World>
  beforeAll(async () => { box = await startSandbox({ vendor, size: 40 }) })
  afterAll(async () => { await box.close() })
  const ask = async ({ path, body }: Ask): Promise<unknown> => (await fetch(box.origin + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })).json()

  it('answers remote procedures by name, with a result or an error', async () => {
    expect(await ask(jsonRpc('/rpc', 'people.count', [3]))).toEqual({ id: 1, result: 7 })
    expect(await ask(jsonRpc('/rpc', 'people.count', []))).toEqual({ id: 1, error: ['UserError', 'from'] })
    for (const unknown of ['people.drop', 'toString', '__proto__']) expect(await ask(jsonRpc('/rpc', unknown, []))).toEqual({ id: 1, error: ['NoSuchMethod'] })
  })

  it('answers GraphQL by the name of the operation', async () => {
    expect(await ask(graphql('/graphql', 'query People($first: Int) { people }', { first: 2 }))).toEqual({ data: { people: box.world.names.slice(0, 2) } })
    expect(await ask(graphql('/graphql', '{ people }'))).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] })
  })
})

describe('the parts of boxes', () => {
  it('write places as opaque words and read them again; a strange one is the beginning', () => {
    expect([placeOf(placeWord(40)), placeWord(null), placeOf('x'), placeOf(null)]).toEqual([40, null, 0, 0])
    expect([numberOf('7', 1), numberOf('x', 1), numberOf('-2', 1), numberOf('900', 1, 100), numberOf(null, 5)]).toEqual([7, 1, 1, 100, 5])
  })

  it('hand out tokens that end', () => {
    let now = 0
    const desk = tokenDesk(() => now)
    const token = desk.issue(60)
    expect([desk.isGood(token), desk.isGood('x'), desk.isGood(null)]).toEqual([true, false, false])
    now = 60_001
    expect(desk.isGood(token)).toBe(false)
    const another = desk.issue(60)
    desk.endAll()
    expect(desk.isGood(another)).toBe(false)
  })

  it('invent the same company for the same size, with managers that are there and no circles', () => {
    const company = inventCompany(200)
    expect(inventCompany(200)).toEqual(company)
    for (const { n, manager } of company.people) expect(manager === null ? n : manager < n, `${n}`).toBeTruthy()
    for (const { customer, owner } of company.contacts) expect([company.customers[customer - 1]?.n, company.people[owner - 1]?.n]).toEqual([customer, owner])
    for (const { parent, n } of company.tickets) expect(parent === null || parent < n).toBe(true)
    const numbers = company.tickets.flatMap(({ comments }) => comments).map(({ n }) => n)
    expect(new Set(numbers).size).toBe(numbers.length)
    expect(company.people.filter(({ leftOn }) => leftOn !== null).length).toBeGreaterThan(0)
  })

  it('take after what a vendor really answered', () => {
    expect(fixtureBody(new URL('../../providers/redmine/sandbox.ts', import.meta.url).href, 'ticketing.Ticket')).toHaveProperty('issues')
  })
})
