import { id, prose, type Resource } from '#kit'
import { Tag } from '#models/ticketing/tag'
import type { RecordOf } from '#models'
import { pagedList } from './lists.ts'
import type { Page } from './vendor.ts'

/** Labels are bare words, the same for the whole site. https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-labels/ */
export const tag: Resource<RecordOf<typeof Tag>, { readonly label: string }, Page<string>, string> = {
  model: Tag,
  version: 1,
  read: { ...pagedList<string>('/rest/api/3/label', 1000), rows: { kind: 'within', rows: (label) => [{ label }] } },
  identity: { remoteId: (row) => id(row.label) },
  fields: { name: (row) => prose(row.label) },
}
