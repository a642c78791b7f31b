import { id, notOffered, prose, type Resource } from '#kit'
import { Contact } from '#models/crm/contact'
import type { RecordOf } from '#models'
import { withOwn, type WithOwn } from '../own-fields.ts'
import { addresses, companyOf, crmAddress, emails, mechanisms, pageOf, partyList, phones, type PartyTables } from '../parties.ts'
import type { Page, Party } from '../vendor.ts'
import { moment } from '../values.ts'

type Row = Party & WithOwn

/** Parties that stand in the relation of a person to their company, which the link form asks for. */
export const contact: Resource<RecordOf<typeof Contact>, Row, Page<Party>, Party, unknown, PartyTables> = {
  model: Contact,
  version: 1,
  read: {
    ...partyList('people'),
    rows: { kind: 'within', rows: (party, context) => (context.lookups.house.has(String(party.id)) ? [] : [withOwn(party, context)]) },
    deletions: { seenAs: 'change', absence: 'counts' },
  },
  identity: { remoteId: (row) => id(row.id) },
  fields: {
    // A party has one name, and nothing says where it divides.
    first_name: notOffered,
    last_name: (row) => prose(row.name) ?? prose(row.rec_name),
    account: (row, { setup }) => companyOf(row, setup),
    owner: notOffered,
    addresses: (row) => addresses(row).map(crmAddress),
    email_addresses: (row) => emails(mechanisms(row)),
    phone_numbers: (row) => phones(mechanisms(row)),
    last_activity_at: notOffered,
    remote_created_at: (row) => moment(row.create_date),
    contact_url: (row, context) => pageOf(context, 'party.party', row.id),
  },
  remoteFields: (row) => row.own,
  fieldClasses: 'own',
}
