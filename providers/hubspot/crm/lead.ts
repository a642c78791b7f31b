import { notOffered, present, prose, str } from '#kit'
import { Lead } from '#models/crm/lead'
import { batchRead, objectRead, type ObjectResource } from '../objects.ts'
import { addresses, emails, moment, phones, recordUrl, remoteFields, type Found } from '../vendor.ts'

const columns = ['hs_lead_name', 'hs_lead_source', 'hs_primary_contact_id', 'hs_primary_company_id', 'hs_associated_company_name', 'hs_lead_is_qualified', 'hs_lead_is_disqualified', 'hubspot_owner_id', 'hs_createdate', 'hs_lastmodifieddate'] as const
type P = (typeof columns)[number]

/** A lead is about a contact, and what is known of the person is the contact's. */
const personal = ['firstname', 'lastname', 'jobtitle', 'email', 'hs_additional_emails', 'phone', 'mobilephone', 'address', 'city', 'state', 'zip', 'country', 'hs_country_region_code'] as const
type Person = Found<(typeof personal)[number]>
interface WithPerson { readonly person: Person['properties'] }

const contactOf = (item: Found<P>): string | null => str(item.properties?.hs_primary_contact_id)

/** The object of the Sales Hub, which is not the lifecycle stage of contacts. https://developers.hubspot.com/docs/api-reference/crm-leads-v3/guide */
export const lead: ObjectResource<typeof Lead, typeof columns, WithPerson> = {
  model: Lead,
  version: 1,
  read: objectRead<P, WithPerson>({
    objects: ['leads'], columns, early: ['hs_primary_contact_id'],
    beside: (items) => { const people = present(items.map(contactOf)); return people.length === 0 ? [] : [batchRead('contacts', people, personal)] },
    also: (row, _lookups, [people]) => [{ person: ((people?.results ?? []) as readonly Person[]).find(({ id }) => id === contactOf(row))?.properties ?? {} }],
  }),
  identity: { remoteId: (row) => str(row.id) },
  fields: {
    owner: ({ properties: p }) => str(p.hubspot_owner_id),
    lead_source: ({ properties: p }) => str(p.hs_lead_source),
    title: ({ person: p }) => prose(p.jobtitle),
    company: ({ properties: p }) => prose(p.hs_associated_company_name),
    // A lead has a name of its own, for what is known of nobody yet.
    first_name: ({ person: p, properties }) => prose(p.firstname) ?? (prose(p.lastname) === null ? prose(properties.hs_lead_name) : null),
    last_name: ({ person: p }) => prose(p.lastname),
    addresses: ({ person: p }) => addresses(p, p.hs_country_region_code),
    email_addresses: ({ person: p }) => emails(p.email, p.hs_additional_emails),
    phone_numbers: ({ person: p }) => phones(['phone', p.phone], ['mobilephone', p.mobilephone]),
    remote_updated_at: ({ properties: p }) => moment(p.hs_lastmodifieddate),
    remote_created_at: ({ properties: p }) => moment(p.hs_createdate),
    converted_date: notOffered,
    converted_contact: ({ properties: p }) => (p.hs_lead_is_qualified === 'true' ? str(p.hs_primary_contact_id) : null),
    converted_account: ({ properties: p }) => (p.hs_lead_is_qualified === 'true' ? str(p.hs_primary_company_id) : null),
    status: ({ properties: p }) => (p.hs_lead_is_qualified === 'true' ? 'QUALIFIED' : p.hs_lead_is_disqualified === 'true' ? 'UNQUALIFIED' : 'OPEN'),
    lead_url: (row, context) => recordUrl('0-136', row, context),
  },
  remoteFields,
  fieldClasses: 'leads',
}
