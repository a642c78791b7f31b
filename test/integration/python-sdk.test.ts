import { execFile, spawnSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { categories, models, type Category, type CommonModel } from '#models'
import { everythingProvider } from '../support/everything.ts'
import { everything, synced } from '../support/intermodal.ts'
import { product, type Product } from '../support/product.ts'

// A spot check with the official Python SDK. It needs a Python that can import it: INTERMODAL_PYTHON names one, PYTHONPATH may lead to the package.
const python = process.env['INTERMODAL_PYTHON'] ?? 'python3'
const found = spawnSync(python, ['-c', 'from merge import Merge'], { encoding: 'utf8' })
const missing = found.error !== undefined ? `there is no ${python}` : found.status === 0 ? null : `${python} cannot import the package \`merge\` (MergePythonClient): ${found.stderr.trim().split('\n').at(-1)}`
if (missing !== null) console.log(`The Python SDK is not tried: ${missing}.`)

interface Refusal { readonly status: number; readonly problem: readonly string[] }
interface Told { readonly listed: Record<string, unknown>[]; readonly retrieved: Record<string, unknown>; readonly classes: readonly string[]; readonly unknown: Refusal | null; readonly unauthenticated: Refusal | null }

/** What went over the wire and what Python made of it, in one form: instants in milliseconds, no nulls. */
function normal(value: unknown): unknown {
  if (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|\+00:00)$/.test(value)) return new Date(value).toISOString()
  if (Array.isArray(value)) return value.map(normal)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== null).map(([key, inner]) => [key, normal(inner)]))
}

/** What each category is tried with: one relation to expand, and a model without any. */
const tried: readonly { readonly category: Category; readonly name: string; readonly model: CommonModel; readonly expand: readonly string[] }[] = [
  { category: 'hris', name: 'employees', model: models['hris.Employee'], expand: ['manager', 'employments', 'groups'] },
  { category: 'hris', name: 'time_off', model: models['hris.TimeOff'], expand: ['employee'] },
  { category: 'hris', name: 'locations', model: models['hris.Location'], expand: [] },
  { category: 'crm', name: 'contacts', model: models['crm.Contact'], expand: ['account'] },
  { category: 'crm', name: 'opportunities', model: models['crm.Opportunity'], expand: ['owner', 'stage'] },
  { category: 'crm', name: 'users', model: models['crm.User'], expand: [] },
  { category: 'ticketing', name: 'tickets', model: models['ticketing.Ticket'], expand: ['assignees', 'creator'] },
  { category: 'ticketing', name: 'comments', model: models['ticketing.Comment'], expand: ['user'] },
  { category: 'ticketing', name: 'projects', model: models['ticketing.Project'], expand: [] },
]

describe.skipIf(missing !== null)('the official Python SDK', () => {
  let it_: Product
  let told: Record<string, Told>
  const tokens = {} as Record<Category, string>
  beforeAll(async () => {
    it_ = await product({ provider: everythingProvider, env: { INTERMODAL_RATE_LIMIT_PER_MINUTE: '0' } })
    for (const category of categories) {
      const { status, body } = await it_.link({ category, end_user_origin_id: `python-${category}` })
      expect(status, JSON.stringify(body)).toBe(201)
      tokens[category] = body['account_token'] as string
      await synced(it_.api, tokens[category], { category })
    }
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    const child = execFile(python, [new URL('../support/python-sdk.py', import.meta.url).pathname], { maxBuffer: 2 ** 26, timeout: 60_000 }, (error, stdout, stderr) => (error === null ? resolve(stdout) : reject(new Error(stderr.slice(-4_000), { cause: error }))))
    child.stdin!.end(JSON.stringify({ base_url: `${it_.origin}/api`, api_key: it_.apiKey, resources: tried.map(({ category, name, expand }) => ({ category, name, expand, token: tokens[category] })) }))
    told = JSON.parse(await promise) as Record<string, Told>
  }, 120_000)
  afterAll(() => it_.close())

  it.each(tried.map((one) => [`${one.category}.${one.name}`, one] as const))('%s: what it lists, retrieves and expands is what went over the wire', async (key, { category, model, expand }) => {
    const { listed, retrieved, classes } = told[key]!
    const wire = await everything(it_.api, `/api/${category}/v1/${model.path}${expand.length > 0 ? `?expand=${expand.join(',')}` : ''}`, tokens[category])
    expect(wire).toHaveLength(2)
    expect(listed.map(normal)).toEqual(wire.map(normal))
    expect(normal(retrieved)).toEqual(normal(wire[0]))
    expect(classes).toEqual([model.name])
    for (const relation of expand) expect([wire[0]![relation]].flat()[0], relation).toMatchObject({ id: expect.any(String) as string })
  })

  it.each(tried.map(({ category, name }) => `${category}.${name}`))('%s: what is refused is an error with our status and our word for it', (key) => {
    expect(told[key]!.unknown).toEqual({ status: 404, problem: ['NOT_FOUND'] })
    expect(told[key]!.unauthenticated).toEqual({ status: 401, problem: ['UNAUTHENTICATED'] })
  })
})
