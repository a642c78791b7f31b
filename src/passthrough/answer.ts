import { Type, type Static } from '@sinclair/typebox'
import { gzipSync } from 'node:zlib'
import { isText } from '../upstream/redact.ts'
import type { RawAnswer } from '../upstream/door.ts'

export const RemoteResponse = Type.Object({
  method: Type.String(),
  path: Type.String(),
  status: Type.Integer({ description: 'The vendor\'s status. Ours is 200 whatever it is.' }),
  response: Type.Unknown({ description: 'JSON as JSON, text as a string, anything else gzipped and in base64.' }),
  response_headers: Type.Record(Type.String(), Type.String()),
  response_type: Type.String({ examples: ['JSON', 'BASE64_GZIP'] }),
  headers: Type.Record(Type.String(), Type.String(), { description: 'What was sent beside the credentials.' }),
  log_id: Type.String({ format: 'uuid', description: 'The upstream log of this request.' }),
}, { $id: 'RemoteResponse' })

/** What of a vendor's headers concerns a caller. Cookies, and what a browser would obey, stay out. */
const SHOWN = new Set(['allow', 'content-disposition', 'content-language', 'content-range', 'content-type', 'date', 'deprecation', 'etag', 'last-modified', 'link', 'location', 'request-id', 'retry-after', 'sunset', 'x-correlation-id', 'x-request-id', 'x-total-count'])
const RATE_LIMIT = /^(?:x-)?rate-?limit/

const headersOf = (headers: Headers): Record<string, string> => Object.fromEntries([...headers].filter(([name]) => SHOWN.has(name) || RATE_LIMIT.test(name)))

function bodyOf({ headers, json, bytes }: RawAnswer): { response: unknown; response_type: string } {
  if (json !== undefined) return { response: json, response_type: 'JSON' }
  if (bytes.length === 0) return { response: null, response_type: 'JSON' }
  const type = headers.get('content-type') ?? ''
  if (!isText(type, bytes)) return { response: gzipSync(bytes).toString('base64'), response_type: 'BASE64_GZIP' }
  const text = bytes.toString('utf8')
  return { response: /\bjson\b/i.test(type) && text.trim() === 'null' ? null : text, response_type: 'JSON' }
}

const typeOf = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value)

/** The vendor's answer as data: nothing in it is an answer of ours. */
export function remoteResponse(sent: { readonly method: string; readonly path: string; readonly headers: Readonly<Record<string, string>> }, answer: RawAnswer, normalize: boolean): Static<typeof RemoteResponse> {
  const { response, response_type } = bodyOf(answer)
  return {
    method: sent.method, path: sent.path, status: answer.status,
    response: normalize ? { type: typeOf(response), value: response } : response,
    response_headers: headersOf(answer.headers), response_type, headers: { ...sent.headers }, log_id: answer.logId,
  }
}
