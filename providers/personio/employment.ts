import { day, id, notOffered, num, str, word, type Resource } from '#kit'
import { Employment } from '#models/hris/employment'
import type { RecordOf } from '#models'
import { employeeList } from './employees.ts'
import type { Attribute, Employee as Row, Page } from './vendor.ts'

const intervalWords = { hourly: 'HOUR', weekly: 'WEEK', monthly: 'MONTH', quarterly: 'QUARTER', yearly: 'YEAR' }
/** Who is internal may work full or part time: Personio does not say which. */
const typeWords = { external: 'CONTRACTOR' }

/** The salary that is paid; Personio has 0 in the other one. */
const paid = ({ attributes: { fix_salary, hourly_salary } }: Row): (Attribute & { readonly hourly: boolean }) | null => {
  if ((num(fix_salary?.value) ?? 0) > 0) return { ...fix_salary!, hourly: false }
  return (num(hourly_salary?.value) ?? 0) > 0 ? { ...hourly_salary!, hourly: true } : null
}

/** The present position: version 1 has no former ones. It carries the employee's id. */
export const employment: Resource<RecordOf<typeof Employment>, Row, Page<Row>> = {
  model: Employment,
  version: 1,
  read: { ...employeeList, rows: { kind: 'items' } },
  identity: { remoteId: (row) => id(row.attributes.id.value) },
  fields: {
    employee: (row) => id(row.attributes.id.value),
    job_title: (row) => str(row.attributes.position?.value),
    pay_rate: (row) => num(paid(row)?.value),
    pay_period: (row) => { const salary = paid(row); return salary?.hourly === true ? 'HOUR' : salary === null ? null : word(intervalWords, row.attributes.fix_salary_interval?.value) },
    pay_frequency: notOffered,
    pay_currency: (row) => str(paid(row)?.currency),
    pay_group: notOffered,
    flsa_status: notOffered,
    effective_date: (row) => day(row.attributes.hire_date?.value),
    employment_type: (row) => word(typeWords, row.attributes.employment_type?.value),
  },
}
