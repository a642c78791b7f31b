/** What HubSpot says when something is wrong. https://developers.hubspot.com/docs/api-reference/error-handling */
import { id, str, type Answer, type Complaint, type ErrorRule, type Remaining } from '#kit'

interface Problem { readonly category?: unknown; readonly policyName?: unknown; readonly message?: unknown; readonly errors?: unknown; readonly id?: unknown }
const problemOf = (body: unknown): Problem => (typeof body === 'object' && body !== null ? body : {})

/** Seconds until the policy that was exceeded lets us in again. The day ends at the account's midnight: asking once an hour is little. https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines */
const PAUSES: Readonly<Record<string, number>> = { SECONDLY: 1, TEN_SECONDLY_ROLLING: 10, DAILY: 3_600 }

export function pauseOf({ status, headers, body }: Answer): number | null {
  if (status === 423) return 2
  if (status !== 429 || headers.has('retry-after')) return null
  const policy = str(problemOf(body).policyName)
  // Only searches do not name their limit, which is one of the second. https://developers.hubspot.com/docs/api-reference/latest/crm/search-the-crm
  return policy === null ? 1 : PAUSES[policy.toUpperCase()] ?? 10
}

/** What is left of the account's day, which ends at its midnight; answers to apps with consent do not tell it. https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines */
export function leftOf({ headers }: Pick<Answer, 'headers'>): Remaining | null {
  const [left, of] = [headers.get('x-hubspot-ratelimit-daily-remaining'), headers.get('x-hubspot-ratelimit-daily')].map((text) => (text !== null && /^\d+$/.test(text) ? Number(text) : null))
  return typeof left === 'number' ? { left, of: of ?? null, resetSeconds: 3_600 } : null
}

/** A batch that succeeded in part. That something is not there is an answer; that it could not be said is none, and would look like nothing. */
const isHalf = (body: unknown): boolean => {
  const { errors: parts } = problemOf(body)
  return Array.isArray(parts) && (parts as unknown[]).some((part) => problemOf(part).category !== 'OBJECT_NOT_FOUND')
}

export const errors: ErrorRule[] = [
  { status: 207, when: ({ body }) => isHalf(body), code: 'upstream.unavailable' },
  // The record is locked while much is written to it.
  { status: 423, code: 'upstream.rate_limited' },
  // The account is moving to another data centre, for a day at most; Retry-After says how long.
  { status: 477, code: 'upstream.rate_limited' },
]

/** `errors` names the property where it can. */
export function complaints({ body }: Answer): Complaint[] {
  const { message, errors: details } = problemOf(body)
  const told = (Array.isArray(details) ? (details as unknown[]) : []).flatMap((detail): Complaint[] => {
    const { message: text, context } = (typeof detail === 'object' && detail !== null ? detail : {}) as { message?: unknown; context?: { propertyName?: unknown } | null }
    const named = context?.propertyName
    const said = str(text)
    return said === null ? [] : [{ message: said, field: str(Array.isArray(named) ? named[0] : named) }]
  })
  const whole = str(message)
  return told.length > 0 || whole === null ? told : [{ message: whole, field: null }]
}

export const madeId = ({ body }: Answer): string | null => id(problemOf(body).id)
