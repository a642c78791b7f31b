/** Reads records, a page at a time, along the account's clock: what changes during a walk is seen again later, never skipped. */
import { shapeAt, type CommonModel } from '#models'
import type { Database } from '../db/client.ts'
import { columnName } from './columns.ts'
import { filterCondition, filterValue, holdsAny } from './filter.ts'
import { contentHash, indexKey } from './ids.ts'

/** A record as it is stored; `body` is JSON text that is served without being parsed. */
export interface StoredRecord extends Record<string, unknown> {
  readonly id: string
  readonly remote_id: string
  readonly created_at: string
  readonly modified_at: string
  readonly remote_was_deleted: boolean
  readonly body: string
  /** Missing where it was not asked for, like `aside`. */
  readonly remote_fields?: string | null
  /** See `aside.ts`. */
  readonly aside?: string | null
}

/** Whose records: nothing here reads without both. */
export interface Scope { readonly organizationId: string; readonly id: string }

/** Where a page begins: behind one record, or before one. `by` is that record's value in an ordered list. */
export type Place = ({ readonly after: string } | { readonly before: string }) & { readonly by?: string | null } | null

/** The field that holds the id of a record above, or holds it among others. */
export interface Below { readonly field: string; readonly id: string }

/** An order other than the account's clock. Records without a value come last. */
export interface Order { readonly column: string; readonly descending: boolean }

