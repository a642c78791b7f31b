/** What a person decides about deletions: that those which wait happen, that they do not, that those which happened are undone. */
import { models, type CommonModel } from '#models'
import { audit, type Actor, type AuditEvent } from '../audit/audit.ts'
import type { Client, Database } from '../db/client.ts'
import { uuidArray } from '../db/arrays.ts'
import type { DeletionState } from '../records/deletions.ts'
import type { Scope } from '../records/query.ts'
import { restore, tombstone } from '../records/tombstone.ts'
import type { Origin } from '../records/upsert.ts'
import { lowerIssues } from './standing.ts'

export type Decision = 'confirm' | 'discard' | 'undo'

export interface ChosenDeletions {
  readonly model: string | null
  /** Null: all. */
  readonly recordIds: readonly string[] | null
  readonly runId: string | null
}

const modelOf = (id: string): CommonModel => models[id as keyof typeof models]

/** Records of one decision: larger ones are made of several. */
const MOST = 5_000

interface Kind { readonly from: (chosen: ChosenDeletions) => readonly DeletionState[]; readonly event: AuditEvent; readonly words: string; readonly cause: Origin['cause']; readonly apply: (client: Client, origin: Origin, ids: readonly string[]) => Promise<unknown> }

/** From now on these deletions wait, or are kept from happening. */
const enter = (state: DeletionState) => (client: Client, { linkedAccountId, model }: Origin, ids: readonly string[]) =>
  client.query('update deletions set state = $4, since = now() where linked_account_id = $1 and model = $2 and record_id = any($3::uuid[]) and state <> $4', [linkedAccountId, model.id, uuidArray(ids), state])

const kinds: Readonly<Record<Decision, Kind>> = {
  confirm: {
    // What was kept once is deleted only where it is named.
    from: ({ recordIds }) => (recordIds === null ? ['held'] : ['held', 'kept']), event: 'CONFIRMED_DELETIONS', words: 'deletions that waited were confirmed', cause: 'confirmed',
    apply: async (client, origin, ids) => { await enter('held')(client, origin, ids); return tombstone(client, origin, ids) },
  },
  discard: { from: () => ['held'], event: 'DISCARDED_DELETIONS', words: 'deletions that waited were discarded', cause: 'sync', apply: enter('kept') },
  undo: { from: () => ['done'], event: 'UNDID_DELETIONS', words: 'deletions were undone', cause: 'undo', apply: restore },
}

/** Carry a decision out, as far as one transaction goes. */
export async function decideDeletions(database: Database, scope: Scope, decision: Decision, chosen: ChosenDeletions, actor: Actor | null): Promise<{ readonly records: number; readonly hasMore: boolean }> {
  const { from, event, words, cause, apply } = kinds[decision]
  return database.tenant(scope.organizationId, async (client) => {
    // Pages that are under way commit before, and have taken off the list what they showed.
    await client.query('select 1 from leases where linked_account_id = $1 and ($2::text is null or model = $2) order by model for update', [scope.id, chosen.model])
    const { rows: found } = await client.query<{ model: string; run_id: string; record_id: string }>(
      `select model, run_id, record_id from deletions where linked_account_id = $1 and state = any($2::text[]) and ($3::text is null or model = $3) and ($4::uuid[] is null or record_id = any($4)) and ($5::uuid is null or run_id = $5)
       order by model, record_id limit $6`, [scope.id, [...from(chosen)], chosen.model, chosen.recordIds === null ? null : uuidArray(chosen.recordIds), chosen.runId, MOST + 1])
    const taken = found.slice(0, MOST)
    for (const rows of Map.groupBy(taken, ({ model, run_id: runId }) => `${model} ${runId}`).values()) {
      const { model, run_id: runId } = rows[0]!
      await apply(client, { organizationId: scope.organizationId, linkedAccountId: scope.id, model: modelOf(model), cause, runId, page: 0 }, rows.map(({ record_id: id }) => id))
    }
    for (const model of new Set(taken.map((row) => row.model))) await lowerIssues(client, { linkedAccountId: scope.id, model: modelOf(model) })
    if (taken.length > 0) await audit(client, { organizationId: scope.organizationId, event, description: `${taken.length} ${words}${chosen.model === null ? '' : ` (${chosen.model})`}.`, subject: scope.id, actor })
    return { records: taken.length, hasMore: found.length > MOST }
  })
}
