/** A login begins a session, as the clients do: with the password on each request the server would hash it each time. https://docs.tryton.org/latest/server/topics/rpc.html#authorization */
import { id, str, type Auth, type FormFields, type Whoami } from '#kit'
import { call, contextOf } from './lists.ts'

const fields = {
  username: { label: 'Login', hint: 'A user of its own for this link is best', pattern: /[^\s:][^:]{0,254}/, maxLength: 255, isPublic: true },
  password: { label: 'Password', pattern: /.+/, maxLength: 255 },
} satisfies FormFields

export const login: Auth<FormFields, typeof fields> = {
  kind: 'token_exchange',
  fields,
  ask: ({ username, password }) => call('common.db.login', [username, { password }, 'en']),
  // The number of the user and a session, and more in newer versions. A wrong password is answered with 401.
  session(body) {
    const result: unknown = (body as { result?: unknown } | null)?.result
    const [user, session] = Array.isArray(result) ? [id(result[0]), str(result[1])] : [null, null]
    return user === null || session === null ? null : { token: `${user}:${session}` }
  },
  // Login, number, session; nobody checks the first of them.
  headers: (token) => ({ authorization: `Session ${Buffer.from(`:${token}`).toString('base64')}` }),
}

const currentCompany = (body: unknown): string | null => id((body as { result?: { company?: unknown } | null } | null)?.result?.company)

/** The company that the user works for is whose data it is; a user without one sees nothing. */
export const whoami: Whoami = {
  ...call('model.res.user.get_preferences', [true, contextOf({})]),
  identity: currentCompany,
  learns: (body) => { const company = currentCompany(body); return company === null ? {} : { company } },
  ask: 'at_link',
}
