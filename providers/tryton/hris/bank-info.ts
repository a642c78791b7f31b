import { id, notOffered, str, type Resource } from '#kit'
import { BankInfo } from '#models/hris/bank-info'
import type { RecordOf } from '#models'
import { list } from '../lists.ts'
import { columnsLookup } from '../parties.ts'
import type { BankAccount, Found, Page } from '../vendor.ts'
import { moment } from '../values.ts'

type Item = Found & { readonly 'party.': { readonly 'bank_accounts.'?: readonly BankAccount[] } | null }
type Row = BankAccount & { readonly employee: number }

/** Parties have accounts where the module for banks is active; one account may belong to several people. https://docs.tryton.org/latest/modules-bank/ */
export const bankInfo: Resource<RecordOf<typeof BankInfo>, Row, Page<Item>, Item, unknown, { columns: true }> = {
  model: BankInfo,
  version: 1,
  read: {
    ...list<Item>('company.employee', { fields: ({ lookups }) => (lookups['columns']?.size === 0 ? [] : ['bank.bic', 'bank.rec_name', 'numbers.type', 'numbers.number', 'create_date', 'write_date'].map((field) => `party.bank_accounts.${field}`)) }),
    lookups: columnsLookup('party.party', ['bank_accounts']),
    rows: { kind: 'within', rows: (item) => (item['party.']?.['bank_accounts.'] ?? []).map((account) => ({ ...account, employee: item.id })) },
    incremental: 'full_only',
    deletions: { seenAs: 'missing_from_full_read' },
  },
  identity: { remoteId: (row) => { const [employee, number] = [id(row.employee), id(row.id)]; return employee === null || number === null ? null : `${employee}-${number}` } },
  fields: {
    employee: (row) => id(row.employee),
    account_number: (row) => str(row['numbers.'][0]?.number),
    routing_number: (row) => str(row['bank.']?.bic),
    bank_name: (row) => str(row['bank.']?.rec_name),
    account_type: notOffered,
    remote_created_at: (row) => moment(row.create_date),
  },
}
