import { instant, type Deletions, type Incremental, type Pagination, type Query, type Variables } from '#kit'
import type { Issue, IssuePage } from './vendor.ts'

/**
 * Tickets, their files and their comments all come from one list, walked by id: nothing shifts when issues come and go.
 * There is no `>`, hence `>=` and the next id. `status_id=*` because the default leaves closed issues out.
 * https://www.redmine.org/projects/redmine/wiki/Rest_Issues#Listing-issues
 */
export const issueList = (limit: number, include?: string) => ({
  path: '/issues.json',
  query: { status_id: '*', sort: 'id', limit, include } satisfies Query,
  items: (page: IssuePage): readonly Issue[] => page.issues,
  total: (page: IssuePage): number => page.total_count,
  pages: {
    kind: 'keyset',
    after: (last: Issue): Variables => ({ issue_id: `>=${last.id + 1}` }),
    done: (page: IssuePage, items: readonly Issue[]): boolean => items.length >= page.total_count,
  } satisfies Pagination<IssuePage, Issue>,
  incremental: {
    // The filter takes seconds and refuses fractions of them.
    since: (moment: Date): Query => ({ updated_on: `>=${moment.toISOString().slice(0, 19)}Z` }),
    changedAt: (issue: Issue): string | null => instant(issue.updated_on),
    overlapSeconds: 120,
  } satisfies Incremental<Issue>,
  deletions: { seenAs: 'missing_from_full_read' } satisfies Deletions<never>,
})
