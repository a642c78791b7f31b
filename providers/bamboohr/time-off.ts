import { day, id, num, prose, word, type Resource } from '#kit'
import { TimeOff } from '#models/hris/time-off'
import type { RecordOf } from '#models'
import { users } from './users.ts'
import { statusWords, timeOffWords, type TimeOffRequest } from './vendor.ts'
import { years } from './windows.ts'

type Row = TimeOffRequest & { readonly changedBy: string | null }

/** https://documentation.bamboohr.com/reference/list-time-off-requests */
export const timeOff: Resource<RecordOf<typeof TimeOff>, Row, readonly TimeOffRequest[], TimeOffRequest, unknown, { users: string | null }> = {
  model: TimeOff,
  version: 1,
  read: {
    path: '/time_off/requests',
    lookups: { users },
    segments: years,
    items: (page) => page,
    pages: { kind: 'single' },
    rows: { kind: 'within', rows: (item, { lookups }) => [{ ...item, changedBy: lookups.users.get(id(item.status?.lastChangedByUserId) ?? '') ?? null }] },
    incremental: 'full_only',
    deletions: { seenAs: 'missing_from_full_read' },
  },
  // What reaches over New Year is in the windows of both years.
  identity: { remoteId: (row) => id(row.id), repeats: true },
  fields: {
    employee: (row) => id(row.employeeId),
    // The status was last changed by whoever decided, once somebody has.
    approver: (row) => (row.status?.status === 'approved' || row.status?.status === 'denied' ? id(row.changedBy) : null),
    status: (row) => word(statusWords, row.status?.status),
    employee_note: (row) => prose(row.notes?.employee),
    units: (row) => word({ hours: 'HOURS', days: 'DAYS' }, row.amount?.unit),
    amount: (row) => num(row.amount?.amount),
    request_type: (row) => word(timeOffWords, row.type?.name),
    start_time: (row) => day(row.start),
    end_time: (row) => day(row.end),
  },
}
