import { Type } from '@sinclair/typebox'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { AnyProvider } from '#kit'
import { models, type Category } from '#models'
import { actorOf } from '../audit/audit.ts'
import type { Database } from '../db/client.ts'
import { Fault } from '../errors.ts'
import { resync } from './control.ts'
import type { Scheduler } from './schedule.ts'
import { Status } from './status-schema.ts'
import { syncStatuses, type SyncStatus } from './status.ts'

export const Resync = Type.Object({
  kind: Type.Optional(Type.Union([Type.Literal('full'), Type.Literal('incremental')], { description: 'Read everything, which also finds deletions, or only what changed. Default: full.' })),
  models: Type.Optional(Type.Array(Type.String(), { description: 'Only these models, by name. Default: all.', maxItems: 100 })),
}, { additionalProperties: false })

export interface SyncRouteDeps { readonly database: Database; readonly scheduler: Scheduler; readonly providers: ReadonlyMap<string, AnyProvider> }

/** Where an account's models stand. */
export function statusesOf({ database, providers }: Pick<SyncRouteDeps, 'database' | 'providers'>, { id, organizationId, category, integration }: { readonly id: string; readonly organizationId: string; readonly category: string; readonly integration: string }): Promise<SyncStatus[]> {
  const inParts = new Set((providers.get(integration)?.resources ?? []).filter(({ read }) => read.segments !== undefined).map(({ model }) => model.id as string))
  return syncStatuses(database, { organizationId, linkedAccountId: id, category: category as Category, inParts })
}

/** How fresh each model is, and the wish for a sync now; the same for every category. */
export const syncRoutes = (deps: SyncRouteDeps): FastifyPluginAsyncTypebox => async (app) => {
  const { database, scheduler } = deps
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
      return { next: null, previous: null, results: await statusesOf(deps, { ...account!, category }) }
    })

    app.post(`/api/${category}/v1/sync-status/resync`, {
      config: { scope: 'sync:write', account: 'required' },
      schema: { tags: [category], summary: 'Sync now', body: Type.Union([Resync, Type.Null()]), response: { 200: Type.Array(Status) } },
    }, async (request) => {
      const { body } = request
      const { id, organizationId, status } = request.account!
      if (status === 'RELINK_NEEDED') throw new Fault('account.needs_relink')
      await resync(database, { organizationId, linkedAccountId: id, models: modelIds(category, body?.models) }, { kind: body?.kind ?? 'full', actor: actorOf(request) })
      await scheduler.wake()
      return statusesOf(deps, { ...request.account!, category })
    })
  }
}

/** Ids of models that a request names; null: it names none, and means all. */
export function modelIds(category: string, names: readonly string[] | undefined): string[] | null {
  if (names === undefined) return null
  return names.map((name) => {
    const model = Object.values(models).find((candidate) => candidate.category === category && candidate.name === name)
    if (model === undefined) throw new Fault('request.invalid', { detail: `There is no model "${name}" in ${category}.`, pointer: '/models' })
    return model.id
  })
}
