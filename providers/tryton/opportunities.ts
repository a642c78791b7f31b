/** Leads and opportunities are one model: a lead is an opportunity in its first state. https://docs.tryton.org/latest/modules-sale-opportunity/ */
import { id, str, type FieldClass, type ReadContext } from '#kit'
import { list } from './lists.ts'
import { ownFields, ownNames } from './own-fields.ts'
import { relationFields } from './parties.ts'
import type { Opportunity } from './vendor.ts'

export interface OpportunityTables extends Record<string, unknown> { readonly own: FieldClass }

const fields: readonly string[] = [
  'number', 'description', 'comment', 'amount', 'state', 'employee', 'party', 'end_date', 'party.rec_name', 'contact.type', 'contact.value', 'contact.name', 'contact.active',
  'address.street', 'address.postal_code', 'address.city', 'address.country.code', 'address.subdivision.name', 'address.active',
]

/** What leaves one of the two models for the other is gone from the first. */
export const opportunityList = (wanted: 'leads' | 'others') => ({
  ...list<Opportunity>('sale.opportunity', {
    fields: (context) => [...fields, ...(wanted === 'leads' ? [] : relationFields('party.', context.setup)), ...ownNames(context as ReadContext<OpportunityTables>)],
    parts: () => (wanted === 'leads' ? ['party', 'contact', 'address'] : []),
    living: [['state', wanted === 'leads' ? '=' : '!=', 'lead']],
  }),
  lookups: ownFields('sale.opportunity', ['description', 'comment', 'amount', 'state', 'start_date', 'end_date', 'currency_digits']),
  gone: (item: Opportunity): string | null => ((str(item.state) === 'lead') === (wanted === 'leads') ? null : id(item.id)),
})
