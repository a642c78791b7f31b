import { id, notOffered, str, type Resource } from '#kit'
import { BankInfo } from '#models/hris/bank-info'
import type { RecordOf } from '#models'
import { employeeList } from './employees.ts'
import { known, type Attribute, type Employee, type Page } from './vendor.ts'

interface Row { readonly employee: Attribute<number>; readonly iban: Attribute }

/** A custom attribute that Personio knows to be an IBAN. There is one for each employee, so it carries the employee's id. */
export const bankInfo: Resource<RecordOf<typeof BankInfo>, Row, Page<Employee>, Employee> = {
  model: BankInfo,
  version: 1,
  read: {
    ...employeeList,
    rows: { kind: 'within', rows: (employee) => { const iban = known(employee, 'iban'); return str(iban?.value) === null ? [] : [{ employee: employee.attributes.id, iban: iban! }] } },
  },
  identity: { remoteId: (row) => id(row.employee.value) },
  fields: {
    employee: (row) => id(row.employee.value),
    account_number: (row) => str(row.iban.value),
    routing_number: notOffered,
    bank_name: notOffered,
    account_type: notOffered,
    remote_created_at: notOffered,
  },
}
