import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { findAccount, type ListedAccount } from '../accounts/list.ts'
import { actorOf, type Actor } from '../audit/audit.ts'
import type { CursorKey } from '../db/keyset.ts'
import { Fault } from '../errors.ts'
import { cancel, pause, reset, resume, resync, type Controlled } from './control.ts'
import { listRuns } from './history.ts'
import { modelIds, Resync, statusesOf, type SyncRouteDeps } from './routes.ts'
import { FaultShown, orNull, Status, time } from './status-schema.ts'

const Params = Type.Object({ id: Type.String({ format: 'uuid' }) })
const Some = Type.Object({ models: Type.Optional(Type.Array(Type.String(), { description: 'Only these models, by name. Default: all.', maxItems: 100 })) }, { additionalProperties: false })
const Statuses = Type.Object({ results: Type.Array(Status) })

const count = (description: string) => Type.Integer({ description })
const Run = Type.Object({
  id: Type.String({ format: 'uuid' }),
  model: Type.String({ examples: ['ticketing.Ticket'] }),
  kind: Type.String({ description: 'The first complete read, what changed, everything because it was asked for, or everything to find what no report of changes told.', examples: ['initial', 'incremental', 'full', 'reconcile'] }),
  state: Type.String({ examples: ['running', 'succeeded', 'failed', 'cancelled'] }),
  since: time('Only what changed at the vendor since then was asked for; null: everything.'),
  started_at: Type.String({ format: 'date-time' }),
  finished_at: time('Null while it is under way.'),
  seconds: Type.Number({ description: 'From its beginning to its end, or until now; waiting included.' }),
  pages: count('Pages that were committed.'),
  requests: count('Answers of the vendor that the pages were made from.'),
  setbacks: count('How often it had to wait for the vendor, or to try again later.'),
  restarts: count('How often the vendor forgot the place in its list and the read began anew.'),
  records: Type.Object({
    read: count('Rows of the vendor.'), created: Type.Integer(), updated: Type.Integer(), unchanged: Type.Integer(), deleted: Type.Integer(),
    quarantined: count('Records that could not be read and were put aside.'), field_issues: count('Fields that could not be read and were left empty.'), deletions_held: count('Records that were missing but are kept for now.'),
  }),
  fault: FaultShown,
}, { $id: 'SyncRun' })

const RunQuery = Type.Object({
  cursor: Type.Optional(Type.String()),
  page_size: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 30 })),
  model: Type.Optional(Type.String({ maxLength: 100, description: 'Only runs of this model, by name.' })),
  state: Type.Optional(Type.String({ maxLength: 20 })),
  kind: Type.Optional(Type.String({ maxLength: 20 })),
}, { additionalProperties: false })

export interface SyncControlDeps extends SyncRouteDeps {
  readonly cursorKeys: readonly CursorKey[]
  /** How often models are read where nobody says anything. */
  readonly usualSeconds: () => number
}

/** What an operator does to the syncs of an account, and what they did. */
export const syncControlRoutes = (deps: SyncControlDeps): FastifyPluginAsyncTypebox => async (app) => {
  const { database, scheduler, cursorKeys } = deps
  const existing = async (organizationId: string, id: string): Promise<ListedAccount> => {
    const account = await findAccount(database, organizationId, id)
    if (account === null) throw new Fault('request.not_found')
    return account
  }
  const act = (verb: string, summary: string, description: string, change: (controlled: Controlled, actor: Actor | null) => Promise<void>): void => {
    app.post(`/api/v1/linked-accounts/:id/sync/${verb}`, {
      config: { scope: 'sync:write' },
      schema: { tags: ['platform'], summary, description, params: Params, body: Type.Union([Some, Type.Null()]), response: { 200: Statuses } },
    }, async (request) => {
      const { organizationId } = request.caller!
      const account = await existing(organizationId, request.params.id)
      await change({ organizationId, linkedAccountId: account.id, models: modelIds(account.category, request.body?.models) }, actorOf(request))
      await scheduler.wake()
      return { results: await statusesOf(deps, { ...account, organizationId }) }
    })
  }

  act('pause', 'Pause the syncs of an account', 'Nothing more is read until it is resumed. A run that is under way stops behind its last page and stays open.', (controlled, actor) => pause(database, controlled, { actor }))
  act('resume', 'Resume the syncs of an account', 'Runs go on where they stood.', (controlled, actor) => resume(database, controlled, { actor }))
  act('cancel', 'Cancel the running syncs of an account', 'Runs that are under way end here. What they read stays; nothing is deleted for having been missed. The next ones come at their usual time.', (controlled, actor) => cancel(database, controlled, { actor, usualSeconds: deps.usualSeconds() }))
  act('reset', 'Begin the syncs of an account anew', 'Forgets where reading stood and reads everything. Records stay, and change only where the vendor\'s did.', (controlled, actor) => reset(database, controlled, { actor }))

  app.post('/api/v1/linked-accounts/:id/sync/resync', {
    config: { scope: 'sync:write' },
    schema: { tags: ['platform'], summary: 'Sync an account now', description: 'As `sync-status/resync`, without the account\'s token.', params: Params, body: Type.Union([Resync, Type.Null()]), response: { 200: Statuses } },
  }, async (request) => {
    const { organizationId } = request.caller!
    const account = await existing(organizationId, request.params.id)
    if (account.status === 'RELINK_NEEDED') throw new Fault('account.needs_relink')
    await resync(database, { organizationId, linkedAccountId: account.id, models: modelIds(account.category, request.body?.models) }, { kind: request.body?.kind ?? 'full', actor: actorOf(request) })
    await scheduler.wake()
    return { results: await statusesOf(deps, { ...account, organizationId }) }
  })

  app.get('/api/v1/linked-accounts/:id/sync-runs', {
    config: { scope: 'accounts:read' },
    schema: { tags: ['platform'], summary: 'The syncs of an account, newest first', params: Params, querystring: RunQuery, response: { 200: Type.Object({ next: orNull(Type.String()), previous: Type.Null(), results: Type.Array(Run) }) } },
  }, async ({ caller, params, query: { model, ...query } }) => {
    const { organizationId } = caller!
    const account = await existing(organizationId, params.id)
    const { next, results } = await listRuns(database, cursorKeys, { organizationId, linkedAccountId: account.id }, { ...query, models: modelIds(account.category, model === undefined ? undefined : [model]) })
    return { next, previous: null, results: results.map(({ rows_read, created, updated, unchanged, deleted, quarantined, field_issues, deletions_held, fault, ...run }) => ({
      ...run, records: { read: rows_read, created, updated, unchanged, deleted, quarantined, field_issues, deletions_held },
      fault: fault === null ? null : { code: fault.code, detail: fault.detail, log_id: fault.logId },
    })) }
  })
}
