import { id, notOffered, prose, type Resource } from '#kit'
import { Team } from '#models/ticketing/team'
import type { RecordOf } from '#models'
import type { Named } from './vendor.ts'

/** Groups that an administrator made; needs an administrator's key. https://www.redmine.org/projects/redmine/wiki/Rest_Groups */
export const team: Resource<RecordOf<typeof Team>, Named, { readonly groups: readonly Named[] }> = {
  model: Team,
  version: 1,
  read: {
    path: '/groups.json',
    items: (page) => page.groups,
    pages: { kind: 'single' },
    rows: { kind: 'items' },
    incremental: 'full_only',
    deletions: { seenAs: 'missing_from_full_read' },
  },
  identity: { remoteId: (row) => id(row.id) },
  fields: {
    name: (row) => prose(row.name),
    description: notOffered,
  },
}
