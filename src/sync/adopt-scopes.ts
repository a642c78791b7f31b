import type { Client, Database } from '../db/client.ts'
import { forgetAllTombstones } from '../records/forget.ts'

export interface AccountKey { readonly organizationId: string; readonly linkedAccountId: string }

const BEHIND = 'from scope_versions v join linked_accounts a on a.organization_id = v.organization_id and a.category = v.category and a.scope_version < v.version'

/** Organisations with accounts whose data is still kept by older default scopes. */
export const organizationsBehind = async ({ system }: Database): Promise<string[]> =>
  (await system.query<{ id: string }>(`select distinct a.organization_id as id ${BEHIND} limit 1000`)).rows.map(({ id }) => id)

/** Accounts of one organisation that are behind, place by place: one that stays behind does not hold up the others. */
export async function* accountsBehind(database: Database, organizationId: string): AsyncGenerator<string> {
  for (let after = '00000000-0000-0000-0000-000000000000'; ;) {
    const rows = await database.tenantQuery<{ id: string }>(organizationId, { text: `select a.id ${BEHIND} where v.organization_id = $1 and a.id > $2 order by a.id limit 100`, values: [organizationId, after] })
    for (const { id } of rows) yield id
    const last = rows.at(-1)
    if (last === undefined) return
    after = last.id
  }
}

/** Bring one account to the default scopes as they are now. Each account has a transaction of its own, so a change waits for no page of another. */
export async function adoptScopes(database: Database, { organizationId, linkedAccountId }: AccountKey): Promise<void> {
  await database.tenant(organizationId, async (client) => {
    // Nobody waits for an answer, and originals may be many.
    await client.query('set local statement_timeout = 0')
    await fence(client, linkedAccountId)
    const { rows: [behind] } = await client.query<{ version: number; stricter: boolean }>(
      `select v.version, a.scope_version < v.stricter_version as stricter ${BEHIND} where a.id = $1 for update of a`, [linkedAccountId])
    if (behind === undefined) return
    await followRules(client, linkedAccountId, behind)
    await client.query('update linked_accounts set scope_version = $2 where id = $1', [linkedAccountId, behind.version])
  })
}

/** A page that is being written is waited for; none is written under the old rules afterwards. Leases come before the account in every transaction. */
export const fence = async (client: Client, linkedAccountId: string): Promise<void> => {
  await client.query('select 1 from leases where linked_account_id = $1 order by model for update', [linkedAccountId])
  await client.query('update leases set epoch = epoch + 1, holder = null, heartbeat_at = null where linked_account_id = $1', [linkedAccountId])
}

/** What other rules mean for an account whose leases are fenced. */
export async function followRules(client: Client, linkedAccountId: string, { stricter }: { readonly stricter: boolean }): Promise<void> {
  // What was kept whole may hold what must not be kept any more: originals, rows in quarantine, names of fields, bodies in the logs, answers to callers.
  if (stricter) for (const table of ['raw_payloads', 'quarantine', 'payload_shapes', 'drift', 'log_bodies']) await client.query(`delete from ${table} where linked_account_id = $1`, [linkedAccountId])
  if (stricter) await client.query('update idempotent_requests set answer = null where linked_account_id = $1', [linkedAccountId])
  // No read puts right what the vendor no longer shows.
  if (stricter) await forgetAllTombstones(client, linkedAccountId)
  // A complete read puts every record right, since rows are compared together with the rules that they were made under.
  await client.query(`update sync_states set next_kind = 'full', next_run_at = now(), failures = 0 where linked_account_id = $1 and status <> 'DISABLED'`, [linkedAccountId])
  await settleModels(client, linkedAccountId)
}

/** Stop the models that are off and start those that are on again. The run that finds itself switched off calls it too. */
export async function settleModels(client: Client, linkedAccountId: string): Promise<void> {
  const reads = `coalesce((select a.reads from account_scopes a where a.linked_account_id = s.linked_account_id and a.model = s.model), (select o.reads from organization_scopes o where o.organization_id = s.organization_id and o.model = s.model), true)`
  await client.query(`update sync_states s set status = 'SYNCING', next_run_at = now(), next_kind = 'full' where s.linked_account_id = $1 and s.status = 'DISABLED' and ${reads}`, [linkedAccountId])
  await client.query(`update sync_states s set status = 'DISABLED', next_run_at = null, next_kind = null, current_run_id = null, fault = null where s.linked_account_id = $1 and s.status <> 'DISABLED' and not ${reads}`, [linkedAccountId])
  await client.query(
    `update sync_runs r set state = 'cancelled', finished_at = now() from sync_states s
     where r.linked_account_id = $1 and r.state = 'running' and s.linked_account_id = r.linked_account_id and s.model = r.model and s.status = 'DISABLED'`, [linkedAccountId])
}
