import { id, instant, prose, type Resource } from '#kit'
import { Comment } from '#models/ticketing/comment'
import type { RecordOf } from '#models'
import { textOf } from './adf.ts'
import { issueList, searchIssues } from './issues.ts'
import { customerOf, userOf, type Issue, type Note, type NotePage, type SearchPage } from './vendor.ts'

type Row = Note & { readonly issue: { readonly id: string } }
const PAGE = 100

/** The search shows the first few comments of an issue only, and none as HTML. https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-comments/ */
export const comment: Resource<RecordOf<typeof Comment>, Row, SearchPage, Issue, NotePage> = {
  model: Comment,
  version: 1,
  read: {
    // Each issue with comments is a request of its own: small pages keep what a crash repeats small.
    ...issueList(50),
    request: (variables) => searchIssues(variables, ['comment', 'updated']),
    rows: {
      kind: 'each',
      ask: (issue) => (issue.fields.comment?.total === 0 ? null : { path: `/rest/api/3/issue/${issue.id}/comment`, query: { expand: 'renderedBody', orderBy: 'created', maxResults: PAGE } }),
      rows: ({ comments }, issue) => comments.map((note) => ({ ...note, issue: { id: issue.id } })),
      more: { items: (page) => page.comments, pages: { kind: 'offset', param: 'startAt', size: PAGE, done: (page, seen) => seen >= page.total } },
    },
  },
  identity: { remoteId: (row) => id(row.id) },
  fields: {
    user: (row) => id(userOf(row.author)),
    contact: (row) => id(customerOf(row.author)),
    body: (row) => textOf(row.body),
    html_body: (row) => prose(row.renderedBody),
    ticket: (row) => id(row.issue.id),
    is_private: (row) => row.jsdPublic === false || (row.visibility !== undefined && row.visibility !== null),
    remote_created_at: (row) => instant(row.created),
  },
}
