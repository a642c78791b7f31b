/** How records, pages and errors look in the OpenAPI document. The answers themselves are joined from stored text and pass no serializer. */
import { Type, type TObject, type TProperties, type TSchema } from '@sinclair/typebox'
import { fieldShape, nestedName, servedShape, type CommonModel } from '#models'
import { catalogue } from '../errors.ts'
import type { Models } from '../records/expand.ts'

const orNull = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()])
const reference = (name: string) => Type.Unsafe({ $ref: `#/components/schemas/${name}` })
const time = (description: string) => Type.String({ format: 'date-time', description })

/** `TicketingTicket`: the same name may occur in two categories. */
export const schemaName = ({ category, name }: CommonModel): string => `${category[0]!.toUpperCase()}${category.slice(1)}${name}`

/** A nested object as it is served: relations are ids, and the store adds what is its own. */
const nestedSchema = (models: Models, nested: TObject): TSchema => {
  const served = servedShape(nested)
  return Type.Object(Object.fromEntries(Object.entries(served.properties).map(([field, schema]) => [field, fieldSchema(models, schema)])), { title: nestedName(nested), description: served.description ?? '' })
}

/** A relation is an id, or the whole record where it is expanded. */
function fieldSchema(models: Models, schema: TSchema): TSchema {
  const { relation, expandable, many, nullable, nested } = fieldShape(schema)
  if (nested !== null) {
    const one = nestedSchema(models, nested)
    const options = { description: schema.description ?? '' }
    const held = many ? Type.Array(one) : one
    return nullable ? Type.Union([held, Type.Null()], options) : { ...held, ...options }
  }
  const target = relation === null ? undefined : models[relation]
  if (target === undefined) return schema
  const id = Type.String({ format: 'uuid' })
  const one = expandable ? Type.Union([id, reference(schemaName(target))]) : id
  const { description = '' } = schema
  if (many) return nullable ? Type.Union([Type.Array(one), Type.Null()], { description }) : Type.Array(one, { description })
  return nullable ? Type.Union([...(expandable ? [id, reference(schemaName(target))] : [id]), Type.Null()], { description }) : one
}

export function recordSchema(models: Models, model: CommonModel): TSchema {
  const own = Object.entries(model.schema.properties).map(([field, schema]) => [field, fieldSchema(models, schema)] as const)
  const fields: TProperties = {
    id: Type.String({ format: 'uuid', description: 'Our id. It stays the same for as long as the account is linked.' }),
    remote_id: Type.String({ description: 'The vendor\'s id.' }),
    created_at: time('When the record first came.'),
    modified_at: time('When it last changed here: the account\'s clock, unique and in the order of the change feed.'),
    ...Object.fromEntries(own),
    remote_was_deleted: Type.Boolean({ description: 'True where the vendor no longer has it.' }),
    field_mappings: Type.Object({ organization_defined_targets: Type.Record(Type.String(), Type.Unknown()), linked_account_defined_targets: Type.Record(Type.String(), Type.Unknown()) }),
    remote_data: orNull(Type.Array(Type.Object({ path: Type.String(), data: Type.Unknown() }), { description: 'What the vendor sent, where include_remote_data asks for it.' })),
    ...(model.hasRemoteFields && { remote_fields: Type.Array(Type.Object({ remote_field_class: Type.Unknown(), value: Type.Unknown() }), { description: 'Vendor fields beyond the model, where include_remote_fields asks for them.' }) }),
  }
  return Type.Object(fields, { description: model.doc })
}

/** Says of a record in a list across accounts where it came from. */
export const recordAccountSchema: TSchema = Type.Object({
  id: Type.String({ format: 'uuid' }),
  integration: Type.String({ description: 'The slug of the integration.' }),
  end_user_origin_id: Type.String({ description: 'Your own id of the end customer.' }),
  end_user_organization_name: Type.String(),
}, { description: 'The linked account that a record is of.' })

/** A record as the list across accounts serves it; `name` is that of its own schema. */
export const aggregatedSchema = (name: string): TSchema => Type.Intersect([reference(name), Type.Object({ linked_account: reference('RecordAccount') })])

/** A page of what the schema of that name describes. */
export const pageSchema = (name: string): TSchema => Type.Object({
  next: orNull(Type.String({ description: 'The cursor of the next page; null at the end.' })),
  previous: orNull(Type.String({ description: 'The cursor of the page before.' })),
  results: Type.Array(reference(name)),
})

const problem = Type.Object({
  source: Type.Optional(Type.Object({ pointer: Type.Optional(Type.String()), parameter: Type.Optional(Type.String()) })),
  title: Type.String(), detail: Type.String(), problem_type: Type.String(),
})

export const problemSchema: TSchema = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.String(),
  instance: Type.String(),
  code: Type.String({ enum: Object.keys(catalogue), description: 'Stable; programs decide by it.' }),
  request_id: Type.String({ description: 'Also in the header x-request-id.' }),
  retryable: Type.Boolean({ description: 'Whether the same request may succeed later.' }),
  outcome: Type.Optional(Type.String({ enum: ['not_applied', 'unknown'], description: 'Of a write: whether it can have happened.' })),
  required_scope: Type.Optional(Type.String()),
  passthrough_rules: Type.Optional(Type.Array(Type.String(), { description: 'The rules of the key, none of which allows the request.' })),
  upstream: Type.Optional(Type.Object({ status: Type.Union([Type.Integer(), Type.Null()]), log_id: Type.String({ format: 'uuid' }) })),
  errors: Type.Array(problem),
  warnings: Type.Array(problem),
  logs: Type.Array(Type.Object({ log_id: Type.String(), dashboard_view: Type.String(), log_summary: Type.Object({ status_code: Type.Union([Type.Integer(), Type.Null()]) }) })),
})
