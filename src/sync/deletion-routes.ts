import { Type, type FastifyPluginAsyncTypebox, type Static } from '@fastify/type-provider-typebox'
import { models } from '#models'
import { actorOf } from '../audit/audit.ts'
import type { Waker } from '../changes/wake.ts'
import type { Database } from '../db/client.ts'
import { readCursor, signCursor, type CursorKey } from '../db/keyset.ts'
import { listDeletions, type DeletionPlace } from '../records/deletions.ts'
import { decideDeletions, type Decision } from './decide-deletions.ts'

const orNull = <S extends Parameters<typeof Type.Union>[0][number]>(schema: S) => Type.Union([schema, Type.Null()])
const id = (description?: string) => Type.String({ format: 'uuid', ...(description !== undefined && { description }) })
const time = (description?: string) => Type.String({ format: 'date-time', ...(description !== undefined && { description }) })
const Model = Type.Optional(Type.Union(Object.keys(models).map((name) => Type.Literal(name)), { description: 'Only this common model.' }))

const Deletion = Type.Object({
  model: Type.String({ examples: ['ticketing.Ticket'] }),
  record_id: id(),
  remote_id: Type.String(),
  state: Type.String({ examples: ['held', 'kept', 'done'] }),
  since: time('Since when it is in this state.'),
  run_id: id('The sync run that missed the record, or that the vendor told of its deletion.'),
  waits_until: orNull(time('Held: the first complete read after this instant deletes it, if it is still missing.')),
  can_be_undone_until: orNull(time('Done: after this instant the record is erased for good.')),
}, { $id: 'Deletion' })

const Query = Type.Object({
  cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 2048, description: '`next` of an earlier page.' })),
  page_size: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
  state: Type.Optional(Type.Union(['held', 'kept', 'done'].map((state) => Type.Literal(state)), { default: 'held', description: '`held`: waits, because so many at once look wrong. `kept`: somebody said that it stays, until the vendor shows it again. `done`: the record is deleted and can be brought back.' })),
  model: Model,
  run_id: Type.Optional(id('Only deletions of this sync run.')),
}, { additionalProperties: false })

const RecordIds = Type.Array(id(), { minItems: 1, maxItems: 1000, description: 'Only these records.' })
const RunId = id('Only deletions of this sync run.')
const closed = { additionalProperties: false } as const
/** Without a body: all of them. */
const Chosen = orNull(Type.Object({ model: Model, record_ids: Type.Optional(RecordIds), run_id: Type.Optional(RunId) }, closed))
/** Which deletions are to be undone has to be said. */
const Named = Type.Union([Type.Object({ model: Model, record_ids: RecordIds }, closed), Type.Object({ model: Model, run_id: RunId }, closed)])

const Done = Type.Object({
  records: Type.Integer({ description: 'How many records it was carried out for.' }),
  has_more: Type.Boolean({ description: 'True where there are more than one request carries out: repeat it.' }),
})

const decisions: Readonly<Record<Decision, { readonly body: typeof Chosen | typeof Named; readonly summary: string; readonly description: string }>> = {
  confirm: { body: Chosen, summary: 'Let deletions happen that wait', description: 'Without a body: all that wait. A record that somebody kept is deleted only where it is named.' },
  discard: { body: Chosen, summary: 'Keep records whose deletion waits', description: 'The records stay, and complete reads that miss them change nothing, until the vendor shows them again; what is missing after that counts anew.' },
  undo: { body: Named, summary: 'Bring deleted records back', description: 'The records named, or all that a run has deleted, are as they were, with an entry `restored` in the change feed. They stay until the vendor shows them again. Deletions can be undone for 90 days; what was ignored or erased cannot.' },
}

/** `/api/v1/deletions`: what is missing at the vendor and waits for a decision, and what was deleted and can be undone. */
export const deletionRoutes = ({ database, cursorKeys, onChanges }: { readonly database: Database; readonly cursorKeys: readonly CursorKey[]; readonly onChanges?: Waker['changed'] | undefined }): FastifyPluginAsyncTypebox => async (app) => {
  app.get('/api/v1/deletions', {
    config: { scope: 'records:read', account: 'required' },
    schema: { tags: ['changes'], summary: 'List deletions that wait, are kept from happening, or can be undone', querystring: Query, response: { 200: Type.Object({ next: orNull(Type.String()), previous: Type.Null(), results: Type.Array(Deletion) }) } },
  }, async ({ account, query }) => {
    const scope = account!
    const { cursor, page_size: size = 100, state = 'held', model = null, run_id: runId = null } = query
    const list = `deletions ${scope.organizationId} ${scope.id} ${JSON.stringify([state, model, runId])}`
    const found = await listDeletions(database, scope, { state: state as 'held', model, runId }, cursor === undefined ? null : readCursor(cursorKeys, list, cursor) as unknown as DeletionPlace, size + 1)
    const last = found.length > size ? found[size - 1]! : null
    return { next: last === null ? null : signCursor(cursorKeys, list, { model: last.model, record_id: last.record_id }), previous: null, results: found.slice(0, size) }
  })

  for (const [decision, words] of Object.entries(decisions) as [Decision, typeof decisions[Decision]][]) {
    app.post(`/api/v1/deletions/${decision}`, {
      config: { scope: 'sync:write', account: 'required' },
      schema: { tags: ['changes'], ...words, response: { 200: Done } },
    }, async (request) => {
      const chosen: Exclude<Static<typeof Chosen>, null> = request.body ?? {}
      const { id: linkedAccountId, organizationId } = request.account!
      const { records, hasMore } = await decideDeletions(database, request.account!, decision, { model: chosen.model ?? null, recordIds: chosen.record_ids ?? null, runId: chosen.run_id ?? null }, actorOf(request))
      if (records > 0) onChanges?.({ organizationId, linkedAccountId })
      return { records, has_more: hasMore }
    })
  }
}
