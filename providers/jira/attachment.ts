import { id, instant, prose, type Resource } from '#kit'
import { Attachment } from '#models/ticketing/attachment'
import type { RecordOf } from '#models'
import { issueList, searchIssues } from './issues.ts'
import { userOf, type File, type Issue, type SearchPage } from './vendor.ts'

type Row = File & { readonly issue: { readonly id: string } }

/** https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-attachments/ */
export const attachment: Resource<RecordOf<typeof Attachment>, Row, SearchPage, Issue> = {
  model: Attachment,
  version: 1,
  read: {
    ...issueList(100),
    request: (variables) => searchIssues(variables, ['attachment', 'updated'], 'attachments IS NOT EMPTY'),
    rows: { kind: 'within', rows: (issue) => (issue.fields.attachment ?? []).map((file) => ({ ...file, issue: { id: issue.id } })) },
  },
  identity: { remoteId: (row) => id(row.id) },
  // Without being sent on to where the site keeps its media. https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-attachments/#api-rest-api-3-attachment-content-id-get
  download: (row) => ({ path: `/rest/api/3/attachment/content/${row.id}`, query: { redirect: false } }),
  fields: {
    file_name: (row) => prose(row.filename),
    ticket: (row) => id(row.issue.id),
    file_url: (row) => prose(row.content),
    content_type: (row) => prose(row.mimeType),
    uploaded_by: (row) => id(userOf(row.author)),
    remote_created_at: (row) => instant(row.created),
  },
}
