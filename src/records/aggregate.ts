/** Reads one model across the linked accounts of an organisation: account after account, oldest first, each along its own clock. */
import type { CommonModel } from '#models'
import type { Database } from '../db/client.ts'
import { columns, narrowed, type Narrowing, type StoredRecord } from './query.ts'

/** The account that a record is of, as its row names it. */
export interface RecordAccount {
  readonly id: string
  readonly integration: string
  readonly end_user_origin_id: string
  readonly end_user_organization_name: string
}

/** Behind which record of which account a page begins. The account's own place is when it was linked, so new ones come last. */
export interface AccountPlace { readonly linked: string; readonly account: string; readonly after: string }

export interface AccountNarrowing {
  readonly ids?: readonly string[] | undefined
  readonly integration?: string | undefined
  readonly endUserOriginId?: string | undefined
}

export interface AggregateQuery extends Narrowing {
  readonly accounts: AccountNarrowing
  readonly place: AccountPlace | null
  readonly pageSize: number
}

/** Records that follow one another and are of one account. */
export interface AccountRecords { readonly account: RecordAccount; readonly rows: readonly StoredRecord[] }

type AggregatedRow = StoredRecord & { readonly linked: string; readonly account: string; readonly integration: string; readonly end_user_origin_id: string; readonly end_user_organization_name: string }

/** One page, in stretches of one account each, and the place of the next. */
export async function listAcrossAccounts(database: Database, organizationId: string, model: CommonModel, query: AggregateQuery): Promise<{ stretches: AccountRecords[]; next: AccountPlace | null }> {
  const { rows: found } = await database.tenant(organizationId, async (client) => {
    // Planned for an average account, a bitmap and a sort may look cheaper; of a large account they would read everything for each page.
    await client.query('set local enable_bitmapscan = off')
    return client.query<AggregatedRow>(statement(organizationId, model, query))
  })
  const rows = found.slice(0, query.pageSize)
  const last = rows.at(-1)
  const stretches = [...Map.groupBy(rows, ({ account }) => account)].map(([id, records]) => {
    const { integration, end_user_origin_id, end_user_organization_name } = records[0]!
    return { account: { id, integration, end_user_origin_id, end_user_organization_name }, rows: records }
  })
  return { stretches, next: found.length > query.pageSize && last !== undefined ? { linked: last.linked, account: last.account, after: last.modified_at } : null }
}

/** Each account is asked for a page of its own, through the index that its list has, and the asking stops where the page is full. */
function statement(organizationId: string, model: CommonModel, query: AggregateQuery) {
  const values: unknown[] = [organizationId, model.category]
  const parameter = (value: unknown): string => `$${values.push(value)}`
  const { ids, integration, endUserOriginId } = query.accounts
  const accounts = ['a.organization_id = $1', 'a.category = $2']
  if (ids !== undefined) accounts.push(`a.id = any(${parameter(ids)}::uuid[])`)
  if (integration !== undefined) accounts.push(`a.integration = ${parameter(integration)}`)
  if (endUserOriginId !== undefined) accounts.push(`a.end_user_origin_id = ${parameter(endUserOriginId)}`)
  const { where } = narrowed(model, query, values)
  if (query.place !== null) {
    const account = parameter(query.place.account)
    accounts.push(`(a.created_at, a.id) >= (${parameter(query.place.linked)}::timestamptz, ${account}::uuid)`)
    // One bound for all accounts, so that it is looked up in the index and not compared row by row.
    where.push(`r.modified_at > case when a.id = ${account}::uuid then ${parameter(query.place.after)}::timestamptz else '-infinity' end`)
  }
  const limit = parameter(query.pageSize + 1)
  return {
    text: `select r.*, a.created_at as linked, a.id as account, a.integration, a.end_user_origin_id, a.end_user_organization_name
      from linked_accounts a cross join lateral (
        select ${columns(query.includeRemoteFields, query.includeAside)} from ${model.table} r where ${['r.linked_account_id = a.id', ...where].join(' and ')} order by r.modified_at limit ${limit}
      ) r where ${accounts.join(' and ')} order by a.created_at, a.id, r.modified_at limit ${limit}`,
    values,
  }
}
