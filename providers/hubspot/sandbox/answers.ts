import type { SandboxAnswer } from '#kit'

const correlationId = 'aeb5f871-7f07-4993-9211-075dc63e7cbf'

/** https://developers.hubspot.com/docs/api-reference/error-handling */
export const problem = (status: number, category: string, message: string, more: object = {}, headers: Readonly<Record<string, string>> = {}): SandboxAnswer =>
  ({ status, headers, body: { status: 'error', message, correlationId, category, ...more } })

export const unauthorized = problem(401, 'INVALID_AUTHENTICATION', 'Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview')
export const missingScopes = problem(403, 'MISSING_SCOPES', 'This app hasn\'t been granted all required scopes to make this call.', { errors: [{ message: 'One or more of the following scopes are required.', context: { requiredGranularScopes: ['crm.objects.contacts.read'] } }] })
export const notFound = (what: string): SandboxAnswer => problem(404, 'OBJECT_NOT_FOUND', `Unable to infer or find ${what}`)
export const invalid = (message: string, propertyName?: string): SandboxAnswer =>
  problem(400, 'VALIDATION_ERROR', message, { errors: [{ message, code: 'PROPERTY_DOESNT_EXIST', ...(propertyName !== undefined && { context: { propertyName: [propertyName] } }) }] })
/** The body of a limit says which. https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines */
export const limited = (policyName: 'TEN_SECONDLY_ROLLING' | 'DAILY' | null): SandboxAnswer =>
  ({ status: 429, body: { status: 'error', message: `You have reached your ${(policyName ?? 'secondly').toLowerCase()} limit.`, errorType: 'RATE_LIMIT', correlationId, ...(policyName !== null && { policyName, requestId: correlationId }) } })
