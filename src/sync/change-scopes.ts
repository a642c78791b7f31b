import { audit, type Actor } from '../audit/audit.ts'
import type { Client, Database } from '../db/client.ts'
import { Fault } from '../errors.ts'
import { keepLines, linesOf, resolveScope, type ModelScope, type ScopeLine, type ScopePlace } from '../accounts/scopes.ts'

export interface ScopeChange extends ScopePlace {
  /** All that is said from now on; models that are not among them have no line any more. */
  readonly lines: readonly ScopeLine[]
  readonly actor: Actor | null
}

/** Replace what is said for a category. Whatever is under way stops at its last page and begins again under the new rules. */
export async function changeScopes(database: Database, change: ScopeChange): Promise<void> {
  const { organizationId, linkedAccountId, category, lines, actor } = change
  await database.tenant(organizationId, async (client) => {
    const accounts = (await client.query<{ id: string }>('select id from linked_accounts where organization_id = $1 and category = $2 and ($3::uuid is null or id = $3) order by id for update', [organizationId, category, linkedAccountId])).rows.map(({ id }) => id)
    if (linkedAccountId !== null && accounts.length === 0) throw new Fault('request.conflict', { detail: `The linked account is not of the category ${category}.` })
    const defaults = await linesOf(client, { ...change, linkedAccountId: null })
    const before = linkedAccountId === null ? defaults : await linesOf(client, change)
    const base = (model: string): ScopeLine | undefined => (linkedAccountId === null ? undefined : defaults.find((line) => line.model === model))
    const changed = [...new Set([...before, ...lines].map(({ model }) => model))].flatMap((model) => {
      const [old, now] = [before, lines].map((from) => resolveScope([base(model), from.find((line) => line.model === model)])) as [ModelScope, ModelScope]
      return same(old, now) ? [] : [{ model, stricter: (old.reads && !now.reads) || [...now.disabled].some((field) => !old.disabled.has(field)) }]
    })
    await keepLines(client, change, lines)
    if (changed.length > 0) await fence(client, accounts)
    if (changed.some(({ stricter }) => stricter)) await forgetOriginals(client, accounts)
    if (changed.length > 0) await readAnew(client, accounts)
    await settleModels(client, accounts)
    await audit(client, linkedAccountId === null
      ? { organizationId, event: 'CHANGED_SCOPES', description: `What is kept of ${category} data by default was changed: ${wordsOf(lines)}.`, actor }
      : { organizationId, event: 'CHANGED_LINKED_ACCOUNT_COMMON_MODEL_OVERRIDE', description: `What is kept of an account's ${category} data was changed: ${wordsOf(lines)}.`, subject: linkedAccountId, actor })
  })
}

const same = (a: ModelScope, b: ModelScope): boolean => a.reads === b.reads && [...a.disabled].sort().join() === [...b.disabled].sort().join()
const wordsOf = (lines: readonly ScopeLine[]): string => (lines.length === 0 ? 'nothing is said any more' : lines.map(({ model, reads, disabledFields }) => `${model}${reads === false ? ' off' : ''}${disabledFields.length > 0 ? ` without ${disabledFields.join(', ')}` : ''}`).join('; '))

/** A page that is being written is waited for; none is written under the old rules afterwards. */
const fence = (client: Client, accounts: readonly string[]) =>
  client.query('update leases set epoch = epoch + 1, holder = null, heartbeat_at = null where linked_account_id = any($1::uuid[])', [accounts])

/** What was kept whole may hold what must not be kept any more: originals, rows in quarantine, and the bodies in the logs. */
async function forgetOriginals(client: Client, accounts: readonly string[]): Promise<void> {
  for (const table of ['raw_payloads', 'quarantine', 'log_bodies']) await client.query(`delete from ${table} where linked_account_id = any($1::uuid[])`, [accounts])
}

/** A complete read puts every record right, since rows are compared together with the rules that they were made under. */
const readAnew = (client: Client, accounts: readonly string[]) =>
  client.query(`update sync_states set next_kind = 'full', next_run_at = now(), failures = 0 where linked_account_id = any($1::uuid[]) and status <> 'DISABLED'`, [accounts])

/** Stop the models that are off and start those that are on again. The run that finds itself switched off calls it too. */
export async function settleModels(client: Client, accounts: readonly string[]): Promise<void> {
  const reads = `coalesce((select a.reads from account_scopes a where a.linked_account_id = s.linked_account_id and a.model = s.model), (select o.reads from organization_scopes o where o.organization_id = s.organization_id and o.model = s.model), true)`
  await client.query(`update sync_states s set status = 'SYNCING', next_run_at = now(), next_kind = 'full' where s.linked_account_id = any($1::uuid[]) and s.status = 'DISABLED' and ${reads}`, [accounts])
  await client.query(`update sync_states s set status = 'DISABLED', next_run_at = null, next_kind = null, current_run_id = null, fault = null where s.linked_account_id = any($1::uuid[]) and s.status <> 'DISABLED' and not ${reads}`, [accounts])
  await client.query(
    `update sync_runs r set state = 'cancelled', finished_at = now() from sync_states s
     where r.linked_account_id = any($1::uuid[]) and r.state = 'running' and s.linked_account_id = r.linked_account_id and s.model = r.model and s.status = 'DISABLED'`, [accounts])
}
