import { defineWrite, given, id, instant, num, onWall, vendorWord, type AnyWrite, type Scalar } from '#kit'
import { Employee } from '#models/hris/employee'
import { TimeOff } from '#models/hris/time-off'
import { TimesheetEntry } from '#models/hris/timesheet-entry'
import { genderWords, statusWords } from './employee.ts'
import { complaints } from './errors.ts'

/** Ids are numbers in version 1; what is none goes out as it came, and is refused there. */
const number = (value: unknown): unknown => num(value) ?? value
const dayOf = (value: unknown): string | undefined => instant(value)?.slice(0, 10)
/** On the wall in the office, where a time has no zone. */
const wallOf = (value: unknown, zone: string): string | undefined => { const at = instant(value); return at === null ? undefined : onWall(new Date(at), zone, 'second').replace(' ', 'T') }
/** A form's truths are 1 and 0, as in Personio's own collection of requests; `false` is refused: https://developer.personio.de/discuss?page=75&perPage=10&sorting=popular */
const flag = (value: unknown): unknown => (typeof value === 'boolean' ? Number(value) : value)
const approvalWords = { 0: 'REQUESTED', 1: 'APPROVED' }

interface Made { readonly id?: unknown; readonly attributes?: { readonly id?: unknown } }
const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null
const inside = (body: unknown): unknown => (isObject(body) && 'data' in body ? body.data : body)
/** What was made: below one `data`, as the examples have it, or two, as the schemas do; alone, or the only one of a list. */
function madeBy(body: unknown): Made {
  const data = inside(inside(body))
  const one: unknown = Array.isArray(data) ? data[0] : data
  return isObject(one) ? one : {}
}
const making = { repeated: 'duplicates', visibleAfterSeconds: 0, complaints } as const

const profile = ['first_name', 'last_name', 'preferred_name', 'gender', 'hire_date', 'employment_status', 'manager'] as const
interface Profile { readonly first_name?: string | null; readonly last_name?: string | null; readonly preferred_name?: string | null; readonly gender?: string | null; readonly hire_date?: string | null; readonly employment_status?: string | null; readonly manager?: string | null }
/** Offices, departments and subcompanies go by their names here, not by ids: they are given as remote fields, like the position. */
function profileOf(input: Profile, remoteFields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const [own, rest] = [true, false].map((wanted) => Object.fromEntries(Object.entries(remoteFields).filter(([key]) => key.startsWith('dynamic_') === wanted)))
  return given({
    ...rest, first_name: input.first_name, last_name: input.last_name, preferred_name: input.preferred_name, gender: vendorWord(genderWords, input.gender),
    hire_date: dayOf(input.hire_date), status: vendorWord(statusWords, input.employment_status), supervisor_id: number(input.manager), custom_attributes: Object.keys(own!).length === 0 ? undefined : own,
  })
}

export const writes: readonly AnyWrite[] = [
  defineWrite(Employee)({
    ...making, kind: 'create', docs: 'https://developer.personio.de/reference/post_company-employees',
    accepts: ['work_email', ...profile], requires: ['work_email', 'first_name', 'last_name'],
    ask: ({ work_email, ...input }, { remoteFields }) => ({ method: 'POST', path: '/v1/company/employees', body: { employee: { email: work_email, ...profileOf(input, remoteFields) } } }),
    remoteId: ({ body }) => id(madeBy(body).id),
  }),
  // An email cannot be changed, and only of a manager is it said that null takes one away.
  defineWrite(Employee)({
    ...making, kind: 'update', repeated: 'harmless', docs: 'https://developer.personio.de/reference/patch_company-employees-employee-id',
    accepts: profile, requires: [], keeps: ['first_name', 'last_name', 'preferred_name', 'gender', 'hire_date', 'employment_status'],
    ask: (input, { remoteId, remoteFields }) => ({ method: 'PATCH', path: `/v1/company/employees/${encodeURIComponent(remoteId)}`, body: { employee: profileOf(input, remoteFields) } }),
    remoteId: () => null,
  }),
  defineWrite(TimeOff)({
    ...making, kind: 'create', docs: 'https://developer.personio.de/reference/post_company-time-offs',
    accepts: ['employee', 'start_time', 'end_time', 'request_type', 'units', 'employee_note', 'status'], requires: ['employee', 'start_time', 'end_time', 'request_type'],
    // `request_type` is the vendor's id of the kind of absence: a company has many kinds of vacation. Half days are remote fields.
    ask(input, { setup: { time_zone: zone = 'UTC' }, remoteFields }) {
      const hours = input.units === 'HOURS'
      const [start, end] = [input.start_time, input.end_time].map((time) => (hours ? wallOf(time, zone) : dayOf(time)))
      const within = hours && start?.slice(0, 10) === end?.slice(0, 10)
      return {
        method: 'POST', path: hours ? '/v1/company/absence-periods' : '/v1/company/time-offs',
        form: given({
          employee_id: number(input.employee), time_off_type_id: number(input.request_type), start_date: start?.slice(0, 10), end_date: end?.slice(0, 10),
          start_time: within ? start?.slice(11, 16) : undefined, end_time: within ? end?.slice(11, 16) : undefined,
          half_day_start: flag(remoteFields['half_day_start'] ?? false), half_day_end: flag(remoteFields['half_day_end'] ?? false),
          comment: input.employee_note ?? undefined, skip_approval: input.status === undefined ? undefined : number(vendorWord(approvalWords, input.status)),
        }) as Record<string, Scalar>,
      }
    },
    remoteId: ({ body }) => id(madeBy(body).attributes?.id),
  }),
  defineWrite(TimesheetEntry)({
    ...making, kind: 'create', docs: 'https://developer.personio.de/reference/post_v2-attendance-periods',
    accepts: ['employee', 'start_time', 'end_time'], requires: ['employee', 'start_time'],
    ask: (input, { setup: { time_zone: zone = 'UTC' } }) => ({
      method: 'POST', path: '/v2/attendance-periods',
      body: given({ person: { id: input.employee }, type: 'WORK', start: { date_time: wallOf(input.start_time, zone) }, end: input.end_time === undefined ? undefined : { date_time: wallOf(input.end_time, zone) } }),
    }),
    remoteId: ({ body }) => id(madeBy(body).id),
  }),
]
