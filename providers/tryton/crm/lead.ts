import { id, notOffered, prose, word, type Resource } from '#kit'
import { Lead } from '#models/crm/lead'
import type { RecordOf } from '#models'
import { opportunityList, type OpportunityTables } from '../opportunities.ts'
import { withOwn, type WithOwn } from '../own-fields.ts'
import { addresses, crmAddress, emails, mechanisms, pageOf, phones } from '../parties.ts'
import type { Opportunity, Page } from '../vendor.ts'
import { moment } from '../values.ts'

type Row = Opportunity & WithOwn

/** The one contact mechanism that a lead names. */
const reached = ({ 'contact.': contact }: Row) => mechanisms(contact === null || contact === undefined ? null : { 'contact_mechanisms.': [contact] })
const where = ({ 'address.': address }: Row) => addresses(address === null || address === undefined ? null : { 'addresses.': [address] })

export const lead: Resource<RecordOf<typeof Lead>, Row, Page<Opportunity>, Opportunity, unknown, OpportunityTables> = {
  model: Lead,
  version: 1,
  read: {
    ...opportunityList('leads'),
    rows: { kind: 'within', rows: (item, context) => [withOwn(item, context)] },
    deletions: { seenAs: 'change', absence: 'counts' },
  },
  identity: { remoteId: (row) => id(row.id) },
  fields: {
    owner: (row) => id(row.employee),
    lead_source: notOffered,
    title: notOffered,
    company: (row) => prose(row['party.']?.rec_name),
    first_name: notOffered,
    last_name: (row) => prose(row['contact.']?.name),
    addresses: (row) => where(row).map(crmAddress),
    email_addresses: (row) => emails(reached(row)),
    phone_numbers: (row) => phones(reached(row)),
    remote_updated_at: (row) => moment(row.write_date) ?? moment(row.create_date),
    remote_created_at: (row) => moment(row.create_date),
    // What a lead becomes is the opportunity of the same number; the lead is then gone.
    converted_date: notOffered,
    converted_contact: notOffered,
    converted_account: notOffered,
    status: (row) => word({ lead: 'OPEN' }, row.state),
    lead_url: (row, context) => pageOf(context, 'sale.opportunity', row.id),
  },
  remoteFields: (row) => row.own,
  fieldClasses: 'own',
}
