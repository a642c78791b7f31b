import { day, id, instant, num, type Resource } from '#kit'
import { TimesheetEntry } from '#models/hris/timesheet-entry'
import type { RecordOf } from '#models'
import { daysOf, months } from './windows.ts'

interface Entry { readonly id: number | string; readonly employeeId: number | string; readonly date?: string; readonly start?: string | null; readonly end?: string | null; readonly hours?: number | string | null }

/** Clocked times, and bare hours of a day. Only the last 365 days may be asked for, by the company's calendar. https://documentation.bamboohr.com/reference/list-timesheet-entries */
export const timesheetEntry: Resource<RecordOf<typeof TimesheetEntry>, Entry, readonly Entry[]> = {
  model: TimesheetEntry,
  version: 1,
  read: {
    path: '/time_tracking/timesheet_entries',
    segments: months,
    request: ({ month }) => ({ path: '/time_tracking/timesheet_entries', query: daysOf(String(month)) }),
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
