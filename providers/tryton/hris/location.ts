import { id, notOffered, prose, str, word, type Query, type Resource } from '#kit'
import { Location } from '#models/hris/location'
import type { RecordOf } from '#models'
import { list } from '../lists.ts'
import { addresses, addressFields, columnsLookup, streetOf } from '../parties.ts'
import type { Address, Day, Found, Page, Party } from '../vendor.ts'

/** Only a company has a currency, only an employee a first day. */
type Item = Found & { readonly currency?: number; readonly start_date?: Day | null; readonly 'party.': Party | null }
type Row = Address & { readonly of: 'company' | 'employee' }

/** The addresses of those who work here, and of the companies that they work for. */
const segments: readonly Query[] = [{ model: 'company.employee' }, { model: 'company.company' }]

export const location: Resource<RecordOf<typeof Location>, Row, Page<Item>, Item, unknown, { columns: true }> = {
  model: Location,
  version: 1,
  read: {
    ...list<Item>('company.employee', { fields: (context, model) => [model === 'company.company' ? 'currency' : 'start_date', ...addressFields('party.', context)], parts: () => ['party.addresses'] }),
    segments,
    // The building is `name` before 7.6.
    lookups: columnsLookup('party.address', ['name', 'building_name']),
    rows: { kind: 'within', rows: (item) => addresses(item['party.']).map((address) => ({ ...address, of: item.currency === undefined ? 'employee' : 'company' })) },
    deletions: { seenAs: 'missing_from_full_read' },
  },
  identity: { remoteId: (row) => id(row.id), repeats: true },
  fields: {
    name: (row) => prose(row.name) ?? prose(row.building_name),
    phone_number: notOffered,
    street_1: (row) => streetOf(row)[0],
    street_2: (row) => streetOf(row)[1],
    city: (row) => str(row.city),
    state: (row) => str(row['subdivision.']?.name),
    zip_code: (row) => str(row.postal_code),
    country: (row) => str(row['country.']?.code),
    location_type: (row) => word({ employee: 'HOME', company: 'WORK' }, row.of),
  },
}
