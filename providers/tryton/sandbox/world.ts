/** The tables of a Tryton, as its procedures show them. */
import type { TokenDesk } from '#kit'

export interface Row { readonly id: number; [column: string]: unknown }
export interface World {
  readonly tables: Readonly<Record<string, Row[]>>
  readonly desk: TokenDesk
}

/** `by`: the column of the other model that leads back. Without it the column holds a number, or several. */
interface Relation { readonly to: string; readonly by?: string }

export const relations: Readonly<Record<string, Readonly<Record<string, Relation>>>> = {
  'party.party': {
    addresses: { to: 'party.address', by: 'party' }, contact_mechanisms: { to: 'party.contact_mechanism', by: 'party' }, identifiers: { to: 'party.identifier', by: 'party' },
    relations: { to: 'party.relation.all', by: 'from_' }, tax_identifier: { to: 'party.identifier' }, bank_accounts: { to: 'bank.account' },
  },
  'party.address': { party: { to: 'party.party' }, country: { to: 'country.country' }, subdivision: { to: 'country.subdivision' } },
  'party.contact_mechanism': { party: { to: 'party.party' } },
  'party.identifier': { party: { to: 'party.party' } },
  'party.relation.all': { from_: { to: 'party.party' }, to: { to: 'party.party' }, type: { to: 'party.relation.type' } },
  'party.relation.type': {},
  'country.country': {},
  'country.subdivision': { country: { to: 'country.country' } },
  'company.company': { party: { to: 'party.party' }, employees: { to: 'company.employee', by: 'company' } },
  'company.employee': { party: { to: 'party.party' }, company: { to: 'company.company' }, supervisor: { to: 'company.employee' } },
  'sale.opportunity': { party: { to: 'party.party' }, contact: { to: 'party.contact_mechanism' }, address: { to: 'party.address' }, employee: { to: 'company.employee' } },
  'res.user': { employee: { to: 'company.employee' } },
  'ir.note': { create_uid: { to: 'res.user' } },
  'ir.email': { create_uid: { to: 'res.user' } },
  'ir.model': {},
  'timesheet.line': { employee: { to: 'company.employee' } },
  'bank.account': { bank: { to: 'bank' }, numbers: { to: 'bank.account.number', by: 'account' } },
  'bank.account.number': {},
  bank: {},
}

const indexes = new WeakMap<readonly Row[], Map<string, { readonly length: number; readonly rows: ReadonlyMap<unknown, readonly Row[]> }>>()

/** Rows by a column that never changes; made anew when rows came or went. */
function rowsBy(table: readonly Row[], column: string, value: unknown): readonly Row[] {
  const of = indexes.get(table) ?? new Map<string, { readonly length: number; readonly rows: ReadonlyMap<unknown, readonly Row[]> }>()
  indexes.set(table, of)
  let index = of.get(column)
  if (index?.length !== table.length) {
    index = { length: table.length, rows: Map.groupBy(table, (row) => row[column]) }
    of.set(column, index)
  }
  return index.rows.get(value) ?? []
}

/** The rows that a column leads to; null where it leads nowhere. */
export function reached(world: World, model: string, row: Row, column: string): readonly Row[] | null {
  const relation = relations[model]?.[column]
  if (relation === undefined) return null
  const table = world.tables[relation.to] ?? []
  return relation.by !== undefined ? rowsBy(table, relation.by, row.id) : [row[column]].flat().flatMap((number) => rowsBy(table, 'id', number))
}
export const targetOf = (model: string, column: string): string => relations[model]?.[column]?.to ?? ''
export const isList = (model: string, column: string): boolean => relations[model]?.[column]?.by !== undefined || column === 'bank_accounts'
