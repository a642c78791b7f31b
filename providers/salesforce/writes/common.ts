/** Records are made and changed one at a time. Custom fields go beside the others, under the vendor's names. */
import { given, id, instant, str, type Answer, type Ask, type Complaint, type WriteContext } from '#kit'
import { errorsOf } from '../vendor.ts'

const common = {
  /** SOQL sees a record as soon as it is saved. */
  visibleAfterSeconds: 0,
  remoteId: ({ body }: Answer): string | null => id((body as { id?: unknown } | null)?.id),
  complaints: (answer: Answer): Complaint[] => errorsOf(answer).map(({ message, errorCode, fields }) => ({ message: str(message) ?? String(errorCode), field: Array.isArray(fields) ? str(fields[0]) : null })),
}
/** The same record again is another record, unless a duplicate rule of the org's says no. */
export const creates = { ...common, kind: 'create', repeated: 'duplicates', docs: 'https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/dome_sobject_create.htm' } as const
export const updates = { ...common, kind: 'update', requires: [], repeated: 'harmless', docs: 'https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/dome_update_fields.htm' } as const

type Fields = Readonly<Record<string, unknown>>
/** What a write accepts, by name; the values are the common model's. */
export type Input<K extends string> = { readonly [P in K]?: unknown }

export const create = (object: string, fields: Fields, { remoteFields }: WriteContext): Ask => ({ method: 'POST', path: `/sobjects/${object}`, body: { ...given(fields), ...remoteFields } })
export const update = (object: string, fields: Fields, { remoteId, remoteFields }: WriteContext): Ask => ({ method: 'PATCH', path: `/sobjects/${object}/${encodeURIComponent(remoteId)}`, body: { ...given(fields), ...remoteFields } })

/** A day goes out as the day that it came as. */
export const dayOf = (value: unknown): unknown => instant(value)?.slice(0, 10) ?? value
/** A list that has one place: its first; null empties it, undefined leaves it. */
export const first = (values: unknown, key?: string): unknown => {
  if (values === undefined) return undefined
  const one: unknown = Array.isArray(values) ? values[0] : null
  return key === undefined ? one ?? null : (one as Fields | null | undefined)?.[key] ?? null
}
