import type { Deletions, Pagination, Query } from '#kit'
import type { Project, ProjectPage } from './vendor.ts'

/**
 * Active (1) and closed (5) projects: without the filter the closed ones are left out, and `*` is an error 500.
 * Oldest first, so that a new project does not shift the others. https://www.redmine.org/projects/redmine/wiki/Rest_Projects
 */
export const projectList = (limit: number, include?: string) => ({
  path: '/projects.json',
  query: { status: '1|5', sort: 'created_on', limit, include } satisfies Query,
  items: (page: ProjectPage): readonly Project[] => page.projects,
  total: (page: ProjectPage): number => page.total_count,
  pages: { kind: 'offset', param: 'offset', size: limit, done: (page: ProjectPage, seen: number): boolean => seen >= page.total_count } satisfies Pagination<ProjectPage, Project>,
  incremental: 'full_only' as const,
  deletions: { seenAs: 'missing_from_full_read' } satisfies Deletions<never>,
})
