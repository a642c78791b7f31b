import type { Ask, Looked, Pagination, Query } from '#kit'
import { levelMembers, searchIssues } from './issues.ts'
import { nextOf, projectPage } from './lists.ts'
import type { Issue, LevelMember, Page, Project, SearchPage } from './vendor.ts'

type Tables = { members: LevelMember }
type AnyPage = Page<Project> | SearchPage

/** All that somebody is let into: projects, then the issues that a security level hides. */
export const guardedList = {
  path: '/rest/api/3/project/search',
  lookups: { members: levelMembers },
  // Where nobody is known to be in a level there is nothing to say of issues, and sites without levels need not know the word.
  segments: ({ lookups }: { readonly lookups: Looked<Tables> }): readonly Query[] => [{ of: 'projects' }, ...(lookups.members.size === 0 ? [] : [{ of: 'issues' }])],
  request: ({ of, place }: Query): Ask => (of === 'issues'
    ? searchIssues({ maxResults: 100, ...(place !== undefined && { nextPageToken: place }) }, ['security'], 'level IS NOT EMPTY')
    : { path: '/rest/api/3/project/search', query: { ...projectPage(50), startAt: place ?? 0 } }),
  items: (page: AnyPage): readonly (Project | Issue)[] => ('issues' in page ? page.issues : page.values),
  pages: { kind: 'cursor', param: 'place', next: (page) => ('issues' in page ? (page.isLast === true ? null : page.nextPageToken) : nextOf(page)?.startAt.toString()) } satisfies Pagination<AnyPage, Project | Issue>,
}
