import { defineWrite, given, id, num, str, vendorWord, type AnyWrite, type Answer, type Complaint } from '#kit'
import { Dependent } from '#models/hris/dependent'
import { Employee } from '#models/hris/employee'
import { TimeOff } from '#models/hris/time-off'
import { TimesheetEntry } from '#models/hris/timesheet-entry'
import { relationshipWords } from './dependent.ts'
import { genderWords, statusWords } from './vendor.ts'

const reference = (name: string) => `https://documentation.bamboohr.com/reference/${name}` as const
const dayOf = (instant: string | null | undefined): string | null | undefined => instant?.slice(0, 10) ?? instant
const person = (remoteId: unknown): string => encodeURIComponent(str(remoteId) ?? '')
const member = (value: unknown, key: string): unknown => (typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined)
const stated = (fields: Readonly<Record<string, unknown>>): Record<string, unknown> => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== null))
const firstOf = (list: unknown): unknown => (Array.isArray(list) ? list[0] as unknown : undefined)

/** Older answers have an empty body and say what is wrong in a header; newer ones are problems with fields. https://documentation.bamboohr.com/docs/api-details */
const complaints = ({ headers, body }: Answer): Complaint[] => {
  const fields = Object.entries(member(body, 'fields') ?? {}).map(([field, message]) => ({ message: str(message) ?? field, field }))
  if (fields.length > 0) return fields
  const message = headers.get('x-bamboohr-error-message') ?? str(member(body, 'detail')) ?? str(member(body, 'title'))
  return message === null ? [] : [{ message, field: null }]
}

/** What was made is named by its address alone. https://documentation.bamboohr.com/reference/create-employee */
const idInLocation = ({ headers }: Answer): string | null => /(?:[?&]id=|\/)(\d+)\/?$/.exec(headers.get('location') ?? '')?.[1] ?? null

const profile = ['first_name', 'last_name', 'preferred_name', 'employee_number', 'work_email', 'personal_email', 'mobile_phone_number', 'ssn', 'gender', 'ethnicity', 'marital_status', 'date_of_birth', 'start_date'] as const
const profileOf = (input: { readonly [Field in (typeof profile)[number]]?: string | null }, remoteFields: Readonly<Record<string, unknown>>): Record<string, unknown> => given({
  firstName: input.first_name, lastName: input.last_name, preferredName: input.preferred_name, employeeNumber: input.employee_number, workEmail: input.work_email, homeEmail: input.personal_email, mobilePhone: input.mobile_phone_number,
  ssn: input.ssn, gender: vendorWord(genderWords, input.gender), ethnicity: input.ethnicity, maritalStatus: vendorWord({ Single: 'SINGLE' }, input.marital_status), dateOfBirth: dayOf(input.date_of_birth), hireDate: dayOf(input.start_date), ...remoteFields,
})

const kin = ['first_name', 'middle_name', 'last_name', 'relationship', 'employee', 'date_of_birth', 'gender', 'phone_number', 'is_student', 'ssn'] as const
interface Kin { readonly first_name?: string | null; readonly middle_name?: string | null; readonly last_name?: string | null; readonly relationship?: string | null; readonly employee?: string | null; readonly date_of_birth?: string | null; readonly gender?: string | null; readonly phone_number?: string | null; readonly is_student?: boolean | null; readonly ssn?: string | null }
/** There is no change of a dependent here: the vendor's empties whatever is not said again. https://documentation.bamboohr.com/reference/update-employee-dependent */
const kinOf = (input: Kin): Record<string, unknown> => stated({
  employeeId: input.employee, firstName: input.first_name, middleName: input.middle_name, lastName: input.last_name, relationship: vendorWord(relationshipWords, input.relationship), gender: vendorWord(genderWords, input.gender),
  dateOfBirth: dayOf(input.date_of_birth), homePhone: input.phone_number, ssn: input.ssn, isStudent: typeof input.is_student === 'boolean' ? (input.is_student ? 'yes' : 'no') : undefined,
})
const kinId = ({ body }: Answer): string | null => id(member(firstOf(member(body, 'Employee Dependents')), 'id'))

export const writes: readonly AnyWrite[] = [
  defineWrite(Employee)({
    kind: 'create', accepts: profile, requires: ['first_name', 'last_name'], repeated: 'duplicates', visibleAfterSeconds: 60, docs: reference('create-employee'), complaints, remoteId: idInLocation,
    ask: (input, { remoteFields }) => ({ method: 'POST', path: '/employees', body: profileOf(input, remoteFields) }),
  }),
  defineWrite(Employee)({
    kind: 'update', accepts: profile, requires: [], repeated: 'harmless', visibleAfterSeconds: 60, docs: reference('update-employee'), complaints, remoteId: () => null,
    ask: (input, { remoteId, remoteFields }) => ({ method: 'POST', path: `/employees/${person(remoteId)}`, body: profileOf(input, remoteFields) }),
  }),
  defineWrite(TimeOff)({
    kind: 'create', accepts: ['employee', 'start_time', 'end_time', 'request_type', 'status', 'amount', 'employee_note'], requires: ['employee', 'start_time', 'end_time', 'request_type'], repeated: 'duplicates', visibleAfterSeconds: 60,
    docs: reference('create-time-off-request'), complaints, remoteId: (answer) => id(member(answer.body, 'id')) ?? idInLocation(answer),
    // The type is a number of the company's list: as request type, or as a field of the vendor's own.
    ask: (input, { remoteFields: { timeOffTypeId = input.request_type, ...rest } }) => ({
      method: 'PUT', path: `/employees/${person(input.employee)}/time_off/request`,
      body: given({ status: vendorWord(statusWords, input.status ?? 'REQUESTED'), start: dayOf(input.start_time), end: dayOf(input.end_time), timeOffTypeId: num(timeOffTypeId) ?? timeOffTypeId, amount: input.amount, notes: str(input.employee_note) === null ? undefined : [{ from: 'employee', note: input.employee_note }], ...rest }),
    }),
  }),
  defineWrite(TimeOff)({
    kind: 'update', accepts: ['status', 'employee_note'], requires: [], repeated: 'harmless', visibleAfterSeconds: 60, docs: reference('update-time-off-request-status'), complaints, remoteId: () => null,
    ask: (input, { remoteId }) => ({ method: 'PUT', path: `/time_off/requests/${person(remoteId)}/status`, body: given({ status: vendorWord(statusWords, input.status), note: input.employee_note ?? undefined }) }),
  }),
  defineWrite(TimesheetEntry)({
    kind: 'create', accepts: ['employee', 'hours_worked', 'start_time'], requires: ['employee', 'hours_worked', 'start_time'], repeated: 'duplicates', visibleAfterSeconds: 60, docs: reference('create-or-update-timesheet-hour-entries'), complaints,
    remoteId: ({ body }) => id(member(firstOf(body), 'id')),
    // Hours of a day. Clocked times would have to be on the employee's own wall, whose zone nothing tells.
    ask: (input) => ({ method: 'POST', path: '/time_tracking/hour_entries/store', body: { hours: [given({ employeeId: num(input.employee) ?? input.employee, date: dayOf(input.start_time), hours: input.hours_worked })] } }),
  }),
  defineWrite(Dependent)({
    kind: 'create', accepts: kin, requires: ['employee'], repeated: 'duplicates', visibleAfterSeconds: 60, docs: reference('create-employee-dependent'), complaints, remoteId: kinId,
    ask: (input) => ({ method: 'POST', path: '/employeedependents', body: kinOf(input) }),
  }),
]
