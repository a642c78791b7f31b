import { present, str } from '#kit'
import { Account } from '#models/ticketing/account'
import type { RecordOf } from '#models'
import { ofPlainObjects, type PlainResource } from '../objects.ts'
import { domainOf, type Account as Record } from '../vendor.ts'

export const account: PlainResource<RecordOf<typeof Account>, Record> = {
  model: Account,
  version: 1,
  ...ofPlainObjects<Record>({ Account: { read: ['Name', 'Website'] } }),
  fields: {
    name: (row) => str(row.Name),
    domains: (row) => present([domainOf(row.Website)]),
  },
}
