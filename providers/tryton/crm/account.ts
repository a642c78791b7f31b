import { id, notOffered, prose, type Resource } from '#kit'
import { Account } from '#models/crm/account'
import type { RecordOf } from '#models'
import { withOwn, type WithOwn } from '../own-fields.ts'
import { addresses, crmAddress, mechanisms, pageOf, partyList, phones, valueOf, type PartyTables } from '../parties.ts'
import type { Page, Party } from '../vendor.ts'
import { moment } from '../values.ts'

type Row = Party & WithOwn

/** Nobody checks what is entered as a website; "www.example.com" is no address yet. */
const ADDRESS = /^https?:\/\/[\w.-]+(?::\d+)?(?:[/?#]\S*)?$/i

export const account: Resource<RecordOf<typeof Account>, Row, Page<Party>, Party, unknown, PartyTables> = {
  model: Account,
  version: 1,
  read: {
    ...partyList('firms'),
    rows: { kind: 'within', rows: (party, context) => (context.lookups.house.has(String(party.id)) ? [] : [withOwn(party, context)]) },
    deletions: { seenAs: 'change', absence: 'counts' },
  },
  identity: { remoteId: (row) => id(row.id) },
  fields: {
    owner: notOffered,
    // The name of a party may be left empty; it is shown by its code then.
    name: (row) => prose(row.name) ?? prose(row.rec_name),
    description: notOffered,
    industry: notOffered,
    website: (row) => { const site = valueOf(mechanisms(row), 'website'); return site !== null && ADDRESS.test(site) ? site : null },
    number_of_employees: notOffered,
    addresses: (row) => addresses(row).map(crmAddress),
    phone_numbers: (row) => phones(mechanisms(row)),
    last_activity_at: notOffered,
    remote_updated_at: (row) => moment(row.write_date) ?? moment(row.create_date),
    remote_created_at: (row) => moment(row.create_date),
    account_url: (row, context) => pageOf(context, 'party.party', row.id),
  },
  remoteFields: (row) => row.own,
  fieldClasses: 'own',
}
