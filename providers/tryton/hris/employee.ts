import { id, notOffered, prose, str, type FieldClass, type ReadContext, type Resource } from '#kit'
import { Employee } from '#models/hris/employee'
import type { RecordOf } from '#models'
import { employeeList, todayLookup, withStanding, type Standing, type TodayTables } from '../employees.ts'
import { ownFields, ownNames, withOwn, type WithOwn } from '../own-fields.ts'
import { addressFields, addresses, mechanismFields, mechanisms, pageOf, valueOf } from '../parties.ts'
import type { Employee as Item, Page } from '../vendor.ts'
import { dayOf, moment } from '../values.ts'

interface Tables extends TodayTables { readonly own: FieldClass }
type Row = Item & Standing & WithOwn

/** The kinds of identifier that are of a person's social security. https://docs.tryton.org/latest/modules-party/ */
const SOCIAL = ['at_vnr', 'ca_sin', 'ch_ssn', 'gr_amka', 'us_ssn']

export const employee: Resource<RecordOf<typeof Employee>, Row, Page<Item>, Item, unknown, Tables> = {
  model: Employee,
  version: 1,
  read: {
    ...employeeList((context) => ['supervisor', 'party.code', ...addressFields('party.', context), ...mechanismFields('party.'), 'party.identifiers.type', 'party.identifiers.code', ...ownNames(context as ReadContext<Tables>)], ['party', 'party.addresses', 'party.contact_mechanisms', 'party.identifiers']),
    lookups: { ...todayLookup, ...ownFields('company.employee', ['start_date', 'end_date']) },
    rows: { kind: 'within', rows: (item, context) => [withOwn(withStanding(item, context), context)] },
    deletions: { seenAs: 'missing_from_full_read' },
  },
  identity: { remoteId: (row) => id(row.id) },
  fields: {
    employee_number: (row) => str(row['party.'].code),
    company: (row) => id(row.company),
    // A party has one name, and nothing says where it divides.
    first_name: notOffered,
    last_name: notOffered,
    preferred_name: notOffered,
    display_full_name: (row) => prose(row['party.'].rec_name),
    username: notOffered,
    groups: notOffered,
    work_email: (row) => valueOf(mechanisms(row['party.']), 'email'),
    personal_email: notOffered,
    mobile_phone_number: (row) => valueOf(mechanisms(row['party.']), 'mobile'),
    employments: (row) => { const employment = id(row.id); return employment === null ? [] : [employment] },
    home_location: (row) => id(addresses(row['party.'])[0]?.id),
    work_location: notOffered,
    manager: (row) => id(row.supervisor),
    team: notOffered,
    pay_group: notOffered,
    ssn: (row) => str((row['party.']['identifiers.'] ?? []).find(({ type }) => SOCIAL.includes(type ?? ''))?.code),
    gender: notOffered,
    ethnicity: notOffered,
    marital_status: notOffered,
    date_of_birth: notOffered,
    hire_date: (row) => dayOf(row.start_date),
    start_date: (row) => dayOf(row.start_date),
    remote_created_at: (row) => moment(row.create_date),
    employment_status: (row) => str(row.standing),
    termination_date: (row) => dayOf(row.end_date),
    avatar: notOffered,
    custom_fields: (row) => (row.own.length === 0 ? null : Object.fromEntries(row.own.map(({ key, value }) => [key, value]))),
    employee_url: (row, context) => pageOf(context, 'company.employee', row.id),
  },
}
