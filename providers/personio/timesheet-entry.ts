import { fromWall, id, onWall, type MapContext, type Resource } from '#kit'
import { TimesheetEntry } from '#models/hris/timesheet-entry'
import type { RecordOf } from '#models'
import type { AttendancePeriod as Row, CursorPage } from './vendor.ts'

/** Times are without a zone: they are those of the wall in the office. */
const begin = (row: Row, { setup }: MapContext): string | null => fromWall(row.start.date_time, setup['time_zone'])
const end = (row: Row, { setup }: MapContext): string | null => fromWall(row.end?.date_time, setup['time_zone'])

/**
 * Version 1 ended on 30 August 2026: https://developer.personio.de/changelog/deprecation-of-attendances-and-projects-v1-endpoints
 * Breaks are periods of their own. Filters take no zone either: https://developer.personio.de/reference/get_v2-attendance-periods
 */
export const timesheetEntry: Resource<RecordOf<typeof TimesheetEntry>, Row, CursorPage<Row>> = {
  model: TimesheetEntry,
  version: 1,
  read: {
    path: '/v2/attendance-periods',
    query: { limit: 100 },
    items: (page) => page._data,
    pages: { kind: 'url', next: (page) => page._meta?.links?.next?.href },
    // What was rejected was not worked.
    rows: { kind: 'within', rows: (period) => (period.type === 'WORK' && period.status !== 'REJECTED' ? [period] : []) },
    incremental: { since: (at) => ({ 'updated_at.gte': onWall(at, 'UTC', 'second').replace(' ', 'T') }), changedAt: 'run_began', overlapSeconds: 13 * 3600 },
    deletions: { seenAs: 'missing_from_full_read' },
  },
  identity: { remoteId: (row) => id(row.id) },
  fields: {
    employee: (row) => id(row.person.id),
    hours_worked: (row, context) => { const [from, to] = [begin(row, context), end(row, context)]; return from === null || to === null ? null : (Date.parse(to) - Date.parse(from)) / 3_600_000 },
    start_time: begin,
    end_time: end,
  },
}
