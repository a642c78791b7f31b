/** What a field is, read from its schema: the one place that knows how the helpers of `fields.ts` encode it. */
import { Type, type TObject, type TProperties, type TSchema } from '@sinclair/typebox'
import type { KeptField } from './fields.ts'
import type { ModelId } from './model.ts'

export interface FieldShape {
  /** What one value is in JSON; `any` where it may be anything. */
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'object' | 'any'
  readonly format: string | null
  readonly relation: ModelId | null
  /** Other models that the related record may be of. */
  readonly among: readonly ModelId[]
  readonly expandable: boolean
  readonly many: boolean
  readonly instant: boolean
  readonly words: readonly string[] | null
  /** The fields of one nested object that an adapter answers. */
  readonly nested: TObject | null
  readonly nullable: boolean
  /** Kept apart from the body, and served only to who asks for it. */
  readonly sensitive: boolean
}

type Encoded = TSchema & {
  readonly 'x-relation'?: ModelId
  readonly 'x-among'?: readonly ModelId[]
  readonly 'x-expandable'?: boolean
  readonly 'x-instant'?: boolean
  readonly 'x-words'?: readonly string[]
  readonly 'x-sensitive'?: boolean
  readonly anyOf?: readonly TSchema[]
}

export function fieldShape(schema: TSchema): FieldShape {
  const options = schema as Encoded
  const variants = options.anyOf ?? [schema]
  const list = variants.find((variant) => variant['type'] === 'array')
  const one = (list?.['items'] ?? variants.find((variant) => variant['type'] !== 'null')) as TSchema
  return {
    type: (one['type'] as FieldShape['type'] | undefined) ?? 'any',
    format: (one['format'] as string | undefined) ?? null,
    relation: options['x-relation'] ?? null,
    among: options['x-among'] ?? [],
    expandable: options['x-expandable'] ?? false,
    many: list !== undefined,
    instant: options['x-instant'] ?? false,
    words: options['x-words'] ?? null,
    nested: one['type'] === 'object' && one['properties'] !== undefined ? (one as TObject) : null,
    nullable: variants.some((variant) => variant['type'] === 'null'),
    sensitive: options['x-sensitive'] ?? false,
  }
}

/** The fields of a model that have words of ours. */
export const wordFields = (schema: TObject): string[] => Object.entries(schema.properties).filter(([, field]) => fieldShape(field).words !== null).map(([name]) => name)
/** The fields of a model that are served only to who asks for them. */
export const sensitiveFields = (schema: TObject): string[] => Object.entries(schema.properties).filter(([, field]) => fieldShape(field).sensitive).map(([name]) => name)

/** The field at `field`, or at `field.key` inside nested objects, where `many` says whether there may be several. Throws for what the model does not have. */
export function shapeAt(schema: TObject, path: string): FieldShape {
  const [field = '', key] = path.split('.')
  const outer = schema.properties[field]
  if (outer === undefined) throw new TypeError(`There is no field ${path}.`)
  const shape = fieldShape(outer)
  if (key === undefined) return shape
  const inner = shape.nested?.properties[key]
  if (inner === undefined) throw new TypeError(`There is no field ${path}.`)
  const found = fieldShape(inner)
  return { ...found, many: shape.many || found.many }
}

/** The name of a nested shape: `Permission`. */
export const nestedName = (shape: TObject): string => String(shape['x-shape'])
/** What the store adds to objects of a nested shape. */
export const keptFields = (shape: TObject): readonly KeptField[] => (shape['x-kept'] as readonly KeptField[] | undefined) ?? []

const orNull = (schema: TSchema, description: string): TSchema => Type.Union([schema, Type.Null()], { description })
const KEPT: Readonly<Record<KeptField, TSchema>> = {
  id: Type.String({ format: 'uuid', description: 'Our id of the nested object.' }),
  created_at: orNull(Type.String({ format: 'date-time' }), 'Null: a nested object has no life of its own. Its record says when it came.'),
  modified_at: orNull(Type.String({ format: 'date-time' }), 'Null: its record says when it changed.'),
  remote_was_deleted: Type.Boolean({ description: 'False: what the vendor no longer has is no longer in its record.' }),
  field_mappings: orNull(Type.Record(Type.String(), Type.Unknown()), 'Null: fields are mapped on the record.'),
  remote_data: orNull(Type.Array(Type.Object({ path: Type.String(), data: Type.Unknown() })), 'Null: what the vendor sent is with the record.'),
}

/** A nested shape as it is served: what adapters answer, and what the store adds. */
export function servedShape(shape: TObject): TObject {
  const kept: TProperties = Object.fromEntries(keptFields(shape).map((field) => [field, KEPT[field]]))
  return Type.Object({ ...kept, ...shape.properties }, { description: shape.description ?? '', 'x-shape': nestedName(shape) })
}
