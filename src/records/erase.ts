import type { CommonModel } from '#models'
import { fieldShape } from '#models'
import type { Client, Database } from '../db/client.ts'
import { timeOf } from '../db/uuid7.ts'
import { filterColumns } from './columns.ts'
import { contentHash } from './ids.ts'
import type { Scope } from './query.ts'

export interface IgnoreReason { readonly reason: string; readonly message: string | null }

/** The whole record, with nothing in it. */
const emptyBody = (model: CommonModel): string =>
  JSON.stringify(Object.fromEntries(Object.entries(model.schema.properties).map(([field, schema]) => [field, fieldShape(schema).nullable ? null : []])))

/**
 * Forgets what a record says, for good: its fields, its originals, its values in filters, and the log bodies that it came with.
 * Its ids stay, so that a copy elsewhere can be found and erased, and so that a sync knows what to leave alone. False: there is no such record.
 */
export async function ignoreRecord(database: Database, scope: Scope, model: CommonModel, id: string, { reason, message }: IgnoreReason, audit?: (client: Client) => Promise<void>): Promise<boolean> {
  return database.tenant(scope.organizationId, async (client) => {
    // A page that is under way commits before; the next one finds the mark.
    await client.query('select 1 from leases where linked_account_id = $1 and model = $2 for update', [scope.id, model.id])
    const { rows: [row] } = await client.query<{ body: string; remote_id: string; is_erased: boolean }>(`select body, remote_id, is_erased from ${model.table} where linked_account_id = $1 and id = $2 for update`, [scope.id, id])
    if (row === undefined) return false
    await client.query(
      `insert into ignored_records (linked_account_id, model, record_id, organization_id, reason, message) values ($1, $2, $3, $4, $5, $6)
       on conflict (linked_account_id, model, record_id) do update set reason = excluded.reason, message = excluded.message`, [scope.id, model.id, id, scope.organizationId, reason, message])
    if (!row.is_erased) {
      await forgetTraces(client, scope, model, id, row.remote_id)
      await emptyRecord(client, scope, model, id, row.body)
    }
    await audit?.(client)
    return true
  })
}

async function forgetTraces(client: Client, scope: Scope, model: CommonModel, id: string, remoteId: string): Promise<void> {
  // Every answer that showed the record is on a page of a run that names it, or beside one of its originals.
  const { rows } = await client.query<{ id: string }>(
    `select unnest(p.log_ids) as id from sync_pages p join page_contents c on c.linked_account_id = $1 and c.id = p.contents where p.linked_account_id = $1 and $3 = any(c.record_ids)
     union select r.log_id from raw_payloads r where r.linked_account_id = $1 and r.model = $2 and r.record_id = $3
     union select q.log_id from quarantine q where q.linked_account_id = $1 and q.model = $2 and q.remote_key = $4`, [scope.id, model.id, id, remoteId])
  await forgetBodies(client, scope.id, rows.map((row) => row.id))
  // Which answers to callers show the record cannot be told.
  await client.query('update idempotent_requests set answer = null where linked_account_id = $1', [scope.id])
  await client.query('delete from quarantine where linked_account_id = $1 and model = $2 and remote_key = $3', [scope.id, model.id, remoteId])
  await client.query('delete from raw_payloads where linked_account_id = $1 and model = $2 and record_id = $3', [scope.id, model.id, id])
  await client.query('delete from deletions where linked_account_id = $1 and model = $2 and record_id = $3', [scope.id, model.id, id])
  await client.query('delete from record_values where linked_account_id = $1 and model = $2 and record_id = $3', [scope.id, model.id, id])
}

/** Deletes what these logs keep of requests and answers; the logs themselves stay. */
async function forgetBodies(client: Client, linkedAccountId: string, logIds: readonly string[]): Promise<void> {
  // A log's id tells its time, and the time finds it.
  const logs = logIds.flatMap((id) => { const at = timeOf(id); return at === null ? [] : [{ id, at: at.toISOString() }] })
  if (logs.length === 0) return
  await client.query(
    `delete from log_bodies b using unnest($2::uuid[], $3::timestamptz[]) seen(id, at), upstream_logs l
     where l.linked_account_id = $1 and l.started_at = seen.at and l.id = seen.id and b.linked_account_id = $1 and b.id in (l.request_body, l.response_body)`,
    [linkedAccountId, logs.map(({ id }) => id), logs.map(({ at }) => at)])
}

/** The vendor goes on sending ignored records: deletes the log bodies of the run's pages that showed one. Its logs must be written. */
export async function forgetShown(client: Client, linkedAccountId: string, model: CommonModel, runId: string): Promise<void> {
  const { rows } = await client.query<{ id: string }>({
    name: 'logs_of_ignored',
    text: `select unnest(p.log_ids) as id from sync_pages p join page_contents c on c.linked_account_id = $1 and c.id = p.contents where p.linked_account_id = $1 and p.run_id = $2
           and exists (select 1 from ignored_records i where i.linked_account_id = $1 and i.model = $3 and i.record_id = any(c.record_ids))`,
    values: [linkedAccountId, runId, model.id],
  })
  await forgetBodies(client, linkedAccountId, rows.map(({ id }) => id))
}

/** Last in the transaction: it bumps the feed's head. */
async function emptyRecord(client: Client, scope: Scope, model: CommonModel, id: string, before: string): Promise<void> {
  const empty = emptyBody(model)
  const gone = Object.entries(JSON.parse(before) as Record<string, unknown>).filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0)).map(([field]) => field)
  await client.query(
    `with head as (
      update feed_heads set seq = seq + 1, modified_at = greatest(clock_timestamp(), modified_at + interval '1 microsecond') where linked_account_id = $1 returning seq, modified_at
    ), emptied as (
      update ${model.table} t set seq = head.seq, modified_at = head.modified_at, body = $4, remote_fields = null, aside = null, is_erased = true, body_hash = $5, raw_hash = $5${filterColumns(model).map(({ column }) => `, ${column} = null`).join('')}
      from head where t.linked_account_id = $1 and t.id = $3 returning t.remote_id, t.raw_version
    )
    insert into changes (linked_account_id, organization_id, seq, model, record_id, remote_id, what, cause, fields, raw_version, at)
    select $1, $2, head.seq, $6, $3, emptied.remote_id, 'updated', 'erase', $7, null, head.modified_at from head cross join emptied`,
    [scope.id, scope.organizationId, id, empty, contentHash(empty), model.id, gone])
}
