/** Addresses and numbers lie flat in a record: MailingStreet, MailingCity ... */
import { present, str } from '#kit'

const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'.split('')
/** Codes by English names. Codes that stand for another (DD for DE) are left out. */
const codes = new Map(LETTERS.flatMap((first) => LETTERS.map((second) => first + second)).filter((code) => Intl.getCanonicalLocales(`und-${code}`)[0] === `und-${code}`).flatMap((code): [string, string][] => { const name = names.of(code); return name === undefined ? [] : [[name.toLowerCase(), code]] }))
const SHORT: Readonly<Record<string, string>> = { usa: 'US', uk: 'GB' }

/** A code where Salesforce has one (only where state and country picklists are on), or the code of the name; another name as it came. */
const countryOf = (code: unknown, name: unknown): string | null => {
  const text = str(code) ?? str(name)
  return text === null || /^[A-Z]{2}$/.test(text) ? text : codes.get(text.toLowerCase()) ?? SHORT[text.toLowerCase()] ?? text
}
/** Both kinds of org take the English name. */
const countryName = (country: unknown): unknown => (typeof country === 'string' && /^[A-Z]{2}$/.test(country) ? names.of(country) ?? country : country)

/** Ours, or the vendor's own word for what ours lacks. */
const TYPES: Readonly<Record<string, string>> = { Billing: 'BILLING', Shipping: 'SHIPPING', Mailing: 'Mailing', Other: 'Other' }
interface Address { street_1: string | null; street_2: string | null; city: string | null; state: string | null; postal_code: string | null; country: string | null; address_type: string | null }

/** Reads the addresses of records, by the words that their columns begin with. Names are put together here, once: done for each record, that was most of what mapping it cost. */
export const addressesIn = (...kinds: readonly string[]) => {
  const columnNames = kinds.map((kind) => ({ type: TYPES[kind] ?? null, street: `${kind}Street`, city: `${kind}City`, state: `${kind}State`, postalCode: `${kind}PostalCode`, country: `${kind}Country`, code: `${kind}CountryCode` }))
  return (record: object): Address[] => {
    const columns = record as Readonly<Record<string, unknown>>
    return columnNames.flatMap((own) => {
      const [street, more] = linesOf(columns[own.street])
      const [city, state, code, country] = [str(columns[own.city]), str(columns[own.state]), str(columns[own.postalCode]), countryOf(columns[own.code], columns[own.country])]
      return street === null && city === null && state === null && code === null && country === null ? [] : [{ street_1: street, street_2: more, city, state, postal_code: code, country, address_type: own.type }]
    })
  }
}
/** The first line of a street, and the others. */
function linesOf(value: unknown): readonly [string | null, string | null] {
  const text = str(value)
  if (text === null || !text.includes('\n')) return [text, null]
  const [first = null, ...more] = text.split(/\r?\n/).map(str).filter((line) => line !== null)
  return [first, more.length === 0 ? null : more.join('\n')]
}

export const addressColumns = <K extends string>(kind: K) => [`${kind}Street`, `${kind}City`, `${kind}State`, `${kind}PostalCode`, `${kind}Country`, `${kind}CountryCode`] as const

/** Each entry in the place that its type says, or in the first that is free. */
function placed<T>(entries: readonly T[], places: readonly string[], isFor: (entry: T, place: string) => boolean): [place: string, entry: T][] {
  const free = new Set(places)
  return entries.flatMap((entry): [string, T][] => {
    const place = [...free].find((one) => isFor(entry, one)) ?? [...free][0]
    if (place === undefined) return []
    free.delete(place)
    return [[place, entry]]
  })
}
/** What a list says goes into its columns; an empty one empties all of them, none leaves them. */
const columnsOf = <T>(list: unknown, places: readonly string[], isFor: (entry: T, place: string) => boolean, parts: (place: string, entry: Partial<T>) => Record<string, unknown>): Record<string, unknown> =>
  (Array.isArray(list) ? Object.assign({}, ...(list.length === 0 ? places.map((place) => parts(place, {})) : placed(list as T[], places, isFor).map(([place, entry]) => parts(place, entry)))) as Record<string, unknown> : {})

export const addressParts = (list: unknown, kinds: readonly string[]): Record<string, unknown> => columnsOf<Address>(list, kinds, ({ address_type: type }, kind) => type === TYPES[kind], (kind, address) => ({
  [`${kind}Street`]: present([str(address.street_1), str(address.street_2)]).join('\n') || null, [`${kind}City`]: address.city ?? null, [`${kind}State`]: address.state ?? null, [`${kind}PostalCode`]: address.postal_code ?? null, [`${kind}Country`]: countryName(address.country) ?? null,
}))

/** Numbers by their columns, which are also the vendor's words for what they are for. */
export const phones = (record: object, columns: readonly string[]): { phone_number: string; phone_number_type: string }[] => columns.flatMap((column) => {
  const number = str((record as Readonly<Record<string, unknown>>)[column])
  return number === null ? [] : [{ phone_number: number, phone_number_type: column }]
})

interface Phone { phone_number: unknown; phone_number_type: unknown }
export const phoneParts = (list: unknown, columns: readonly string[]): Record<string, unknown> => columnsOf<Phone>(list, columns, ({ phone_number_type: type }, column) => type === column, (column, { phone_number: number = null }) => ({ [column]: number }))

export const emails = (...columns: readonly unknown[]): { email_address: string; email_address_type: string | null }[] => present(columns.map(str)).map((email_address) => ({ email_address, email_address_type: null }))
