import { id, notOffered, prose, type Resource } from '#kit'
import { Contact } from '#models/ticketing/contact'
import type { RecordOf } from '#models'
import { peopleList } from './lists.ts'
import { isCustomer, type Person } from './vendor.ts'

/** The customers of a help desk, from the list that everybody is in. */
export const contact: Resource<RecordOf<typeof Contact>, Person, readonly Person[]> = {
  model: Contact,
  version: 1,
  read: { ...peopleList(200), rows: { kind: 'within', rows: (person) => (isCustomer(person) ? [person] : []) } },
  identity: { remoteId: (row) => id(row.accountId) },
  fields: {
    name: (row) => prose(row.displayName),
    email_address: (row) => prose(row.emailAddress),
    phone_number: notOffered,
    details: notOffered,
    account: notOffered,
  },
}
