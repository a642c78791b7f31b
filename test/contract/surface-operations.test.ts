/** Every operation and every query parameter of the surface that our API is to be compatible with, by script: nothing is checked by eye. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { awaiting } from '#src/api/awaiting'
import { openApiDocuments } from '../../scripts/openapi.ts'

const file = join(process.env['INTERMODAL_TEST_MATERIAL'] ?? '../shared', 'facts/merge-surface.json')
const there = existsSync(file)

interface Asked { readonly name: string; readonly type: 'boolean' | 'string' | 'datetime' | 'integer' | 'enum' | 'csv_enum'; readonly allowed?: readonly string[] }
interface Endpoint { readonly method: string; readonly path: string; readonly group: 'platform' | 'common_model'; readonly query: readonly Asked[]; readonly request_body: string | null }
type Shape = { readonly type?: string; readonly format?: string; readonly const?: string; readonly anyOf?: readonly Shape[]; readonly items?: Shape; readonly properties?: Readonly<Record<string, Shape>> }
interface Operation { readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: Shape }[]; readonly requestBody?: { readonly required?: boolean; readonly content: Readonly<Record<string, { readonly schema: Shape }>> } }

/** What our API leaves out on purpose, and why. */
const leftOut: ReadonlyMap<string, string> = new Map(['hris', 'crm', 'ticketing'].map((category) =>
  [`GET /api/${category}/v1/issues?account_token`, 'secrets do not belong in an address; linked_account_id says the same']))

const variants = (shape: Shape): readonly Shape[] => shape.anyOf?.flatMap(variants) ?? [shape]
const wordsOf = (shape: Shape): string[] => variants(shape).flatMap((variant) => (variant.const === undefined ? [] : [variant.const]))

/** Whether values of the asked type are taken: text may be read more strictly, as an id, a flag, an instant or a list. */
function takes({ type, allowed = [] }: Asked, shape: Shape): boolean {
  const types = variants(shape).map((variant) => variant.type ?? 'any')
  const every = (...known: string[]): boolean => types.every((found) => known.includes(found))
  const words = wordsOf(type === 'csv_enum' ? shape.items ?? {} : shape)
  const covers = words.length === 0 || allowed.flatMap((one) => one.split(',')).filter((one) => one !== '').every((one) => words.includes(one))
  switch (type) {
    case 'boolean': return every('boolean')
    case 'integer': return every('integer')
    case 'datetime': return every('string') && variants(shape).every(({ format }) => format === 'date-time')
    case 'string': return every('string', 'array', 'boolean')
    case 'enum': return every('string') && covers
    case 'csv_enum': return every('array') && covers
  }
}

if (there) describe('the surface', async () => {
  const surface = JSON.parse(readFileSync(file, 'utf8')) as Record<string, { readonly endpoints: readonly Endpoint[] }>
  const endpoints = ['hris', 'crm', 'ticketing'].flatMap((category) => surface[category]!.endpoints)
  const paths: Record<string, Record<string, Operation>> = Object.assign({}, ...Object.values(await openApiDocuments()).map((text) => (JSON.parse(text) as { paths: object }).paths))
  const nameOf = ({ method, path }: Endpoint): string => `${method} /api${path}`
  const ours = ({ method, path }: Endpoint): Operation | undefined => paths[`/api${path}`]?.[method.toLowerCase()]

  test('has all of its operations in our documents', () => {
    const missing = endpoints.filter((endpoint) => ours(endpoint) === undefined).map(nameOf).filter((name) => !leftOut.has(name))
    console.log(`${endpoints.length} operations (${endpoints.filter(({ group }) => group === 'common_model').length} on models), ${missing.length} missing; ${awaiting.length} answer 501 until their room is there`)
    expect(missing).toEqual([])
    expect(endpoints).toHaveLength(231)
    expect(endpoints.filter(({ group }) => group === 'common_model')).toHaveLength(147)
  })

  test('has all of its query parameters in our documents, with types that take its values', () => {
    const asked = endpoints.flatMap((endpoint) => endpoint.query.map((parameter) => ({ endpoint, parameter, name: `${nameOf(endpoint)}?${parameter.name}` })))
    const wrong = asked.filter(({ name }) => !leftOut.has(name)).flatMap(({ endpoint, parameter, name }) => {
      const found = ours(endpoint)?.parameters?.find((one) => one.in === 'query' && one.name === parameter.name)
      if (found === undefined) return [`${name} is missing`]
      return takes(parameter, found.schema) ? [] : [`${name} is ${JSON.stringify(found.schema).slice(0, 120)} instead of ${parameter.type} ${parameter.allowed?.join(' ') ?? ''}`]
    })
    console.log(`${asked.length} query parameters, ${wrong.length} wrong, ${leftOut.size} left out on purpose`)
    expect(wrong).toEqual([])
    expect(asked).toHaveLength(1030)
  })

  test('has a body where ours asks for one, and its writes put their fields into model', () => {
    const wrong = endpoints.flatMap((endpoint) => {
      const content = ours(endpoint)?.requestBody?.content
      // One more body that may be left out does no harm.
      const required = ours(endpoint)?.requestBody?.required === true
      if (endpoint.request_body === null ? required : content === undefined) return [`${nameOf(endpoint)}: ${endpoint.request_body ?? 'no body'} there, ${content === undefined ? 'no body' : 'a body'} here`]
      const wrapped = endpoint.group === 'common_model' && endpoint.request_body?.endsWith('EndpointRequest')
      return wrapped === true && content?.['application/json']?.schema.properties?.['model'] === undefined ? [`${nameOf(endpoint)} lacks model`] : []
    })
    expect(wrong).toEqual([])
  })

  test('has nothing left out that is there after all', () => {
    for (const name of leftOut.keys()) {
      const [operation = '', parameter] = name.split('?')
      const [method = '', path = ''] = operation.split(' ')
      const known = endpoints.find((endpoint) => nameOf(endpoint) === operation)
      expect(known?.query.map((one) => one.name), name).toContain(parameter)
      expect(paths[path]?.[method.toLowerCase()]?.parameters?.map((one) => one.name) ?? [], name).not.toContain(parameter)
    }
  })

  test('waits only for operations that are documented', () => {
    const documented = Object.entries(paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`))
    expect(awaiting.map(({ operation }) => operation).filter((operation) => !documented.includes(operation))).toEqual([])
  })
})

if (!there) describe('the surface', () => {
  test.skip(`the description of the surface is not here: set INTERMODAL_TEST_MATERIAL to the folder with facts/merge-surface.json`, () => undefined)
})
