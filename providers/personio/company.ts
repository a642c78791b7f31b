import { id, notOffered, prose, type Resource } from '#kit'
import { Company } from '#models/hris/company'
import type { RecordOf } from '#models'
import { employeeList } from './employees.ts'
import { named, type Employee, type Entity as Row, type Page } from './vendor.ts'

/** Subcompanies are the legal entities that employ; found where some employee is in them. */
export const company: Resource<RecordOf<typeof Company>, Row, Page<Employee>, Employee> = {
  model: Company,
  version: 1,
  read: { ...employeeList, rows: { kind: 'within', rows: ({ attributes }) => named([attributes.subcompany?.value]) } },
  identity: { remoteId: (row) => id(row.attributes.id), repeats: true },
  fields: {
    legal_name: (row) => prose(row.attributes.name),
    display_name: notOffered,
    eins: notOffered,
  },
}
