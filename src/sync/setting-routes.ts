import { Type, type FastifyPluginAsyncTypebox, type Static } from '@fastify/type-provider-typebox'
import { models } from '#models'
import { actorOf } from '../audit/audit.ts'
import type { Database } from '../db/client.ts'
import { Fault } from '../errors.ts'
import { changeSyncSettings, readSyncSettings, type SyncSetting } from './settings.ts'
import { orNull } from './status-schema.ts'

const MONTH_SECONDS = 30 * 86_400
const fields = {
  interval_seconds: Type.Optional(orNull(Type.Integer({ minimum: 60, maximum: MONTH_SECONDS, description: 'How often a model is read for changes. Null: as the operator, or the line for all models, has it.' }))),
  reconcile_hours: Type.Optional(orNull(Type.Number({ minimum: 1, maximum: 24 * 90, description: 'How often it is read completely, which finds deletions and whatever no report of changes told.' }))),
  adapts: Type.Optional(orNull(Type.Boolean({ description: 'Whether a model in which nothing happens is read less often: after six runs without news half as often, after twelve a quarter; the first news ends it. Null: yes.' }))),
}
const Settings = Type.Object({
  ...fields,
  models: Type.Optional(Type.Array(Type.Object({ model: Type.String({ maxLength: 100, examples: ['ticketing.Ticket'] }), ...fields }, { additionalProperties: false }), { maxItems: 200, description: 'Models that differ.' })),
}, { additionalProperties: false })
const Shown = Type.Object({
  interval_seconds: orNull(Type.Integer()), reconcile_hours: orNull(Type.Number()), adapts: orNull(Type.Boolean()),
  models: Type.Array(Type.Object({ model: Type.String(), interval_seconds: orNull(Type.Integer()), reconcile_hours: orNull(Type.Number()), adapts: orNull(Type.Boolean()) })),
}, { $id: 'SyncSettings' })

type Given = Omit<Static<typeof Settings>, 'models'>
const settingOf = ({ interval_seconds: intervalSeconds = null, reconcile_hours: reconcileHours = null, adapts = null }: Given): SyncSetting => ({ intervalSeconds, reconcileHours, adapts })
const shown = ({ intervalSeconds, reconcileHours, adapts }: SyncSetting) => ({ interval_seconds: intervalSeconds, reconcile_hours: reconcileHours, adapts })

/** How often an organisation wants its accounts read. */
export const syncSettingRoutes = ({ database }: { readonly database: Database }): FastifyPluginAsyncTypebox => async (app) => {
  const current = async (organizationId: string): Promise<Static<typeof Shown>> => {
    const { all, models: own } = await readSyncSettings(database, organizationId)
    return { ...shown(all), models: [...own].map(([model, setting]) => ({ model, ...shown(setting) })) }
  }

  app.get('/api/v1/sync-settings', {
    config: { scope: 'accounts:read' },
    schema: { tags: ['platform'], summary: 'How often accounts are read', response: { 200: Shown } },
  }, async ({ caller }) => current(caller!.organizationId))

  app.put('/api/v1/sync-settings', {
    config: { scope: 'sync:write' },
    schema: {
      tags: ['platform'], summary: 'Say how often accounts are read',
      description: 'Replaces what was said. A vendor that says how seldom a model changes is not asked more often than that unless the model is named here. After failures the next run comes later, at most a day.',
      body: Settings, response: { 200: Shown },
    },
  }, async (request) => {
    const { organizationId } = request.caller!
    const named = new Map<string, SyncSetting>()
    for (const [at, { model, ...given }] of (request.body.models ?? []).entries()) {
      if (!Object.hasOwn(models, model)) throw new Fault('request.invalid', { detail: `There is no model "${model}".`, pointer: `/models/${at}/model` })
      if (named.has(model)) throw new Fault('request.invalid', { detail: `The model "${model}" is named twice.`, pointer: `/models/${at}/model` })
      named.set(model, settingOf(given))
    }
    await changeSyncSettings(database, organizationId, { all: settingOf(request.body), models: named }, actorOf(request))
    return current(organizationId)
  })
}
