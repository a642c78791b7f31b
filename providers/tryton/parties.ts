/** Tryton keeps companies and people in one table, the parties, and does not say which is which. A relation does, where the customer has one. */
import { bool, id, present, prose, str, type Ask, type FieldClass, type Lookup, type MapContext, type ReadContext, type Setup } from '#kit'
import { call, contextOf, list, PAGE, type Clause } from './lists.ts'
import { ownFields, ownNames } from './own-fields.ts'
import type { Address, Mechanism, Page, Party } from './vendor.ts'

/** What a party says of itself; for a relation that leads to one, with its name and a dot in front. */
export const addressFields = (prefix: string, { lookups }: ReadContext): string[] => ['street', 'postal_code', 'city', 'country.code', 'subdivision.name', 'active', ...lookups['columns']?.keys() ?? []].map((field) => `${prefix}addresses.${field}`)
export const mechanismFields = (prefix: string): string[] => ['type', 'value', 'name', 'active'].map((field) => `${prefix}contact_mechanisms.${field}`)

const related = ({ contact_relation: relation }: Setup): string | null => (relation === undefined || relation === '-' ? null : relation)
/** The people, by the relation in which they stand to their company. */
const people = (setup: Setup): Clause => (related(setup) === null ? ['id', '<', 0] : ['relations', 'where', [['type.name', '=', related(setup)]]])
const firms = (setup: Setup): Clause[] => (related(setup) === null ? [] : [['relations', 'not where', [['type.name', '=', related(setup)]]]])

/** Only where the module for relations is active is there something to ask for. */
export const relationFields = (prefix: string, setup: Setup): string[] => (related(setup) === null ? [] : [`${prefix}relations.to`, `${prefix}relations.type.name`])
/** The company of a person; null for a company. */
export const companyOf = (party: Pick<Party, 'relations.'> | null | undefined, setup: Setup): string | null => id((party?.['relations.'] ?? []).find((relation) => relation['type.']?.name === related(setup))?.to)

/** Which of these parties are people: null where none can be. */
export const peopleAmong = (parties: readonly string[], setup: Setup): Ask | null =>
  (related(setup) === null || parties.length === 0 ? null : call('model.party.party.search', [[['id', 'in', parties.map(Number)], people(setup)], 0, parties.length, null, contextOf(setup)]))

/** The parties of the companies that use this Tryton, and of those whom they employ: they are no customers. */
const houseLookup = {
  house: {
    ask: (setup) => call('model.company.company.search_read', [[], 0, PAGE, null, ['party', 'employees.party'], contextOf(setup)]),
    entries: (body) => (body as Page<{ readonly party: number; readonly 'employees.': readonly { readonly party: number }[] }>).result.flatMap((company) => [company, ...company['employees.']]).map(({ party }) => [String(party), true] as const),
    withheld: 'is_empty',
  } satisfies Lookup<true>,
}

/** Which of these columns a model has here: some come with other modules, some have other names in other versions. */
export const columnsLookup = (model: string, names: readonly string[]) => ({
  columns: { ask: (setup) => call(`model.${model}.fields_get`, [names, contextOf(setup)]), entries: (body) => Object.keys((body as { readonly result: object }).result).map((name) => [name, true] as const), withheld: 'is_empty' } satisfies Lookup<true>,
})

export const partyLookups = {
  // What an address is for is said where there are invoices and deliveries.
  ...houseLookup, ...columnsLookup('party.address', ['invoice', 'delivery']),
  // The function fields of accounting are sums over all entries of a party: dear, and they change without a stamp.
  ...ownFields('party.party', ['name', 'code_readonly', 'currency_digits', 'distance', 'full_name', 'phone', 'mobile', 'fax', 'email', 'website', 'payable', 'payable_today', 'receivable', 'receivable_today']),
}
export interface PartyTables extends Record<string, unknown> { readonly house: true; readonly columns: true; readonly own: FieldClass }

export const partyList = (whose: 'people' | 'firms') => ({
  ...list<Party>('party.party', {
    fields: (context) => [
      'name', 'rec_name', 'active', ...addressFields('', context), ...mechanismFields(''),
      ...relationFields('', context.setup), ...ownNames(context as ReadContext<PartyTables>),
    ],
    parts: (setup) => ['addresses', 'contact_mechanisms', ...(related(setup) === null ? [] : ['relations'])],
    where: (setup) => (whose === 'people' ? [people(setup)] : firms(setup)),
    living: [['active', '=', true]],
  }),
  lookups: partyLookups,
  // Parties in use cannot be deleted: they are archived. A merge archives the party that was replaced.
  gone: (party: Party): string | null => (bool(party.active) === false ? id(party.id) : null),
})

/** Archived addresses and mechanisms come too. */
const current = <T extends { readonly active?: boolean }>(all: readonly T[] | undefined): readonly T[] => (all ?? []).filter(({ active }) => bool(active) !== false)
export const mechanisms = (party: Pick<Party, 'contact_mechanisms.'> | null | undefined): readonly Mechanism[] => current(party?.['contact_mechanisms.'])
export const addresses = (party: Pick<Party, 'addresses.'> | null | undefined): readonly Address[] => current(party?.['addresses.'])

const PHONES = ['phone', 'mobile', 'fax']
export const valueOf = (all: readonly Mechanism[], type: string): string | null => present(all.filter((mechanism) => mechanism.type === type).map(({ value }) => str(value)))[0] ?? null
export const emails = (all: readonly Mechanism[]) => all.filter(({ type, value }) => type === 'email' && str(value) !== null).map(({ value, name }) => ({ email_address: str(value), email_address_type: prose(name) }))
export const phones = (all: readonly Mechanism[]) => all.filter(({ type, value }) => PHONES.includes(type) && str(value) !== null).map(({ type, value }) => ({ phone_number: str(value), phone_number_type: type }))

/** Street and building are one text of several lines. */
export const streetOf = (address: Pick<Address, 'street'>): readonly [string | null, string | null] => {
  const [first = '', ...rest] = (str(address.street) ?? '').split(/\r?\n/)
  return [str(first), str(rest.join('\n'))]
}
export const crmAddress = (address: Address) => {
  const [street_1, street_2] = streetOf(address)
  return {
    street_1, street_2, city: str(address.city), state: str(address['subdivision.']?.name), postal_code: str(address.postal_code), country: str(address['country.']?.code),
    address_type: bool(address.invoice) === true ? 'BILLING' : bool(address.delivery) === true ? 'SHIPPING' : null,
  }
}

/** Where people look at a record, as the server itself writes it (`__href__`). https://docs.tryton.org/latest/server/ref/models.html */
export const pageOf = ({ baseUrl, setup: { database = '' } }: MapContext, model: string, record: unknown): string | null => {
  const [number, suffix] = [id(record), `/${database}`]
  return number === null ? null : `${baseUrl.endsWith(suffix) ? baseUrl.slice(0, -suffix.length) : baseUrl}/#${database}/model/${model}/${encodeURIComponent(number)}`
}
