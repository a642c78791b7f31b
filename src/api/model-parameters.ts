/** The query parameters of lists and single reads, made from the model, and what they ask of the store. */
import { Type, type TProperties, type TSchema } from '@sinclair/typebox'
import { sensitiveFields, type CommonModel, type Filter } from '#models'
import { canonicalInstant } from '../http/formats.ts'
import { NOTHING_ASIDE, type AsideWanted } from '../records/aside.ts'
import { columnName } from '../records/columns.ts'
import { expandable } from '../records/expand.ts'
import { filterShape } from '../records/filter.ts'
import type { ListQuery, Order, Place } from '../records/query.ts'

export const PAGE_SIZE = 30
export type Parameters = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>

const instant = (description: string) => Type.Optional(Type.String({ format: 'date-time', description }))
export const flag = (description: string) => Type.Optional(Type.Boolean({ default: false, description }))
const oneOf = (words: readonly string[]): TSchema => Type.Union(words.map((word) => Type.Literal(word)))

/** None for a model without relations: there would be nothing to name. */
function expandParameter(model: CommonModel): TProperties {
  const fields = expandable(model)
  if (fields.length === 0) return {}
  return { expand: Type.Optional(Type.Array(Type.String({ maxLength: 200 }), { maxItems: 30, description: `Relations to answer as whole records instead of ids, separated by commas: ${fields.join(', ')}. \`a.b\` expands inside an expanded record, three levels at most.` })) }
}
export const pageParameters: TProperties = {
  cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 1024, description: '`next` or `previous` of an earlier page, with the same filters.' })),
  page_size: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: PAGE_SIZE })),
}

/** What decides how a record looks, in lists and alone. */
export const presentationParameters = (model: CommonModel): TProperties => ({
  ...expandParameter(model),
  include_remote_data: flag('Add what the vendor sent for each record.'),
  include_shell_data: flag('Also records without content: those that were emptied because somebody asked to ignore them. A single read always finds them.'),
  ...(model.hasRemoteFields && { include_remote_fields: flag('Add the vendor\'s fields beyond the common model.') }),
  ...(sensitiveFields(model.schema).length > 0 && { include_sensitive_fields: flag(`Add ${sensitiveFields(model.schema).join(', ')}, which is null otherwise.`) }),
  ...(model.enumOrigins.length > 0 && {
    show_enum_origins: Type.Optional(Type.Array(oneOf(model.enumOrigins), { maxItems: 30, description: 'Fields in which the vendor\'s own word is to stand instead of ours, separated by commas.' })),
    remote_fields: Type.Optional(Type.Array(oneOf(model.enumOrigins), { maxItems: 30, deprecated: true, description: 'The old name of `show_enum_origins`.' })),
  }),
})

function filterSchema(model: CommonModel, filter: Filter): TSchema {
  if (filter.kind === 'after' || filter.kind === 'before') return Type.Optional(Type.String({ format: 'date-time', description: filter.doc }))
  const { relation, type } = filterShape(model, filter)
  const one = relation !== null ? Type.String({ format: 'uuid' }) : type === 'boolean' ? Type.Boolean() : Type.String({ maxLength: 1024 })
  if (filter.kind === 'in' || filter.kind === 'has') return Type.Optional(Type.Array(one, { minItems: 1, maxItems: 20, description: `${filter.doc} Separated by commas, 20 at most.` }))
  return Type.Optional({ ...one, description: filter.doc })
}

