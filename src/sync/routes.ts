import { Type } from '@sinclair/typebox'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { models, type Category } from '#models'
import { actorOf, audit } from '../audit/audit.ts'
import type { Database } from '../db/client.ts'
import { Fault } from '../errors.ts'
import type { Scheduler } from './schedule.ts'
import { requestSync, syncStatuses } from './status.ts'

const orNull = <S extends Parameters<typeof Type.Union>[0][number]>(schema: S) => Type.Union([schema, Type.Null()])
const time = (description: string) => orNull(Type.String({ format: 'date-time', description }))

const Status = Type.Object({
  model_name: Type.String({ description: 'The common model.', examples: ['Ticket'] }),
  model_id: Type.String({ examples: ['ticketing.Ticket'] }),
  last_sync_start: time('When the latest run began.'),
  next_sync_start: time('When the next run is due; null while one is under way.'),
  last_sync_result: orNull(Type.String({ examples: ['DONE', 'FAILED', 'PARTIALLY_SYNCED'] })),
  last_sync_finished: time('When the latest finished run ended.'),
  status: Type.String({ examples: ['SYNCING', 'DONE', 'FAILED', 'DISABLED', 'PAUSED', 'PARTIALLY_SYNCED'] }),
  is_initial_sync: Type.Boolean({ description: 'True until the first complete read has succeeded.' }),
  sync_status_reason: orNull(Type.String({ description: 'Why it is not going on, where it is not.', examples: ['RATE_LIMITED'] })),
  data_fresh_as_of: time('What is served is at least as new as the vendor was then.'),
  records: orNull(Type.Object({
    read: Type.Integer(), created: Type.Integer(), updated: Type.Integer(), unchanged: Type.Integer(), deleted: Type.Integer(), quarantined: Type.Integer(),
    deletions_held: Type.Integer({ description: 'Records that were missing but are kept for a day, because so many at once look wrong.' }),
  }, { description: 'Counts of the latest run.' })),
  fault: orNull(Type.Object({ code: Type.String(), detail: Type.String(), log_id: orNull(Type.String()) })),
}, { $id: 'SyncStatus' })

const Resync = Type.Object({
  kind: Type.Optional(Type.Union([Type.Literal('full'), Type.Literal('incremental')], { description: 'Read everything, which also finds deletions, or only what changed. Default: full.' })),
  models: Type.Optional(Type.Array(Type.String(), { description: 'Only these models, by name. Default: all.', maxItems: 100 })),
}, { additionalProperties: false })

export interface SyncRouteDeps { readonly database: Database; readonly scheduler: Scheduler }

/** How fresh each model is, and the wish for a sync now; the same for every category. */
export const syncRoutes = ({ database, scheduler }: SyncRouteDeps): FastifyPluginAsyncTypebox => async (app) => {
  for (const category of new Set(Object.values(models).map((model) => model.category))) {
    app.get(`/api/${category}/v1/sync-status`, {
      config: { scope: 'records:read', account: 'required' },
      schema: {
        tags: [category], summary: 'How fresh each model is',
        querystring: Type.Object({ cursor: Type.Optional(Type.String()), page_size: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })) }, { additionalProperties: false }),
        response: { 200: Type.Object({ next: Type.Null(), previous: Type.Null(), results: Type.Array(Status) }) },
      },
    }, async ({ account, query }) => {
      // All models of a category fit one page, so no cursor was ever given out.
      if (query.cursor !== undefined) throw new Fault('request.invalid_cursor', { parameter: 'cursor' })
      return { next: null, previous: null, results: await syncStatuses(database, account!.organizationId, account!.id, category) }
    })

    app.post(`/api/${category}/v1/sync-status/resync`, {
      config: { scope: 'sync:write', account: 'required' },
      schema: { tags: [category], summary: 'Sync now', body: Type.Union([Resync, Type.Null()]), response: { 200: Type.Array(Status) } },
    }, async (request) => {
      const { body } = request
      const { id, organizationId, status } = request.account!
      if (status === 'RELINK_NEEDED') throw new Fault('account.needs_relink')
      await requestSync(database, organizationId, id, body?.kind ?? 'full', body?.models === undefined ? null : body.models.map((name) => modelId(category, name)))
      await database.tenant(organizationId, (client) => audit(client, { organizationId, event: 'FORCED_LINKED_ACCOUNT_RESYNC', description: `A sync of ${body?.models === undefined ? `all ${category} models` : body.models.join(', ')} was asked for.`, subject: id, actor: actorOf(request) }))
      await scheduler.wake(id)
      return syncStatuses(database, organizationId, id, category)
    })
  }
}

function modelId(category: Category, name: string): string {
  const model = Object.values(models).find((candidate) => candidate.category === category && candidate.name === name)
  if (model === undefined) throw new Fault('request.invalid', { detail: `There is no model "${name}" in ${category}.`, pointer: '/models' })
  return model.id
}
