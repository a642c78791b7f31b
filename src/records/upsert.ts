import type { CommonModel } from '#models'
import { intArray, textArray, uuidArray } from '../db/arrays.ts'
import type { Client } from '../db/client.ts'
import { asideDiffering } from './aside.ts'
import { columnValue, filterColumns, manyValuedFilters, manyValues } from './columns.ts'
import { contentHash } from './ids.ts'
import { forgetDeletions } from './deletions.ts'
import { noteClasses } from './remote-field-classes.ts'
import { noteUnseen, type UnseenWord } from './unseen.ts'

/** Whose record it is, and what brought it about. */
export interface Origin {
  readonly organizationId: string
  readonly linkedAccountId: string
  readonly model: CommonModel
  readonly cause: 'sync' | 'remap' | 'erase' | 'confirmed' | 'undo'
  readonly runId: string
  readonly page: number
}

/** A vendor row whose id is known. `rawHash` covers the mapping's version, so that a new mapping writes anew. */
export interface IncomingRow {
  readonly id: string
  readonly logId: string
  readonly path: string
  readonly ordinal: number
  readonly raw: string
  readonly rawHash: string
  /** The raw payload is the one that is kept already: it is mapped anew, not read anew. */
  readonly kept?: true
}

/** A changed row, mapped. */
export interface MappedRow extends IncomingRow {
  readonly remoteId: string
  readonly fields: Readonly<Record<string, unknown>>
  readonly body: string
  readonly remoteFields: string | null
  /** See `aside.ts`. */
  readonly aside: string | null
  readonly unseen?: readonly UnseenWord[]
}

export interface StoredHead {
  readonly rawHash: string
  readonly bodyHash: string
  readonly rawVersion: number
  readonly remoteWasDeleted: boolean
  /** Ignored by a caller's wish: never written again. */
  readonly isErased: boolean
}

/** What is stored of these records, without their bodies: enough to see which rows are news. */
export async function storedHeads(client: Client, linkedAccountId: string, model: CommonModel, ids: readonly string[]): Promise<Map<string, StoredHead>> {
  const { rows } = await client.query<{ id: string; raw_hash: string; body_hash: string; raw_version: number; remote_was_deleted: boolean; is_erased: boolean }>({
    name: `heads_${model.table}`,
    text: `select id, raw_hash, body_hash, raw_version, remote_was_deleted, is_erased from ${model.table} where linked_account_id = $1 and id = any($2::uuid[])`,
    values: [linkedAccountId, uuidArray(ids)],
  })
  return new Map(rows.map((row) => [row.id, { rawHash: row.raw_hash, bodyHash: row.body_hash, rawVersion: row.raw_version, remoteWasDeleted: row.remote_was_deleted, isErased: row.is_erased }]))
}

/** True where the vendor's row is, to the byte, the one that the stored record was made from. */
export const isUnchanged = (stored: StoredHead | undefined, incoming: IncomingRow): boolean =>
  stored !== undefined && !stored.remoteWasDeleted && stored.rawHash === incoming.rawHash

export interface Written {
  readonly created: number
  readonly updated: number
  /** Rows whose raw payload is new but whose record serves the same bytes. */
  readonly sameBody: number
  /** The raw version that each row now has, by record id. */
  readonly versions: ReadonlyMap<string, number>
}

