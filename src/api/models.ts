/** A list and a single read for every common model, all made from the model itself. */
import { Type, type FastifyPluginAsyncTypebox, type TProperties } from '@fastify/type-provider-typebox'
import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { fieldShape, type CommonModel, type Filter } from '#models'
import type { Database } from '../db/client.ts'
import { readCursor, signCursor } from '../db/keyset.ts'
import { Fault } from '../errors.ts'
import type { CallerAccount } from '../http/caller.ts'
import { canonicalInstant, isUuid } from '../http/formats.ts'
import { expandRecords, expandTree, type Models } from '../records/expand.ts'
import { presentPage, presentRecord } from '../records/present.ts'
import { accountHead, findRecord, listRecords, type ListQuery, type Place, type StoredRecord } from '../records/query.ts'
import { remoteData } from '../records/remote-data.ts'

export interface ModelRoutesDeps {
  readonly database: Database
  readonly cursorKeys: readonly Buffer[]
  readonly models: Models
}

/** Shown only below a record of another model. */
const NESTED_ONLY: ReadonlySet<string> = new Set(['ticketing.Viewer'])
const PAGE_SIZE = 30
const JSON_TYPE = 'application/json; charset=utf-8'

/** The models that have routes of their own. */
export const servedModels = (models: Models): CommonModel[] => Object.values(models).filter(({ id }) => !NESTED_ONLY.has(id))

const instant = (description: string) => Type.Optional(Type.String({ format: 'date-time', description }))
const flag = (description: string) => Type.Optional(Type.Boolean({ default: false, description }))

const presentation = (model: CommonModel): TProperties => ({
  expand: Type.Optional(Type.Array(Type.String({ maxLength: 200 }), { maxItems: 30, description: 'Relations to answer as whole records instead of ids, separated by commas; `a.b` expands inside an expanded record, three levels at most.' })),
  include_remote_data: flag('Add what the vendor sent for each record.'),
  include_shell_data: flag('Accepted for compatibility: there are no empty records here.'),
  ...(model.hasRemoteFields && { include_remote_fields: flag('Add the vendor\'s fields beyond the common model.') }),
})

function filterSchema(model: CommonModel, filter: Filter) {
  const { relation } = fieldShape(model.schema.properties[filter.field]!)
  const one = relation === null ? Type.String({ maxLength: 1024 }) : Type.String({ format: 'uuid' })
  if (filter.kind === 'after' || filter.kind === 'before') return Type.Optional(Type.String({ format: 'date-time', description: filter.doc }))
  if (filter.kind === 'equals') return Type.Optional({ ...one, description: filter.doc })
  return Type.Optional(Type.Array(one, { minItems: 1, maxItems: 20, description: `${filter.doc} Separated by commas, 20 at most.` }))
}

const listParameters = (model: CommonModel): TProperties => ({
  cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 1024, description: '`next` or `previous` of an earlier page, with the same filters.' })),
  page_size: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: PAGE_SIZE })),
  modified_after: instant('Only records changed here after this instant.'),
  modified_before: instant('Only records changed here before this instant.'),
  created_after: instant('Only records that first came after this instant.'),
  created_before: instant('Only records that first came before this instant.'),
  remote_id: Type.Optional(Type.String({ minLength: 1, maxLength: 1024, description: 'Only the record with this id at the vendor.' })),
  include_deleted_data: flag('Add records that the vendor no longer has.'),
  ...presentation(model),
  ...Object.fromEntries(Object.entries(model.filters).map(([parameter, filter]) => [parameter, filterSchema(model, filter)])),
})

type Parameters = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>
const INSTANTS = ['modified_after', 'modified_before', 'created_after', 'created_before'] as const
const NARROWING = [...INSTANTS, 'remote_id', 'include_deleted_data'] as const

/** The parameters that decide which records are in the list. The rest only decides how they look, and may change from page to page. */
function narrowing(model: CommonModel, query: Parameters): Record<string, unknown> {
  const kept = [...NARROWING, ...Object.keys(model.filters)].filter((name) => query[name] !== undefined && query[name] !== false).sort()
  return Object.fromEntries(kept.map((name) => [name, isInstantParameter(model, name) ? canonicalInstant(String(query[name])) : query[name]]))
}

const isInstantParameter = (model: CommonModel, name: string): boolean =>
  (INSTANTS as readonly string[]).includes(name) || model.filters[name]?.kind === 'after' || model.filters[name]?.kind === 'before'

