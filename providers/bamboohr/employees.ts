import { id, instant, type Incremental, type Pagination, type Query } from '#kit'
import type { Changed, ChangedPage } from './vendor.ts'

/**
 * The ids of all employees, active or not, with the time of each one's last change: the one list that both kinds of credentials may read
 * (`GET /employees` is for OAuth alone) and that also names the deleted. Since the beginning of time it is complete.
 * https://documentation.bamboohr.com/reference/get-changed-employee-ids
 */
export const employeeList = {
  path: '/employees/changed',
  query: { since: '1970-01-01T00:00:00Z' } satisfies Query,
  items: (page: ChangedPage): readonly Changed[] => Object.values(page.employees),
  pages: { kind: 'single' } satisfies Pagination<ChangedPage, Changed>,
}

/** The same list for records that lie below an employee: the deleted have none. */
export const livingEmployees = { ...employeeList, items: (page: ChangedPage): readonly Changed[] => employeeList.items(page).filter((item) => item.action !== 'Deleted') }

/** Any field of an employee, job or compensation counts as a change. */
export const sinceChange = {
  since: (moment: Date): Query => ({ since: `${moment.toISOString().slice(0, 19)}Z` }),
  changedAt: (item: Changed): string | null => instant(item.lastChanged),
  overlapSeconds: 120,
} satisfies Incremental<Changed>

/** Departments and divisions are options of two lists, which nothing says are numbered together. */
export const groupId = (list: string, option: unknown): string | null => (id(option) === null ? null : `${list}-${id(option)}`)
