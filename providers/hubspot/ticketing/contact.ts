import { present, prose, str } from '#kit'
import { Contact } from '#models/ticketing/contact'
import { fromObject, type ObjectResource } from '../objects.ts'

const columns = ['firstname', 'lastname', 'email', 'phone', 'mobilephone', 'jobtitle', 'associatedcompanyid'] as const

export const contact: ObjectResource<typeof Contact, typeof columns> = {
  model: Contact,
  version: 1,
  ...fromObject('contacts', columns, { changed: 'lastmodifieddate' }),
  fields: {
    name: ({ properties: p }) => prose(present([str(p.firstname), str(p.lastname)]).join(' ')),
    email_address: ({ properties: p }) => str(p.email),
    phone_number: ({ properties: p }) => str(p.phone) ?? str(p.mobilephone),
    details: ({ properties: p }) => prose(p.jobtitle),
    account: ({ properties: p }) => str(p.associatedcompanyid),
  },
}
