import { defineWrite } from '#kit'
import { Account } from '#models/crm/account'
import { Contact } from '#models/crm/contact'
import { Opportunity } from '#models/crm/opportunity'
import type { RecordOf } from '#models'
import { create, created, linked, update, updated } from './objects.ts'

type AccountInput = Partial<RecordOf<typeof Account>>
type ContactInput = Partial<RecordOf<typeof Contact>>
type OpportunityInput = Partial<RecordOf<typeof Opportunity>>

/** HubSpot has one address. */
const postal = (addresses: ContactInput['addresses']) => {
  if (addresses === undefined) return {}
  const [address] = addresses
  return { address: address?.street_1 ?? null, city: address?.city ?? null, state: address?.state ?? null, zip: address?.postal_code ?? null, country: address?.country ?? null }
}
const street2 = (addresses: AccountInput['addresses']) => (addresses === undefined ? {} : { address2: addresses[0]?.street_2 ?? null })

const company = ({ name, description, industry, website, number_of_employees, owner, addresses }: AccountInput) =>
  ({ name, description, industry, website, numberofemployees: number_of_employees, hubspot_owner_id: owner, ...postal(addresses), ...street2(addresses) })
const companyFields = ['name', 'description', 'industry', 'website', 'number_of_employees', 'owner', 'addresses'] as const

/** The first address is the one that HubSpot knows the contact by. Numbers find their place by the words that reads give them. */
const person = ({ first_name, last_name, owner, addresses, email_addresses: emails, phone_numbers: numbers }: ContactInput) => {
  const others = (emails ?? []).slice(1).map(({ email_address }) => email_address).filter((one) => one !== null)
  const mobile = numbers?.find(({ phone_number_type: type }) => /mobile/i.test(type ?? ''))
  const fax = numbers?.find(({ phone_number_type: type }) => /fax/i.test(type ?? ''))
  return {
    firstname: first_name, lastname: last_name, hubspot_owner_id: owner, ...postal(addresses),
    ...(emails !== undefined && { email: emails[0]?.email_address ?? null, hs_additional_emails: others }),
    ...(numbers !== undefined && { phone: numbers.find((one) => one !== mobile && one !== fax)?.phone_number ?? null, mobilephone: mobile?.phone_number ?? null, fax: fax?.phone_number ?? null }),
  }
}
const personFields = ['first_name', 'last_name', 'account', 'owner', 'addresses', 'email_addresses', 'phone_numbers'] as const

const deal = ({ name, description, amount, owner, stage, close_date }: OpportunityInput) =>
  ({ dealname: name, description, amount, hubspot_owner_id: owner, dealstage: stage, closedate: close_date })
const dealFields = ['name', 'description', 'amount', 'owner', 'account', 'stage', 'close_date'] as const

const companies = 'https://developers.hubspot.com/docs/api-reference/legacy/crm/objects/companies/guide'
const contacts = 'https://developers.hubspot.com/docs/api-reference/legacy/crm/objects/contacts/guide'
const deals = 'https://developers.hubspot.com/docs/api-reference/legacy/crm/objects/deals/guide'

export const customerWrites = [
  defineWrite(Account)({ ...created, docs: companies, accepts: companyFields, requires: ['name'], ask: (input, context) => create('companies', company(input), {}, context) }),
  defineWrite(Account)({ ...updated, docs: companies, accepts: companyFields, ask: (input, context) => update('companies', context.remoteId, company(input), context) }),
  defineWrite(Contact)({ ...created, docs: contacts, accepts: personFields, requires: [], ask: (input, context) => create('contacts', person(input), { companies: input.account }, context) }),
  defineWrite(Contact)({ ...updated, docs: contacts, accepts: personFields, keeps: ['account'], ask: (input, context) => update('contacts', context.remoteId, person(input), context), followed: ({ account }, { remoteId }) => linked('contacts', remoteId, { companies: account }) }),
  // Without `pipeline` among the remote fields, the stage is one of the default pipeline.
  defineWrite(Opportunity)({ ...created, docs: deals, accepts: dealFields, requires: ['name', 'stage'], ask: (input, context) => create('deals', deal(input), { companies: input.account }, context) }),
  defineWrite(Opportunity)({ ...updated, docs: deals, accepts: dealFields, keeps: ['account'], ask: (input, context) => update('deals', context.remoteId, deal(input), context), followed: ({ account }, { remoteId }) => linked('deals', remoteId, { companies: account }) }),
]
