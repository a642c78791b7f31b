/** The kinds of field. `fieldShape` reads back what is encoded here. */
import { Type, type TObject, type TProperties, type TSchema } from '@sinclair/typebox'
import type { ModelId } from './model.ts'

const orNull = <S extends TSchema>(schema: S, options: Record<string, unknown>) => Type.Union([schema, Type.Null()], options)

/** A string that is always there. */
export const string = (description: string) => Type.String({ description })
/** A string, or null. `sensitive`: served only to who asks for sensitive fields. */
export const text = (description: string, options: { sensitive?: boolean } = {}) => orNull(Type.String(), { description, ...(options.sensitive && { 'x-sensitive': true }) })
/** A URL, or null. */
export const url = (description: string) => orNull(Type.String({ format: 'uri' }), { description })
/** An e-mail address, or null. */
export const email = (description: string) => orNull(Type.String({ format: 'email' }), { description })
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
/** Whatever JSON it is. */
export const anything = (description: string) => Type.Unknown({ description })
/** Keys and values of the vendor's, or null. */
export const dictionary = (description: string) => orNull(Type.Record(Type.String(), Type.Unknown()), { description })
/** Keys of the vendor's with strings, or null. */
export const textDictionary = (description: string) => orNull(Type.Record(Type.String(), Type.String()), { description })
/** A list of the vendor's own objects, or null. */
export const dictionaries = (description: string) => orNull(Type.Array(Type.Record(Type.String(), Type.Unknown())), { description })

/**
 * The id of a related record. Adapters give the vendor's id; the store turns it into ours.
 * `among`: other models that the record may be of; adapters then say which, by `idOf`.
 */
export const ref = (model: ModelId, description: string, options: { expandable?: boolean; among?: readonly ModelId[] } = {}) =>
  orNull(Type.String(), { description, 'x-relation': model, 'x-expandable': options.expandable ?? true, ...(options.among && { 'x-among': options.among }) })
/** The vendor's id of a record of one model among several. */
export const idOf = (model: ModelId, remoteId: string): string => `${model}\n${remoteId}`
/** The ids of related records. Adapters give the vendor's ids; the store turns them into ours. */
export const refs = (model: ModelId, description: string, options: { expandable?: boolean } = {}) =>
  Type.Array(Type.String(), { description, 'x-relation': model, 'x-expandable': options.expandable ?? true })

/** What the store itself says of a nested object. */
export type KeptField = 'id' | 'created_at' | 'modified_at' | 'remote_was_deleted' | 'field_mappings' | 'remote_data'
/** The shape of objects that live inside records and have no list of their own. `kept`: what the store adds to the fields. */
export const nestedShape = <const P extends TProperties>(name: string, description: string, fields: P, kept: readonly KeptField[] = []): TObject<P> =>
  Type.Object(fields, { description, additionalProperties: false, 'x-shape': name, 'x-kept': kept })
/** A nested object, or null. */
export const object = <S extends TObject>(shape: S, description: string) => orNull(shape, { description })
/** A list of nested objects. Relations inside them are resolved like any other. They are always there; `expandable`: `expand` may name them all the same. */
export const objects = <S extends TObject>(shape: S, description: string, options: { expandable?: boolean } = {}) =>
  Type.Array(shape, { description, 'x-expandable': options.expandable ?? false })