/** Write the changed rows of one page: raw payloads, records, their many-valued filters, and the feed. Call it last in the page's transaction. */
export async function writeRows(client: Client, origin: Origin, rows: readonly MappedRow[], stored: ReadonlyMap<string, StoredHead>): Promise<Written> {
  const versions = new Map(rows.map((row) => [row.id, (stored.get(row.id)?.rawVersion ?? 0) + (row.kept === true ? 0 : 1)]))
  if (rows.length === 0) return { created: 0, updated: 0, sameBody: 0, versions }
  await keepRaw(client, origin, rows.filter((row) => row.kept !== true), versions)
  await noteClasses(client, origin, rows)
  await noteUnseen(client, origin, rows)
  const judged = rows.map((row) => {
    const head = stored.get(row.id)
    const bodyHash = contentHash([row.body, row.remoteFields, row.aside].filter((part) => part !== null).join('\n'))
    const what = head === undefined ? 'created' as const : head.remoteWasDeleted ? 'restored' as const : head.bodyHash === bodyHash ? null : 'updated' as const
    return { ...row, bodyHash, what, version: versions.get(row.id)! }
  })
  await forgetDeletions(client, origin, judged.filter((row) => row.what === 'restored').map(({ id }) => id))
  const same = judged.filter((row) => row.what === null)
  if (same.length > 0) {
    await client.query({
      name: `same_${origin.model.table}`,
      text: `update ${origin.model.table} t set raw_hash = n.raw_hash, raw_version = n.raw_version
             from unnest($2::uuid[], $3::uuid[], $4::int4[]) n(id, raw_hash, raw_version) where t.linked_account_id = $1 and t.id = n.id`,
      values: [origin.linkedAccountId, uuidArray(same.map((row) => row.id)), uuidArray(same.map((row) => row.rawHash)), intArray(same.map((row) => row.version))],
    })
  }
  const news = judged.flatMap((row) => (row.what === null ? [] : [{ ...row, what: row.what }]))
  if (news.length > 0) {
    const differing = await changedFields(client, origin, news)
    await keepValues(client, origin, news)
    await keepRecords(client, origin, news, differing)
  }
  return { created: news.filter((row) => row.what === 'created').length, updated: news.filter((row) => row.what !== 'created').length, sameBody: same.length, versions }
}

type News = MappedRow & { readonly bodyHash: string; readonly what: 'created' | 'updated' | 'restored'; readonly version: number }

async function keepRaw(client: Client, origin: Origin, rows: readonly IncomingRow[], versions: ReadonlyMap<string, number>): Promise<void> {
  if (rows.length === 0) return
  await client.query({
    name: 'keep_raw',
    text: `insert into raw_payloads (linked_account_id, model, record_id, version, organization_id, run_id, page, ordinal, log_id, path, payload)
           select $1, $2, n.id, n.version, $3, $4, $5, n.ordinal, n.log_id, n.path, n.payload
           from unnest($6::uuid[], $7::int4[], $8::int4[], $9::uuid[], $10::text[], $11::text[]) n(id, version, ordinal, log_id, path, payload)`,
    values: [
      origin.linkedAccountId, origin.model.id, origin.organizationId, origin.runId, origin.page,
      uuidArray(rows.map((row) => row.id)), intArray(rows.map((row) => versions.get(row.id)!)), intArray(rows.map((row) => row.ordinal)),
      uuidArray(rows.map((row) => row.logId)), textArray(rows.map((row) => row.path)), textArray(rows.map((row) => row.raw)),
    ],
  })
}

