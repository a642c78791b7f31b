import { id, notOffered, prose, word, type Resource } from '#kit'
import { Location } from '#models/hris/location'
import type { RecordOf } from '#models'
import { employeeList } from './employees.ts'
import { named, type Employee, type Entity as Row, type Page } from './vendor.ts'

/** Offices, found where somebody works in them. Version 1 knows their names alone. */
export const location: Resource<RecordOf<typeof Location>, Row, Page<Employee>, Employee> = {
  model: Location,
  version: 1,
  read: { ...employeeList, rows: { kind: 'within', rows: ({ attributes }) => named([attributes.office?.value]) } },
  identity: { remoteId: (row) => id(row.attributes.id), repeats: true },
  fields: {
    name: (row) => prose(row.attributes.name),
    phone_number: notOffered,
    street_1: notOffered,
    street_2: notOffered,
    city: notOffered,
    state: notOffered,
    zip_code: notOffered,
    country: notOffered,
    location_type: (row) => word({ Office: 'WORK' }, row.type),
  },
}
