import { id, type Lookup } from '#kit'
import type { Login, LoginPage } from './vendor.ts'

/** The dated edition: the third has its list at an address that its guide does not know. https://developers.hubspot.com/docs/api-reference/2026-03/account/settings/user-provisioning/users/get-users */
export const LOGINS = '/settings/users/2026-03'

/** The users of the account, by number: owners name theirs. It takes a scope of its own, and where that is missing nothing is known of roles. */
export const logins: Lookup<Login> = {
  ask: () => ({ path: LOGINS, query: { limit: 100 } }),
  entries: (body) => (body as LoginPage).results.flatMap((login) => { const user = id(login.id); return user === null ? [] : [[user, login] as const] }),
  next: (body) => { const after = (body as LoginPage).paging?.next?.after; return after === undefined ? null : { after } },
  withheld: 'is_empty',
}
