import { authHeadersOf, type AnyOAuth, type AnyProvider } from '#kit'
import { Fault } from '../errors.ts'

/** The headers that let us in. */
export const authHeaders = ({ auth }: AnyProvider, credentials: Readonly<Record<string, string>>, setup: Readonly<Record<string, string>>, session: string | null = null): Record<string, string> => sendable({ ...authHeadersOf(auth, credentials, setup, session) })

/** What the provider declares of consent. */
export function consentOf({ name, oauth }: AnyProvider): AnyOAuth {
  if (oauth === undefined) throw new Fault('account.needs_relink', { detail: `${name} is not linked by consent any more.` })
  return oauth
}

export function sendable(headers: Record<string, string>): Record<string, string> {
  for (const value of Object.values(headers)) {
    // Checked here, because the runtime's own error quotes the value.
    // oxlint-disable-next-line no-control-regex
    if (!/^[\t\u0020-\u007e\u0080-\u00ff]*$/.test(value)) throw new Fault('request.invalid', { detail: 'The credentials hold a character that cannot be sent.', pointer: '/credentials' })
  }
  return headers
}
