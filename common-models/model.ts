/** The vocabulary in which common models are written. Data only: nothing here runs at request time. */
import { Type, type Static, type TObject, type TProperties, type TSchema } from '@sinclair/typebox'

export type Category = 'hris' | 'crm' | 'ticketing'
export type ModelId = `${Category}.${string}`

/** How one query parameter narrows a list. `field` names a field of the model; the store keeps a typed column for it. */
export type Filter =
  /** The field equals the value; `folded` compares without regard to case. */
  | { readonly kind: 'equals'; readonly field: string; readonly folded?: boolean; readonly doc: string }
  /** The field is any of the comma-separated values. */
  | { readonly kind: 'in'; readonly field: string; readonly doc: string }
  /** The instant in the field is after (exclusive) the value. */
  | { readonly kind: 'after'; readonly field: string; readonly doc: string }
  /** The instant in the field is before (exclusive) the value. */
  | { readonly kind: 'before'; readonly field: string; readonly doc: string }
  /** The list in the field holds any of the comma-separated values. */
  | { readonly kind: 'has'; readonly field: string; readonly doc: string }

/** One shape that every provider of a category agrees to speak. Every reader (types, tables, routes, docs) is derived from it. */
export interface CommonModel<T extends object = object> {
  readonly category: Category
  /** The name in the category, as in the API's documentation: `Ticket`. */
  readonly name: string
  /** `ticketing.Ticket`; the key of the model in feeds, logs and sync states. */
  readonly id: ModelId
  /** What `sync-status` calls it where that differs from `id` (the webhook name of the market's API). */
  readonly publicId: string
  /** The URL segment of its list: `tickets`. */
  readonly path: string
  /** The Postgres table that keeps its records: `ticketing_ticket`. */
  readonly table: string
  readonly doc: string
  /** The fields that an adapter answers. Ids, timestamps and deletion are the store's own. */
  readonly schema: TObject
  readonly filters: Readonly<Record<string, Filter>>
  /** True where vendor fields beyond the model are served as `remote_fields`. */
  readonly hasRemoteFields: boolean
  /** Type only; never present at run time. */
  readonly type?: T
}

export type RecordOf<M> = M extends CommonModel<infer T> ? T : never

type Definition<P extends TProperties> = {
  readonly path: string
  readonly doc: string
  readonly publicName?: string
  readonly hasRemoteFields?: boolean
  readonly fields: P
  readonly filters?: Readonly<Record<string, Filter>>
}

const snake = (name: string): string => name.replace(/(?<=[a-z0-9])[A-Z]/g, '_$&').toLowerCase()

/** Define one common model. */
export function commonModel<const P extends TProperties>(category: Category, name: string, definition: Definition<P>): CommonModel<Static<TObject<P>>> {
  return {
    category,
    name,
    id: `${category}.${name}`,
    publicId: `${category}.${definition.publicName ?? name}`,
    path: definition.path,
    table: `${category}_${snake(name)}`,
    doc: definition.doc,
    schema: Type.Object(definition.fields, { additionalProperties: false }) as unknown as TObject,
    filters: definition.filters ?? {},
    hasRemoteFields: definition.hasRemoteFields ?? false,
  }
}

const orNull = <S extends TSchema>(schema: S, options: Record<string, unknown>) => Type.Union([schema, Type.Null()], options)

/** A string, or null. */
export const text = (description: string) => orNull(Type.String(), { description })
/** A URL, or null. */
export const url = (description: string) => orNull(Type.String({ format: 'uri' }), { description })
/** A whole number, or null. */
export const integer = (description: string) => orNull(Type.Integer(), { description })
/** A number, or null. */
export const number = (description: string) => orNull(Type.Number(), { description })
/** True, false, or null where the vendor does not say. */
export const flag = (description: string) => orNull(Type.Boolean(), { description })
/** An instant, ISO 8601 in UTC, or null. */
export const instant = (description: string) => orNull(Type.String({ format: 'date-time' }), { description, 'x-instant': true })
/** One of our words, or the vendor's own where no word of ours fits: enums are open. */
export const oneOf = (words: readonly string[], description: string) =>
  orNull(Type.String({ examples: [...words] }), { description, 'x-words': words })
/** Some of our words, or the vendor's own. */
export const someOf = (words: readonly string[], description: string) =>
  orNull(Type.Array(Type.String({ examples: [...words] })), { description, 'x-words': words })
/** A list of strings, empty where there are none. */
export const texts = (description: string) => Type.Array(Type.String(), { description })
/** A list of strings, or null where the vendor does not say. */
export const textsOrNull = (description: string) => orNull(Type.Array(Type.String()), { description })

/** The id of a related record. Adapters give the vendor's id; the store turns it into ours. */
export const ref = (model: ModelId, description: string, options: { expandable?: boolean } = {}) =>
  orNull(Type.String(), { description, 'x-relation': model, 'x-expandable': options.expandable ?? true })
/** The ids of related records. Adapters give the vendor's ids; the store turns them into ours. */
export const refs = (model: ModelId, description: string, options: { expandable?: boolean } = {}) =>
  Type.Array(Type.String(), { description, 'x-relation': model, 'x-expandable': options.expandable ?? true })
/** A list of nested objects of the given shape. Relations inside them are resolved like any other. */
export const objects = <const P extends TProperties>(fields: P, description: string) =>
  Type.Array(Type.Object(fields, { additionalProperties: false }), { description })

export const equals = (field: string, doc: string): Filter => ({ kind: 'equals', field, doc })
export const equalsFolded = (field: string, doc: string): Filter => ({ kind: 'equals', field, folded: true, doc })
export const isIn = (field: string, doc: string): Filter => ({ kind: 'in', field, doc })
export const after = (field: string, doc: string): Filter => ({ kind: 'after', field, doc })
export const before = (field: string, doc: string): Filter => ({ kind: 'before', field, doc })
export const has = (field: string, doc: string): Filter => ({ kind: 'has', field, doc })

/** What a field is, read from its schema: the one place that knows how the helpers above encode it. */
export interface FieldShape {
  readonly relation: ModelId | null
  readonly expandable: boolean
  readonly many: boolean
  readonly instant: boolean
  readonly words: readonly string[] | null
  readonly nested: TObject | null
  readonly nullable: boolean
}

export function fieldShape(schema: TSchema): FieldShape {
  const options = schema as TSchema & { 'x-relation'?: ModelId; 'x-expandable'?: boolean; 'x-instant'?: boolean; 'x-words'?: readonly string[]; anyOf?: TSchema[]; items?: TSchema }
  const variants = options.anyOf ?? [schema]
  const list = variants.find((variant) => variant['type'] === 'array')
  return {
    relation: options['x-relation'] ?? null,
    expandable: options['x-expandable'] ?? false,
    many: list !== undefined,
    instant: options['x-instant'] ?? false,
    words: options['x-words'] ?? null,
    nested: list?.items?.['type'] === 'object' ? (list.items as TObject) : null,
    nullable: variants.some((variant) => variant['type'] === 'null'),
  }
}
