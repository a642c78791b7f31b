import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { categories, models } from '#models'
import { isAwaited } from '#src/api/awaiting'
import { asCaller } from '../support/api.ts'
import { addressOf, bare, idFor, surfaceWorld, type Operation, type SurfaceWorld, type Tenant } from '../support/surface-world.ts'

let world: SurfaceWorld
let a: Tenant
let b: Tenant
const all = Object.values(models)
/** Whether ids are also tried where records of another category are, which no query of the addressed one looks at. */
const EVERYWHERE = process.env['FOREIGN_IDS'] === 'everywhere'

beforeAll(async () => {
  world = await surfaceWorld()
  a = await world.organization('A')
  b = await world.organization('B')
}, 120_000)
afterAll(() => world.close())

/** One of B's ids of every kind that the operation could have to do with. */
const foreignTo = ({ category }: Operation): string[] => Object.entries(b.ids).filter(([kind]) => EVERYWHERE || category === null || !kind.includes('.') || kind.startsWith(`${category}.`)).map(([, [id]]) => id!)
const tokenFor = (tenant: Tenant, { needsAccount, category }: Operation): string | undefined => (needsAccount ? tenant.accounts[category ?? 'ticketing'].token : undefined)
/** Bodies that pass the checks, so that what answers is the look-up of the id and not the check. */
function bodyFor({ method, path, name }: Operation): object | undefined {
  if (path.endsWith('/credentials')) return { credentials: world.product.vendor.link.credentials }
  if (path.includes('/ignore/')) return { reason: 'GDPR' }
  if (isAwaited(name)) return { model: {} }
  return method === 'GET' || method === 'DELETE' ? undefined : {}
}
const ask = (operation: Operation, apiKey: string, token: string | undefined, url: string) => {
  const payload = bodyFor(operation)
  return world.app.inject({ method: operation.method, url, headers: asCaller(apiKey, token), ...(payload !== undefined && { payload }), remoteAddress: `10.${Math.floor(Math.random() * 250)}.${Math.floor(Math.random() * 250)}.7` })
}

describe('every route, two organisations, every id', () => {
  test('T01 another organisation\'s id in any path answers, to the byte, what an id that never was answers', async () => {
    let tried = 0
    let real = 0
    expect(Object.values(b.ids).length).toBeGreaterThan(all.length)
    for (const operation of world.operations.filter(({ path, name }) => path.includes('{') && !isAwaited(name))) {
      const parameters = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!)
      // Deleting is left to the end of the world; everything else must find B's own with B's key, or nothing would be proven.
      if (operation.method !== 'DELETE' && operation.name.startsWith('GET')) {
        const own = await ask(operation, b.apiKey, tokenFor(b, operation), addressOf(operation, (name) => idFor(b, operation, name, all)))
        expect(own.statusCode, `${operation.name} with B's own: ${own.body.slice(0, 300)}`).toBe(200)
        real += 1
      }
      for (const parameter of parameters) {
        const at = (id: string): string => addressOf(operation, (name) => (name === parameter ? id : idFor(a, operation, name, all)))
        const random = await ask(operation, a.apiKey, tokenFor(a, operation), at('0f3c0000-1111-8222-8333-444455556666'))
        expect([404, 400], `${operation.name}: ${random.body.slice(0, 300)}`).toContain(random.statusCode)
        for (const id of foreignTo(operation)) {
          const theirs = await ask(operation, a.apiKey, tokenFor(a, operation), at(id))
          expect(theirs.statusCode, `${operation.name} ${parameter}`).toBe(random.statusCode)
          expect(bare(theirs.body), `${operation.name} ${parameter}`).toBe(bare(random.body))
          tried += 1
        }
      }
    }
    console.log(`T01: ${tried} foreign ids tried in ${world.operations.filter(({ path }) => path.includes('{')).length} addresses, ${real} of them shown to answer their owner`)
    expect(real).toBeGreaterThan(30)
    expect(tried).toBeGreaterThan(1_000)
  }, 300_000)

  test('T01 another organisation\'s id as a filter finds nothing, like an id that never was', async () => {
    let tried = 0
    for (const operation of world.operations.filter(({ method, needsKey }) => method === 'GET' && needsKey)) {
      const at = (name: string, id: string): string => `${addressOf(operation, (parameter) => idFor(a, operation, parameter, all))}?${name}=${id}`
      for (const { name, schema } of operation.parameters.filter((parameter) => parameter.in === 'query' && [parameter.schema.format, parameter.schema.items?.format].includes('uuid'))) {
        const random = await ask(operation, a.apiKey, tokenFor(a, operation), at(name, '0f3c0000-1111-8222-8333-444455556666'))
        expect(random.statusCode, `${operation.name} ${name} ${JSON.stringify(schema)}`).toBeLessThan(500)
        for (const id of foreignTo(operation)) expect(bare((await ask(operation, a.apiKey, tokenFor(a, operation), at(name, id))).body), `${operation.name} ${name}`).toBe(bare(random.body))
        tried += 1
      }
    }
    console.log(`T01: ${tried} filters that take an id`)
    expect(tried).toBeGreaterThan(10)
  }, 300_000)

  test('T02 one organisation\'s key with another\'s token is refused on every route, as a token that never was', async () => {
    let tried = 0
    for (const operation of world.operations.filter(({ needsAccount }) => needsAccount)) {
      const url = addressOf(operation, (name) => idFor(a, operation, name, all))
      for (const category of categories) {
        const theirs = await ask(operation, a.apiKey, b.accounts[category].token, url)
        expect([theirs.statusCode, theirs.json<{ code: string }>().code], operation.name).toEqual([401, 'request.account_unknown'])
        const unknown = await ask(operation, a.apiKey, `${b.accounts[category].token.slice(0, -1)}x`, url)
        expect(bare(theirs.body), operation.name).toBe(bare(unknown.body))
        tried += 1
      }
    }
    console.log(`T02: ${tried} combinations of route and foreign token`)
    expect(tried).toBeGreaterThan(200)
  }, 120_000)

  test('after all of this nothing of the other organisation has changed', async () => {
    for (const category of categories) {
      const details = await world.app.inject({ url: `/api/${category}/v1/account-details`, headers: asCaller(b.apiKey, b.accounts[category].token) })
      expect(details.statusCode).toBe(200)
    }
    const { rows: [row] } = await world.product.house.database.system.query<{ erased: string }>(`select count(*)::text as erased from changes where organization_id = $1 and cause <> 'sync'`, [b.organizationId])
    expect(row!.erased).toBe('0')
  })
})
