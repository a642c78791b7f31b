import { prose, str } from '#kit'
import { Contact } from '#models/crm/contact'
import { fromObject, type ObjectResource } from '../objects.ts'
import { addresses, emails, moment, phones, recordUrl, remoteFields } from '../vendor.ts'

const columns = ['firstname', 'lastname', 'email', 'hs_additional_emails', 'phone', 'mobilephone', 'fax', 'address', 'city', 'state', 'zip', 'country', 'hs_country_region_code', 'associatedcompanyid', 'hubspot_owner_id', 'notes_last_updated', 'createdate'] as const

/** https://developers.hubspot.com/docs/api-reference/legacy/crm/objects/contacts/guide */
export const contact: ObjectResource<typeof Contact, typeof columns> = {
  model: Contact,
  version: 1,
  ...fromObject('contacts', columns, { changed: 'lastmodifieddate' }),
  fields: {
    first_name: ({ properties: p }) => prose(p.firstname),
    last_name: ({ properties: p }) => prose(p.lastname),
    account: ({ properties: p }) => str(p.associatedcompanyid),
    owner: ({ properties: p }) => str(p.hubspot_owner_id),
    addresses: ({ properties: p }) => addresses(p, p.hs_country_region_code),
    email_addresses: ({ properties: p }) => emails(p.email, p.hs_additional_emails),
    phone_numbers: ({ properties: p }) => phones(['phone', p.phone], ['mobilephone', p.mobilephone], ['fax', p.fax]),
    last_activity_at: ({ properties: p }) => moment(p.notes_last_updated),
    remote_created_at: ({ properties: p }) => moment(p.createdate),
    contact_url: (row, context) => recordUrl('0-1', row, context),
  },
  remoteFields,
  fieldClasses: 'contacts',
}
