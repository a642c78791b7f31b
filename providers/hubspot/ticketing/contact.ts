import { present, prose, str, type Resource } from '#kit'
import { Contact } from '#models/ticketing/contact'
import type { RecordOf } from '#models'
import { objectRead } from '../objects.ts'
import type { Batch, Found, Page, Row } from '../vendor.ts'

const columns = ['firstname', 'lastname', 'email', 'phone', 'mobilephone', 'jobtitle', 'associatedcompanyid'] as const
type P = (typeof columns)[number]

export const contact: Resource<RecordOf<typeof Contact>, Row<P>, Page, Found<P>, Batch> = {
  model: Contact,
  version: 1,
  read: objectRead({ objects: ['contacts'], columns, changed: 'lastmodifieddate' }),
  identity: { remoteId: (row) => str(row.id) },
  fields: {
    name: ({ properties: p }) => prose(present([str(p.firstname), str(p.lastname)]).join(' ')),
    email_address: ({ properties: p }) => str(p.email),
    phone_number: ({ properties: p }) => str(p.phone) ?? str(p.mobilephone),
    details: ({ properties: p }) => prose(p.jobtitle),
    account: ({ properties: p }) => str(p.associatedcompanyid),
  },
}
