/** Lists and single reads, at every address that a model has. */
import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { crc32 } from 'node:zlib'
import type { CommonModel, ListAddress } from '#models'
import { readCursor, signCursor } from '../db/keyset.ts'
import { Fault } from '../errors.ts'
import { ownAccount } from '../http/caller.ts'
import { isUuid } from '../http/formats.ts'
import { expandRecords, expandTree } from '../records/expand.ts'
import { presentRecord } from '../records/present.ts'
import { accountHead, findRecord, listRecords, type Place, type Scope, type StoredRecord } from '../records/query.ts'
import { remoteData } from '../records/remote-data.ts'
import { below, pathParams, READS, routed, sendJson, sendPage, type ModelRoutesDeps, type PathParams } from './model-access.ts'
import { asideWanted, futureWarnings, listParameters, listQuery, narrowing, presentationParameters, type Parameters } from './model-parameters.ts'

/** Records of one account as they are served. */
export async function present({ database, models }: ModelRoutesDeps, account: Scope, model: CommonModel, rows: readonly StoredRecord[], query: Parameters): Promise<string[]> {
  const tree = expandTree(models, model, (query['expand'] as readonly string[] | undefined) ?? [])
  const originals = query['include_remote_data'] === true ? await remoteData(database, account, model, rows.map(({ id }) => id)) : null
  const aside = asideWanted(query)
  const records = rows.map((row) => presentRecord(model, row, { remoteData: originals?.get(row.id) ?? null, includeRemoteFields: query['include_remote_fields'] === true, aside }))
  return expandRecords(database, account, models, model, records, tree)
}

/**
 * The first part of a page's tag; the second is the head of the feed. It keeps a caller who mixes his tags up from taking one page for another, and guards nothing:
 * who makes a tag up learns only that nothing has changed. Remote data may change without an entry in the feed, so pages with it have no tag.
 */
const tagOf = (scope: string, query: Parameters): string | null =>
  query['include_remote_data'] === true ? null : `"${crc32(`${scope} ${JSON.stringify(query)}`).toString(36)}.`

/** `GET` of one list address. */
const list = (deps: ModelRoutesDeps, model: CommonModel, address: ListAddress): FastifyPluginAsyncTypebox => async (app) => {
  const { database, cursorKeys } = deps
  app.get<{ Params: PathParams }>(routed(model, address.path), {
    config: READS,
    schema: { tags: [model.category], summary: `List ${address.path.split('/').at(-1)!}`, description: model.doc, params: pathParams(address.path), querystring: Type.Object(listParameters(model)) },
  }, async (request, reply) => {
    const account = ownAccount(request, model)
    const query = request.query as Parameters
    const narrowed = narrowing(model, query)
    const within = await below(deps, account, address, request.params)
    const scope = `list ${account.organizationId} ${account.id} ${model.id} ${JSON.stringify([narrowed, within])}`
    const tag = tagOf(scope, query)
    const known = request.headers['if-none-match']
    if (tag !== null && known?.startsWith(tag) === true && known === `${tag}${await accountHead(database, account)}"`) return reply.code(304).header('etag', known).send()
    const place = query['cursor'] === undefined ? null : readCursor(cursorKeys, scope, String(query['cursor'])) as unknown as Place
    const sign = (at: Place): string | null => (at === null ? null : signCursor(cursorKeys, scope, { ...at }))
    const page = await listRecords(database, account, model, listQuery(model, query, narrowed, place, within))
    const results = await present(deps, account, model, page.rows, query)
    if (tag !== null && page.head !== null) reply.header('etag', `${tag}${page.head}"`)
    return sendPage(deps, reply, results, { next: sign(page.next), previous: sign(page.previous), warnings: futureWarnings(query) })
  })
}

/** `GET` of one record. */
const retrieve = (deps: ModelRoutesDeps, model: CommonModel): FastifyPluginAsyncTypebox => async (app) => {
  const path = `${model.path}/{id}`
  app.get<{ Params: PathParams }>(routed(model, path), {
    config: READS,
    schema: { tags: [model.category], summary: `Retrieve one ${model.name}`, description: model.doc, params: pathParams(path), querystring: Type.Object(presentationParameters(model)) },
  }, async (request, reply) => {
    const account = ownAccount(request, model)
    const id = request.params['id']!
    const within = await below(deps, account, model.lists[0], request.params)
    const row = isUuid(id) ? await findRecord(deps.database, account, model, id, within) : null
    if (row === null) throw new Fault('request.not_found')
    const [record] = await present(deps, account, model, [row], request.query as Parameters)
    return sendJson(reply, record!)
  })
}

export const readRoutes = (deps: ModelRoutesDeps, model: CommonModel): FastifyPluginAsyncTypebox => async (app) => {
  for (const address of model.lists) await app.register(list(deps, model, address))
  if (model.retrievable) await app.register(retrieve(deps, model))
}
