/** Reads records, a page at a time, along the account's clock: what changes during a walk is seen again later, never skipped. */
import { fieldShape, type CommonModel, type Filter } from '#models'
import type { Database } from '../db/client.ts'
import { filterColumns } from './columns.ts'
import { indexKey } from './ids.ts'

/** A record as it is stored; `body` is JSON text that is served without being parsed. */
export interface StoredRecord extends Record<string, unknown> {
  readonly id: string
  readonly remote_id: string
  readonly created_at: string
  readonly modified_at: string
  readonly remote_was_deleted: boolean
  readonly body: string
  readonly remote_fields: string | null
}

/** Whose records: nothing here reads without both. */
export interface Scope { readonly organizationId: string; readonly id: string }

/** Where a page begins: behind one record, or before one. */
export type Place = { readonly after: string } | { readonly before: string } | null

export interface ListQuery {
  readonly place: Place
  readonly pageSize: number
  readonly modifiedAfter?: string | undefined
  readonly modifiedBefore?: string | undefined
  readonly createdAfter?: string | undefined
  readonly createdBefore?: string | undefined
  readonly remoteId?: string | undefined
  readonly includeDeleted: boolean
  readonly includeRemoteFields: boolean
  /** Values of the model's own filters, by parameter. */
  readonly filters: Readonly<Record<string, string | readonly string[]>>
}

export interface RecordPage {
  readonly rows: readonly StoredRecord[]
  readonly next: Place
  readonly previous: Place
  /** The head of the account's feed in the same snapshot: while it stands, so does the page. Null where the page is empty. */
  readonly head: string | null
}
type ListedRecord = StoredRecord & { readonly head: string | null }

/** Epoch and place of the feed; one index look-up per statement, not per row. */
const HEAD = `(select h.epoch || '.' || h.seq from feed_heads h where h.linked_account_id = $1)`

const columns = (remoteFields: boolean): string =>
  `r.id, r.remote_id, r.created_at, r.modified_at, r.remote_was_deleted, r.body, ${remoteFields ? 'r.remote_fields' : 'null as remote_fields'}`

/** One page, and the places of its neighbours. */
export async function listRecords(database: Database, scope: Scope, model: CommonModel, query: ListQuery): Promise<RecordPage> {
  const backward = query.place !== null && 'before' in query.place
  const found = await database.tenantQuery<ListedRecord>(scope.organizationId, listStatement(scope, model, query, backward))
  const more = found.length > query.pageSize
  const rows = more ? found.slice(0, query.pageSize) : found
  if (backward) rows.reverse()
  const first = rows[0]
  const last = rows.at(-1)
  if (first === undefined || last === undefined) return { rows, next: null, previous: null, head: null }
  return {
    rows,
    head: first.head,
    next: more || backward ? { after: last.modified_at } : null,
    previous: (backward ? more : query.place !== null) ? { before: first.modified_at } : null,
  }
}

function listStatement(scope: Scope, model: CommonModel, query: ListQuery, backward: boolean) {
  const values: unknown[] = [scope.id]
  const where = ['r.linked_account_id = $1']
  /** Which conditions are there, for the statement's name: the common shapes are few and stay prepared. */
  const shape: string[] = []
  const add = (name: string, value: unknown, test: (parameter: string) => string): void => {
    if (value === undefined) return
    values.push(value)
    where.push(test(`$${values.length}`))
    shape.push(name)
  }
  if (query.place !== null) {
    if ('before' in query.place) add('before', query.place.before, (p) => `r.modified_at < ${p}::timestamptz`)
    else add('after', query.place.after, (p) => `r.modified_at > ${p}::timestamptz`)
  }
  add('ma', query.modifiedAfter, (p) => `r.modified_at > ${p}::timestamptz`)
  add('mb', query.modifiedBefore, (p) => `r.modified_at < ${p}::timestamptz`)
  add('ca', query.createdAfter, (p) => `r.created_at > ${p}::timestamptz`)
  add('cb', query.createdBefore, (p) => `r.created_at < ${p}::timestamptz`)
  add('ri', query.remoteId === undefined ? undefined : indexKey(query.remoteId), (p) => `r.remote_id = ${p}`)
  if (!query.includeDeleted) { where.push('not r.remote_was_deleted'); shape.push('live') }
  if (query.includeRemoteFields) shape.push('rf')
  const filters = Object.entries(query.filters)
  for (const [parameter, value] of filters) {
    const filter = model.filters[parameter]!
    add(parameter, stored(model, filter, value), (p) => condition(model, filter, p, values))
  }
  values.push(query.pageSize + 1)
  return {
    ...(filters.length === 0 && { name: `list_${model.table}_${shape.join('_')}` }),
    text: `select ${columns(query.includeRemoteFields)}, ${HEAD} as head from ${model.table} r where ${where.join(' and ')} order by r.modified_at ${backward ? 'desc' : 'asc'} limit $${values.length}`,
    values,
  }
}

/** The value as its column holds it: folded where case does not count, hashed where it is too long for an index. */
function stored(model: CommonModel, filter: Filter, value: string | readonly string[]): string | string[] {
  const column = filterColumns(model).find(({ field }) => field === filter.field)
  const isId = fieldShape(model.schema.properties[filter.field]!).relation !== null
  const key = (text: string): string => indexKey(isId || column?.folded === true ? text.toLowerCase() : text)
  return typeof value === 'string' ? key(value) : value.map(key)
}

/** Plain comparisons only: functions, arrays and patterns on the column's side would lose their index under row-level security. */
function condition(model: CommonModel, filter: Filter, parameter: string, values: unknown[]): string {
  const column = `r.by_${filter.field}`
  if (filter.kind === 'equals') return `${column} = ${parameter}`
  if (filter.kind === 'in') return `${column} = any(${parameter})`
  if (filter.kind === 'after') return `${column} > ${parameter}::timestamptz`
  if (filter.kind === 'before') return `${column} < ${parameter}::timestamptz`
  values.push(model.id, filter.field)
  return `exists (select 1 from record_values v where v.linked_account_id = r.linked_account_id and v.record_id = r.id and v.model = $${values.length - 1} and v.field = $${values.length} and v.value = any(${parameter}))`
}

/** What `RecordPage.head` would be now. */
export async function accountHead(database: Database, scope: Scope): Promise<string | null> {
  const [row] = await database.tenantQuery<{ head: string | null }>(scope.organizationId, { name: 'account_head', text: `select ${HEAD} as head`, values: [scope.id] })
  return row?.head ?? null
}

/** One record, also where it is known to be gone at the vendor; null where there is none in this account. */
export async function findRecord(database: Database, scope: Scope, model: CommonModel, id: string): Promise<StoredRecord | null> {
  const [row] = await database.tenantQuery<StoredRecord>(scope.organizationId, {
    name: `find_${model.table}`,
    text: `select ${columns(model.hasRemoteFields)} from ${model.table} r where r.linked_account_id = $1 and r.id = $2`,
    values: [scope.id, id],
  })
  return row ?? null
}

/** The records with these ids, of this account only; what is missing is missing. */
export async function findRecords(database: Database, scope: Scope, model: CommonModel, ids: readonly string[]): Promise<StoredRecord[]> {
  if (ids.length === 0) return []
  return database.tenantQuery<StoredRecord>(scope.organizationId, {
    name: `find_many_${model.table}`,
    text: `select ${columns(false)} from ${model.table} r where r.linked_account_id = $1 and r.id = any($2::uuid[])`,
    values: [scope.id, ids],
  })
}
