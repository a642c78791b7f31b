import { day, id, instant, num, type Query, type Resource } from '#kit'
import { TimesheetEntry } from '#models/hris/timesheet-entry'
import type { RecordOf } from '#models'

interface Entry { readonly id: number | string; readonly employeeId: number | string; readonly date?: string; readonly start?: string | null; readonly end?: string | null; readonly hours?: number | string | null }

const DAY = 86_400_000
const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10)
/** The earliest day that anybody on earth is in, so that it is never tomorrow at the company; and 363 days before, which are within the last 365 for everybody. */
const bounds = (): readonly [first: string, last: string] => {
  const last = Date.now() - DAY / 2
  return [dayOf(last - 363 * DAY), dayOf(last)]
}

/** The months that the window touches, newest first: a year of a company's clockings is too much for one answer. */
const months = (): Query[] => {
  const [first, last] = bounds()
  const found: Query[] = []
  for (let [year, month] = last.split('-').map(Number) as [number, number]; `${year}-${String(month).padStart(2, '0')}` >= first.slice(0, 7); [year, month] = month === 1 ? [year - 1, 12] : [year, month - 1]) found.push({ month: `${year}-${String(month).padStart(2, '0')}` })
  return found
}

function window({ month }: Query): Query {
  const [first, last] = bounds()
  const [year, number] = String(month).split('-').map(Number) as [number, number]
  const [start, end] = [`${String(month)}-01`, dayOf(Date.UTC(year, number, 0))]
  return { start: start < first ? first : start, end: end > last ? last : end }
}

/** Clocked times, and bare hours of a day. Only the last 365 days may be asked for, by the company's calendar. https://documentation.bamboohr.com/reference/list-timesheet-entries */
export const timesheetEntry: Resource<RecordOf<typeof TimesheetEntry>, Entry, readonly Entry[]> = {
  model: TimesheetEntry,
  version: 1,
  read: {
    path: '/time_tracking/timesheet_entries',
    segments: months,
    request: (variables) => ({ path: '/time_tracking/timesheet_entries', query: window(variables) }),
    items: (page) => page,
    pages: { kind: 'single' },
    rows: { kind: 'items' },
    incremental: 'full_only',
    deletions: { seenAs: 'never', because: 'entries older than a year leave the list although they are still there' },
  },
  identity: { remoteId: (row) => id(row.id) },
  fields: {
    employee: (row) => id(row.employeeId),
    hours_worked: (row) => num(row.hours),
    start_time: (row) => instant(row.start) ?? day(row.date),
    end_time: (row) => instant(row.end),
  },
}
