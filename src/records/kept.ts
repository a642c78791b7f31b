/** What is kept of the vendor's rows, read back a bounded number and a bounded size at a time: one large row is a batch of its own. */
import type { CommonModel } from '#models'
import type { Client } from '../db/client.ts'
import type { StoredHead } from './upsert.ts'

const MOST_ROWS = 500
const MOST_BYTES = 8 * 1024 * 1024

/** The first rows of `text` whose payloads are together no larger than a batch may be, but at least one. The size of a payload is known without reading it. */
const bounded = (text: string, order: string): string =>
  `select k.* from (select l.*, sum(coalesce(octet_length(l.payload), 0)) over (order by l.${order} rows between unbounded preceding and 1 preceding) as before from (${text} order by ${order} limit ${MOST_ROWS}) l) k where coalesce(k.before, 0) < ${MOST_BYTES} order by k.${order}`

/** A living record, and the raw payload that it was made from; null where that is not kept. */
export interface KeptRecord extends StoredHead, Record<string, unknown> {
  readonly id: string
  readonly remoteId: string
  readonly payload: string | null
  readonly path: string
  readonly logId: string
  readonly ordinal: number
}

/** By id, from behind one. */
export async function keptRecords(client: Client, linkedAccountId: string, model: CommonModel, after: string): Promise<KeptRecord[]> {
  const { rows } = await client.query<KeptRecord>({
    name: `kept_${model.table}`,
    text: bounded(
      `select t.id, t.remote_id as "remoteId", t.raw_hash as "rawHash", t.body_hash as "bodyHash", t.raw_version as "rawVersion", t.remote_was_deleted as "remoteWasDeleted", t.is_erased as "isErased",
         p.payload, p.path, p.log_id as "logId", p.ordinal
       from ${model.table} t left join raw_payloads p on p.linked_account_id = $1 and p.model = $2 and p.record_id = t.id and p.version = t.raw_version
       where t.linked_account_id = $1 and t.id > $3 and not t.remote_was_deleted and not t.is_erased`, 'id'),
    values: [linkedAccountId, model.id, after],
  })
  return rows
}

/** A row in quarantine, with where it came from. */
export interface KeptPoison extends Record<string, unknown> {
  readonly key: string
  readonly payload: string
  readonly runId: string
  readonly page: number
  readonly logId: string
}

/** By key, from behind one. */
export async function keptPoison(client: Client, linkedAccountId: string, model: CommonModel, after: string): Promise<KeptPoison[]> {
  const { rows } = await client.query<KeptPoison>({
    name: 'kept_poison',
    text: bounded(
      `select q.remote_key as key, q.payload, q.run_id as "runId", q.page, q.log_id as "logId" from quarantine q
       where q.linked_account_id = $1 and q.model = $2 and q.remote_key > $3 and q.payload is not null and q.log_id is not null`, 'key'),
    values: [linkedAccountId, model.id, after],
  })
  return rows
}
