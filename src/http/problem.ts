/** The one error body: application/problem+json (RFC 9457), and at the same time what clients of the market's API expect. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { asFault, catalogue, Fault, type FaultCode } from '../errors.ts'

/** One thing that is wrong with a request. */
export interface Problem {
  readonly source?: { readonly pointer: string } | { readonly parameter: string }
  readonly title: string
  readonly detail: string
  readonly problem_type: string
}

/** Anything that a route, Fastify or the database throws, as a fault of the catalogue. */
export function faultOf(error: unknown): Fault {
  if (error instanceof Fault) {
    // A path whose parameters have the wrong shape names nothing.
    const { validationContext } = error as Fault & { validationContext?: string }
    return validationContext === 'params' ? new Fault('request.not_found') : error
  }
  const { code, statusCode } = (error ?? {}) as { code?: unknown; statusCode?: unknown }
  if (typeof code === 'string') {
    if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new Fault('request.too_large', {}, error)
    if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return new Fault('request.unsupported_media_type', {}, error)
    if (code === 'FST_ERR_HANDLER_TIMEOUT') return new Fault('storage.unavailable', { timedOut: true }, error)
    if (code.startsWith('FST_') && typeof statusCode === 'number' && statusCode < 500) return new Fault('request.invalid', { detail: sentence((error as Error).message) }, error)
  }
  return asFault(error)
}

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`)

/** Ours to explain in the log, not in the answer. */
const hidesDetail = (code: FaultCode): boolean => catalogue[code].blame === 'us' && !/^(upstream|request)\./.test(code)

function problemsOf({ code, entry, facts }: Fault): readonly Problem[] {
  const given = facts['problems'] as readonly Problem[] | undefined
  if (given !== undefined) return given
  const source = facts.pointer !== undefined ? { pointer: facts.pointer } : facts.parameter !== undefined ? { parameter: facts.parameter } : undefined
  const detail = hidesDetail(code) ? entry.title : facts.detail ?? entry.title
  return [{ ...(source !== undefined && { source }), title: entry.title, detail, problem_type: entry.problem }]
}

export interface ProblemAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Readonly<Record<string, unknown>>
}

/** What the caller is told of a fault. */
export function problemAnswer(fault: Fault, { requestId, method, now = Date.now() }: { requestId: string; method: string; now?: number }): ProblemAnswer {
  const { code, entry, facts } = fault
  const retryable = entry.remedy === 'wait' || entry.remedy === 'retry'
  const retryAfter = facts.retryAt !== undefined ? Math.max(1, Math.ceil((facts.retryAt.getTime() - now) / 1000)) : entry.status === 503 ? 1 : null
  const logId = facts.logId
  return {
    status: entry.status,
    headers: {
      ...(retryAfter !== null && { 'retry-after': String(retryAfter) }),
      ...(entry.status === 401 && { 'www-authenticate': 'Bearer realm="intermodal"' }),
      ...(typeof facts['allow'] === 'string' && { allow: facts['allow'] }),
    },
    body: {
      type: `urn:intermodal:problem:${code}`,
      title: entry.title,
      status: entry.status,
      detail: hidesDetail(code) ? entry.title : facts.detail ?? entry.title,
      instance: `urn:request:${requestId}`,
      code,
      request_id: requestId,
      retryable,
      ...(method !== 'GET' && method !== 'HEAD' && { outcome: (entry.status < 500 && entry.status !== 408) || entry.status === 501 ? 'not_applied' : 'unknown' }),
      ...(typeof facts['requiredScope'] === 'string' && { required_scope: facts['requiredScope'] }),
      ...(Array.isArray(facts['passthroughRules']) && { passthrough_rules: facts['passthroughRules'] as unknown[] }),
      ...(logId !== undefined && { upstream: { status: facts.upstreamStatus ?? null, log_id: logId } }),
      errors: problemsOf(fault),
      warnings: [],
      logs: logId === undefined ? [] : [{ log_id: logId, dashboard_view: `/api/v1/logs/${logId}`, log_summary: { status_code: facts.upstreamStatus ?? null } }],
    },
  }
}

/** Clients that ask for `application/json` and nothing wider get that name for the same body. */
export const problemType = (accept: string | undefined): string =>
  accept !== undefined && accept.includes('application/json') && !/problem\+json|application\/\*|\*\/\*/.test(accept) ? 'application/json; charset=utf-8' : 'application/problem+json; charset=utf-8'

/** Answers with the fault, and logs what is ours to mend. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const fault = faultOf(error)
  const { status, headers, body } = problemAnswer(fault, { requestId: request.id, method: request.method })
  if (status >= 500 && status !== 501) request.log.error({ code: fault.code, cause: causes(fault) }, 'request failed')
  return reply.code(status).headers(headers).type(problemType(request.headers.accept)).send(JSON.stringify(body))
}

/** Names, messages and stacks; never a database error's `detail`, which quotes values. */
function causes(error: unknown): unknown[] {
  const chain: unknown[] = []
  for (let at = error; at instanceof Error && chain.length < 5; at = at.cause) chain.push({ name: at.name, message: at.message, code: (at as Error & { code?: unknown }).code, stack: at.stack })
  return chain
}
