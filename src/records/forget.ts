/** Erases tombstones for good: when nobody may undo them any more, and where rules say that what they hold must not be kept. The feed has told of them long ago. */
import { models, type CommonModel } from '#models'
import { uuidArray } from '../db/arrays.ts'
import type { Client, Database } from '../db/client.ts'
import { UNDO_DAYS } from './deletions.ts'
import type { Origin } from './upsert.ts'

const BATCH = 5_000

/** Tombstones of one model, with all that is kept of them. A record that is no tombstone stays, and so does one that is ignored: its mark is still needed. */
async function forget(client: Client, linkedAccountId: string, model: CommonModel, ids: readonly string[]): Promise<number> {
  const values = [linkedAccountId, model.id, uuidArray(ids)]
  const { rows } = await client.query<{ id: string }>(`delete from ${model.table} where linked_account_id = $1 and id = any($2::uuid[]) and remote_was_deleted and not is_erased returning id`, [linkedAccountId, values[2]])
  const gone = [linkedAccountId, model.id, uuidArray(rows.map(({ id }) => id))]
  for (const table of ['raw_payloads', 'record_values']) await client.query(`delete from ${table} where linked_account_id = $1 and model = $2 and record_id = any($3::uuid[])`, gone)
  await client.query(`delete from deletions where linked_account_id = $1 and model = $2 and record_id = any($3::uuid[]) and state = 'done'`, values)
  return rows.length
}

const OLD = (days: string): string => `state = 'done' and since <= now() - ${days} * interval '1 day'`
const modelOf = (id: string): CommonModel => models[id as keyof typeof models]

/** All tombstones of an account. What waits or is kept is left to the next complete read. */
export async function forgetAllTombstones(client: Client, linkedAccountId: string): Promise<void> {
  const { rows } = await client.query<{ model: string; ids: string[] }>(`select model, array_agg(record_id) as ids from deletions where linked_account_id = $1 and state = 'done' group by model`, [linkedAccountId])
  for (const { model, ids } of rows) await forget(client, linkedAccountId, modelOf(model), ids)
  await client.query('delete from deletions where linked_account_id = $1', [linkedAccountId])
}

/** Tombstones of records that were never read under the rules that hold now: stricter rules have deleted their originals. */
export async function forgetUnread(client: Client, { linkedAccountId, model }: Origin): Promise<void> {
  const { rows } = await client.query<{ id: string }>(
    `select d.record_id as id from deletions d where d.linked_account_id = $1 and d.model = $2 and d.state = 'done'
       and not exists (select 1 from raw_payloads p where p.linked_account_id = $1 and p.model = $2 and p.record_id = d.record_id)`, [linkedAccountId, model.id])
  if (rows.length > 0) await forget(client, linkedAccountId, model, rows.map(({ id }) => id))
}

/** Erase what has been a tombstone for too long to be undone, a batch per transaction. Safe to run at any time, by several at once. */
export async function pruneTombstones(database: Database, signal?: AbortSignal): Promise<{ readonly erased: number }> {
  let erased = 0
  for (let found = BATCH; found === BATCH;) {
    const { rows } = await database.system.query<{ organization_id: string; linked_account_id: string; model: string; ids: string[] }>(
      `select organization_id, linked_account_id, model, array_agg(record_id) as ids from (
         select * from deletions where ${OLD('$1')} order by since limit $2) old group by organization_id, linked_account_id, model`, [UNDO_DAYS, BATCH])
    let now = 0
    for (const { organization_id: organizationId, linked_account_id: linkedAccountId, model, ids } of rows) {
      now += await database.tenant(organizationId, async (client) => {
        // A page that is under way may bring one of them back: then this batch is for another time.
        const { rowCount } = await client.query('select 1 from leases where linked_account_id = $1 and model = $2 for update skip locked', [linkedAccountId, model])
        if (rowCount === 0) return 0
        const { rows: still } = await client.query<{ id: string }>(`select record_id as id from deletions where linked_account_id = $1 and model = $2 and record_id = any($3::uuid[]) and ${OLD('$4')}`, [linkedAccountId, model, uuidArray(ids), UNDO_DAYS])
        return forget(client, linkedAccountId, modelOf(model), still.map(({ id }) => id))
      })
    }
    erased += now
    if (signal?.aborted === true) break
    found = now === 0 ? 0 : rows.reduce((sum, { ids }) => sum + ids.length, 0)
  }
  return { erased }
}
