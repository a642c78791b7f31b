import type { AnyProvider, Answer } from '#kit'
import type { UpstreamCode } from '../errors.ts'
import { isJson, parseJson, textOf } from './json.ts'
import { dropKeys } from './secret-keys.ts'

export interface Verdict {
  /** Null: the answer is good. */
  readonly code: UpstreamCode | null
  readonly body: unknown
  readonly detail?: string
  readonly cause?: unknown
}

const byStatus: Readonly<Record<number, UpstreamCode>> = {
  401: 'upstream.unauthorized', 403: 'upstream.forbidden', 404: 'upstream.not_found', 408: 'upstream.timed_out',
  410: 'upstream.not_found', 425: 'upstream.unavailable', 429: 'upstream.rate_limited',
}

function statusCode(status: number, headers: Headers): UpstreamCode | null {
  if (status >= 200 && status < 300) return null
  if (status === 503 && headers.has('retry-after')) return 'upstream.rate_limited'
  if (status >= 500) return 'upstream.unavailable'
  // A 3xx that was not followed, 304 among them: nothing was asked for that could be "not modified".
  return status < 400 ? 'upstream.unexpected' : byStatus[status] ?? 'upstream.rejected'
}

/** What an answer means: the provider's own rules first, then the status, then whether it is JSON at all. */
export function judge(provider: AnyProvider, status: number, headers: Headers, bytes: Buffer): Verdict {
  const type = headers.get('content-type')
  const text = bytes.length === 0 ? '' : textOf(bytes, type ?? '')
  const empty = text.trim() === ''
  let body: unknown = null
  let broken: unknown
  const json = !empty && isJson(type, provider.jsonTypes)
  if (json) {
    try {
      body = dropKeys(parseJson(text), provider.secretKeys, text)
    } catch (error) {
      broken = error
    }
  }
  const answer: Answer = { status, headers, body }
  let good = false
  try {
    const rule = provider.errors.find((candidate) => candidate.status === status && (candidate.when?.(answer) ?? true))
    if (rule !== undefined && rule.code !== null) return { code: rule.code, body }
    good = rule !== undefined
  } catch (cause) {
    return { code: 'upstream.unexpected', body, detail: 'The answer is of a shape that the rules for errors do not know.', cause }
  }
  const code = good ? null : statusCode(status, headers)
  if (code !== null || empty) return { code, body }
  return json && broken === undefined ? { code: null, body } : notJson(text, type, json, broken)
}

function notJson(text: string, type: string | null, json: boolean, broken: unknown): Verdict {
  if (json) return { code: 'upstream.not_json', body: null, detail: `The vendor's answer says that it is JSON, but it is not, or only a part of it. It begins with ${outline(text)}`, cause: broken instanceof SyntaxError ? undefined : broken }
  return { code: 'upstream.not_json', body: null, detail: /^\s*</.test(text) ? 'The vendor answered with a web page instead of JSON.' : `The vendor answered with ${type === null ? 'no content type' : `the content type ${type.slice(0, 80)}`} instead of JSON.` }
}

const OUTLINED = 200

/** What a text looks like, without what it says. */
const outline = (text: string): string => text.slice(0, OUTLINED).replaceAll(/\p{L}/gu, 'x').replaceAll(/\p{N}/gu, '0')
