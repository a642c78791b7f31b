import { given, type Ask, type WriteContext } from '#kit'
import { complaints, madeId } from '../answers.ts'

/** https://developers.hubspot.com/docs/api-reference/latest/crm/associations/overview */
export const types = {
  contacts: { companies: 1 },
  deals: { companies: 5 },
  tickets: { contacts: 16, companies: 26 },
  notes: { contacts: 202, companies: 190, deals: 214, tickets: 228 },
  tasks: { contacts: 204, companies: 192, deals: 216 },
  calls: { contacts: 194, companies: 182 },
  emails: { contacts: 198, companies: 186 },
  meetings: { contacts: 200, companies: 188 },
} as const
export type Links = Readonly<Record<string, string | readonly string[] | null | undefined>>
type Properties = Readonly<Record<string, unknown>>

const typeOf = (object: string, to: string): number => (types as Readonly<Record<string, Readonly<Record<string, number>>>>)[object]?.[to] ?? 0
const spec = (object: string, to: string) => [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: typeOf(object, to) }]
const flat = (links: Links): readonly (readonly [to: string, id: string])[] => Object.entries(links).flatMap(([to, ids]) => (ids === null || ids === undefined ? [] : [ids].flat().map((one) => [to, one] as const)))

/** Every value goes out as text; the empty one empties the property. */
const text = (value: unknown): string => (value === null ? '' : Array.isArray(value) ? value.map(text).join(';') : typeof value === 'string' ? value : JSON.stringify(value))
const texts = (properties: Properties): Record<string, string> => Object.fromEntries(Object.entries(given(properties)).map(([name, value]) => [name, text(value)]))

export const create = (object: string, properties: Properties, links: Links, { remoteFields }: Pick<WriteContext, 'remoteFields'> = { remoteFields: {} }): Ask =>
  ({ method: 'POST', path: `/crm/v3/objects/${object}`, body: { properties: texts({ ...properties, ...remoteFields }), associations: flat(links).map(([to, one]) => ({ to: { id: one }, types: spec(object, to) })) } })

export const update = (object: string, record: string, properties: Properties, { remoteFields }: Pick<WriteContext, 'remoteFields'> = { remoteFields: {} }): Ask =>
  ({ method: 'PATCH', path: `/crm/v3/objects/${object}/${encodeURIComponent(record)}`, body: { properties: texts({ ...properties, ...remoteFields }) } })

/** Associations are no part of an update: each is put beside it. Putting the primary one takes that from the one before. */
export const linked = (object: string, record: string, links: Links): Ask[] =>
  flat(links).map(([to, one]) => ({ method: 'PUT', path: `/crm/v4/objects/${object}/${encodeURIComponent(record)}/associations/${to}/${encodeURIComponent(one)}`, body: spec(object, to) }))

/** What all writes of records have in common. A repeated creation is a second record; searches see what was written only after a while. */
export const created = { kind: 'create', repeated: 'duplicates', visibleAfterSeconds: 60, remoteId: madeId, complaints } as const
export const updated = { kind: 'update', requires: [], repeated: 'harmless', visibleAfterSeconds: 60, remoteId: madeId, complaints } as const
