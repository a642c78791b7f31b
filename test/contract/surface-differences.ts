/** What the market's API has and a model of ours has not, or has otherwise. Each difference is a line; none is the aim. */
import { fieldShape, keptFields, nestedName, sensitiveFields, servedShape, shapeAt, type CommonModel, type FieldShape, type Filter } from '#models'
import { filterShape } from '#src/records/filter'
import type { TObject, TSchema } from '@sinclair/typebox'
import type { SurfaceCategory, SurfaceField, SurfaceModel, SurfaceType } from './surface.ts'

/** What the store says of every record, and parameters that every list takes. */
export const OF_THE_STORE: ReadonlySet<string> = new Set(['id', 'remote_id', 'created_at', 'modified_at', 'remote_was_deleted', 'field_mappings', 'remote_data', 'remote_fields'])
export const OF_EVERY_LIST: ReadonlySet<string> = new Set([
  'cursor', 'page_size', 'created_after', 'created_before', 'modified_after', 'modified_before', 'remote_id', 'remote_ids', 'include_deleted_data', 'include_remote_data', 'include_shell_data',
  'include_remote_fields', 'include_sensitive_fields', 'expand', 'show_enum_origins', 'remote_fields', 'order_by',
])
const JSON_TYPES: Readonly<Record<SurfaceType['type'], string>> = { string: 'string', uuid: 'string', datetime: 'string', enum: 'string', integer: 'integer', float: 'number', boolean: 'boolean', object: 'object', any: 'any', array: 'array' }
const FORMATS: Readonly<Record<string, string>> = { url: 'uri', email: 'email' }

const same = (a: readonly string[], b: readonly string[]): boolean => JSON.stringify([...a].sort()) === JSON.stringify([...b].sort())
const compare = (what: string, theirs: readonly string[], ours: readonly string[]): string[] => (same(theirs, ours) ? [] : [`${what}: ${theirs.toSorted().join(' ')} became ${ours.toSorted().join(' ')}`])

/** The shape that a union offers beside an id. */
const offered = (schema: TSchema): string | null => {
  const shape = ((schema['anyOf'] ?? []) as TSchema[]).find((variant) => variant['x-shape'] !== undefined)
  return shape === undefined ? null : nestedName(shape as TObject)
}

/** One field, against ours. */
export function fieldDifferences(category: string, at: string, theirs: SurfaceField, schema: TSchema): string[] {
  const ours = fieldShape(schema)
  const one = theirs.type === 'array' ? theirs.items! : theirs
  const lines: string[] = []
  if ((theirs.type === 'array') !== ours.many) lines.push(`${at}: ${theirs.type === 'array' ? 'a list became one' : 'one became a list'}`)
  lines.push(...valueDifferences(category, at, one, ours, schema))
  return lines
}

function valueDifferences(category: string, at: string, theirs: SurfaceType, ours: FieldShape, schema: TSchema): string[] {
  const nested = ours.nested === null ? offered(schema) : nestedName(ours.nested)
  // Objects may come in the place of their ids wherever ids may be expanded into them.
  if (theirs.target !== undefined && nested === theirs.target) return []
  const lines: string[] = []
  if (ours.type !== JSON_TYPES[theirs.type]) lines.push(`${at}: ${theirs.type} became ${ours.type}`)
  if ((theirs.type === 'datetime') !== ours.instant) lines.push(`${at}: ${theirs.type} became ${ours.instant ? 'an instant' : 'no instant'}`)
  if (theirs.enum !== undefined && JSON.stringify(theirs.enum) !== JSON.stringify(ours.words)) lines.push(`${at}: other words`)
  if (theirs.format !== undefined && ours.format !== FORMATS[theirs.format]) lines.push(`${at}: format ${theirs.format} became ${String(ours.format)}`)
  if (theirs.model !== undefined && nested !== theirs.model) lines.push(`${at}: ${theirs.model} became ${String(nested)}`)
  if (theirs.target !== undefined && ours.relation !== `${category}.${theirs.target}`) lines.push(`${at}: relation to ${theirs.target} became ${String(ours.relation)}`)
  if (theirs.type === 'uuid' && ours.relation === null && ours.format !== 'uuid') lines.push(`${at}: an id became no relation`)
  return lines
}

/** Every field of the market's model, against ours, and fields of ours that the market does not have. */
function allFields(category: string, theirs: SurfaceModel, model: CommonModel, additions: readonly string[]): string[] {
  const own = theirs.fields.filter(({ name }) => !OF_THE_STORE.has(name))
  return [
    ...own.flatMap((field) => {
      const schema = model.schema.properties[field.name]
      return schema === undefined ? [`${model.id}.${field.name}: missing`] : fieldDifferences(category, `${model.id}.${field.name}`, field, schema)
    }),
    ...compare(`${model.id} fields`, [...own.map(({ name }) => name), ...additions], Object.keys(model.schema.properties)),
    ...compare(`${model.id} expand`, theirs.expand_values, Object.entries(model.schema.properties).filter(([, schema]) => fieldShape(schema).expandable).map(([name]) => name)),
    ...(theirs.fields.some(({ name }) => name === 'remote_fields') === model.hasRemoteFields ? [] : [`${model.id}.remote_fields: ${String(model.hasRemoteFields)}`]),
  ]
}

const kinds: Readonly<Record<string, readonly Filter['kind'][]>> = { datetime: ['after', 'before'], string: ['equals', 'in', 'has', 'through'], enum: ['equals', 'in'] }

