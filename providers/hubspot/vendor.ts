import { day, epoch, id, instant, num, present, prose, str, type MapContext, type RemoteFieldValue } from '#kit'
import { countries } from '#models/words/countries'

/** A record of any object, as all of HubSpot's lists have it. What is asked for by name comes as text, or null. */
export interface Found<P extends string = string> {
  readonly id: string
  readonly createdAt: string
  readonly updatedAt: string
  readonly archived?: boolean
  /** Where a person can look at it. */
  readonly url?: string | null
  readonly properties: { readonly [K in P]?: string | null }
}
export interface Page { readonly results: readonly Found[]; readonly paging?: { readonly next?: { readonly after: string } } }

/** What a batch answers: records, or what records are associated with. */
export interface Batch { readonly results: readonly unknown[] }
export interface Associated {
  readonly from: { readonly id: string }
  readonly to: readonly { readonly toObjectId: string | number; readonly associationTypes: readonly { readonly category: string; readonly typeId: number }[] }[]
}

/** A property that the end customer added, on a record that has a value for it. */
export interface Own { readonly key: string; readonly name: string; readonly type: string | null }

/** A record with what else was read of it. */
export interface Row<P extends string = string> extends Found<P> {
  /** The object that it is one of: `contacts`, `2-3453932`. */
  readonly object: string
  /** The ids of what it is associated with, by object; the primary one first. */
  readonly linked: Readonly<Record<string, readonly string[]>>
  readonly own: readonly Own[]
}

export interface Owner {
  readonly id: string
  readonly email?: string | null
  readonly firstName?: string | null
  readonly lastName?: string | null
  readonly userId?: number | null
  readonly userIdIncludingInactive?: number | null
  readonly archived: boolean
  readonly teams?: readonly Team[]
}
export interface Team { readonly id: string; readonly name: string; readonly primary?: boolean }
export interface OwnerPage { readonly results: readonly Owner[]; readonly paging?: Page['paging'] }

/** A user as the settings tell of them, and a set of permissions that users may have. */
export interface Login { readonly id: string; readonly roleIds: readonly string[] }
export interface LoginPage { readonly results: readonly Login[]; readonly paging?: Page['paging'] }
export interface PermissionSet { readonly id: string; readonly name: string }
export interface PermissionSetPage { readonly results: readonly PermissionSet[] }

/** A file without its bytes. */
export interface File { readonly id: string; readonly name?: string | null; readonly extension?: string | null; readonly url?: string | null; readonly createdAt: string }

export interface Stage { readonly id: string; readonly label: string; readonly archived?: boolean; readonly metadata?: Readonly<Record<string, string>> }
export interface Pipeline { readonly id: string; readonly label: string; readonly createdAt?: string; readonly updatedAt?: string | null; readonly stages: readonly Stage[] }
export interface PipelinePage { readonly results: readonly Pipeline[] }

export interface Property {
  readonly name: string
  readonly label: string
  readonly description?: string | null
  readonly type: string
  readonly fieldType: string
  readonly hubspotDefined?: boolean
  readonly options?: readonly { readonly label: string; readonly value: string; readonly hidden?: boolean }[]
}
export interface PropertyPage { readonly results: readonly Property[] }

export interface Schema {
  readonly id: string
  readonly objectTypeId: string
  readonly name: string
  readonly fullyQualifiedName?: string | null
  readonly description?: string | null
  readonly labels: { readonly singular?: string | null; readonly plural?: string | null }
  readonly primaryDisplayProperty?: string | null
  readonly requiredProperties?: readonly string[]
  readonly properties: readonly Property[]
  readonly associations: readonly { readonly id: string; readonly fromObjectTypeId: string; readonly toObjectTypeId: string; readonly name?: string | null }[]
}
export interface SchemaPage { readonly results: readonly Schema[] }

