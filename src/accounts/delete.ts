import { models } from '#models'
import { audit, type Actor } from '../audit/audit.ts'
import type { Database } from '../db/client.ts'
import { Fault } from '../errors.ts'

/** Everything that hangs on an account. A test compares it with the tables that there are. */
export const accountTables: readonly string[] = [
  // The leases go first: a page that is under way commits before, or finds no fence and is rolled back.
  'leases', 'credentials', 'token_refreshes', 'sync_states', 'sync_pages', 'page_contents', 'sync_runs', 'upstream_budgets', 'quarantine', 'issues', 'account_scopes', 'idempotent_requests', 'record_values', 'deletions', 'ignored_records', 'remote_field_classes', 'unseen_words', 'payload_shapes', 'drift', 'raw_payloads', 'changes', 'feed_heads', 'feed_told', 'feed_stretches',
  ...Object.values(models).map(({ table }) => table),
  'log_bodies', 'upstream_logs',
]

/** Unlink an account and erase all that was kept of it, credentials first and in one transaction. */
export async function deleteAccount(database: Database, organizationId: string, linkedAccountId: string, actor: Actor | null): Promise<void> {
  await database.tenant(organizationId, async (client) => {
    // Leases before the account, as everybody takes them.
    await client.query('select 1 from leases where linked_account_id = $1 order by model for update', [linkedAccountId])
    const { rows: [row] } = await client.query<{ integration: string; category: string }>('select integration, category from linked_accounts where id = $1 for update', [linkedAccountId])
    if (row === undefined) throw new Fault('request.not_found')
    // Nobody tells the organisation's feed of it any more.
    await client.query('select 1 from organization_feeds where organization_id = $1 for update', [organizationId])
    for (const table of accountTables) await client.query(`delete from ${table} where linked_account_id = $1`, [linkedAccountId])
    await client.query('delete from linked_accounts where id = $1', [linkedAccountId])
    await audit(client, { organizationId, event: 'DELETED_LINKED_ACCOUNT', description: `A ${row.category} account (${row.integration}) was unlinked and its data erased.`, subject: linkedAccountId, actor })
  })
}

/** What a request that was under way when its account was deleted may have noted afterwards. */
const noted: readonly string[] = ['upstream_budgets', 'log_bodies', 'upstream_logs']

/** Erase once more what came late, of all accounts that were deleted within the last two days. */
export async function eraseLatecomers({ system }: Database): Promise<void> {
  const { rows } = await system.query<{ id: string }>(`select subject as id from audit_events where event_type = 'DELETED_LINKED_ACCOUNT' and at > now() - interval '2 days' and subject is not null`)
  for (const { id } of rows) for (const table of noted) await system.query(`delete from ${table} where linked_account_id = $1`, [id])
}
