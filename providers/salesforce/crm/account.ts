import { day, instant, prose, str } from '#kit'
import { Account } from '#models/crm/account'
import type { RecordOf } from '#models'
import { ofObjects, type ObjectResource } from '../objects.ts'
import { addressColumns, addressesIn, phones } from '../places.ts'
import { idOfA, recordUrl, website, whole, type Account as Record } from '../vendor.ts'

const read = ['Name', 'Description', 'Industry', 'Website', 'NumberOfEmployees', 'Phone', 'Fax', 'OwnerId', 'LastActivityDate', 'CreatedDate', ...addressColumns('Billing'), ...addressColumns('Shipping')] as const

export const account: ObjectResource<RecordOf<typeof Account>, Record> = {
  model: Account,
  version: 1,
  ...ofObjects<Record>({ Account: { read, beyond: ['Type', 'ParentId', 'AnnualRevenue', 'AccountSource'] } }),
  fields: {
    owner: (row) => idOfA('User', row.OwnerId),
    name: (row) => str(row.Name),
    description: (row) => prose(row.Description),
    industry: (row) => str(row.Industry),
    website: (row) => website(row.Website),
    number_of_employees: (row) => whole(row.NumberOfEmployees),
    addresses: addressesIn('Billing', 'Shipping'),
    phone_numbers: (row) => phones(row, ['Phone', 'Fax']),
    last_activity_at: (row) => day(row.LastActivityDate),
    remote_updated_at: (row) => instant(row.SystemModstamp),
    remote_created_at: (row) => instant(row.CreatedDate),
    account_url: recordUrl,
  },
}
