import { bool, id, instant, notOffered, prose, type Resource } from '#kit'
import { Comment } from '#models/ticketing/comment'
import type { RecordOf } from '#models'
import { issueList } from './issues.ts'
import type { Issue, IssuePage, Journal } from './vendor.ts'

type Row = Journal & { readonly issue: { readonly id: number } }
type Detail = { readonly issue: Issue & { readonly journals: readonly Journal[] } }

// Each issue is a request of its own: small pages keep what a crash repeats small.
const list = issueList(25)

/** The history of an issue is handed out with the issue alone, not with the list. https://www.redmine.org/projects/redmine/wiki/Rest_IssueJournals */
export const comment: Resource<RecordOf<typeof Comment>, Row, IssuePage, Issue, Detail> = {
  model: Comment,
  version: 1,
  read: {
    ...list,
    // Only issues on which somebody wrote; a Redmine that does not know the filter (before 5.0) lists all, which is slower and no less right.
    query: { ...list.query, notes: '*' },
    rows: {
      kind: 'each',
      ask: (issue) => ({ path: `/issues/${issue.id}.json`, query: { include: 'journals' } }),
      // A journal without notes is only a change of properties.
      rows: ({ issue }) => issue.journals.filter((journal) => (journal.notes ?? '').trim() !== '').map((journal) => ({ ...journal, issue: { id: issue.id } })),
      // It became private, or its project did, since it was listed.
      without: () => [],
    },
  },
  identity: { remoteId: (row) => id(row.id) },
  fields: {
    user: (row) => id(row.user?.id),
    contact: notOffered,
    body: (row) => prose(row.notes),
    html_body: notOffered,
    ticket: (row) => id(row.issue.id),
    is_private: (row) => bool(row.private_notes),
    remote_created_at: (row) => instant(row.created_on),
  },
}
