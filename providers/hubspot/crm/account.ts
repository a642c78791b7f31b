import { prose, str } from '#kit'
import { Account } from '#models/crm/account'
import { fromObject, type ObjectResource } from '../objects.ts'
import { addresses, moment, phones, recordUrl, remoteFields, website, whole } from '../vendor.ts'

const columns = ['name', 'domain', 'website', 'description', 'industry', 'numberofemployees', 'phone', 'address', 'address2', 'city', 'state', 'zip', 'country', 'hs_country_code', 'hubspot_owner_id', 'notes_last_updated', 'createdate', 'hs_lastmodifieddate'] as const

/** https://developers.hubspot.com/docs/api-reference/legacy/crm/objects/companies/guide */
export const account: ObjectResource<typeof Account, typeof columns> = {
  model: Account,
  version: 1,
  ...fromObject('companies', columns),
  fields: {
    owner: ({ properties: p }) => str(p.hubspot_owner_id),
    name: ({ properties: p }) => prose(p.name),
    description: ({ properties: p }) => prose(p.description),
    industry: ({ properties: p }) => str(p.industry),
    website: ({ properties: p }) => website(p.website) ?? website(p.domain),
    number_of_employees: ({ properties: p }) => whole(p.numberofemployees),
    addresses: ({ properties: p }) => addresses(p, p.hs_country_code),
    phone_numbers: ({ properties: p }) => phones(['phone', p.phone]),
    last_activity_at: ({ properties: p }) => moment(p.notes_last_updated),
    remote_updated_at: ({ properties: p }) => moment(p.hs_lastmodifieddate),
    remote_created_at: ({ properties: p }) => moment(p.createdate),
    account_url: (row, context) => recordUrl('0-2', row, context),
  },
  remoteFields,
  fieldClasses: 'companies',
}