function allFilters({ endpoints }: SurfaceCategory, model: CommonModel, theirs: SurfaceModel): string[] {
  const list = endpoints.find(({ common_model: of, operation }) => of === model.name && operation === 'list')?.query ?? []
  const query = list.filter(({ name }) => !OF_EVERY_LIST.has(name))
  const origins = [...new Set(theirs.show_enum_origins_values.flatMap((value) => value.split(',')))]
  return [
    ...compare(`${model.id} filters`, query.map(({ name }) => name), Object.keys(model.filters)),
    ...query.flatMap(({ name, type, allowed = [] }) => {
      const filter = model.filters[name]
      if (filter === undefined) return []
      const { words, instant } = filterShape(model, filter)
      if (!kinds[type]!.includes(filter.kind) || (type === 'datetime') !== instant) return [`${model.id}?${name}: ${type} became ${filter.kind}`]
      return allowed.filter((word) => word !== '' && words?.includes(word) !== true).map((word) => `${model.id}?${name}: does not know ${word}`)
    }),
    ...compare(`${model.id}?order_by`, list.find(({ name }) => name === 'order_by')?.allowed ?? [], model.orderBy.flatMap((field) => [field, `-${field}`])),
    ...origins.filter((field) => !model.enumOrigins.includes(field)).map((field) => `${model.id}?show_enum_origins: does not know ${field}`),
    ...(list.some(({ name }) => name === 'include_sensitive_fields') === sensitiveFields(model.schema).length > 0 ? [] : [`${model.id}?include_sensitive_fields: other`]),
    ...(list.some(({ name }) => name === 'include_remote_fields') === model.hasRemoteFields || list.length === 0 ? [] : [`${model.id}?include_remote_fields: other`]),
  ]
}

function allWrites({ all_schemas: schemas }: SurfaceCategory, theirs: SurfaceModel, model: CommonModel): string[] {
  return ([['create', 'writable_post'], ['update', 'writable_patch']] as const).flatMap(([write, flag]) => {
    const ours = model.writes[write]
    if ((theirs.operations[write] !== undefined) !== (ours !== null)) return [`${model.id} ${write}: ${ours === null ? 'missing' : 'is not there'}`]
    if (ours === null) return []
    const request = schemas[theirs.request_models[write] ?? '']?.fields ?? []
    return [
      ...compare(`${model.id} ${write}`, theirs.fields.filter((field) => field[flag]).map(({ name }) => name), ours.fields),
      ...compare(`${model.id} ${write} required`, request.filter(({ required }) => required).map(({ name }) => name), ours.required),
      ...compare(`${model.id} ${write} request only`, theirs.request_only_fields[write] ?? [], ours.requestOnly),
    ]
  })
}

/** The addresses of a model, as its declaration gives them. */
function addresses(model: CommonModel): Record<string, string> {
  const base = `/${model.category}/v1/`
  const [own, ...also] = model.lists
  const nestedOnly = !model.retrievable && own.parents.length === 1
  const lists = nestedOnly ? [own, ...also] : also
  return {
    ...(!nestedOnly && { list: `GET ${base}${own.path}` }),
    ...Object.fromEntries(lists.map(({ path }, n) => [n === 0 ? 'list_nested' : `list_nested_${n + 1}`, `GET ${base}${path}`])),
    ...(model.retrievable && { retrieve: `GET ${base}${own.path}/{id}` }),
    ...(model.writes.create && { create: `POST ${base}${own.path}`, meta_post: `GET ${base}${own.path}/meta/post` }),
    ...(model.writes.update && { update: `PATCH ${base}${own.path}/{id}`, meta_patch: `GET ${base}${own.path}/meta/patch/{id}` }),
    ...(model.ignorable && { ignore: `POST ${base}${own.path}/ignore/{model_id}` }),
    ...(model.remoteFieldClassesPath !== null && { remote_field_classes: `GET ${base}${model.remoteFieldClassesPath}` }),
  }
}

/** Operations that no declaration gives: each is one of its kind. */
export const SINGULAR: ReadonlySet<string> = new Set(['types_list', 'download', 'live_search', 'put'])

const allOperations = (theirs: SurfaceModel, model: CommonModel): string[] =>
  compare(`${model.id} operations`, Object.entries(theirs.operations).filter(([name]) => !SINGULAR.has(name)).map((entry) => entry.join(' ')), Object.entries(addresses(model)).map((entry) => entry.join(' ')))

/** Everything of one model. */
export const modelDifferences = (category: string, theirs: SurfaceCategory, model: CommonModel, additions: readonly string[]): string[] => {
  const known = theirs.common_models[model.name]
  return known === undefined ? [`${model.id}: the market has no such model`] : [
    ...allFields(category, known, model, additions), ...allFilters(theirs, model, known), ...allWrites(theirs, known, model), ...allOperations(known, model),
  ]
}

/** A nested shape, what the store adds included. */
export const shapeDifferences = (category: string, name: string, theirs: readonly SurfaceField[], shape: TObject): string[] => [
  ...compare(`${category} ${name}`, theirs.map((field) => field.name), Object.keys(servedShape(shape).properties)),
  ...theirs.filter((field) => !(keptFields(shape) as readonly string[]).includes(field.name) && shape.properties[field.name] !== undefined)
    .flatMap((field) => fieldDifferences(category, `${category} ${name}.${field.name}`, field, shape.properties[field.name]!)),
]

/** Where the parents of a list are named: models that exist, by fields that hold their ids. */
export const parentFaults = (model: CommonModel, models: Readonly<Record<string, CommonModel>>): string[] => model.lists.flatMap(({ path, parents }) => [
  ...compare(`${model.id} ${path}`, [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!), parents.map(({ parameter }) => parameter)),
  ...parents.flatMap(({ model: above, field, parameter }) => {
    if (models[above] === undefined) return [`${model.id}: ${parameter} names no model`]
    return field === null || shapeAt(model.schema, field).relation === above ? [] : [`${model.id}.${field} does not hold the id of ${above}`]
  }),
])