function listQuery(model: CommonModel, query: Parameters, narrowed: Record<string, unknown>, place: Place): ListQuery {
  const text = (name: string): string | undefined => narrowed[name] as string | undefined
  return {
    place,
    pageSize: (query['page_size'] as number | undefined) ?? PAGE_SIZE,
    modifiedAfter: text('modified_after'),
    modifiedBefore: text('modified_before'),
    createdAfter: text('created_after'),
    createdBefore: text('created_before'),
    remoteId: text('remote_id'),
    includeDeleted: query['include_deleted_data'] === true,
    includeRemoteFields: query['include_remote_fields'] === true,
    filters: Object.fromEntries(Object.keys(model.filters).filter((name) => narrowed[name] !== undefined).map((name) => [name, narrowed[name] as string | readonly string[]])),
  }
}

/** An instant that has not come yet matches nothing: most often a clock or a zone is wrong. */
const futureWarnings = (query: Parameters): object[] => ['modified_after', 'created_after'].filter((name) => Date.parse(canonicalInstant(String(query[name])) ?? '') > Date.now()).map((parameter) => ({
  source: { parameter }, title: 'Instant in the future', detail: `${parameter} lies in the future, so the list is empty.`, problem_type: 'INSTANT_IN_FUTURE',
}))

function ownAccount(request: FastifyRequest, model: CommonModel): CallerAccount {
  const account = request.account!
  if (account.category !== model.category) throw new Fault('request.invalid', { detail: `This linked account belongs to the category ${account.category}; this address is of ${model.category}.` })
  return account
}

async function present({ database, models }: ModelRoutesDeps, account: CallerAccount, model: CommonModel, rows: readonly StoredRecord[], query: Parameters): Promise<string[]> {
  const tree = expandTree(models, model, (query['expand'] as readonly string[] | undefined) ?? [])
  const originals = query['include_remote_data'] === true ? await remoteData(database, account, model, rows.map(({ id }) => id)) : null
  const records = rows.map((row) => presentRecord(model, row, { remoteData: originals?.get(row.id) ?? null, includeRemoteFields: query['include_remote_fields'] === true }))
  return expandRecords(database, account, models, model, records, tree)
}

/** Names a page by everything that it is made of. Remote data may change without an entry in the feed, so pages with it have no name. */
function pageTag(scope: string, query: Parameters, head: string | null): string | null {
  if (head === null || query['include_remote_data'] === true) return null
  return `"${createHash('sha256').update(`1 ${scope} ${JSON.stringify(query)}`).digest('base64url').slice(0, 22)}.${head}"`
}

const send = (reply: FastifyReply, json: string): FastifyReply => reply.type(JSON_TYPE).send(Buffer.from(json))

/** `GET /api/{category}/v1/{models}` and `GET /api/{category}/v1/{models}/{id}` for every model. */
export const modelRoutes = (deps: ModelRoutesDeps): FastifyPluginAsyncTypebox => async (app) => {
  const { database, cursorKeys, models } = deps
  for (const model of servedModels(models)) {
    const address = `/api/${model.category}/v1/${model.path}`
    const config = { scope: 'records:read', account: 'required' } as const

    app.get(address, {
      config,
      schema: { tags: [model.category], summary: `List ${model.path}`, description: model.doc, querystring: Type.Object(listParameters(model)) },
    }, async (request, reply) => {
      const account = ownAccount(request, model)
      const query = request.query as Parameters
      const narrowed = narrowing(model, query)
      const scope = `list ${account.organizationId} ${account.id} ${model.id} ${createHash('sha256').update(JSON.stringify(narrowed)).digest('base64url')}`
      const place = query['cursor'] === undefined ? null : readCursor(cursorKeys, scope, String(query['cursor'])) as unknown as Place
      const sign = (at: Place): string | null => (at === null ? null : signCursor(cursorKeys, scope, { ...at }))
      const known = request.headers['if-none-match']
      if (known !== undefined && known === pageTag(scope, query, await accountHead(database, account))) return reply.code(304).header('etag', known).send()
      const page = await listRecords(database, account, model, listQuery(model, query, narrowed, place))
      const results = await present(deps, account, model, page.rows, query)
      const tag = pageTag(scope, query, page.head)
      if (tag !== null) reply.header('etag', tag)
      return send(reply, presentPage(results, { next: sign(page.next), previous: sign(page.previous), warnings: futureWarnings(query) }))
    })

    app.get<{ Params: { id: string } }>(`${address}/:id`, {
      config,
      schema: { tags: [model.category], summary: `Retrieve one ${model.name}`, description: model.doc, params: Type.Object({ id: Type.String() }), querystring: Type.Object(presentation(model)) },
    }, async (request, reply) => {
      const account = ownAccount(request, model)
      const { id } = request.params
      const row = isUuid(id) ? await findRecord(database, account, model, id) : null
      if (row === null) throw new Fault('request.not_found')
      const [record] = await present(deps, account, model, [row], request.query as Parameters)
      return send(reply, record!)
    })
  }
}
