import { day, instant, str } from '#kit'
import { Contact } from '#models/crm/contact'
import type { RecordOf } from '#models'
import { ofObjects, type ObjectResource } from '../objects.ts'
import { addressColumns, addressesIn, emails, phones } from '../places.ts'
import { idOfA, recordUrl, type Contact as Record } from '../vendor.ts'

export const CONTACT_PHONES = ['Phone', 'MobilePhone', 'HomePhone', 'OtherPhone', 'AssistantPhone', 'Fax'] as const
const read = ['FirstName', 'LastName', 'AccountId', 'OwnerId', 'Email', ...CONTACT_PHONES, 'LastActivityDate', 'CreatedDate', ...addressColumns('Mailing'), ...addressColumns('Other')] as const

export const contact: ObjectResource<RecordOf<typeof Contact>, Record> = {
  model: Contact,
  version: 1,
  ...ofObjects<Record>({ Contact: { read, beyond: ['Salutation', 'Title', 'Department', 'Birthdate', 'LeadSource', 'Description', 'ReportsToId', 'HasOptedOutOfEmail', 'DoNotCall'] } }),
  fields: {
    first_name: (row) => str(row.FirstName),
    last_name: (row) => str(row.LastName),
    account: (row) => idOfA('Account', row.AccountId),
    owner: (row) => idOfA('User', row.OwnerId),
    addresses: addressesIn('Mailing', 'Other'),
    email_addresses: (row) => emails(row.Email),
    phone_numbers: (row) => phones(row, CONTACT_PHONES),
    last_activity_at: (row) => day(row.LastActivityDate),
    remote_created_at: (row) => instant(row.CreatedDate),
    contact_url: recordUrl,
  },
}
