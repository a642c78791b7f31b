import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { openBench, walk } from '../conformance/walk.ts'
import { redmine } from '../../providers/redmine/index.ts'

// The community's OpenAPI document of Redmine 7.0: https://github.com/d-yoshi/redmine-openapi
const file = join(process.env['INTERMODAL_TEST_MATERIAL'] ?? '../shared', 'specs/redmine/redmine-community-openapi.yaml')

interface Parameter { readonly name: string; readonly in: string }
interface Operation { readonly parameters?: readonly (Parameter | { readonly $ref: string })[]; readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { readonly schema: object }>> }>> }
interface Contract { readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>; readonly components: { readonly parameters: Readonly<Record<string, Parameter>> } }

/** Redmine takes them (checked on 5.0.4), the document forgets them. */
const undocumented: Readonly<Record<string, readonly string[]>> = { '/users.{format}': ['sort'], '/projects.{format}': ['sort'] }
/**
 * What a Redmine of 5.0 does not send yet, or sends as it should not: known, looked at, and of no matter to the mapping.
 * Everything else that the document asks for must be there.
 */
const older = /must have required property/

const contract = existsSync(file) ? (parse(readFileSync(file, 'utf8')) as Contract) : null
const operationOf = (path: string): { readonly name: string; readonly operation: Operation } | null => {
  const found = Object.keys(contract!.paths).filter((name) => new RegExp(`^${name.replace('{format}', 'json').replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path))
  // `/users/current` is also a `/users/{user_id}`: the more literal one is meant.
  const name = found.toSorted((a, b) => a.split('{').length - b.split('{').length)[0]
  return name === undefined ? null : { name, operation: contract!.paths[name]!['get']! }
}
const parametersOf = ({ parameters = [] }: Operation): readonly string[] => parameters.map((parameter) => ('$ref' in parameter ? contract!.components.parameters[parameter.$ref.split('/').at(-1)!]! : parameter)).filter((parameter) => parameter.in === 'query').map(({ name }) => name)

describe.skipIf(contract === null)(`the published contract${contract === null ? ` (skipped: ${file} is not there; set INTERMODAL_TEST_MATERIAL)` : ''}`, () => {
  it('knows every request that the adapter makes, and every parameter of it', async () => {
    const bench = await openBench(redmine, 60)
    for (const resource of redmine.resources) {
      await walk(resource, bench.send)
      if (resource.read.incremental !== 'full_only') await walk(resource, bench.send, { since: new Date('2026-01-01T00:00:00Z') })
    }
    await bench.close()
    expect(bench.asked.length).toBeGreaterThan(50)
    const unknown = bench.asked.flatMap(({ path, query }) => {
      const found = operationOf(path)
      if (found === null) return [path]
      const allowed = [...parametersOf(found.operation), ...(undocumented[found.name] ?? [])]
      return Object.entries(query ?? {}).filter(([key, value]) => value !== undefined && !allowed.includes(key)).map(([key]) => `${found.name}?${key}`)
    })
    expect([...new Set(unknown)]).toEqual([])
  })

  it.each(globSync('providers/redmine/fixtures/*.json'))('allows what Redmine answered: %s', (fixture) => {
    const { exchanges } = JSON.parse(readFileSync(fixture, 'utf8')) as { exchanges: { request: { path: string }; response: { status: number; body: unknown } }[] }
    const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false })
    ajv.addSchema(contract as object, 'contract')
    for (const { request, response } of exchanges) {
      const found = operationOf(request.path)
      expect(found, request.path).not.toBeNull()
      const pointer = `contract#/paths/${encodeURIComponent(found!.name.replaceAll('~', '~0').replaceAll('/', '~1'))}/get/responses/${response.status}/content/application~1json/schema`
      const validate = ajv.getSchema(pointer)!
      void validate(response.body)
      const wrong = (validate.errors ?? []).filter(({ message = '' }) => !older.test(message)).map(({ instancePath, message }) => `${request.path} ${instancePath} ${message}`)
      expect(wrong).toEqual([])
    }
  })
})
