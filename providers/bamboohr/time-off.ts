import { day, id, num, prose, word, type Lookup, type Query, type Resource } from '#kit'
import { TimeOff } from '#models/hris/time-off'
import type { RecordOf } from '#models'
import { timeOffWords } from './vendor.ts'

interface Request {
  readonly id: number | string
  readonly employeeId: number | string
  readonly start?: string
  readonly end?: string
  readonly status?: { readonly lastChangedByUserId?: number | string; readonly status?: string }
  readonly type?: { readonly name?: string }
  readonly amount?: { readonly unit?: string; readonly amount?: number | string }
  readonly notes?: { readonly employee?: string }
}
type Row = Request & { readonly changedBy: string | null }

/** A request that another one replaced is cancelled by it. */
export const statusWords = { requested: 'REQUESTED', approved: 'APPROVED', denied: 'DECLINED', canceled: 'CANCELLED', superceded: 'CANCELLED' }

/** A first and a last day must be named: one window for what was before the product, one for each year, and one for all that is planned. */
const windows = (): Query[] => {
  const next = new Date().getUTCFullYear() + 1
  const years = Array.from({ length: next - 2007 }, (_, n) => ({ start: `${2008 + n}-01-01`, end: `${2008 + n}-12-31` }))
  return [...years.toReversed(), { start: `${next + 1}-01-01`, end: '2099-12-31' }, { start: '1970-01-01', end: '2007-12-31' }]
}

/** Who changed a request is told as a user; users who are employees say which. */
const users: Lookup<string | null> = {
  ask: () => ({ path: '/meta/users' }),
  entries: (body) => Object.entries(body as Readonly<Record<string, { employeeId?: unknown }>>).map(([user, { employeeId }]) => [user, Number(employeeId) > 0 ? id(employeeId) : null]),
  withheld: 'is_empty',
}

/** https://documentation.bamboohr.com/reference/list-time-off-requests */
export const timeOff: Resource<RecordOf<typeof TimeOff>, Row, readonly Request[], Request, unknown, { users: string | null }> = {
  model: TimeOff,
  version: 1,
  read: {
    path: '/time_off/requests',
    lookups: { users },
    segments: windows,
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
