import { id, instant, prose, type Resource } from '#kit'
import { Attachment } from '#models/ticketing/attachment'
import type { RecordOf } from '#models'
import { issueList } from './issues.ts'
import type { Attachment as File, Issue, IssuePage } from './vendor.ts'

type Row = File & { readonly issue: { readonly id: number } }

/** https://www.redmine.org/projects/redmine/wiki/Rest_Attachments */
export const attachment: Resource<RecordOf<typeof Attachment>, Row, IssuePage, Issue> = {
  model: Attachment,
  version: 1,
  read: {
    ...issueList(100, 'attachments'),
    rows: { kind: 'within', rows: (issue) => (issue.attachments ?? []).map((file) => ({ ...file, issue: { id: issue.id } })) },
  },
  identity: { remoteId: (row) => id(row.id) },
  // The name may be left out of the address, and then cannot be wrong.
  download: (row) => ({ path: `/attachments/download/${row.id}` }),
  fields: {
    file_name: (row) => prose(row.filename),
    ticket: (row) => id(row.issue.id),
    file_url: (row) => prose(row.content_url),
    content_type: (row) => prose(row.content_type),
    uploaded_by: (row) => id(row.author?.id),
    remote_created_at: (row) => instant(row.created_on),
  },
}
