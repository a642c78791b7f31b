import type { Database } from '../db/client.ts'
import { readCursor, signCursor } from '../db/keyset.ts'

/** A linked account as the API shows it. No secret is among its columns. */
export interface ListedAccount {
  readonly id: string
  readonly category: string
  readonly integration: string
  readonly status: string
  readonly status_detail: string | null
  readonly end_user_origin_id: string
  readonly end_user_organization_name: string
  readonly end_user_email_address: string
  readonly setup: Record<string, string>
  readonly created_at: string
  readonly completed_at: string | null
}

const COLUMNS = 'id, category, integration, status, status_detail, end_user_origin_id, end_user_organization_name, end_user_email_address, setup, created_at, completed_at'
type ListedRow = ListedAccount & Record<string, unknown>

export async function findAccount(database: Database, organizationId: string, id: string): Promise<ListedAccount | null> {
  const [row] = await database.tenantQuery<ListedRow>(organizationId, { name: 'find_account', text: `select ${COLUMNS} from linked_accounts where id = $1`, values: [id] })
  return row ?? null
}

export interface AccountFilters {
  readonly cursor?: string
  readonly page_size?: number
  readonly category?: string
  readonly integration?: string
  readonly status?: string
  readonly end_user_origin_id?: string
}

/** Oldest first, by keyset. */
export async function listAccounts(database: Database, keys: readonly Buffer[], organizationId: string, filters: AccountFilters): Promise<{ next: string | null; results: ListedAccount[] }> {
  const { cursor, page_size: size = 30, category, integration, status, end_user_origin_id: originId } = filters
  const scope = `linked-accounts ${organizationId} ${JSON.stringify([category, integration, status, originId])}`
  const position = cursor === undefined ? null : readCursor(keys, scope, cursor) as { at: string; id: string }
  const rows = await database.tenantQuery<ListedRow>(organizationId, {
    text: `select ${COLUMNS} from linked_accounts
           where organization_id = $1 and ($2::text is null or category = $2) and ($3::text is null or integration = $3) and ($4::text is null or status = $4) and ($5::text is null or end_user_origin_id = $5)
             and ($6::timestamptz is null or (created_at, id) > ($6, $7::uuid)) order by created_at, id limit $8`,
    values: [organizationId, category ?? null, integration ?? null, status ?? null, originId ?? null, position?.at ?? null, position?.id ?? null, size + 1],
  })
  const results = rows.slice(0, size)
  const last = results.at(-1)
  return { next: rows.length > size && last !== undefined ? signCursor(keys, scope, { at: last.created_at, id: last.id }) : null, results }
}
