/** Notes and e-mails hang on a record of any model, which they name: `party.party,42`. https://docs.tryton.org/latest/server/ref/fields.html#trytond.model.fields.Reference */
import { str, type ReadContext } from '#kit'
import { list } from './lists.ts'
import type { Resource } from './vendor.ts'

export interface PeopleTables extends Record<string, unknown> { readonly people: true }
/** Whether the party is a person. */
export interface Placed { readonly person: boolean }

/** The number of the record, where it is of this model. */
export const numberIn = (resource: unknown, model: string): string | null => {
  const [name, number] = (str(resource) ?? '').split(',')
  return name === model ? str(number) : null
}
export const placed = <Item extends Resource>(item: Item, { lookups }: ReadContext<PeopleTables>): Item & Placed => ({ ...item, person: lookups.people.has(numberIn(item.resource, 'party.party') ?? '') })
export const accountOf = ({ resource, person }: Resource & Placed): string | null => (person ? null : numberIn(resource, 'party.party'))
export const contactOf = ({ resource, person }: Resource & Placed): string | null => (person ? numberIn(resource, 'party.party') : null)

/** Of parties and opportunities only: who may not read a model may not read what hangs on it, and one of those would fail the page. */
export const resourceList = <Item extends Resource>(model: string, fields: readonly string[]) => list<Item>(model, {
  fields: () => ['resource', 'create_uid.employee', ...fields],
  where: () => [['OR', ['resource', 'like', 'party.party,%'], ['resource', 'like', 'sale.opportunity,%']]],
})
