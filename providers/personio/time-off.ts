import { day, id, instant, notOffered, num, onWall, prose, word, type Resource } from '#kit'
import { TimeOff } from '#models/hris/time-off'
import type { RecordOf } from '#models'
import { absenceWords, timeOffTypes, type AbsencePeriod, type Page, type TimeOffPeriod, type TimeOffType } from './vendor.ts'

type Item = TimeOffPeriod | AbsencePeriod
type Row = Item & { readonly kind?: TimeOffType['attributes'] }

const statusWords = { pending: 'REQUESTED', approved: 'APPROVED', rejected: 'DECLINED', cancelled: 'CANCELLED' }
const unitWords = { TimeOffPeriod: 'DAYS', AbsencePeriod: 'HOURS' }
const kindOf = (item: Item) => (item.type === 'TimeOffPeriod' ? item.attributes.time_off_type?.attributes.id : item.attributes.absence_type?.attributes.time_off_type_id)
const kindName = (row: Row) => (row.type === 'TimeOffPeriod' ? row.attributes.time_off_type : row.attributes.absence_type)?.attributes.name

/**
 * Absences that are counted in days and those that are counted in hours are two lists.
 * `offset` is the number of a page, from 1 on, 0 being 1 too, in both of them:
 * https://github.com/personio/api-docs/pull/82 and https://developer.personio.de/changelog/absences-api-change-in-pagination-of-hourly-absences-endpoint
 */
export const timeOff: Resource<RecordOf<typeof TimeOff>, Row, Page<Item>, Item, unknown, { types: TimeOffType['attributes'] }> = {
  model: TimeOff,
  version: 1,
  read: {
    path: '/v1/company/time-offs',
    query: { limit: 200 },
    segments: [{ list: 'time-offs' }, { list: 'absence-periods' }],
    // Hours take an instant where days take a day.
    request: ({ list, updated_from: since, ...query }) => ({ path: `/v1/company/${String(list)}`, query: { ...query, ...(since !== undefined && { updated_from: list === 'time-offs' ? since : `${String(since)}T00:00:00Z` }) } }),
    items: (page) => page.data,
    total: (page) => page.metadata.total_elements,
    pages: { kind: 'page', param: 'offset', first: 1, done: (page, items) => items.length === 0 || page.metadata.current_page >= page.metadata.total_pages },
    lookups: { types: timeOffTypes },
    rows: { kind: 'within', rows: (item, { lookups: { types } }) => { const kind = types.get(String(kindOf(item))); return [kind === undefined ? item : { ...item, kind }] } },
    incremental: {
      since: (at, { time_zone: zone = 'UTC' }) => ({ updated_from: onWall(at, zone, 'day') }),
      // `updated_at` has been seen with the wrong zone: https://developer.personio.de/v2.0/discuss/63f33b3cfaed3800480c3b24
      changedAt: 'run_began',
      overlapSeconds: 36 * 3600,
    },
    deletions: { seenAs: 'missing_from_full_read' },
  },
  identity: { remoteId: (row) => id(row.attributes.id) },
  fields: {
    employee: (row) => id(row.attributes.employee.attributes.id.value),
    approver: notOffered,
    status: (row) => word(statusWords, row.attributes.status),
    employee_note: (row) => prose(row.attributes.comment),
    units: (row) => word(unitWords, row.type),
    amount: (row) => { const minutes = row.type === 'AbsencePeriod' ? num(row.attributes.effective_duration) : null; return row.type === 'TimeOffPeriod' ? num(row.attributes.days_count) : minutes === null ? null : minutes / 60 },
    request_type: (row) => word(absenceWords, row.kind?.category ?? kindName(row)),
    start_time: (row) => (row.type === 'TimeOffPeriod' ? day(row.attributes.start_date) : instant(row.attributes.start)),
    // The last day is a day off too.
    end_time: (row) => (row.type === 'TimeOffPeriod' ? day(row.attributes.end_date) : instant(row.attributes.end)),
  },
}
