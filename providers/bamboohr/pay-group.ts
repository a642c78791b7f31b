import { id, prose, type Resource } from '#kit'
import { PayGroup } from '#models/hris/pay-group'
import type { RecordOf } from '#models'
import { optionsOf, type OptionRow } from './lists.ts'
import type { List } from './vendor.ts'

export const payGroup: Resource<RecordOf<typeof PayGroup>, OptionRow, readonly List[], List> = {
  model: PayGroup,
  version: 1,
  read: optionsOf('payGroup'),
  identity: { remoteId: (row) => id(row.id) },
  fields: { pay_group_name: (row) => prose(row.name) },
}
