import { notOffered, str, type Resource } from '#kit'
import { Viewer } from '#models/ticketing/viewer'
import type { RecordOf } from '#models'
import { objectRead } from '../objects.ts'
import { ownersByUser } from '../owners.ts'
import { sharedWith, sharing } from '../sharing.ts'
import type { Batch, Found, Page, Row } from '../vendor.ts'

type P = (typeof sharing)[number]
interface Who { readonly kind: 'user' | 'team'; readonly who: string }
const of = (kind: Who['kind'], ids: readonly string[]): Who[] => ids.map((who) => ({ kind, who }))

/** Whom a ticket was shared with by name; what colleagues may see by their rights or their team is told of none. */
export const viewer: Resource<RecordOf<typeof Viewer>, Row<P> & Who, Page, Found<P>, Batch, { owners: string; formerOwners: string }> = {
  model: Viewer,
  version: 1,
  read: {
    ...objectRead<P, Who, { owners: string; formerOwners: string }>({
      objects: ['tickets'], columns: sharing, lookups: { owners: ownersByUser(false), formerOwners: ownersByUser(true) },
      also: (row, lookups) => { const { users, teams } = sharedWith(row.properties, lookups); return [...of('user', users), ...of('team', teams)] },
    }),
    // Who no longer sees a ticket is named nowhere.
    deletions: { seenAs: 'missing_from_full_read' },
  },
  identity: { remoteId: (row) => (str(row.id) === null || str(row.who) === null ? null : `${row.id}:${row.kind}-${row.who}`) },
  fields: {
    team: (row) => (row.kind === 'team' ? str(row.who) : null),
    user: (row) => (row.kind === 'user' ? str(row.who) : null),
    ticket: (row) => str(row.id),
    collection: notOffered,
  },
}
