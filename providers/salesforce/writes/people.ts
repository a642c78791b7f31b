import { defineWrite } from '#kit'
import { Account } from '#models/crm/account'
import { Contact } from '#models/crm/contact'
import { Lead } from '#models/crm/lead'
import { CONTACT_PHONES } from '../crm/contact.ts'
import { LEAD_PHONES } from '../crm/lead.ts'
import { addressParts, phoneParts } from '../places.ts'
import { create, creates, first, update, updates, type Input } from './common.ts'

const account = ['name', 'owner', 'description', 'industry', 'website', 'number_of_employees', 'addresses'] as const
const accountFields = (input: Input<(typeof account)[number]>) => ({
  Name: input.name, OwnerId: input.owner, Description: input.description, Industry: input.industry, Website: input.website, NumberOfEmployees: input.number_of_employees, ...addressParts(input.addresses, ['Billing', 'Shipping']),
})

const contact = ['first_name', 'last_name', 'account', 'owner', 'addresses', 'email_addresses', 'phone_numbers'] as const
const contactFields = (input: Input<(typeof contact)[number]>) => ({
  FirstName: input.first_name, LastName: input.last_name, AccountId: input.account, OwnerId: input.owner, Email: first(input.email_addresses, 'email_address'), ...phoneParts(input.phone_numbers, CONTACT_PHONES), ...addressParts(input.addresses, ['Mailing', 'Other']),
})

const lead = ['owner', 'lead_source', 'title', 'company', 'first_name', 'last_name', 'addresses', 'email_addresses', 'phone_numbers'] as const
/** A lead's status is the org's own word, and conversion a call of another API. */
const leadFields = (input: Input<(typeof lead)[number]>) => ({
  OwnerId: input.owner, LeadSource: input.lead_source, Title: input.title, Company: input.company, FirstName: input.first_name, LastName: input.last_name, Email: first(input.email_addresses, 'email_address'), ...phoneParts(input.phone_numbers, LEAD_PHONES), ...addressParts(input.addresses, ['']),
})

export const peopleWrites = [
  defineWrite(Account)({ ...creates, accepts: account, most: { addresses: 2 }, requires: ['name'], ask: (input, context) => create('Account', accountFields(input), context) }),
  defineWrite(Account)({ ...updates, accepts: account, most: { addresses: 2 }, ask: (input, context) => update('Account', accountFields(input), context) }),
  defineWrite(Contact)({ ...creates, accepts: contact, most: { addresses: 2, email_addresses: 1, phone_numbers: CONTACT_PHONES.length }, requires: ['last_name'], ask: (input, context) => create('Contact', contactFields(input), context) }),
  defineWrite(Contact)({ ...updates, accepts: contact, most: { addresses: 2, email_addresses: 1, phone_numbers: CONTACT_PHONES.length }, ask: (input, context) => update('Contact', contactFields(input), context) }),
  defineWrite(Lead)({ ...creates, accepts: lead, most: { addresses: 1, email_addresses: 1, phone_numbers: LEAD_PHONES.length }, requires: ['company', 'last_name'], ask: (input, context) => create('Lead', leadFields(input), context) }),
]
