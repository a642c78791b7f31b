import { onWall, type Query, type Read } from '#kit'
import type { AbsencePeriod, Page, TimeOffPeriod, TimeOffType } from './vendor.ts'

type Kind = TimeOffType['attributes']
export type Absence = TimeOffPeriod | AbsencePeriod
/** An absence with what was looked up of its kind; hours do not say their category. */
export type AbsenceRow = Absence & { readonly kind?: Kind }

/** The kinds of absences. The answer does not say whether it is all of them; no company has two hundred. */
export const timeOffTypes = {
  ask: () => ({ path: '/v1/company/time-off-types', query: { limit: 200 } satisfies Query }),
  entries: (body: unknown): [string, Kind][] => (body as { data: TimeOffType[] }).data.map(({ attributes }) => [String(attributes.id), attributes]),
  withheld: 'is_empty',
} as const

/** Categories that mean the same everywhere; the rest pass through. */
export const categoryWords = { paid_vacation: 'VACATION', unpaid_vacation: 'VACATION', sick_leave: 'SICK' }

const kindOf = (absence: Absence) => (absence.type === 'TimeOffPeriod' ? absence.attributes.time_off_type?.attributes.id : absence.attributes.absence_type?.attributes.time_off_type_id)
export const kindName = (absence: Absence) => (absence.type === 'TimeOffPeriod' ? absence.attributes.time_off_type : absence.attributes.absence_type)?.attributes.name

/**
 * Absences that are counted in days and those that are counted in hours are two lists.
 * `offset` is the number of a page, from 1 on, 0 being 1 too, in both of them:
 * https://github.com/personio/api-docs/pull/82 and https://developer.personio.de/changelog/absences-api-change-in-pagination-of-hourly-absences-endpoint
 */
export const absenceList: Read<AbsenceRow, Page<Absence>, Absence, unknown, { types: Kind }> = {
  path: '/v1/company/time-offs',
  query: { limit: 200 },
  segments: [{ list: 'time-offs' }, { list: 'absence-periods' }],
  // Hours take an instant where days take a day.
  request: ({ list, updated_from: since, ...query }) => ({ path: `/v1/company/${String(list)}`, query: { ...query, ...(since !== undefined && { updated_from: list === 'time-offs' ? since : `${String(since)}T00:00:00Z` }) } }),
  items: (page) => page.data,
  total: (page) => page.metadata.total_elements,
  pages: { kind: 'page', param: 'offset', first: 1, done: (page, items) => items.length === 0 || page.metadata.current_page >= page.metadata.total_pages },
  lookups: { types: timeOffTypes },
  rows: { kind: 'within', rows: (absence, { lookups: { types } }) => { const kind = types.get(String(kindOf(absence))); return [kind === undefined ? absence : { ...absence, kind }] } },
  incremental: {
    since: (at, { time_zone: zone = 'UTC' }) => ({ updated_from: onWall(at, zone, 'day') }),
    // `updated_at` has been seen with the wrong zone: https://developer.personio.de/v2.0/discuss/63f33b3cfaed3800480c3b24
    changedAt: 'run_began',
    overlapSeconds: 36 * 3600,
  },
  deletions: { seenAs: 'missing_from_full_read' },
}
