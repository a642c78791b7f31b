import { Type, type Static } from '@sinclair/typebox'
import { Fault } from '../errors.ts'
import type { RawRequest } from '../upstream/door.ts'

const orNull = <S extends Parameters<typeof Type.Union>[0][number]>(schema: S) => Type.Union([schema, Type.Null()])
const methods = ['GET', 'OPTIONS', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

export const PassthroughBody = Type.Object({
  method: Type.Union(methods.map((method) => Type.Literal(method))),
  path: Type.String({ minLength: 1, maxLength: 8192, description: 'The path at the vendor, below the address of the linked account, with its query. Never a whole address.', examples: ['/issues.json?limit=5'] }),
  base_url_override: Type.Optional(orNull(Type.String({ maxLength: 2048, description: 'Refused: requests leave for the address that was linked and for no other.' }))),
  data: Type.Optional(orNull(Type.String({ maxLength: 900_000, description: 'The body, as text.' }))),
  multipart_form_data: Type.Optional(orNull(Type.Array(Type.Object({
    name: Type.String(), data: Type.String(), encoding: Type.Optional(orNull(Type.String())), file_name: Type.Optional(orNull(Type.String())), content_type: Type.Optional(orNull(Type.String())),
  }, { additionalProperties: false })))),
  headers: Type.Optional(orNull(Type.Record(Type.String({ maxLength: 100 }), Type.Union([Type.String({ maxLength: 4096 }), Type.Number(), Type.Boolean()])))),
  request_format: Type.Optional(orNull(Type.Union([Type.Literal('JSON'), Type.Literal('XML'), Type.Literal('MULTIPART')], { description: 'What `data` is. Forms and plain text: name their content type in `headers` instead.' }))),
  normalize_response: Type.Optional(orNull(Type.Boolean({ description: 'Answer `{type, value}` in place of the bare value.' }))),
}, { additionalProperties: false })
export type Passthrough = Static<typeof PassthroughBody>

/** What a caller may say beside the door's own headers. Not who it is, not where it comes from, not how the message is framed. */
const ALLOWED = new Set(['accept', 'accept-language', 'cache-control', 'content-language', 'content-type', 'idempotency-key', 'if-match', 'if-modified-since', 'if-none-match', 'if-unmodified-since', 'prefer', 'range'])
/** `Notion-Version`, `X-GitHub-Api-Version`: many vendors want to be told which of their APIs is meant. */
const VERSION = /^(?:[a-z0-9]+-)+version$/
// oxlint-disable-next-line no-control-regex
const VALUE = /^[\t\u0020-\u007e\u0080-\u00ff]*$/

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])
export const changesSomething = (method: string): boolean => !SAFE.has(method)

/** The methods that a server may take a request for: some let what is posted name another. */
export function methodsOf({ method, search, headers, body }: RawRequest): readonly string[] {
  if (method !== 'POST') return [method]
  const type = headers['content-type'] ?? ''
  const json: unknown = body !== null && /\bjson\b/i.test(type) ? JSON.parse(body) : null
  const named = typeof json === 'object' && json !== null ? (json as { _method?: unknown })._method : undefined
  const said = [search, /\bform\b/i.test(type) && body !== null ? body : ''].flatMap((form) => new URLSearchParams(form).getAll('_method'))
  return [method, ...(named === undefined ? said : [...said, typeof named === 'string' ? named : JSON.stringify(named)]).map((other) => other.toUpperCase())]
}

const invalid = (pointer: string, detail: string): Fault => new Fault('request.invalid', { pointer, detail })

function headersOf(given: Passthrough['headers']): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(given ?? {})) {
    const lower = name.toLowerCase()
    const pointer = `/headers/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
    if (!ALLOWED.has(lower) && !VERSION.test(lower)) throw invalid(pointer, `The header ${JSON.stringify(name.slice(0, 100))} cannot be set: credentials and framing are ours. These can: ${[...ALLOWED].join(', ')}, and those that end in -version.`)
    if (Object.hasOwn(headers, lower)) throw invalid(pointer, `The header ${JSON.stringify(name)} is given twice.`)
    if (!VALUE.test(String(value))) throw invalid(pointer, `The header ${JSON.stringify(name)} holds a character that cannot be sent.`)
    headers[lower] = String(value)
  }
  return headers
}

/** The request as the door takes it. Throws for what must not be sent, with a pointer. */
export function rawRequest({ method, path, base_url_override: elsewhere, data, multipart_form_data: parts, headers: given, request_format: format }: Passthrough): RawRequest {
  if (elsewhere !== undefined && elsewhere !== null) throw invalid('/base_url_override', 'Requests leave for the address that was linked and for no other.')
  if (format === 'MULTIPART' || (parts !== undefined && parts !== null)) throw new Fault('request.not_yet_served', { detail: 'Multipart bodies wait for the room of writes. JSON, XML, forms and text are sent.' })
  const headers = headersOf(given)
  const body = data ?? null
  if (body !== null && (method === 'GET' || method === 'HEAD')) throw invalid('/data', `${method} has no body.`)
  if (body !== null) headers['content-type'] ??= format === 'XML' ? 'application/xml' : 'application/json'
  if (body !== null && /\bjson\b/i.test(headers['content-type'] ?? '')) {
    try { JSON.parse(body) } catch { throw invalid('/data', 'The body is to be sent as JSON, but it is none. Name another content type in `headers`, or send JSON.') }
  }
  const question = path.indexOf('?')
  return { method, path: question === -1 ? path : path.slice(0, question), search: question === -1 ? '' : path.slice(question + 1), headers, body }
}
