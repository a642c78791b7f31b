import type { SandboxAnswer } from '#kit'

/** How version 1 says that something is wrong; the code is mostly the status. */
export const refused = (status: number, message: string, code = status): SandboxAnswer => ({ status, body: { success: false, error: { message, code } } })
/** How version 2 does. */
export const problem = (status: number, title: string, detail: string): SandboxAnswer => ({
  status, headers: { 'content-type': 'application/problem+json' },
  body: { personio_trace_id: 'box', timestamp: '2026-11-21T00:00:00Z', errors: [{ title, detail, type: 'https://developer.personio.de/v2.0/page/public-api-error-codes', _meta: {} }] },
})
