/** What stays wrong with a model although its run has succeeded: deletions that wait, rows in quarantine. */
import type { Client } from '../db/client.ts'
import type { FaultCode } from '../errors.ts'
import { openIssue, resolveIssues, resolveIssuesOf } from '../issues/issue.ts'
import type { Origin } from '../records/upsert.ts'

interface Standing { readonly held: number; readonly poisoned: number; readonly poisonedNow: number; readonly logId: string | null }

async function standing(client: Client, { linkedAccountId, model, runId }: Pick<Origin, 'linkedAccountId' | 'model'> & { readonly runId: string | null }): Promise<Standing> {
  const { rows: [row] } = await client.query<Standing & Record<string, unknown>>(
    `select (select count(*) from deletions d where d.linked_account_id = $1 and d.model = $2 and d.state = 'held') as held, count(*) as poisoned,
       count(*) filter (where q.run_id = $3) as "poisonedNow", (array_agg(q.log_id order by q.last_seen_at desc))[1] as "logId"
     from quarantine q where q.linked_account_id = $1 and q.model = $2`, [linkedAccountId, model.id, runId])
  return row!
}

const codesOf = ({ held, poisoned }: Standing): FaultCode[] => [...(held > 0 ? ['sync.deletions_held' as const] : []), ...(poisoned > 0 ? ['sync.rows_quarantined' as const] : [])]

/** A run of the model has succeeded: whatever else was wrong is over; what it found anew is raised. */
export async function raiseIssues(client: Client, origin: Origin, { held }: { readonly held: number }): Promise<void> {
  const { organizationId, linkedAccountId, model } = origin
  const now = await standing(client, origin)
  await resolveIssues(client, linkedAccountId, model.id, codesOf(now))
  const raise = (code: FaultCode, detail: string, logId: string | null) => openIssue(client, { organizationId, linkedAccountId, model: model.id, code, detail, logId })
  if (held > 0) await raise('sync.deletions_held', `${held} records are missing at the vendor. They stay for a day, in which their deletion can be confirmed or discarded.`, null)
  if (now.poisonedNow > 0) await raise('sync.rows_quarantined', `${now.poisoned} rows are in quarantine.`, now.logId)
}

/** A person or a new mapping has dealt with some of it. */
export async function lowerIssues(client: Client, { linkedAccountId, model }: Pick<Origin, 'linkedAccountId' | 'model'>): Promise<void> {
  const left = codesOf(await standing(client, { linkedAccountId, model, runId: null }))
  await resolveIssuesOf(client, linkedAccountId, model.id, (['sync.deletions_held', 'sync.rows_quarantined'] as const).filter((code) => !left.includes(code)))
}
