import { day, instant, str, word } from '#kit'
import { Lead } from '#models/crm/lead'
import type { RecordOf } from '#models'
import { ofObjects, type ObjectResource } from '../objects.ts'
import { addressColumns, addressesIn, emails, phones } from '../places.ts'
import { idOfA, recordUrl, type Lead as Record } from '../vendor.ts'

export const LEAD_PHONES = ['Phone', 'MobilePhone', 'Fax'] as const
const read = ['FirstName', 'LastName', 'Title', 'Company', 'LeadSource', 'Status', 'OwnerId', 'Email', ...LEAD_PHONES, 'ConvertedDate', 'ConvertedContactId', 'ConvertedAccountId', 'CreatedDate', ...addressColumns('')] as const

/** Words of new orgs, before and after 2023; an administrator may have others, which pass through. */
const statusWords = { 'Open - Not Contacted': 'OPEN', 'Working - Contacted': 'OPEN', 'Closed - Converted': 'CLOSED', 'Closed - Not Converted': 'CLOSED', New: 'OPEN', Contacted: 'OPEN', Working: 'OPEN', Nurturing: 'OPEN', Unqualified: 'UNQUALIFIED', Qualified: 'QUALIFIED' }

export const lead: ObjectResource<RecordOf<typeof Lead>, Record> = {
  model: Lead,
  version: 1,
  ...ofObjects<Record>({ Lead: { read, beyond: ['Salutation', 'Industry', 'Rating', 'Website', 'Description', 'AnnualRevenue', 'NumberOfEmployees', 'ConvertedOpportunityId', 'LastActivityDate'] } }),
  fields: {
    owner: (row) => idOfA('User', row.OwnerId),
    lead_source: (row) => str(row.LeadSource),
    title: (row) => str(row.Title),
    company: (row) => str(row.Company),
    first_name: (row) => str(row.FirstName),
    last_name: (row) => str(row.LastName),
    addresses: addressesIn(''),
    email_addresses: (row) => emails(row.Email),
    phone_numbers: (row) => phones(row, LEAD_PHONES),
    remote_updated_at: (row) => instant(row.SystemModstamp),
    remote_created_at: (row) => instant(row.CreatedDate),
    converted_date: (row) => day(row.ConvertedDate),
    converted_contact: (row) => idOfA('Contact', row.ConvertedContactId),
    converted_account: (row) => idOfA('Account', row.ConvertedAccountId),
    status: (row) => word(statusWords, row.Status),
    lead_url: recordUrl,
  },
}
