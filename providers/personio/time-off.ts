import { day, id, instant, notOffered, num, prose, word, type Resource } from '#kit'
import { TimeOff } from '#models/hris/time-off'
import type { RecordOf } from '#models'
import { absenceList, categoryWords, kindName, type Absence, type AbsenceRow as Row } from './absences.ts'
import type { Page, TimeOffType } from './vendor.ts'

const statusWords = { pending: 'REQUESTED', approved: 'APPROVED', rejected: 'DECLINED', cancelled: 'CANCELLED' }
const unitWords = { TimeOffPeriod: 'DAYS', AbsencePeriod: 'HOURS' }
const hours = (minutes: unknown): number | null => { const n = num(minutes); return n === null ? null : n / 60 }

export const timeOff: Resource<RecordOf<typeof TimeOff>, Row, Page<Absence>, Absence, unknown, { types: TimeOffType['attributes'] }> = {
  model: TimeOff,
  version: 1,
  read: absenceList,
  identity: { remoteId: (row) => id(row.attributes.id) },
  fields: {
    employee: (row) => id(row.attributes.employee.attributes.id.value),
    approver: notOffered,
    status: (row) => word(statusWords, row.attributes.status),
    employee_note: (row) => prose(row.attributes.comment),
    units: (row) => word(unitWords, row.type),
    amount: (row) => (row.type === 'TimeOffPeriod' ? num(row.attributes.days_count) : hours(row.attributes.effective_duration)),
    request_type: (row) => word(categoryWords, row.kind?.category ?? kindName(row)),
    start_time: (row) => (row.type === 'TimeOffPeriod' ? day(row.attributes.start_date) : instant(row.attributes.start)),
    // The last day is a day off too.
    end_time: (row) => (row.type === 'TimeOffPeriod' ? day(row.attributes.end_date) : instant(row.attributes.end)),
  },
}
