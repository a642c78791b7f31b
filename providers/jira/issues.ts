import { instant, search, type Ask, type Deletions, type Incremental, type Lookup, type Pagination, type Query, type Scalar } from '#kit'
import { nextOf } from './lists.ts'
import type { Issue, LevelMember, Page, SearchPage } from './vendor.ts'

/**
 * Tickets, files and comments come from one search, oldest first: what changes during a walk keeps its place. Only fields that are asked for come back.
 * `token` begins a page, and holds for seven days. A page may be shorter than asked; the last says so.
 * https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-search/#api-rest-api-3-search-jql-post
 */
export const searchIssues = ({ since, nextPageToken, maxResults }: Query, fields: readonly string[], only?: string): Ask => {
  // A search must be bounded. Everything was created since 1970.
  const tests = [since === undefined ? 'created >= "1970-01-01"' : `updated >= ${String(since)}`, ...(only === undefined ? [] : [only])]
  return search('/rest/api/3/search/jql', { jql: `${tests.join(' AND ')} ORDER BY created ASC, key ASC`, fields, maxResults, ...(nextPageToken !== undefined && { nextPageToken }) })
}

export const issueList = (maxResults: number) => ({
  path: '/rest/api/3/search/jql',
  query: { maxResults } satisfies Record<string, Scalar>,
  items: (page: SearchPage): readonly Issue[] => page.issues,
  pages: { kind: 'cursor', param: 'nextPageToken', next: (page: SearchPage) => (page.isLast === true ? null : page.nextPageToken) } satisfies Pagination<SearchPage, Issue>,
  incremental: {
    // Dates in words are read in the time zone of whoever asks, which may change at any time; milliseconds are not.
    // https://support.atlassian.com/jira-software-cloud/docs/jql-fields/#Updated and https://github.com/onyx-dot-app/onyx/pull/14114
    since: (moment: Date): Query => ({ since: moment.getTime() }),
    changedAt: ({ fields }: Issue): string | null => instant(fields.updated),
    // The search shows a change seconds to minutes after it was made: https://developer.atlassian.com/cloud/jira/platform/search-and-reconcile/
    overlapSeconds: 900,
  } satisfies Incremental<Issue>,
  // Nothing tells what was deleted.
  deletions: { seenAs: 'missing_from_full_read' } satisfies Deletions<never>,
})

/** Who is in the security levels that hide single issues. Only an administrator may see it. https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-security-schemes/ */
export const levelMembers: Lookup<LevelMember> = {
  ask: () => ({ path: '/rest/api/3/issuesecurityschemes/level/member', query: { maxResults: 100 } }),
  entries: (body) => (body as Page<LevelMember>).values.map((member) => [member.id, member]),
  next: nextOf,
  withheld: 'is_empty',
}