/** For records that exist: which fields serve something else than before. The feed says it. */
async function changedFields(client: Client, origin: Origin, news: readonly News[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const existing = news.filter((row) => row.what !== 'created')
  if (existing.length === 0) return new Map()
  const { rows } = await client.query<{ id: string; body: string; remote_fields: string | null; aside: string | null }>({
    name: `bodies_${origin.model.table}`,
    text: `select id, body, remote_fields, aside from ${origin.model.table} where linked_account_id = $1 and id = any($2::uuid[])`,
    values: [origin.linkedAccountId, uuidArray(existing.map((row) => row.id))],
  })
  const before = new Map(rows.map((row) => [row.id, row]))
  return new Map(existing.map((row) => {
    const old = before.get(row.id)
    const fields = old === undefined ? {} : JSON.parse(old.body) as Record<string, unknown>
    const differing = Object.keys(row.fields).filter((field) => JSON.stringify(fields[field]) !== JSON.stringify(row.fields[field]))
    const beside = asideDiffering(old?.aside ?? null, row.aside)
    return [row.id, [...new Set([...differing, ...beside, ...(old?.remote_fields === row.remoteFields ? [] : ['remote_fields'])])]]
  }))
}

async function keepValues(client: Client, origin: Origin, news: readonly News[]): Promise<void> {
  const fields = manyValuedFilters(origin.model)
  if (fields.length === 0) return
  const values = news.flatMap((row) => fields.flatMap((field) => manyValues(field, row.fields).map((value) => ({ field: field.field, value, id: row.id }))))
  const existing = news.filter((row) => row.what !== 'created')
  if (existing.length > 0) {
    await client.query({ name: 'drop_values', text: 'delete from record_values where linked_account_id = $1 and model = $2 and record_id = any($3::uuid[])', values: [origin.linkedAccountId, origin.model.id, uuidArray(existing.map((row) => row.id))] })
  }
  if (values.length === 0) return
  await client.query({
    name: 'keep_values',
    text: `insert into record_values (linked_account_id, organization_id, model, field, value, record_id)
           select $1, $2, $3, n.field, n.value, n.id from unnest($4::text[], $5::text[], $6::uuid[]) n(field, value, id)`,
    values: [origin.linkedAccountId, origin.organizationId, origin.model.id, textArray(values.map((entry) => entry.field)), textArray(values.map((entry) => entry.value)), uuidArray(values.map((entry) => entry.id))],
  })
}

/** Bumps the feed's head once for all of the page and writes records and feed with it: dense, in commit order, on one clock. */
async function keepRecords(client: Client, origin: Origin, news: readonly News[], differing: ReadonlyMap<string, readonly string[]>): Promise<void> {
  const { model } = origin
  const columns = filterColumns(model)
  const arrays = columns.map(({ type }, i) => `$${i + 17}::${type === 'uuid' ? 'uuid' : 'text'}[]`)
  const names = columns.map(({ column }) => column)
  const list = (prefix: string, entries: readonly string[]): string => entries.map((entry) => `, ${prefix}${entry}`).join('')
  await client.query({
    name: `write_${model.table}`,
    text: `with n as (
      select * from unnest($6::uuid[], $7::text[], $8::text[], $9::text[], $10::uuid[], $11::uuid[], $12::int4[], $13::text[], $14::text[], $15::uuid[], $16::text[]${list('', arrays)}) with ordinality
        as n(id, remote_id, body, remote_fields, raw_hash, body_hash, raw_version, what, fields, log_id, aside${list('', names)}, ord)
    ), head as (
      update feed_heads set seq = seq + $3, modified_at = greatest(clock_timestamp(), modified_at) + $3 * interval '1 microsecond'
      where linked_account_id = $1 returning seq - $3 as seq, modified_at - $3 * interval '1 microsecond' as at
    ), written as (
      insert into ${model.table} as t (linked_account_id, organization_id, id, remote_id, seq, created_at, modified_at, body, remote_fields, raw_hash, body_hash, raw_version, aside${list('', names)})
      select $1, $2, n.id, n.remote_id, head.seq + n.ord, head.at + n.ord * interval '1 microsecond', head.at + n.ord * interval '1 microsecond', n.body, n.remote_fields, n.raw_hash, n.body_hash, n.raw_version, n.aside${columns.map(({ column, type }) => `, n.${column}${type === 'timestamptz' ? '::timestamptz' : ''}`).join('')}
      from n cross join head
      on conflict (linked_account_id, id) do update set seq = excluded.seq, modified_at = excluded.modified_at, remote_was_deleted = false, body = excluded.body,
        remote_fields = excluded.remote_fields, raw_hash = excluded.raw_hash, body_hash = excluded.body_hash, raw_version = excluded.raw_version, aside = excluded.aside${names.map((name) => `, ${name} = excluded.${name}`).join('')}
    )
    insert into changes (linked_account_id, organization_id, seq, model, record_id, remote_id, what, cause, fields, raw_version, run_id, log_id, at)
    select $1, $2, head.seq + n.ord, $4, n.id, n.remote_id, n.what, $5, string_to_array(n.fields, ','), n.raw_version, $${columns.length + 17}, n.log_id, head.at + n.ord * interval '1 microsecond'
    from n cross join head`,
    values: [
      origin.linkedAccountId, origin.organizationId, news.length, model.id, origin.cause,
      uuidArray(news.map((row) => row.id)), textArray(news.map((row) => row.remoteId)), textArray(news.map((row) => row.body)), textArray(news.map((row) => row.remoteFields)),
      uuidArray(news.map((row) => row.rawHash)), uuidArray(news.map((row) => row.bodyHash)), intArray(news.map((row) => row.version)),
      textArray(news.map((row) => row.what)), textArray(news.map((row) => differing.get(row.id)?.join(',') ?? null)), uuidArray(news.map((row) => row.logId)), textArray(news.map((row) => row.aside)),
      ...columns.map((column) => (column.type === 'uuid' ? uuidArray : textArray)(news.map((row) => columnValue(column, row.fields)))),
      origin.runId,
    ],
  })
}
