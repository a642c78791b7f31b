import { id, str, type Session } from '#kit'

/** The number of the user and a session, which holds until it is not used for a month, and in newer versions more. A wrong password is 401. */
export function sessionOf(body: unknown): Session | null {
  const result: unknown = (body as { result?: unknown } | null)?.result
  const [user, session] = Array.isArray(result) ? [id(result[0]), str(result[1])] : [null, null]
  return user === null || session === null ? null : { token: `${user}:${session}` }
}

/** Of the user's preferences: the company that the user works for now. */
export const currentCompany = (body: unknown): string | null => id((body as { result?: { company?: unknown } | null } | null)?.result?.company)
