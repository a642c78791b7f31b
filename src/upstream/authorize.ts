import { authHeadersOf, type AnyProvider } from '#kit'
import { Fault } from '../errors.ts'

/** The headers that let us in. */
export function authHeaders({ auth }: AnyProvider, credentials: Readonly<Record<string, string>>, setup: Readonly<Record<string, string>>, session: string | null = null): Record<string, string> {
  const headers = authHeadersOf(auth, credentials, setup, session)
  for (const value of Object.values(headers)) {
    // Checked here, because the runtime's own error quotes the value.
    // oxlint-disable-next-line no-control-regex
    if (!/^[\t\u0020-\u007e\u0080-\u00ff]*$/.test(value)) throw new Fault('request.invalid', { detail: 'The credentials hold a character that cannot be sent.', pointer: '/credentials' })
  }
  return { ...headers }
}
