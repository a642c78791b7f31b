import { id, notOffered, type Resource } from '#kit'
import { TimesheetEntry } from '#models/hris/timesheet-entry'
import type { RecordOf } from '#models'
import { list } from '../lists.ts'
import type { Day, Duration, Found, Page } from '../vendor.ts'
import { dayOf, seconds } from '../values.ts'

type Row = Found & { readonly employee: number; readonly date: Day; readonly duration: Duration }

/** Hours of a day, without a time of it. https://docs.tryton.org/latest/modules-timesheet/ */
export const timesheetEntry: Resource<RecordOf<typeof TimesheetEntry>, Row, Page<Row>> = {
  model: TimesheetEntry,
  version: 1,
  read: { ...list<Row>('timesheet.line', { fields: () => ['employee', 'date', 'duration'] }), rows: { kind: 'items' }, deletions: { seenAs: 'missing_from_full_read' } },
  identity: { remoteId: (row) => id(row.id) },
  fields: {
    employee: (row) => id(row.employee),
    hours_worked: (row) => { const worked = seconds(row.duration); return worked === null ? null : worked / 3600 },
    start_time: (row) => dayOf(row.date),
    end_time: notOffered,
  },
}
