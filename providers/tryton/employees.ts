/** An employee is a party that works for a company of this Tryton, from a day to another. https://docs.tryton.org/latest/modules-company/ */
import type { Lookup, ReadContext } from '#kit'
import { call, contextOf, list } from './lists.ts'
import type { Employee } from './vendor.ts'
import { asDay, dayOf } from './values.ts'

/** Today, where the company is: who works there now is a question of the day, which the server answers. */
export const todayLookup = {
  today: { ask: (setup) => call('model.ir.date.today', [contextOf(setup)]), entries: (body) => { const today = dayOf((body as { readonly result: unknown }).result); return today === null ? [] : [['today', today] as const] }, withheld: 'fails' } satisfies Lookup<string>,
}
export interface TodayTables extends Record<string, unknown> { readonly today: string }
const todayOf = ({ lookups }: ReadContext<TodayTables>): string => lookups.today.get('today') ?? ''

export interface Standing { readonly standing: 'ACTIVE' | 'PENDING' | 'INACTIVE' }
export const withStanding = <Item extends Employee>(item: Item, context: ReadContext<TodayTables>): Item & Standing => {
  const [start, end, today] = [dayOf(item.start_date), dayOf(item.end_date), todayOf(context)]
  return { ...item, standing: end !== null && end < today ? 'INACTIVE' : start !== null && start > today ? 'PENDING' : 'ACTIVE' }
}

/** Who began or ended since has another standing without a change. */
export const employeeList = (fields: (context: ReadContext) => readonly string[], parts: readonly string[]) => list<Employee>('company.employee', {
  fields: (context) => ['party', 'party.name', 'party.rec_name', 'company', 'start_date', 'end_date', ...fields(context)],
  parts: () => parts,
  alsoSince: (since, context) => ['start_date', 'end_date'].map((field) => {
    const today = todayOf(context as ReadContext<TodayTables>)
    return today === '' ? ['id', '<', 0] : [[field, '>=', asDay(new Date(Date.parse(since) - 2 * 86_400_000).toISOString())], [field, '<=', asDay(today)]]
  }),
})
