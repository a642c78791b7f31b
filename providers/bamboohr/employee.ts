import { day, id, notOffered, present, prose, str, word, type FieldClass, type Resource } from '#kit'
import { Employee } from '#models/hris/employee'
import type { RecordOf } from '#models'
import { customFields, valuesOf, type CustomValue } from './custom-fields.ts'
import { employeeList, groupId, sinceChange } from './employees.ts'
import { homeId, isHome } from './homes.ts'
import { histories, positionId, positionsOf, type Histories } from './positions.ts'
import { ethnicityWords, genderWords, profileColumns, type Changed, type ChangedPage, type Profile } from './vendor.ts'

type Row = Profile & { readonly company: string | undefined; readonly positions: readonly string[]; readonly custom: readonly CustomValue[] }

/** https://documentation.bamboohr.com/reference/get-employee */
export const employee: Resource<RecordOf<typeof Employee>, Row, ChangedPage, Changed, Profile, Histories & { custom: FieldClass }> = {
  model: Employee,
  version: 1,
  read: {
    ...employeeList,
    gone: (item) => (item.action === 'Deleted' ? id(item.id) : null),
    lookups: { ...histories, custom: customFields },
    rows: {
      kind: 'each',
      // More than 400 fields are refused.
      ask: (item, { lookups }) => ({ path: `/employees/${item.id}`, query: { fields: [...profileColumns, ...lookups.custom.keys()].slice(0, 400).join(',') } }),
      rows: (detail, item, { setup, lookups }) => [{ ...detail, company: setup['subdomain'], positions: positionsOf(item.id, lookups).map(positionId), custom: valuesOf(detail, lookups.custom) }],
      // An access level may show somebody's existence and nothing else.
      without: () => [],
    },
    incremental: sinceChange,
    deletions: { seenAs: 'change', absence: 'counts' },
  },
  identity: { remoteId: (row) => id(row.id) },
  fields: {
    employee_number: (row) => str(row.employeeNumber),
    company: (row) => id(row.company),
    first_name: (row) => prose(row.firstName),
    last_name: (row) => prose(row.lastName),
    preferred_name: (row) => prose(row.preferredName),
    display_full_name: (row) => prose(row.displayName),
    username: notOffered,
    groups: (row) => present([groupId('department', row.departmentId), groupId('division', row.divisionId)]),
    work_email: (row) => str(row.workEmail),
    personal_email: (row) => str(row.homeEmail),
    mobile_phone_number: (row) => str(row.mobilePhone),
    employments: (row) => (Array.isArray(row.positions) ? present(row.positions.map(str)) : []),
    home_location: (row) => (isHome(row.address1, row.address2, row.city, row.zipcode, row.country) ? homeId(row.id) : null),
    work_location: (row) => id(row.locationId),
    // One relation under its new name and its old one.
    manager: (row) => id(row.reportsToId) ?? id(row.supervisorEId),
    team: (row) => id(row.departmentId),
    pay_group: (row) => id(row.payGroupId),
    ssn: (row) => str(row.ssn),
    gender: (row) => word(genderWords, row.gender),
    ethnicity: (row) => word(ethnicityWords, row.ethnicity),
    // Being married does not say how one files taxes: that word is served as it is.
    marital_status: (row) => word({ Single: 'SINGLE' }, row.maritalStatus),
    date_of_birth: (row) => day(row.dateOfBirth),
    // Rehiring moves the first date aside. https://www.bamboohr.com/api/documentation/tables.php
    hire_date: (row) => day(row.originalHireDate) ?? day(row.hireDate),
    start_date: (row) => day(row.hireDate),
    remote_created_at: notOffered,
    employment_status: (row) => word({ Active: 'ACTIVE', Inactive: 'INACTIVE' }, row.status),
    termination_date: (row) => day(row.terminationDate),
    avatar: (row) => prose(row.photoUrl),
    custom_fields: (row) => (Array.isArray(row.custom) && row.custom.length > 0 ? Object.fromEntries(row.custom.map(({ name, value }: CustomValue) => [name, value])) : null),
    employee_url: (row, { baseUrl }) => (id(row.id) === null ? null : `${baseUrl.replace(/\/api\/v1$/, '')}/employees/employee.php?id=${id(row.id)}`),
  },
  remoteFields: (row) => row.custom,
  fieldClasses: 'custom',
}
