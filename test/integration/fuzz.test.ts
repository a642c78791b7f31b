import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { models, type Category } from '#models'
import { isAwaited } from '#src/api/awaiting'
import { canonicalInstant, isUuid } from '#src/http/formats'
import { asCaller } from '../support/api.ts'
import { chance, hostileBody, hostileText, pick, randomOf, rightValue, wrongValue, type Random, type Resolve } from '../support/requests.ts'
import { seedAccount } from '../support/seed.ts'
import { addressOf, idFor, surfaceWorld, type Operation, type SurfaceWorld, type Tenant } from '../support/surface-world.ts'

const REQUESTS = Number(process.env['FUZZ'] ?? 3_000)
const SEED = Number(process.env['FUZZ_SEED'] ?? Date.now() % 1_000_000)
const all = Object.values(models)

let world: SurfaceWorld
let tenant: Tenant
let other: Tenant
let isProblem: (body: unknown) => boolean
let whyNot: () => string
let fits: (operation: Operation, status: number, body: unknown) => string | null
let resolve: Resolve

interface Asked { readonly url: string; readonly headers: Record<string, string>; readonly payload?: string | object; readonly authenticated: boolean; readonly routed: boolean }
interface Answer { readonly status: number; readonly type: string; readonly body: string }
/** What each operation has answered, over both tests. */
const seen = new Map<string, Set<number>>()

beforeAll(async () => {
  world = await surfaceWorld()
  tenant = await world.organization('Fuzzed')
  other = await world.organization('Bystander')
  const { schemas } = world.document.components
  resolve = (schema) => (schema.$ref === undefined ? schema : schemas[schema.$ref.replace('#/components/schemas/', '')]!)
  const ajv = new Ajv2020({ strict: false, allErrors: false, formats: { uuid: isUuid, 'date-time': (text: string) => canonicalInstant(text) !== null, uri: (text: string) => URL.canParse(text), email: true } })
  ajv.addSchema(world.document, 'api')
  const problem = ajv.compile({ $ref: 'api#/components/schemas/Problem' })
  isProblem = (body) => problem(body)
  whyNot = () => ajv.errorsText(problem.errors)
  const compiled = new Map<string, ReturnType<typeof ajv.compile>>()
  fits = (operation, status, body) => {
    if (operation.responses[status]?.content?.['application/json'] === undefined) return null
    const escaped = operation.path.replaceAll('/', '~1').replaceAll('{', '%7B').replaceAll('}', '%7D')
    const key = `api#/paths/${escaped}/${operation.method.toLowerCase()}/responses/${status}/content/application~1json/schema`
    const check = compiled.get(key) ?? ajv.compile({ $ref: key })
    compiled.set(key, check)
    return check(body) ? null : ajv.errorsText(check.errors)
  }
}, 120_000)
afterAll(() => world.close())

const unpacked = (encoding: unknown, bytes: Buffer): Buffer => (encoding === 'zstd' ? zstdDecompressSync(bytes) : encoding === 'gzip' ? gunzipSync(bytes) : bytes)

/** Who fails to authenticate is slowed down by address; here every request comes from another. */
let caller = 0
async function send(operation: Operation, { url, headers, payload }: Asked): Promise<Answer> {
  const answer = await world.app.inject({ method: operation.method, url, headers, remoteAddress: `10.0.${(caller >> 8) & 255}.${(caller += 1) & 255}`, ...(payload !== undefined && { payload }) })
  const statuses = seen.get(operation.name) ?? new Set<number>()
  seen.set(operation.name, statuses.add(answer.statusCode))
  return { status: answer.statusCode, type: answer.headers['content-type'] ?? '', body: unpacked(answer.headers['content-encoding'], answer.rawPayload).toString() }
}

/** What no answer may be, whatever was asked. */
function objection(operation: Operation, { status, type, body }: Answer): string | null {
  // Multipart bodies of a passthrough wait too; nothing else says 501 outside the list.
  const awaited = status === 501 && (isAwaited(operation.name) || (operation.path.endsWith('/passthrough') && body.includes('Multipart')))
  if (status >= 500 && !awaited) return `answered ${status}: ${world.product.printed.findLast((line) => line.includes('request failed')) ?? ''}`
  if (status < 400) {
    const mismatch = status < 300 && type.startsWith('application/json') && body !== '' ? fits(operation, status, JSON.parse(body)) : null
    return mismatch === null ? null : `answered what its document does not allow: ${mismatch}`
  }
  if (!type.startsWith('application/problem+json')) return `answered an error as ${type}`
  return isProblem(JSON.parse(body)) ? null : `answered a problem that is none: ${whyNot()}`
}

