import type { Ask, Deletions, Pagination } from '#kit'
import type { Page, Person, Project } from './vendor.ts'

const complete = { incremental: 'full_only' as const, deletions: { seenAs: 'missing_from_full_read' } satisfies Deletions<never> }

/** A list in pages of `values`, which says how many there are and which page is the last. */
export const pagedList = <T>(path: string, size: number) => ({
  path,
  query: { maxResults: size },
  items: (page: Page<T>): readonly T[] => page.values,
  total: (page: Page<T>): number => page.total,
  pages: { kind: 'offset', param: 'startAt', size, done: (page: Page<T>, seen: number): boolean => page.isLast === true || seen >= page.total } satisfies Pagination<Page<T>, T>,
  ...complete,
})

export const projectPage = (size: number) => ({ maxResults: size, expand: 'description', orderBy: 'key' })

/** Live projects; those that are archived or in the bin are not searched for issues either. https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-projects/#api-rest-api-3-project-search-get */
export const projectList = (size: number) => {
  const list = pagedList<Project>('/rest/api/3/project/search', size)
  return { ...list, query: projectPage(size) }
}

/** Who may do what in a project. Its administrators may ask. https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-project-permission-schemes/ */
export const schemeOf = (project: Project): Ask => ({ path: `/rest/api/3/project/${project.id}/permissionscheme`, query: { expand: 'permissions' } })

/**
 * Everybody with an Atlassian account on the site: people, apps, customers. A bare list that ends with an empty page: people are filtered out after the page was cut.
 * https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-users/#api-rest-api-3-users-search-get
 */
export const peopleList = (size: number) => ({
  path: '/rest/api/3/users/search',
  query: { maxResults: size },
  items: (page: readonly Person[]): readonly Person[] => page,
  pages: { kind: 'offset', param: 'startAt', size, done: (): boolean => false } satisfies Pagination<readonly Person[], Person>,
  ...complete,
})

/** The query of a look-up's next page; null behind the last. */
export const nextOf = (body: unknown): { readonly startAt: number } | null => {
  const { startAt = 0, values, total, isLast } = body as Page<unknown>
  return isLast === true || values.length === 0 || startAt + values.length >= total ? null : { startAt: startAt + values.length }
}
