/** Fields beyond the common model, which the customer's modules have. The server describes them itself. */
import type { FieldClass, Lookup, ReadContext, RemoteFieldValue } from '#kit'
import { call, contextOf } from './lists.ts'
import { plain } from './values.ts'

interface Definition { readonly string: string; readonly type: string; readonly help?: string; readonly required?: boolean; readonly selection?: unknown }

/** https://docs.tryton.org/latest/server/ref/fields.html; relations and files are left out. */
const types: Readonly<Record<string, FieldClass['type']>> = {
  char: 'string', text: 'string', selection: 'string', integer: 'number', biginteger: 'number', float: 'number', numeric: 'number', timedelta: 'number', boolean: 'boolean',
  date: 'date', datetime: 'datetime', timestamp: 'datetime', multiselection: 'list',
}
const everywhere = ['id', 'rec_name', 'create_date', 'write_date', 'active']

/** `known`: fields that have a place in the common model, or are derived from others. */
export const ownFields = (model: string, known: readonly string[]) => ({
  own: {
    ask: (setup) => call(`model.${model}.fields_get`, [contextOf(setup)]),
    entries: (body) => Object.entries((body as { readonly result: Readonly<Record<string, Definition>> }).result)
      .filter(([name, { type }]) => Object.hasOwn(types, type) && !everywhere.includes(name) && !known.includes(name))
      .map(([name, { string, type, help, required, selection }]) => [name, {
        name: string, description: help === undefined || help === '' ? null : help, type: types[type] ?? null, isRequired: required ?? null,
        // The name of a procedure stands there where the choices depend on the record.
        choices: Array.isArray(selection) ? (selection as [unknown, string][]).filter(([value]) => typeof value === 'string').map(([value, label]) => ({ value: String(value), name: label })) : [],
      }]),
    withheld: 'is_empty',
  } satisfies Lookup<FieldClass>,
})

export interface WithOwn { readonly own: readonly RemoteFieldValue[] }
type OwnTables = Readonly<Record<'own', FieldClass>>

export const ownNames = ({ lookups }: ReadContext<OwnTables>): string[] => [...lookups.own.keys()]
export const withOwn = <Item extends object>(item: Item, { lookups }: ReadContext<OwnTables>): Item & WithOwn =>
  ({ ...item, own: [...lookups.own].map(([key, { name }]) => ({ key, name, value: plain((item as Readonly<Record<string, unknown>>)[key]) })) })
