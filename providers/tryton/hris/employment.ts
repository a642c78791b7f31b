import { id, notOffered, type Resource } from '#kit'
import { Employment } from '#models/hris/employment'
import type { RecordOf } from '#models'
import { list } from '../lists.ts'
import type { Found, Page } from '../vendor.ts'
import { dayOf } from '../values.ts'

type Row = Found & { readonly start_date: unknown }

/** What Tryton calls an employee is one employment of a party; title and pay are in nobody's module of the standard ones. */
export const employment: Resource<RecordOf<typeof Employment>, Row, Page<Row>> = {
  model: Employment,
  version: 1,
  read: { ...list<Row>('company.employee', { fields: () => ['start_date'] }), rows: { kind: 'items' }, deletions: { seenAs: 'missing_from_full_read' } },
  identity: { remoteId: (row) => id(row.id) },
  fields: {
    employee: (row) => id(row.id),
    job_title: notOffered,
    pay_rate: notOffered,
    pay_period: notOffered,
    pay_frequency: notOffered,
    pay_currency: notOffered,
    pay_group: notOffered,
    flsa_status: notOffered,
    effective_date: (row) => dayOf(row.start_date),
    employment_type: notOffered,
  },
}
