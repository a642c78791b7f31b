import { id, prose, type Resource } from '#kit'
import { User } from '#models/crm/user'
import type { RecordOf } from '#models'
import { employeeList, todayLookup, withStanding, type Standing, type TodayTables } from '../employees.ts'
import { mechanismFields, mechanisms, pageOf, valueOf } from '../parties.ts'
import type { Employee, Page } from '../vendor.ts'

type Row = Employee & Standing

/** Opportunities belong to employees, not to logins: one person may have several of these, and many employees have none. */
export const user: Resource<RecordOf<typeof User>, Row, Page<Employee>, Employee, unknown, TodayTables> = {
  model: User,
  version: 1,
  read: {
    ...employeeList(() => mechanismFields('party.'), ['party', 'party.contact_mechanisms']),
    lookups: todayLookup,
    rows: { kind: 'within', rows: (item, context) => [withStanding(item, context)] },
    deletions: { seenAs: 'missing_from_full_read' },
  },
  identity: { remoteId: (row) => id(row.id) },
  fields: {
    name: (row) => prose(row['party.'].rec_name),
    email: (row) => valueOf(mechanisms(row['party.']), 'email'),
    is_active: (row) => row.standing === 'ACTIVE',
    user_url: (row, context) => pageOf(context, 'company.employee', row.id),
  },
}
