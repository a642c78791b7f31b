import { id, notOffered, num, word, type Resource } from '#kit'
import { TimeOffBalance } from '#models/hris/time-off-balance'
import type { RecordOf } from '#models'
import { categoryWords, timeOffTypes } from './absences.ts'
import { employeeList } from './employees.ts'
import type { Balance, Employee, Page, TimeOffType } from './vendor.ts'

type Row = Balance & { readonly employee: number | null; readonly unit: string | null; readonly hours_per_day: number | null }
const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']

/** "08:30" on each day of the schedule; a day off is "00:00". Null: nobody knows how long a day is. */
function hoursPerDay({ attributes: { work_schedule } }: Employee): number | null {
  const hours = DAYS.map((name) => /^(\d{1,2}):(\d{2})$/.exec(String(work_schedule?.value?.attributes[name]))).map((time) => (time === null ? 0 : Number(time[1]) + Number(time[2]) / 60)).filter((length) => length > 0)
  return hours.length === 0 ? null : hours.reduce((sum, length) => sum + length, 0) / hours.length
}

/** One request for each employee. The common model counts hours: days are turned into them by the work schedule, and left out where it is not known. */
export const timeOffBalance: Resource<RecordOf<typeof TimeOffBalance>, Row, Page<Employee>, Employee, { readonly data: readonly Balance[] }, { types: TimeOffType['attributes'] }> = {
  model: TimeOffBalance,
  version: 1,
  read: {
    ...employeeList,
    query: { limit: 50 },
    pages: { ...employeeList.pages, size: 50 },
    lookups: { types: timeOffTypes },
    rows: {
      kind: 'each',
      ask: (employee) => ({ path: `/v1/company/employees/${String(employee.attributes.id.value)}/absences/balance` }),
      rows: ({ data }, employee, { lookups: { types } }) => data.map((balance) => ({ ...balance, employee: employee.attributes.id.value, unit: types.get(String(balance.id))?.unit ?? null, hours_per_day: hoursPerDay(employee) })),
    },
    // A balance grows with time, without anybody changing the employee.
    incremental: 'full_only',
  },
  identity: { remoteId: (row) => (id(row.employee) === null || id(row.id) === null ? null : `${row.employee}-${row.id}`) },
  fields: {
    employee: (row) => id(row.employee),
    balance: (row) => { const [left, perUnit] = [num(row.balance), row.unit === 'hour' ? 1 : row.unit === 'day' ? num(row.hours_per_day) : null]; return left === null || perUnit === null ? null : left * perUnit },
    used: notOffered,
    policy_type: (row) => word(categoryWords, row.category),
  },
}