export const listParameters = (model: CommonModel): TProperties => ({
  ...pageParameters,
  modified_after: instant('Only records changed here after this instant.'),
  modified_before: instant('Only records changed here before this instant.'),
  created_after: instant('Only records that first came after this instant.'),
  created_before: instant('Only records that first came before this instant.'),
  remote_id: Type.Optional(Type.String({ minLength: 1, maxLength: 1024, description: 'Only the record with this id at the vendor.' })),
  remote_ids: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 1024 }), { minItems: 1, maxItems: 100, description: 'Only the records with these ids at the vendor. Separated by commas, 100 at most.' })),
  include_deleted_data: flag('Add records that the vendor no longer has.'),
  ...presentationParameters(model),
  ...(model.orderBy.length > 0 && { order_by: Type.Optional({ ...oneOf(model.orderBy.flatMap((field) => [field, `-${field}`])), description: 'Instead of by the last change: rising by this instant, or falling with a minus in front; records without it come last. A record that changes during a walk may be seen twice or not at all, so follow `modified_after` or the change feed for that.' }) }),
  ...Object.fromEntries(Object.entries(model.filters).map(([parameter, filter]) => [parameter, filterSchema(model, filter)])),
})

const INSTANTS = ['modified_after', 'modified_before', 'created_after', 'created_before'] as const
const NARROWING = [...INSTANTS, 'remote_id', 'remote_ids', 'include_deleted_data', 'include_shell_data', 'order_by'] as const

const isInstantParameter = (model: CommonModel, name: string): boolean =>
  (INSTANTS as readonly string[]).includes(name) || model.filters[name]?.kind === 'after' || model.filters[name]?.kind === 'before'

/** The parameters that decide which records are in the list, and in which order. The rest only decides how they look, and may change from page to page. */
export function narrowing(model: CommonModel, query: Parameters): Record<string, unknown> {
  const kept = [...NARROWING, ...Object.keys(model.filters)].filter((name) => query[name] !== undefined && !(query[name] === false && model.filters[name] === undefined)).sort()
  return Object.fromEntries(kept.map((name) => [name, isInstantParameter(model, name) ? canonicalInstant(String(query[name])) : query[name]]))
}

const orderOf = (text: string | undefined): Order | null =>
  text === undefined ? null : { column: columnName(text.replace(/^-/, '')), descending: text.startsWith('-') }

/** What is wanted beside the body: the vendor's words, sensitive fields. */
export function asideWanted(query: Parameters): AsideWanted {
  const origins = ['show_enum_origins', 'remote_fields'].flatMap((name) => (query[name] as readonly string[] | undefined) ?? [])
  const sensitive = query['include_sensitive_fields'] === true
  return origins.length === 0 && !sensitive ? NOTHING_ASIDE : { origins, sensitive }
}

export function listQuery(model: CommonModel, query: Parameters, narrowed: Record<string, unknown>, place: Place, within: ListQuery['within']): ListQuery {
  const text = (name: string): string | undefined => narrowed[name] as string | undefined
  const given = (name: string): string | readonly string[] => (Array.isArray(narrowed[name]) ? narrowed[name] as readonly string[] : String(narrowed[name]))
  return {
    place,
    within,
    pageSize: (query['page_size'] as number | undefined) ?? PAGE_SIZE,
    modifiedAfter: text('modified_after'),
    modifiedBefore: text('modified_before'),
    createdAfter: text('created_after'),
    createdBefore: text('created_before'),
    remoteId: text('remote_id'),
    remoteIds: narrowed['remote_ids'] as readonly string[] | undefined,
    includeDeleted: query['include_deleted_data'] === true,
    includeShell: query['include_shell_data'] === true,
    includeRemoteFields: query['include_remote_fields'] === true,
    includeAside: asideWanted(query) !== NOTHING_ASIDE,
    order: orderOf(text('order_by')),
    filters: Object.fromEntries(Object.keys(model.filters).filter((name) => narrowed[name] !== undefined).map((name) => [name, given(name)])),
  }
}

/** An instant that has not come yet matches nothing: most often a clock or a zone is wrong. */
export const futureWarnings = (query: Parameters): object[] => ['modified_after', 'created_after'].filter((name) => Date.parse(canonicalInstant(String(query[name])) ?? '') > Date.now()).map((parameter) => ({
  source: { parameter }, title: 'Instant in the future', detail: `${parameter} lies in the future, so the list is empty.`, problem_type: 'INSTANT_IN_FUTURE',
}))
