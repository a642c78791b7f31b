/** The vocabulary in which common models are written. Data only: nothing here runs at request time. */
import { Type, type Static, type TObject, type TProperties } from '@sinclair/typebox'
import type { Filter, Parent } from './filters.ts'
import { wordFields } from './shape.ts'

export * from './fields.ts'
export * from './filters.ts'
export * from './shape.ts'

export const categories = ['hris', 'crm', 'ticketing'] as const
export type Category = (typeof categories)[number]
export type ModelId = `${Category}.${string}`

/** An address that lists records of a model, and the records above them that its parameters name. */
export interface ListAddress {
  /** The segments after `/{category}/v1/`, parameters in braces. */
  readonly path: string
  /** One for each parameter, in order. */
  readonly parents: readonly Parent[]
}

/** What a write may say of a model. */
export interface WriteFields {
  readonly fields: readonly string[]
  readonly required: readonly string[]
  /** Taken with the fields, but never served: what only the vendor understands. */
  readonly requestOnly: readonly string[]
}

/** One shape that every provider of a category agrees to speak. Every reader (types, tables, routes, docs) is derived from it. */
export interface CommonModel<T extends object = object> {
  readonly category: Category
  /** The name in the category, as in the API's documentation: `Ticket`. */
  readonly name: string
  /** `ticketing.Ticket`; the key of the model in feeds, logs and sync states. */
  readonly id: ModelId
  /** What `sync-status` calls it where that differs from `id` (the webhook name of the market's API). */
  readonly publicId: string
  /** The URL segments of its own list: `tickets`. */
  readonly path: string
  /** Every address that lists it, its own list first. */
  readonly lists: readonly [ListAddress, ...ListAddress[]]
  /** True where `{path}/{id}` answers one record. */
  readonly retrievable: boolean
  /** The Postgres table that keeps its records: `ticketing_ticket`. */
  readonly table: string
  readonly doc: string
  /** The fields that an adapter answers. Ids, timestamps and deletion are the store's own. */
  readonly schema: TObject
  readonly filters: Readonly<Record<string, Filter>>
  /** Instants that a list may be ordered by, rising, or falling with a minus in front. */
  readonly orderBy: readonly string[]
  /** Fields whose vendor words `show_enum_origins` gives. */
  readonly enumOrigins: readonly string[]
  /** Null where the model cannot be created, or updated, at a vendor. */
  readonly writes: { readonly create: WriteFields | null; readonly update: WriteFields | null }
  /** True where a record may be erased and kept out for good: it is about a person. */
  readonly ignorable: boolean
  /** True where vendor fields beyond the model are served as `remote_fields`. */
  readonly hasRemoteFields: boolean
  /** Where the classes of its remote fields are listed; null where it has none. */
  readonly remoteFieldClassesPath: string | null
  /** Type only; never present at run time. */
  readonly type?: T
}

export type RecordOf<M> = M extends CommonModel<infer T> ? T : never

/** A write takes every field but these. */
interface Accepts<P extends TProperties> {
  readonly except: readonly ((keyof P & string) | 'remote_fields')[]
  readonly required?: readonly (keyof P & string)[]
  readonly requestOnly?: readonly string[]
}

type Definition<P extends TProperties> = {
  readonly path: string
  /** The records above, where `path` has parameters. */
  readonly parents?: readonly Parent[]
  readonly alsoUnder?: readonly ListAddress[]
  readonly retrievable?: boolean
  readonly doc: string
  readonly publicName?: string
  readonly hasRemoteFields?: boolean
  readonly fields: P
  readonly filters?: Readonly<Record<string, Filter>>
  readonly orderBy?: readonly (keyof P & string)[]
  /** Beside the fields that have words of ours. */
  readonly alsoWithOrigins?: readonly (keyof P & string)[]
  readonly create?: Accepts<P>
  readonly update?: Accepts<P>
  readonly ignorable?: boolean
}

const snake = (name: string): string => name.replace(/(?<=[a-z0-9])[A-Z]/g, '_$&').toLowerCase()
const withoutParameters = (path: string): string => path.replace(/\{[^}]*\}\//g, '')
const REQUEST_ONLY = ['integration_params', 'linked_account_params'] as const

function writeFields<P extends TProperties>(all: readonly string[], accepts: Accepts<P> | undefined): WriteFields | null {
  if (accepts === undefined) return null
  const { except, required = [], requestOnly = REQUEST_ONLY } = accepts
  return { fields: all.filter((field) => !(except as readonly string[]).includes(field)), required, requestOnly }
}

/** Define one common model. */
export function commonModel<const P extends TProperties>(category: Category, name: string, definition: Definition<P>): CommonModel<Static<TObject<P>>> {
  const { path, parents = [], alsoUnder = [], hasRemoteFields = false } = definition
  const schema = Type.Object(definition.fields, { additionalProperties: false }) as unknown as TObject
  const writable = [...Object.keys(definition.fields), ...(hasRemoteFields ? ['remote_fields'] : [])]
  return {
    category,
    name,
    id: `${category}.${name}`,
    publicId: `${category}.${definition.publicName ?? name}`,
    path,
    lists: [{ path, parents }, ...alsoUnder],
    retrievable: definition.retrievable ?? true,
    table: `${category}_${snake(name)}`,
    doc: definition.doc,
    schema,
    filters: definition.filters ?? {},
    orderBy: definition.orderBy ?? [],
    enumOrigins: [...wordFields(schema), ...(definition.alsoWithOrigins ?? [])],
    writes: { create: writeFields(writable, definition.create), update: writeFields(writable, definition.update) },
    ignorable: definition.ignorable ?? false,
    hasRemoteFields,
    remoteFieldClassesPath: hasRemoteFields ? `${withoutParameters(path)}/remote-field-classes` : null,
  }
}
