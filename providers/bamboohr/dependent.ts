import { day, id, prose, str, word, type Resource } from '#kit'
import { Dependent } from '#models/hris/dependent'
import type { RecordOf } from '#models'
import { dependentHomeId, hasHome } from './homes.ts'
import { genderWords, type DependentPage, type DependentRecord } from './vendor.ts'

export const relationshipWords = { child: 'CHILD', spouse: 'SPOUSE', domestic_partner: 'DOMESTIC_PARTNER' }
const yes: Readonly<Record<string, boolean>> = { yes: true, no: false }

/** All dependents of the company, in one answer. https://documentation.bamboohr.com/reference/list-employee-dependents */
export const dependent: Resource<RecordOf<typeof Dependent>, DependentRecord, DependentPage> = {
  model: Dependent,
  version: 1,
  read: {
    path: '/employeedependents',
    items: (page) => page['Employee Dependents'],
    pages: { kind: 'single' },
    rows: { kind: 'items' },
    incremental: 'full_only',
    deletions: { seenAs: 'missing_from_full_read' },
  },
  identity: { remoteId: (row) => id(row.id) },
  fields: {
    first_name: (row) => prose(row.firstName),
    middle_name: (row) => prose(row.middleName),
    last_name: (row) => prose(row.lastName),
    relationship: (row) => word(relationshipWords, str(row.relationship)?.toLowerCase().replaceAll(' ', '_')),
    employee: (row) => id(row.employeeId),
    date_of_birth: (row) => day(row.dateOfBirth),
    gender: (row) => word(genderWords, row.gender),
    phone_number: (row) => str(row.homePhone),
    home_location: (row) => (hasHome(row) ? dependentHomeId(row.id) : null),
    is_student: (row) => yes[str(row.isStudent) ?? ''] ?? null,
    // Masked by the vendor, in the United States and in Canada: xxx-xx-1234.
    ssn: (row) => str(row.maskedSSN) ?? str(row.maskedSIN),
  },
}
