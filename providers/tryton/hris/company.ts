import { id, present, prose, str, type Resource } from '#kit'
import { Company } from '#models/hris/company'
import type { RecordOf } from '#models'
import { list } from '../lists.ts'
import type { Found, Page, Party } from '../vendor.ts'

type Row = Found & { readonly 'party.': (Party & { readonly 'tax_identifier.'?: { readonly code: string | null } | null }) | null }

export const company: Resource<RecordOf<typeof Company>, Row, Page<Row>> = {
  model: Company,
  version: 1,
  read: {
    ...list<Row>('company.company', { fields: () => ['party.name', 'party.rec_name', 'party.tax_identifier.code'], parts: () => ['party', 'party.identifiers'] }),
    rows: { kind: 'items' },
    deletions: { seenAs: 'missing_from_full_read' },
  },
  identity: { remoteId: (row) => id(row.id) },
  fields: {
    legal_name: (row) => prose(row['party.']?.name),
    display_name: (row) => prose(row['party.']?.rec_name),
    eins: (row) => { const code = str(row['party.']?.['tax_identifier.']?.code); return code === null ? null : present([code]) },
  },
}
