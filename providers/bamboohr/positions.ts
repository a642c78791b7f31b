import { id, str, type Looked, type Lookup } from '#kit'
import type { Compensation, JobInfo, Status, TableRow } from './vendor.ts'

/** Three tables with dates of their own say what an employee does, how he is engaged and what he earns. A position is what they say together, from one of these dates to the next. */
export interface Position { readonly employee: string; readonly from: string; readonly job: JobInfo | null; readonly status: Status | null; readonly pay: Compensation | null }
// oxlint-disable-next-line typescript/consistent-type-definitions -- an interface would be no index of look-ups
export type Histories = { readonly jobInfo: readonly JobInfo[]; readonly employmentStatus: readonly Status[]; readonly compensation: readonly Compensation[] }

/** `all` is every employee that the credentials may see, also those who left. https://documentation.bamboohr.com/reference/get-employee-table-data */
const table = <Row extends TableRow>(name: string): Lookup<readonly Row[]> => ({
  ask: () => ({ path: `/employees/all/tables/${name}` }),
  entries: (body) => Map.groupBy(body as readonly Row[], (row) => id(row.employeeId) ?? ''),
  withheld: 'is_empty',
})
export const histories: { readonly [Table in keyof Histories]: Lookup<Histories[Table]> } = { jobInfo: table('jobInfo'), employmentStatus: table('employmentStatus'), compensation: table('compensation') }

const dayOf = (row: TableRow): string => str(row.startDate ?? row.date) ?? ''
/** The row that holds on a day: tables come in no order, and of two rows of one day the later entered counts. */
const inForce = <Row extends TableRow>(rows: readonly Row[], day: string): Row | null =>
  rows.filter((row) => dayOf(row) !== '' && dayOf(row) <= day).reduce<Row | null>((best, row) => (best === null || dayOf(row) > dayOf(best) || (dayOf(row) === dayOf(best) && Number(row.id) > Number(best.id)) ? row : best), null)

export function positionsOf(employee: string, lookups: Looked<Histories>): Position[] {
  const [jobs, statuses, pays] = [lookups.jobInfo.get(employee) ?? [], lookups.employmentStatus.get(employee) ?? [], lookups.compensation.get(employee) ?? []]
  // 0000-00-00 stands for no date.
  const days = [...new Set([...jobs, ...statuses, ...pays].map(dayOf))].filter((day) => /^[1-9]\d{3}-\d{2}-\d{2}$/.test(day)).toSorted()
  return days.map((from) => ({ employee, from, job: inForce(jobs, from), status: inForce(statuses, from), pay: inForce(pays, from) }))
    // "Terminated" cannot be renamed, and is the end of a position. https://www.bamboohr.com/api/documentation/tables.php
    .filter(({ status }) => status?.employmentStatus !== 'Terminated')
}

export const positionId = ({ employee, from }: Pick<Position, 'employee' | 'from'>): string => `${employee}-${from}`
