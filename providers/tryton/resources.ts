/** Notes and e-mails hang on a record of any model, which they name: `party.party,42`. https://docs.tryton.org/latest/server/ref/fields.html#trytond.model.fields.Reference */
import { present, str, type Rows } from '#kit'
import { list } from './lists.ts'
import { peopleAmong } from './parties.ts'
import type { Page, Resource } from './vendor.ts'

/** The model that it is of, and whether it hangs on a person. */
export interface Placed { readonly model: string; readonly person: boolean }

/** The number of the record, where it is of this model. */
export const numberIn = (resource: unknown, model: string): string | null => {
  const [name, number] = (str(resource) ?? '').split(',')
  return name === model ? str(number) : null
}
const partyOf = ({ resource }: Resource): string | null => numberIn(resource, 'party.party')
export const placed = <Item extends Resource>(model: string): Rows<Item & Placed, Item, Page<number>> => ({
  kind: 'batch',
  size: 200,
  asks: (items, { setup }) => { const ask = peopleAmong(present(items.map(partyOf)), setup); return ask === null ? [] : [ask] },
  rows: ([answer], items) => { const people = new Set((answer?.result ?? []).map(String)); return items.map((item) => ({ ...item, model, person: people.has(partyOf(item) ?? '') })) },
})
export const accountOf = ({ resource, person }: Resource & Placed): string | null => (person ? null : numberIn(resource, 'party.party'))
export const contactOf = ({ resource, person }: Resource & Placed): string | null => (person ? numberIn(resource, 'party.party') : null)

/** Of parties and opportunities only: who may not read a model may not read what hangs on it, and one of those would fail the page. */
export const resourceList = <Item extends Resource>(model: string, fields: readonly string[]) => list<Item>(model, {
  fields: () => ['resource', 'create_uid.employee', ...fields],
  where: () => [['OR', ['resource', 'like', 'party.party,%'], ['resource', 'like', 'sale.opportunity,%']]],
})
