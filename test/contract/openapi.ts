/** A vendor's published contract, and whether requests and answers keep to it. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv, type ErrorObject } from 'ajv'
import { parse } from 'yaml'
import type { UpstreamRequest } from '#kit'

interface Ref { readonly $ref: string }
interface Parameter { readonly name: string; readonly in: string }
type Content = Readonly<Record<string, { readonly schema?: object }>>
interface Operation { readonly parameters?: readonly (Parameter | Ref)[]; readonly requestBody?: { readonly content?: Content } | Ref; readonly responses: Readonly<Record<string, { readonly content?: Content } | Ref>> }
type PathItem = Readonly<Record<string, unknown>> & { readonly parameters?: readonly (Parameter | Ref)[] }
interface Document { readonly paths: Readonly<Record<string, PathItem>> }

export interface ContractOptions {
  /** Below the folder of test material. */
  readonly files: readonly string[]
  /** What stands before an adapter's paths in the contract's. */
  readonly prefix?: string
  /** Values of path parameters that are part of the address: `{format}` is `json`. */
  readonly fill?: Readonly<Record<string, string>>
}

export interface Found { readonly name: string; readonly operation: Operation; readonly item: PathItem; readonly document: number; readonly method: string }

export interface Contract {
  /** What was read of the files, for what only one vendor's has. */
  readonly documents: readonly unknown[]
  readonly operationOf: (method: string, path: string) => Found | null
  /** Query parameters that the contract does not know; the address itself, where it does not know that. */
  readonly unknownOf: (request: Pick<UpstreamRequest, 'method' | 'path' | 'query'>) => string[]
  /** What is wrong with a body that is sent; nothing where the contract says nothing of it. */
  readonly requestErrors: (request: Pick<UpstreamRequest, 'method' | 'path' | 'body' | 'form'>) => string[]
  /** What is wrong with a body that came. */
  readonly answerErrors: (request: Pick<UpstreamRequest, 'method' | 'path'>, status: number, body: unknown) => string[]
}

const material = process.env['INTERMODAL_TEST_MATERIAL'] ?? '../shared'
const JSON_TYPE = /\bjson\b/i
const FORM_TYPE = /^application\/x-www-form-urlencoded\b/i
const pointerOf = (...parts: readonly string[]): string => parts.map((part) => `/${encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('')

/** A recorded example, whose place is below the material's `specs/`; null where it is not at hand: the pinned contracts come without them. */
export function exampleOf(file: string): unknown {
  const place = join(material, 'specs', file)
  return existsSync(place) ? (JSON.parse(readFileSync(place, 'utf8')) as { payload: unknown }).payload : null
}

/** Null where the files are not at hand: the tests of it then say so and are skipped. */
export function openContract({ files, prefix = '', fill = {} }: ContractOptions): Contract | null {
  const places = files.map((file) => join(material, file))
  if (!places.every(existsSync)) return null
  const documents = places.map((place) => parse(readFileSync(place, 'utf8').replace(/^\uFEFF/, '')) as Document)
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false, logger: false })
  documents.forEach((document, n) => ajv.addSchema(document, `contract-${n}`))

  const resolve = <T extends object>(document: number, value: T | Ref): T =>
    ('$ref' in value ? resolve<T>(document, value.$ref.replace(/^#\//, '').split('/').reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~')], documents[document]) as T | Ref) : value)
  const templates = documents.flatMap((document, n) => Object.entries(document.paths).map(([name, item]) => {
    const path = Object.entries(fill).reduce((text, [key, value]) => text.replaceAll(`{${key}}`, value), name)
    return { name, item, document: n, holes: path.split('{').length, pattern: new RegExp(`^${path.split(/\{[^}]+\}/).map((text) => RegExp.escape(text)).join('[^/]+')}$`) }
  }))

  function operationOf(method: string, path: string): Found | null {
    const found = templates.filter(({ pattern, item }) => pattern.test(prefix + path) && item[method.toLowerCase()] !== undefined)
    // `/users/current` is also a `/users/{user_id}`: the more literal one is meant.
    const [best] = found.toSorted((a, b) => a.holes - b.holes)
    return best === undefined ? null : { name: best.name, item: best.item, document: best.document, method: method.toLowerCase(), operation: best.item[method.toLowerCase()] as Operation }
  }

  function check(document: number, pointer: string, body: unknown): string[] {
    const validate = ajv.getSchema(`contract-${document}#${pointer}`)
    if (validate === undefined) return []
    void validate(body)
    return (validate.errors ?? []).map(({ instancePath, message }: ErrorObject) => `${instancePath} ${message}`)
  }

  /** The pointer of the schema under a request body or an answer, also where that is a reference. */
  function schemaAt(found: Found, holder: { readonly content?: Content } | Ref | undefined, sentAs: RegExp, ...at: readonly string[]): string | null {
    if (holder === undefined) return null
    const { content = {} } = resolve<{ readonly content?: Content }>(found.document, holder)
    const type = Object.keys(content).find((name) => sentAs.test(name) && content[name]!.schema !== undefined)
    if (type === undefined) return null
    return `${'$ref' in holder ? holder.$ref.slice(1) : pointerOf('paths', found.name, found.method, ...at)}${pointerOf('content', type, 'schema')}`
  }

  return {
    documents,
    operationOf,
    unknownOf({ method, path, query = {} }) {
      const found = operationOf(method, path)
      if (found === null) return [`${method} ${path}`]
      const known = [...found.item.parameters ?? [], ...found.operation.parameters ?? []].map((parameter) => resolve<Parameter>(found.document, parameter)).filter((parameter) => parameter.in === 'query').map(({ name }) => name.replace(/\[\]$/, ''))
      // `page[limit]` may be declared whole, or as a member of `page`.
      return Object.entries(query).filter(([name, value]) => value !== undefined && ![name, name.replace(/\[\]$/, ''), name.replace(/\[.*$/, '')].some((form) => known.includes(form))).map(([name]) => `${found.name}?${name}`)
    },
    requestErrors({ method, path, body, form }) {
      const found = operationOf(method, path)
      if (found === null) return [`${method} ${path} is not in the contract`]
      const pointer = schemaAt(found, found.operation.requestBody, form === undefined ? JSON_TYPE : FORM_TYPE, 'requestBody')
      return pointer === null ? [] : check(found.document, pointer, form ?? body)
    },
    answerErrors({ method, path }, status, body) {
      const found = operationOf(method, path)
      if (found === null) return [`${method} ${path} is not in the contract`]
      const key = [String(status), `${String(status)[0]}XX`, 'default'].find((name) => Object.hasOwn(found.operation.responses, name))
      if (key === undefined) return [`${found.name} has no answer ${status} in the contract`]
      const pointer = schemaAt(found, found.operation.responses[key], JSON_TYPE, 'responses', key)
      return pointer === null ? [] : check(found.document, pointer, body)
    },
  }
}

/** The title of a suite that needs the contract, with the reason where it is skipped. */
export const contractTitle = (contract: Contract | null, { files }: Pick<ContractOptions, 'files'>): string => `the published contract${contract === null ? ` (skipped: ${files.join(', ')} is not in ${material}; set INTERMODAL_TEST_MATERIAL)` : ''}`
