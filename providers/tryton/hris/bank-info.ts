import { id, notOffered, str, type Lookup, type Resource } from '#kit'
import { BankInfo } from '#models/hris/bank-info'
import type { RecordOf } from '#models'
import { call, contextOf, list } from '../lists.ts'
import type { BankAccount, Found, Page } from '../vendor.ts'
import { moment } from '../values.ts'

interface Tables extends Record<string, unknown> { readonly accounts: true }
type Item = Found & { readonly 'party.': { readonly 'bank_accounts.'?: readonly BankAccount[] } | null }
type Row = BankAccount & { readonly employee: number }

/** Parties have accounts where the module for banks is active. */
const accounts: Lookup<true> = { ask: (setup) => call('model.party.party.fields_get', [['bank_accounts'], contextOf(setup)]), entries: (body) => Object.keys((body as { readonly result: object }).result).map((name) => [name, true]), withheld: 'is_empty' }

/** One account may belong to several people. https://docs.tryton.org/latest/modules-bank/ */
export const bankInfo: Resource<RecordOf<typeof BankInfo>, Row, Page<Item>, Item, unknown, Tables> = {
  model: BankInfo,
  version: 1,
  read: {
    ...list<Item>('company.employee', { fields: ({ lookups }) => (lookups['accounts']?.size === 0 ? [] : ['bank.bic', 'bank.rec_name', 'numbers.type', 'numbers.number', 'create_date', 'write_date'].map((field) => `party.bank_accounts.${field}`)) }),
    lookups: { accounts },
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
