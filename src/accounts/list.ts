import type { Database } from '../db/client.ts'
import { readCursor, signCursor, type CursorKey } from '../db/keyset.ts'

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
  readonly remote_identity: string
  readonly created_at: string
  readonly completed_at: string | null
}

const COLUMNS = 'id, category, integration, status, status_detail, end_user_origin_id, end_user_organization_name, end_user_email_address, setup, remote_identity, created_at, completed_at'
type ListedRow = ListedAccount & Record<string, unknown>

export async function findAccount(database: Database, organizationId: string, id: string): Promise<ListedAccount | null> {
  const [row] = await database.tenantQuery<ListedRow>(organizationId, { name: 'find_account', text: `select ${COLUMNS} from linked_accounts where id = $1`, values: [id] })
  return row ?? null
}

export interface AccountFilters {
  readonly cursor?: string
  readonly page_size?: number
  readonly category?: string
  readonly status?: string
  /** Slugs of the integrations meant. */
  readonly integrations?: readonly string[]
  readonly ids?: readonly string[]
  readonly end_user_origin_ids?: readonly string[]
  readonly end_user_organization_name?: string
  readonly end_user_email_address?: string
}

/** Oldest first, by keyset. */
export async function listAccounts(database: Database, keys: readonly CursorKey[], organizationId: string, filters: AccountFilters): Promise<{ next: string | null; results: ListedAccount[] }> {
  const { cursor, page_size: size = 30, ...narrowing } = filters
  const scope = `linked-accounts ${organizationId} ${JSON.stringify(Object.entries(narrowing).sort(([a], [b]) => (a < b ? -1 : 1)))}`
  const position = cursor === undefined ? null : readCursor(keys, scope, cursor) as { at: string; id: string }
  const rows = await database.tenantQuery<ListedRow>(organizationId, {
    name: 'list_accounts',
    text: `select ${COLUMNS} from linked_accounts
           where organization_id = $1 and ($2::text is null or category = $2) and ($3::text[] is null or integration = any($3)) and ($4::text is null or status = $4)
             and ($5::text[] is null or end_user_origin_id = any($5)) and ($6::uuid[] is null or id = any($6))
             and ($7::text is null or end_user_organization_name = $7) and ($8::text is null or end_user_email_address = $8)
             and ($9::timestamptz is null or (created_at, id) > ($9, $10::uuid)) order by created_at, id limit $11`,
    values: [
      organizationId, narrowing.category ?? null, narrowing.integrations ?? null, narrowing.status ?? null, narrowing.end_user_origin_ids ?? null, narrowing.ids ?? null,
      narrowing.end_user_organization_name ?? null, narrowing.end_user_email_address ?? null, position?.at ?? null, position?.id ?? null, size + 1,
    ],
  })
  const results = rows.slice(0, size)
  const last = results.at(-1)
  return { next: rows.length > size && last !== undefined ? signCursor(keys, scope, { at: last.created_at, id: last.id }) : null, results }
}
