import { afterAll, beforeAll, expect, test } from 'vitest'
import { categories, models, type Category, type CommonModel } from '#models'
import { isAwaited } from '#src/api/awaiting'
import { asCaller } from '../support/api.ts'
import { everythingProvider, rowsOf } from '../support/everything.ts'
import { seedAccount, seedOrganization, seedRecord, type SeededAccount } from '../support/seed.ts'
import { addressOf, idFor, surfaceWorld, type SurfaceWorld, type Tenant } from '../support/surface-world.ts'

// The same script by the same organisation, once alone and once beside another that has the same customers, ids and names and is busy meanwhile.
let alone: SurfaceWorld
let shared: SurfaceWorld
const all: readonly CommonModel[] = Object.values(models)

beforeAll(async () => { [alone, shared] = await Promise.all([surfaceWorld(), surfaceWorld()]) }, 120_000)
afterAll(() => Promise.all([alone.close(), shared.close()]))

/** An organisation with two records of every model, in an order that is always the same. */
async function settled(world: SurfaceWorld, name: string): Promise<Tenant> {
  const { database } = world.product.house
  const { organizationId, apiKey } = await seedOrganization(database, name)
  const accounts = {} as Record<Category, SeededAccount>
  for (const category of categories) accounts[category] = await seedAccount(database, organizationId, category)
  const ids: Record<string, string[]> = { account: Object.values(accounts).map(({ id }) => id) }
  for (const model of all) for (const { id, fields } of rowsOf(model)) {
    const seeded = await seedRecord(database, accounts[model.category], model.id as keyof typeof models, id, plain(model, fields), { raw: { id } })
    ids[model.id] = [...ids[model.id] ?? [], seeded.id]
  }
  return { organizationId, apiKey, accounts, ids }
}

/** The vendor's ids of related records are no ids of ours: without a sync nothing would turn them into such. */
const plain = (model: CommonModel, fields: Record<string, unknown>): Record<string, unknown> => Object.fromEntries(Object.entries(fields).filter(([name]) => !JSON.stringify(model.schema.properties[name]).includes('x-relation')))

/** What is random by design, by the order in which it first shows: two worlds are alike when they are alike up to names. */
function renamed(texts: readonly string[]): string[] {
  const names = new Map<string, string>()
  const symbol = (kind: string) => (found: string): string => names.get(found) ?? (names.set(found, `<${kind} ${names.size}>`), names.get(found)!)
  return texts.map((text) => text
    .replaceAll(/im_(?:live|acct)_\w+/g, symbol('secret')).replaceAll(/req_[0-9a-f]{32}/g, symbol('request')).replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, symbol('id'))
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z/g, symbol('instant')).replaceAll(/(?<=cursor=)[\w-]+/g, '<cursor>').replaceAll(/"(next|previous)":"[\w-]+"/g, (_, name: string) => `"${name}":"<cursor>"`).replaceAll(/"[a-z0-9]+\.\d+\.(\d+)\.\d+\.\d{6}"/g, '"<tag>.$1"'))
}

/** Everything that the organisation can ask, asked in one order; `between` happens after each answer. */
async function script(world: SurfaceWorld, tenant: Tenant, between: (n: number) => Promise<void>): Promise<string[]> {
  const answers: string[] = []
  const ask = async (method: 'GET' | 'POST' | 'DELETE', url: string, token?: string, payload?: object): Promise<Record<string, unknown>> => {
    const answer = await world.app.inject({ method, url, headers: asCaller(tenant.apiKey, token), ...(payload !== undefined && { payload }) })
    answers.push(`${method} ${url}\n${answer.statusCode} ${String(answer.headers['content-type'])} ${String(answer.headers['etag'])}\n${answer.body}`)
    await between(answers.length)
    return answer.body === '' ? {} : answer.json()
  }
  const readAll = async (): Promise<void> => {
    for (const operation of world.operations.filter(({ method, name, needsKey }) => method === 'GET' && needsKey && !isAwaited(name))) {
      const token = operation.needsAccount ? tenant.accounts[operation.category ?? 'ticketing'].token : undefined
      const address = addressOf(operation, (name) => idFor(tenant, operation, name, all))
      await ask('GET', address, token)
      if (operation.parameters.some(({ name }) => name === 'page_size')) {
        const { next } = await ask('GET', `${address}?page_size=1`, token)
        if (typeof next === 'string') await ask('GET', `${address}?page_size=1&cursor=${next}`, token)
      }
    }
  }
  await readAll()
  for (const category of categories) {
    const { token } = tenant.accounts[category]
    await ask('POST', `/api/${category}/v1/linked-account-scopes`, token, { common_models: [] })
    await ask('POST', `/api/${category}/v1/generate-key`, undefined, { name: `of ${category}` })
    await ask('POST', `/api/${category}/v1/passthrough`, token, { method: 'GET', path: '/me' })
    await ask('POST', `/api/${category}/v1/sync-status/resync`, token, {})
    for (const model of all.filter((one) => one.category === category && one.ignorable)) await ask('POST', `/api/${category}/v1/${model.path}/ignore/${tenant.ids[model.id]![1]}`, token, { reason: 'GDPR' })
  }
  await ask('POST', '/api/v1/linked-accounts', undefined, { integration: 'nowhere' })
  await readAll()
  await ask('DELETE', `/api/v1/linked-accounts/${tenant.accounts.crm.id}`)
  await ask('GET', '/api/v1/linked-accounts')
  return answers
}

test('G11 what an organisation is answered is the same, to the byte, whether another one is there or not', async () => {
  const first = await script(alone, await settled(alone, 'A'), async () => undefined)

  const rival = await settled(shared, 'B')
  // Their accounts are linked for the very same end customers, and synced by the worker meanwhile.
  const busy = await shared.organization('C')
  const tenant = await settled(shared, 'A')
  let acted = 0
  const second = await script(shared, tenant, async (n) => {
    const of = n % 2 === 0 ? rival : busy
    const category = categories[n % 3]!
    if (n % 11 === 0) await seedRecord(shared.product.house.database, { ...rival.accounts[category], organizationId: rival.organizationId }, `${category}.User` in models ? `${category}.User` as 'crm.User' : 'hris.Employee', `new ${n}`, {})
    else await shared.app.inject({ method: n % 7 === 0 ? 'POST' : 'GET', url: n % 7 === 0 ? `/api/${category}/v1/generate-key` : `/api/${category}/v1/linked-accounts`, headers: asCaller(of.apiKey, of.accounts[category].token), ...(n % 7 === 0 && { payload: { name: `key ${n}` } }) })
    acted += 1
  })

  const [left, right] = [renamed(first), renamed(second)]
  expect(left.length).toBeGreaterThan(300)
  expect(acted).toBe(right.length)
  expect(right.length).toBe(left.length)
  for (const [n, answer] of left.entries()) expect(right[n], first[n]!.slice(0, 300)).toBe(answer)
  const statuses = left.map((answer) => answer.split('\n')[1]!.slice(0, 3))
  console.log(`G11: ${left.length} answers compared, ${statuses.filter((status) => status === '200').length} of them 200; ${acted} acts of others in between; integration ${everythingProvider.slug}`)
  expect(statuses.filter((status) => status === '200').length).toBeGreaterThan(200)
}, 240_000)
