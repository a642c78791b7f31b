import { present, str } from '#kit'
import { Contact } from '#models/ticketing/contact'
import type { RecordOf } from '#models'
import { ofPlainObjects, type PlainResource } from '../objects.ts'
import { idOfA, type Contact as Record } from '../vendor.ts'

export const contact: PlainResource<RecordOf<typeof Contact>, Record> = {
  model: Contact,
  version: 1,
  ...ofPlainObjects<Record>({ Contact: { read: ['FirstName', 'LastName', 'Email', 'Phone', 'MobilePhone', 'Title', 'AccountId'] } }),
  fields: {
    name: (row) => str(present([str(row.FirstName), str(row.LastName)]).join(' ')),
    email_address: (row) => str(row.Email),
    phone_number: (row) => str(row.Phone) ?? str(row.MobilePhone),
    details: (row) => str(row.Title),
    account: (row) => idOfA('Account', row.AccountId),
  },
}
