import { id, present, prose, str, type Deletions, type Lookup, type Pagination, type Query } from '#kit'
import type { Owner, OwnerPage } from './vendor.ts'

/**
 * Those who can own records. Whoever left is listed apart and goes on owning what they owned, so both lists are read.
 * https://developers.hubspot.com/docs/api-reference/legacy/crm/owners/guide
 */
export const ownerList = {
  path: '/crm/v3/owners',
  query: { limit: 100 } satisfies Query,
  segments: [{ archived: false }, { archived: true }] satisfies Query[],
  items: (page: OwnerPage): readonly Owner[] => page.results,
  pages: { kind: 'cursor', param: 'after', next: (page: OwnerPage) => page.paging?.next?.after } satisfies Pagination<OwnerPage, Owner>,
  incremental: 'full_only' as const,
  deletions: { seenAs: 'missing_from_full_read' } satisfies Deletions<never>,
}

/** Records name their owner by the owner's id, and who created them by the user's. */
export const ownersByUser = (archived: boolean): Lookup<string> => ({
  ask: () => ({ path: '/crm/v3/owners', query: { limit: 100, archived } }),
  entries: (body) => (body as OwnerPage).results.flatMap((owner) => { const user = loginOf(owner); return user === null ? [] : [[user, owner.id] as const] }),
  next: (body) => { const after = (body as OwnerPage).paging?.next?.after; return after === undefined ? null : { after } },
  withheld: 'is_empty',
})

/** What both kinds of users say of an owner. */
export const person = {
  name: ({ firstName, lastName }: Owner) => prose(present([str(firstName), str(lastName)]).join(' ')),
  email: ({ email }: Owner) => str(email),
  is_active: ({ archived }: Owner) => (typeof archived === 'boolean' ? !archived : null),
}

/** The number of the login that an owner has, or had. */
export const loginOf = ({ userId, userIdIncludingInactive }: Owner): string | null => id(userId ?? userIdIncludingInactive)