/** Accounts that a request may destroy: never those that the others need. */
const destroys = ({ method, path }: Operation): boolean => method !== 'GET' && /delete-account|account-token|linked-accounts|scopes|\/ignore\/|key/.test(path)
async function victim(operation: Operation): Promise<Tenant> {
  if (!destroys(operation)) return tenant
  // There are two records of each model, and the first one is everybody's.
  if (operation.path.includes('/ignore/')) return { ...tenant, ids: Object.fromEntries(Object.entries(tenant.ids).map(([kind, ids]) => [kind, ids.toReversed()])) }
  const category: Category = operation.category ?? 'ticketing'
  // New credentials of the same vendor account destroy nothing, and need a vendor that answers.
  if (operation.path.endsWith('/credentials')) return tenant
  const account = await seedAccount(world.product.house.database, tenant.organizationId, category)
  return { ...tenant, accounts: { ...tenant.accounts, [category]: account }, ids: { ...tenant.ids, account: [account.id] } }
}

const tokenOf = (of: Tenant, { needsAccount, category }: Operation): string | undefined => (needsAccount ? of.accounts[category ?? 'ticketing'].token : undefined)

/** Half a character has no form in UTF-8, so none in an address. */
const encoded = (text: string): string => encodeURIComponent(text.toWellFormed())

/** Bodies that a route needs to succeed and that no schema tells. */
function knownBody({ path, method }: Operation, random: Random): object | undefined {
  const { link } = world.product.vendor
  if (method === 'POST' && path === '/api/v1/linked-accounts') return { integration: 'everything', category: pick(random, ['hris', 'crm', 'ticketing']), end_user_origin_id: `fuzz-${random()}`, end_user_organization_name: 'Fuzz', end_user_email_address: 'f@example.test', ...link }
  if (path.endsWith('/credentials')) return { credentials: link.credentials }
  if (path.endsWith('/passthrough')) return { method: 'GET', path: '/me' }
  if (path.endsWith('-key')) return { name: path.endsWith('/regenerate-key') ? 'to be replaced' : `key ${random()}` }
  if (path.includes('/ignore/')) return { reason: 'GDPR' }
  if (path.endsWith('/resync') || path.includes('/sync/')) return {}
  if (path.endsWith('/sync-settings')) return { interval_seconds: 600 }
  return method !== 'GET' && path.endsWith('scopes') ? { common_models: [] } : undefined
}

/** A request that should work. */
function rightRequest(operation: Operation, of: Tenant, random: Random): Asked {
  const payload = knownBody(operation, random) ?? (operation.body === null ? undefined : rightValue(random, operation.body, resolve) as object)
  return { url: addressOf(operation, (name) => idFor(of, operation, name, all)), headers: operation.needsKey ? asCaller(of.apiKey, tokenOf(of, operation)) : {}, ...(payload !== undefined && payload !== null && { payload }), authenticated: true, routed: true }
}

