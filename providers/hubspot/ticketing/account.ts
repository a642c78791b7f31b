import { present, prose, str } from '#kit'
import { Account } from '#models/ticketing/account'
import { fromObject, type ObjectResource } from '../objects.ts'
import { split } from '../vendor.ts'

const columns = ['name', 'domain', 'hs_additional_domains'] as const

export const account: ObjectResource<typeof Account, typeof columns> = {
  model: Account,
  version: 1,
  ...fromObject('companies', columns),
  fields: {
    name: ({ properties: p }) => prose(p.name),
    domains: ({ properties: p }) => present([str(p.domain), ...split(p.hs_additional_domains)]),
  },
}
