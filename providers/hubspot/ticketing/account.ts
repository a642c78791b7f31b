import { present, prose, str, type Resource } from '#kit'
import { Account } from '#models/ticketing/account'
import type { RecordOf } from '#models'
import { objectRead } from '../objects.ts'
import { split, type Batch, type Found, type Page, type Row } from '../vendor.ts'

const columns = ['name', 'domain', 'hs_additional_domains'] as const
type P = (typeof columns)[number]

export const account: Resource<RecordOf<typeof Account>, Row<P>, Page, Found<P>, Batch> = {
  model: Account,
  version: 1,
  read: objectRead({ objects: ['companies'], columns }),
  identity: { remoteId: (row) => str(row.id) },
  fields: {
    name: ({ properties: p }) => prose(p.name),
    domains: ({ properties: p }) => present([str(p.domain), ...split(p.hs_additional_domains)]),
  },
}