/** One that may be wrong in its path, parameters, body or headers, or in none of them. */
function anyRequest(operation: Operation, of: Tenant, random: Random): Asked {
  let routed = true
  const address = addressOf(operation, (name) => {
    if (chance(random, 0.6)) return idFor(of, operation, name, all)
    if (chance(random, 0.5)) return pick(random, [pick(random, Object.values(other.ids))[0]!, '0f3c0000-1111-8222-8333-444455556666'])
    routed = false
    return hostileText(random)
  })
  const query = operation.parameters.filter((parameter) => parameter.in === 'query' && chance(random, 0.15)).map(({ name, schema }) => {
    const value = chance(random, 0.7) ? rightValue(random, schema, resolve) : hostileText(random)
    return `${name}=${encoded(Array.isArray(value) ? value.join(',') : String(value)).replaceAll('%2C', ',')}`
  })
  if (chance(random, 0.05)) query.push(`${encoded(hostileText(random))}=${encoded(hostileText(random))}`)
  const authenticated = !operation.needsKey || chance(random, 0.88)
  const headers: Record<string, string> = !operation.needsKey ? {} : authenticated ? asCaller(of.apiKey, tokenOf(of, operation))
    : pick(random, [{}, { authorization: 'Bearer nonsense' }, asCaller(of.apiKey.slice(0, -1), tokenOf(of, operation)), asCaller(other.apiKey, of.accounts.crm.token), { authorization: `Basic ${hostileText(random).replaceAll(/[^\x20-\x7e]/g, '')}` }])
  if (chance(random, 0.1)) headers['if-none-match'] = pick(random, ['*', '"x"', 'W/"1"'])
  if (chance(random, 0.1)) headers['accept-encoding'] = pick(random, ['gzip', 'zstd', 'br;q=0', 'identity'])
  let payload: string | object | undefined
  if (operation.method !== 'GET' && chance(random, 0.9)) {
    payload = pick<() => string | object>(random, [
      () => knownBody(operation, random) ?? {}, () => rightValue(random, operation.body ?? {}, resolve) as object, () => ({ ...knownBody(operation, random), [pick(random, ['extra', 'model', 'organization_id', 'reason'])]: wrongValue(random) }),
      () => JSON.stringify(wrongValue(random)), () => hostileBody(random),
    ])() ?? undefined
    if (typeof payload !== 'object') headers['content-type'] = chance(random, 0.9) ? 'application/json' : pick(random, ['text/plain', 'application/json;charset=utf-7', 'multipart/form-data; boundary=x', 'application/x-www-form-urlencoded'])
  }
  return { url: query.length === 0 ? address : `${address}?${query.join('&')}`, headers, ...(payload !== undefined && payload !== null && { payload }), authenticated, routed }
}

describe(`requests made from the document (FUZZ_SEED=${SEED})`, () => {
  test('every operation that is served succeeds at least once, as its document says', async () => {
    const random = randomOf(SEED)
    await world.app.inject({ method: 'POST', url: '/api/ticketing/v1/generate-key', headers: asCaller(tenant.apiKey), payload: { name: 'to be replaced' } })
    const failures = new Map<string, string>()
    for (const operation of world.operations) {
      const asked = rightRequest(operation, await victim(operation), random)
      const answer = await send(operation, asked)
      const wrong = objection(operation, answer) ?? (isAwaited(operation.name) || [200, 201, 202, 204].includes(answer.status) ? null : `${answer.status}: ${answer.body.slice(0, 500)}`)
      if (wrong !== null) failures.set(operation.name, `${asked.url} ${JSON.stringify(asked.payload) ?? ''}\n${wrong.slice(0, 2_000)}`)
    }
    expect(Object.fromEntries(failures)).toEqual({})
    const awaited = world.operations.filter(({ name }) => isAwaited(name)).length
    console.log(`${world.operations.length} operations: ${world.operations.length - awaited} served, each with a 2xx; ${awaited} wait for their room`)
    expect(world.operations.length).toBeGreaterThan(100)
  }, 120_000)

  test(`${REQUESTS} requests, right and wrong, meet no error of ours`, async () => {
    const random = randomOf(SEED + 1)
    let reached = 0
    const statuses = new Map<number, number>()
    const failures = new Map<string, string>()
    for (let n = 0; n < REQUESTS; n += 1) {
      const operation = pick(random, world.operations)
      const of = chance(random, 0.5) || !destroys(operation) ? await victim(operation) : { ...tenant, ids: other.ids, accounts: { ...tenant.accounts, [operation.category ?? 'ticketing']: { id: '', token: 'im_acct_nonsense' } } }
      const asked = anyRequest(operation, of, random)
      const answer = await send(operation, asked)
      const wrong = objection(operation, answer)
      if (wrong !== null && !failures.has(operation.name)) failures.set(operation.name, `request ${n}: ${asked.url.slice(0, 500)} ${JSON.stringify(asked.payload)?.slice(0, 500) ?? ''}\n${wrong.slice(0, 2_000)}`)
      if (asked.authenticated && asked.routed && answer.status !== 401 && answer.status !== 405) reached += 1
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
    }
    console.log(`seed ${SEED}: ${REQUESTS} requests, ${Math.round(100 * reached / REQUESTS)} % authenticated and past routing; ${[...statuses].sort(([x], [y]) => x - y).map(([status, count]) => `${status}: ${count}`).join(', ')}`)
    expect(Object.fromEntries(failures)).toEqual({})
    expect(reached / REQUESTS).toBeGreaterThan(0.6)
    expect(seen.size).toBe(world.operations.length)
  }, 60_000 + REQUESTS * 60)
})
