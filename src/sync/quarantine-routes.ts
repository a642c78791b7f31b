import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { models } from '#models'
import { actorOf } from '../audit/audit.ts'
import type { Database } from '../db/client.ts'
import { readCursor, signCursor, type CursorKey } from '../db/keyset.ts'
import { listQuarantine, type QuarantinePlace } from '../records/quarantine.ts'
import { retryQuarantine } from './retry-quarantine.ts'
import type { SyncDeps } from './slice.ts'

const orNull = <S extends Parameters<typeof Type.Union>[0][number]>(schema: S) => Type.Union([schema, Type.Null()])
const uuid = Type.String({ format: 'uuid' })
const time = Type.String({ format: 'date-time' })
const Model = Type.Optional(Type.Union(Object.keys(models).map((name) => Type.Literal(name)), { description: 'Only this common model.' }))

const Row = Type.Object({
  model: Type.String({ examples: ['ticketing.Ticket'] }),
  remote_key: Type.String({ description: 'The vendor\'s id; `row:` and a hash where the row has none that can be read.' }),
  code: Type.String({ examples: ['mapping.unidentified', 'mapping.failed', 'mapping.too_large', 'mapping.unstorable'] }),
  detail: Type.String({ description: 'Why it could not become a record.' }),
  run_id: uuid,
  log_id: orNull(Type.String({ format: 'uuid', description: 'The upstream log of the answer that it came in.' })),
  attempts: Type.Integer({ description: 'How often it was tried.' }),
  first_seen_at: time,
  last_seen_at: time,
}, { $id: 'QuarantinedRow' })

const Query = Type.Object({
  cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 2048, description: '`next` of an earlier page.' })),
  page_size: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
  model: Model,
}, { additionalProperties: false })

const Retried = Type.Object({
  healed: Type.Integer({ description: 'Rows that are records now.' }),
  failed: Type.Integer({ description: 'Rows that stay in quarantine.' }),
  has_more: Type.Boolean({ description: 'True where there are more than one request gets through: repeat it.' }),
})

export interface QuarantineRouteDeps { readonly database: Database; readonly cursorKeys: readonly CursorKey[]; readonly sync: Pick<SyncDeps, 'database' | 'providers' | 'account' | 'onChanges'> }

/** `/api/v1/quarantine`: the vendor's rows that could not become records, and the wish to try them again. */
export const quarantineRoutes = ({ database, cursorKeys, sync }: QuarantineRouteDeps): FastifyPluginAsyncTypebox => async (app) => {
  app.get('/api/v1/quarantine', {
    config: { scope: 'records:read', account: 'required' },
    schema: {
      tags: ['changes'], summary: 'List rows that could not become records',
      description: 'Their pages went on without them. They are tried again whenever the vendor sends them and when the mapping has a new version; those that become records, or that a complete read no longer finds, are no longer listed.',
      querystring: Query, response: { 200: Type.Object({ next: orNull(Type.String()), previous: Type.Null(), results: Type.Array(Row) }) },
    },
  }, async ({ account, query }) => {
    const scope = account!
    const { cursor, page_size: size = 100, model = null } = query
    const list = `quarantine ${scope.organizationId} ${scope.id} ${JSON.stringify(model)}`
    const found = await listQuarantine(database, scope, model, cursor === undefined ? null : readCursor(cursorKeys, list, cursor) as unknown as QuarantinePlace, size + 1)
    const last = found.length > size ? found[size - 1]! : null
    return { next: last === null ? null : signCursor(cursorKeys, list, { model: last.model, remote_key: last.remote_key }), previous: null, results: found.slice(0, size) }
  })

  app.post('/api/v1/quarantine/retry', {
    config: { scope: 'sync:write', account: 'required' },
    schema: {
      tags: ['changes'], summary: 'Try rows in quarantine again', description: 'Maps what is kept of them once more, at once and without asking the vendor. A sync does the same when the vendor sends them again.',
      body: orNull(Type.Object({ model: Model }, { additionalProperties: false })), response: { 200: Retried },
    },
  }, async (request) => {
    const model = request.body?.model ?? null
    const { healed, failed, hasMore } = await retryQuarantine(sync, request.account!, model, actorOf(request))
    return { healed, failed, has_more: hasMore }
  })
}
