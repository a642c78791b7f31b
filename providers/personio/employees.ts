import { onWall, type Deletions, type Incremental, type Pagination, type Query } from '#kit'
import type { Employee, Page } from './vendor.ts'

const PAGE = 100

/**
 * Employees, and all that is only found in them. Pages of at most 100: https://developer.personio.de/changelog/pagination-enforcement-v1-employees-api
 * The contract says that `updated_since` ignores the paging; since 2023 it does not (https://developer.personio.de/v2.0/changelog?page=5).
 * Both end where as many were seen as there are.
 */
export const employeeList = {
  path: '/v1/company/employees',
  query: { limit: PAGE } satisfies Query,
  items: (page: Page<Employee>): readonly Employee[] => page.data,
  total: (page: Page<Employee>): number => page.metadata.total_elements,
  pages: { kind: 'offset', param: 'offset', size: PAGE, done: (page, seen) => seen >= page.metadata.total_elements } satisfies Pagination<Page<Employee>, Employee>,
  incremental: {
    // Without a zone, and the contract does not say whose clock it is: the overlap is wider than any zone is west.
    since: (at: Date): Query => ({ updated_since: onWall(at, 'UTC', 'second').replace(' ', 'T') }),
    // `last_modified_at` may be among what the credentials cannot read.
    changedAt: 'run_began',
    overlapSeconds: 13 * 3600,
  } satisfies Incremental<Employee>,
  deletions: { seenAs: 'missing_from_full_read' } satisfies Deletions<never>,
}