export interface ListQuery {
  readonly place: Place
  readonly pageSize: number
  readonly modifiedAfter?: string | undefined
  readonly modifiedBefore?: string | undefined
  readonly createdAfter?: string | undefined
  readonly createdBefore?: string | undefined
  readonly remoteId?: string | undefined
  readonly remoteIds?: readonly string[] | undefined
  readonly includeDeleted: boolean
  readonly includeRemoteFields: boolean
  /** Also records that were emptied because a caller asked to ignore them. */
  readonly includeShell: boolean
  readonly includeAside: boolean
  readonly order: Order | null
  /** Below which records the listed ones must be: the address says it. */
  readonly within: readonly Below[]
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
type ListedRecord = StoredRecord & { readonly head: string | null; readonly by?: string | null }

/** Epoch, place and clock of the feed; one index look-up per statement, not per row. The clock tells a restored history from the one that was lost. */
const HEAD = `(select h.epoch || '.' || h.seq || '.' || extract(epoch from h.modified_at) from feed_heads h where h.linked_account_id = $1)`

/** What is read of `r`. */
export const columns = (remoteFields: boolean, aside: boolean): string =>
  `r.id, r.remote_id, r.created_at, r.modified_at, r.remote_was_deleted, r.body${remoteFields ? ', r.remote_fields' : ''}${aside ? ', r.aside' : ''}`

/** One page, and the places of its neighbours. */
export async function listRecords(database: Database, scope: Scope, model: CommonModel, query: ListQuery): Promise<RecordPage> {
  const backward = query.place !== null && 'before' in query.place
  const found = await database.tenantSelect<ListedRecord>(scope.organizationId, listStatement(scope, model, query, backward))
  const more = found.length > query.pageSize
  const rows = more ? found.slice(0, query.pageSize) : found
  if (backward) rows.reverse()
  const first = rows[0]
  const last = rows.at(-1)
  if (first === undefined || last === undefined) return { rows, next: null, previous: null, head: null }
  const by = (row: ListedRecord) => (query.order === null ? {} : { by: row.by ?? null })
  return {
    rows,
    head: first.head,
    next: more || backward ? { after: last.modified_at, ...by(last) } : null,
    previous: (backward ? more : query.place !== null) ? { before: first.modified_at, ...by(first) } : null,
  }
}

/** What narrows a list of `r`, beside its account and its place. */
export type Narrowing = Omit<ListQuery, 'place' | 'pageSize' | 'order'>
/** Conditions of a statement. `shape` says which are there, for its name: the common shapes are few and stay prepared. */
interface Conditions { readonly where: string[]; readonly shape: string[] }

/** What narrows the list, as conditions on `r`; their values are added to `values`. */
export function narrowed(model: CommonModel, query: Narrowing, values: unknown[]): Conditions {
  const where: string[] = []
  const shape: string[] = []
  const add = (name: string, value: unknown, test: (parameter: string) => string): void => {
    if (value === undefined) return
    values.push(value)
    where.push(test(`$${values.length}`))
    shape.push(name)
  }
  for (const { field, id } of query.within) add(`in_${columnName(field)}`, isMany(model, field) ? [id] : id, (p) => (isMany(model, field) ? holdsAny(model, field, p, values) : `r.${columnName(field)} = ${p}`))
  add('ma', query.modifiedAfter, (p) => `r.modified_at > ${p}::timestamptz`)
  add('mb', query.modifiedBefore, (p) => `r.modified_at < ${p}::timestamptz`)
  add('ca', query.createdAfter, (p) => `r.created_at > ${p}::timestamptz`)
  add('cb', query.createdBefore, (p) => `r.created_at < ${p}::timestamptz`)
  add('ri', query.remoteId === undefined ? undefined : indexKey(query.remoteId), (p) => `r.remote_id = ${p}`)
  add('ris', query.remoteIds?.map(indexKey), (p) => `r.remote_id = any(${p})`)
  if (!query.includeDeleted) { where.push('not r.remote_was_deleted'); shape.push('live') }
  if (!query.includeShell) { where.push('not r.is_erased'); shape.push('full') }
  if (query.includeRemoteFields) shape.push('rf')
  if (query.includeAside) shape.push('as')
  for (const [parameter, value] of Object.entries(query.filters)) {
    const filter = model.filters[parameter]!
    add(parameter, filterValue(model, filter, value), (p) => filterCondition(model, filter, p, values))
  }
  return { where, shape }
}

function listStatement(scope: Scope, model: CommonModel, query: ListQuery, backward: boolean) {
  const values: unknown[] = [scope.id]
  const place: Conditions = { where: [], shape: [] }
  if (query.order !== null) {
    place.shape.push(query.order.column, query.order.descending ? 'desc' : 'asc')
    if (query.place !== null) { place.where.push(beyond(query.place, query.order, values)); place.shape.push(backward ? 'before' : 'after', query.place.by === null ? 'last' : 'by') }
  } else if (query.place !== null) {
    values.push('before' in query.place ? query.place.before : query.place.after)
    place.where.push(`r.modified_at ${backward ? '<' : '>'} $${values.length}::timestamptz`)
    place.shape.push(backward ? 'before' : 'after')
  }
  const { where, shape } = narrowed(model, query, values)
  values.push(query.pageSize + 1)
  return {
    ...(Object.keys(query.filters).length === 0 && { name: statementName(`list_${model.table}_${[...place.shape, ...shape].join('_')}`) }),
    text: `select ${columns(query.includeRemoteFields, query.includeAside)}, ${HEAD} as head${query.order === null ? '' : `, r.${query.order.column} as by`} from ${model.table} r where ${['r.linked_account_id = $1', ...place.where, ...where].join(' and ')} order by ${orderOf(query.order, backward)} limit $${values.length}`,
    values,
  }
}

/** Postgres cuts names at 63 bytes. */
const statementName = (text: string): string => (text.length <= 63 ? text : `${text.slice(0, 26)}_${contentHash(text)}`)

const isMany = (model: CommonModel, field: string): boolean => shapeAt(model.schema, field).many

function orderOf(order: Order | null, backward: boolean): string {
  const clock = `r.modified_at ${backward ? 'desc' : 'asc'}`
  if (order === null) return clock
  return `r.${order.column} ${order.descending === backward ? 'asc' : 'desc'} nulls ${backward ? 'first' : 'last'}, ${clock}`
}

/** What lies beyond a place in an ordered list: by the value, among equals by the clock, and at the end what has no value. */
function beyond(place: NonNullable<Place>, { column, descending }: Order, values: unknown[]): string {
  const backward = 'before' in place
  values.push(backward ? place.before : place.after)
  const clock = `r.modified_at ${backward ? '<' : '>'} $${values.length}::timestamptz`
  if (place.by === null || place.by === undefined) return backward ? `(r.${column} is not null or ${clock})` : `(r.${column} is null and ${clock})`
  values.push(place.by)
  const value = `$${values.length}::timestamptz`
  return `(r.${column} ${descending === backward ? '>' : '<'} ${value} or (r.${column} = ${value} and ${clock})${backward ? '' : ` or r.${column} is null`})`
}

/** What `RecordPage.head` would be now. */
export async function accountHead(database: Database, scope: Scope): Promise<string | null> {
  const [row] = await database.tenantLookup<{ head: string | null }>(scope.organizationId, { name: 'account_head', text: `select ${HEAD} as head`, values: [scope.id] })
  return row?.head ?? null
}

/** One record, also where it is known to be gone at the vendor; null where there is none in this account. */
export async function findRecord(database: Database, scope: Scope, model: CommonModel, id: string, within: readonly Below[] = []): Promise<StoredRecord | null> {
  const values: unknown[] = [scope.id, id]
  const below = within.map(({ field, id: above }) => {
    values.push(isMany(model, field) ? [above] : above)
    const parameter = `$${values.length}`
    return ` and ${isMany(model, field) ? holdsAny(model, field, parameter, values) : `r.${columnName(field)} = ${parameter}`}`
  })
  const [row] = await database.tenantLookup<StoredRecord>(scope.organizationId, {
    name: `find_${model.table}${below.length === 0 ? '' : '_below'}`,
    text: `select ${columns(model.hasRemoteFields, true)} from ${model.table} r where r.linked_account_id = $1 and r.id = $2${below.join('')}`,
    values,
  })
  return row ?? null
}

/** The records with these ids, of this account only; what is missing is missing. */
export async function findRecords(database: Database, scope: Scope, model: CommonModel, ids: readonly string[]): Promise<StoredRecord[]> {
  if (ids.length === 0) return []
  return database.tenantSelect<StoredRecord>(scope.organizationId, {
    name: `find_many_${model.table}`,
    text: `select ${columns(false, false)} from ${model.table} r where r.linked_account_id = $1 and r.id = any($2::uuid[])`,
    values: [scope.id, ids],
  })
}
