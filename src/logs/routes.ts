import { Type } from '@fastify/type-provider-typebox'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Database } from '../db/client.ts'
import { readCursor, signCursor, type CursorKey } from '../db/keyset.ts'
import type { Vault } from '../db/seal.ts'
import { catalogue, Fault } from '../errors.ts'
import { getLog, listLogs, statusClasses, tenantReader } from './query.ts'
import type { LogFilter, LogPlace, LogRow } from './query.ts'

const orNull = <S extends Parameters<typeof Type.Union>[0][number]>(schema: S) => Type.Union([schema, Type.Null()])
const id = Type.String({ format: 'uuid' })

const summary = {
  id,
  linked_account_id: id,
  integration: Type.String(),
  model: orNull(Type.String({ description: 'The common model that was read.' })),
  run_id: orNull(Type.String({ format: 'uuid', description: 'The sync run that sent it.' })),
  request_id: orNull(Type.String({ description: 'The request to this API that caused it.' })),
  trace_id: Type.String(),
  started_at: Type.String({ format: 'date-time' }),
  method: Type.String(),
  host: Type.String(),
  path: Type.String(),
  query: Type.String({ description: 'The query string; secrets in it are replaced.' }),
  status: orNull(Type.Integer({ description: 'The vendor\'s status; null where no answer came.' })),
  attempt: Type.Integer(),
  duration_ms: Type.Integer(),
  first_byte_ms: orNull(Type.Integer()),
  request_bytes: Type.Integer(),
  response_bytes: Type.Integer({ description: 'As it came over the wire, compressed where it was.' }),
  code: orNull(Type.String({ description: 'What the answer was judged to be; null where all is well.' })),
  remedy: orNull(Type.String({ description: 'What is done about it.' })),
} as const
const Summary = Type.Object(summary)
const Message = Type.Object({ headers: Type.Record(Type.String(), Type.String()), body: orNull(Type.String({ description: 'Secrets are replaced, and what is longer than 256 K characters is cut; a line at its end says so.' })) })
const Whole = Type.Object({ ...summary, title: orNull(Type.String({ description: 'The code in one sentence.' })), request: Message, response: Message })

const Filters = Type.Object({
  linked_account_id: Type.Optional(id),
  integration: Type.Optional(Type.String({ maxLength: 100 })),
  model: Type.Optional(Type.String({ maxLength: 100 })),
  run_id: Type.Optional(id),
  status_class: Type.Optional(Type.Union(statusClasses.map((word) => Type.Literal(word)), { description: '`none`: no answer came.' })),
  status: Type.Optional(Type.Integer({ minimum: 100, maximum: 999 })),
  method: Type.Optional(Type.String({ maxLength: 10 })),
  path: Type.Optional(Type.String({ minLength: 1, maxLength: 500, description: 'With a slash in front: what the path begins with. Without: what it contains. Searches the last 7 days where `started_after` is not given.' })),
  fault_code: Type.Optional(Type.String({ maxLength: 100 })),
  started_after: Type.Optional(Type.String({ format: 'date-time' })),
  started_before: Type.Optional(Type.String({ format: 'date-time' })),
  cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 1024 })),
  page_size: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 30 })),
})

export interface LogRoutesDeps {
  readonly database: Database
  readonly vault: Vault
  readonly cursorKeys: readonly CursorKey[]
}

function summaryOf(row: LogRow): Omit<LogRow, 'organization_id'> {
  const { organization_id: _own, ...rest } = row
  return rest
}

/** `GET /api/v1/logs` and `GET /api/v1/logs/:id`: every request that was sent to a vendor, as it left and as it was answered. */
export const logRoutes = ({ database, vault, cursorKeys }: LogRoutesDeps): FastifyPluginAsyncTypebox => async (app) => {
  app.get('/api/v1/logs', {
    config: { scope: 'logs:read', account: 'optional' },
    schema: {
      tags: ['logs'],
      summary: 'List upstream requests, newest first',
      description: 'Every request to a vendor, the failed and the repeated too. With `X-Account-Token` only those of that account.',
      querystring: Filters,
      response: {
        200: Type.Object({
          next: orNull(Type.String({ description: 'The cursor of older logs; null at the end.' })),
          previous: Type.Null(),
          results: Type.Array(Summary),
          searched_after: orNull(Type.String({ format: 'date-time', description: 'Nothing older was looked at: a search by path without `started_after` looks at the last 7 days.' })),
        }),
      },
    },
  }, async ({ query, caller, account }) => {
    const { organizationId } = caller!
    const { cursor, page_size: limit = 30, linked_account_id: wanted, fault_code: code, status_class: statusClass, started_after: startedAfter, started_before: startedBefore, run_id: runId, ...same } = query
    if (account !== null && wanted !== undefined && wanted.toLowerCase() !== account.id) throw new Fault('request.invalid', { parameter: 'linked_account_id', detail: 'X-Account-Token names another linked account.' })
    const linkedAccountId = account?.id ?? wanted
    const filter = Object.fromEntries(Object.entries({ ...same, linkedAccountId, code, statusClass, startedAfter: instant(startedAfter), startedBefore: instant(startedBefore), runId }).filter(([, value]) => value !== undefined)) as LogFilter
    const scope = `logs ${organizationId} ${JSON.stringify(Object.entries(filter).sort(([a], [b]) => (a < b ? -1 : 1)))}`
    const after = cursor === undefined ? null : readCursor(cursorKeys, scope, cursor) as unknown as LogPlace
    const page = await listLogs(tenantReader(database, organizationId), filter, { after, limit })
    return { next: page.next === null ? null : signCursor(cursorKeys, scope, { ...page.next }), previous: null, results: page.rows.map(summaryOf), searched_after: page.searchedAfter }
  })

  app.get('/api/v1/logs/:id', {
    config: { scope: 'logs:read', account: 'optional' },
    schema: { tags: ['logs'], summary: 'Read one upstream request whole', params: Type.Object({ id }), response: { 200: Whole } },
  }, async ({ params, caller, account }) => {
    const log = await getLog(tenantReader(database, caller!.organizationId), vault, params.id, account?.id)
    if (log === null) throw new Fault('request.not_found', { detail: 'There is no such log, or it is older than logs are kept. A log can be read a quarter of a second after its request.' })
    const { request_headers: requestHeaders, response_headers: responseHeaders, request_body: requestBody, response_body: responseBody, ...row } = log
    const title = row.code !== null && Object.hasOwn(catalogue, row.code) ? catalogue[row.code as keyof typeof catalogue].title : null
    return { ...summaryOf(row), title, request: { headers: requestHeaders, body: requestBody }, response: { headers: responseHeaders, body: responseBody } }
  })
}

/** A plus sign in a query string arrives as a space. */
const instant = (text: string | undefined): string | undefined => (text === undefined ? undefined : text.replace(/(?<=:\d\d(?:\.\d+)?) (?=\d\d:\d\d$)/, '+'))