/** Moments come as ISO 8601, days as days, and both as milliseconds where an old integration wrote them so. */
export const moment = (value: unknown): string | null => instant(value) ?? day(value) ?? (typeof value === 'string' && /^\d{11,15}$/.test(value) ? epoch(value, 'milliseconds') : null)

export const whole = (value: unknown): number | null => {
  const n = num(value)
  return n === null || Math.abs(n) > Number.MAX_SAFE_INTEGER ? null : Math.round(n)
}

/** Several values in one text. */
export const split = (value: unknown): string[] => (typeof value === 'string' ? present(value.split(';').map(str)) : [])

/** People write websites with and without a scheme. */
export const website = (value: unknown): string | null => {
  const text = str(value)
  if (text === null || !/^(?:https?:\/\/)?[^\s/:@?#]+\.[^\s/:@?#]+(?::\d+)?(?:[/?#]\S*)?$/i.test(text)) return null
  const address = /^https?:/i.test(text) ? text : `https://${text}`
  return URL.canParse(address) ? address : null
}

/** Where a person looks at a record, as it says itself. */
export const toldUrl = ({ url }: { readonly url?: unknown }): string | null => { const told = str(url); return told?.startsWith('https://') === true && URL.canParse(told) ? told : null }

/** The same, or what the account's number and address make of it, which it told when it was linked. */
export const recordUrl = (typeId: string, row: { readonly id: unknown; readonly url?: unknown }, { setup: { portal_id: portal, ui_domain: domain = 'app.hubspot.com' } }: MapContext): string | null => {
  const [record, told] = [id(row.id), toldUrl(row)]
  if (told !== null) return told
  return record === null || portal === undefined || !/^\d+$/.test(record) ? null : `https://${domain}/contacts/${portal}/record/${typeId}/${record}`
}

export const first = (row: Row<never>, object: string): string | null => id(row.linked?.[object]?.[0])

const countryNames = new Intl.DisplayNames(['en'], { type: 'region' })
const codes: ReadonlyMap<string, string> = new Map(countries.map((code) => [countryNames.of(code)?.toLowerCase() ?? code, code]))
/** What people typed, as its two letters where it is a country's English name. */
const country = (typed: unknown): string | null => { const name = str(typed); return name === null ? null : codes.get(name.toLowerCase()) ?? name }

type Postal = 'address' | 'address2' | 'city' | 'state' | 'zip' | 'country'
/** One address, or none. `code` is what HubSpot itself made of the country. */
export const addresses = (of: { readonly [K in Postal]?: string | null }, code?: string | null) => {
  const address = { street_1: prose(of.address), street_2: prose(of.address2), city: prose(of.city), state: prose(of.state), postal_code: prose(of.zip), country: str(code)?.toUpperCase() ?? country(of.country), address_type: null }
  return Object.values(address).every((part) => part === null) ? [] : [address]
}

/** Phone numbers under the words that HubSpot's own forms have for them. */
export const phones = (...numbers: readonly (readonly [type: string, value: unknown])[]) =>
  numbers.flatMap(([type, value]) => { const phone_number = str(value); return phone_number === null ? [] : [{ phone_number, phone_number_type: type }] })

/** The address that HubSpot knows a contact by, then the others. */
export const emails = (primary: unknown, others?: unknown) =>
  present([str(primary), ...split(others)]).map((email_address) => ({ email_address, email_address_type: email_address === str(primary) ? 'primary' : 'additional' }))

/** A property's value, of the type that HubSpot declares. */
function valueOf(type: string | null, raw: unknown): unknown {
  if (type === 'number') return num(raw) ?? raw
  if (type === 'boolean') return raw === 'true' ? true : raw === 'false' ? false : raw
  if (type === 'list') return split(raw)
  return raw
}
export const remoteFields = ({ own, properties }: Row): RemoteFieldValue[] =>
  (Array.isArray(own) ? own as readonly Own[] : []).filter((field) => typeof field?.key === 'string').map(({ key, name, type }) => ({ key, name, value: valueOf(type, properties?.[key]) }))
