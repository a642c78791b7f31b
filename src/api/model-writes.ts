/** Creating and updating at the vendor: addresses, parameters and bodies are checked as they will be; then they wait for their room. */
import { Type, type FastifyPluginAsyncTypebox, type TObject, type TProperties, type TSchema } from '@fastify/type-provider-typebox'
import { fieldShape, nestedName, type CommonModel, type FieldShape, type WriteFields } from '#models'
import { ownAccount } from '../http/caller.ts'
import { documented, pathParams, routed, WRITES } from './model-access.ts'
import { flag } from './model-parameters.ts'
import { notYetServed } from './awaiting.ts'

const orNull = (schema: TSchema, description = ''): TSchema => Type.Union([schema, Type.Null()], { description })
const anyObject = Type.Record(Type.String(), Type.Unknown())

const debugging: TProperties = {
  is_debug_mode: flag('Add links to the upstream logs of the write.'),
  run_async: flag('Answer at once; the write is carried out later.'),
}

/** One value of a nested object. Clients send null for what they leave out. */
function nestedSchema(nested: TObject): TSchema {
  return Type.Object(Object.fromEntries(Object.entries(nested.properties).map(([key, schema]) => [key, Type.Optional(fieldSchema(schema))])), { additionalProperties: false, title: nestedName(nested) })
}

const idOrObject = Type.Union([Type.String({ format: 'uuid' }), anyObject])

function valueSchema({ relation, nested, type, format, words }: FieldShape): TSchema {
  if (relation !== null) return idOrObject
  if (nested !== null) return nestedSchema(nested)
  switch (type) {
    case 'any': return Type.Unknown()
    case 'object': return anyObject
    case 'integer': return Type.Integer()
    case 'number': return Type.Number()
    case 'boolean': return Type.Boolean()
    case 'string': return Type.String({ ...(format !== null && { format }), ...(words !== null && { examples: [...words] }) })
  }
}

/** What a write takes for a field: a related record as its id or as an object; null unless the field is required. */
function fieldSchema(schema: TSchema, required = false): TSchema {
  const shape = fieldShape(schema)
  const { description = '' } = schema
  const value = shape.many ? Type.Array(valueSchema(shape)) : valueSchema(shape)
  return required ? { ...value, description } : orNull(value, description)
}

const REMOTE_FIELDS = orNull(Type.Array(Type.Object({ remote_field_class: idOrObject, value: Type.Optional(Type.Unknown()) }, { additionalProperties: false })), 'Vendor fields beyond the model, by the id of their class.')

/** The `model` of a write: the fields that may be written, and what only the vendor understands. */
export function writeSchema(model: CommonModel, { fields, required, requestOnly }: WriteFields): TSchema {
  const known = fields.map((field) => {
    const needed = required.includes(field)
    const schema = field === 'remote_fields' ? REMOTE_FIELDS : fieldSchema(model.schema.properties[field]!, needed)
    return [field, needed ? schema : Type.Optional(schema)] as const
  })
  const only = requestOnly.map((field) => [field, Type.Optional(orNull(anyObject, 'For this vendor only; `meta` says what it takes.'))] as const)
  return Type.Object({ ...Object.fromEntries(known), ...Object.fromEntries(only) }, { additionalProperties: false })
}

export const bodySchema = (model: CommonModel, fields: WriteFields) => Type.Object({ model: writeSchema(model, fields) }, { additionalProperties: false })

export const writeRoutes = (model: CommonModel): FastifyPluginAsyncTypebox => async (app) => {
  const { create, update } = model.writes
  const route = (method: 'POST' | 'PATCH' | 'PUT', path: string, summary: string, body?: TSchema): void => {
    app.route({
      method, url: routed(model, path), config: WRITES,
      schema: { tags: [model.category], summary, description: model.doc, params: pathParams(path), querystring: Type.Object(debugging), ...(body !== undefined && { body }) },
      handler: async (request) => {
        ownAccount(request, model)
        throw notYetServed(`${method} ${documented(model, path)}`)
      },
    })
  }
  if (create !== null) route('POST', model.path, `Create one ${model.name} at the vendor`, bodySchema(model, create))
  if (update !== null) route('PATCH', `${model.path}/{id}`, `Update one ${model.name} at the vendor`, bodySchema(model, update))
}

/** Two objects of the vendor are associated by address alone: there is no body. */
export const ASSOCIATE = 'custom-object-classes/{source_class_id}/custom-objects/{source_object_id}/associations/{target_class_id}/{target_object_id}/{association_type_id}'
export const associateRoute = (model: CommonModel): FastifyPluginAsyncTypebox => async (app) => {
  app.put(routed(model, ASSOCIATE), {
    config: WRITES,
    schema: { tags: [model.category], summary: 'Associate two objects at the vendor', description: model.doc, params: pathParams(ASSOCIATE), querystring: Type.Object(debugging) },
  }, async (request) => {
    ownAccount(request, model)
    throw notYetServed(`PUT ${documented(model, ASSOCIATE)}`)
  })
}
