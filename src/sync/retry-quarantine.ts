/** A person asks for the rows in quarantine to be tried again. */
import { readScopes, runScope } from '../accounts/scopes.ts'
import { audit, type Actor } from '../audit/audit.ts'
import { Fault } from '../errors.ts'
import type { Scope } from '../records/query.ts'
import { healBatch } from './heal.ts'
import type { SyncDeps } from './slice.ts'

/** How long a caller is kept waiting; what is left then takes another request. */
const LONGEST_MS = 10_000

export interface Retried { readonly healed: number; readonly failed: number; readonly hasMore: boolean }

/** Every row of the account, or of one model, once. */
export async function retryQuarantine({ database, providers, account: load, onChanges }: Pick<SyncDeps, 'database' | 'providers' | 'account' | 'onChanges'>, { organizationId, id: linkedAccountId }: Scope, wanted: string | null, actor: Actor | null): Promise<Retried> {
  const [account, lines] = await Promise.all([load(organizationId, linkedAccountId), readScopes(database, organizationId, linkedAccountId)])
  if (account === null) throw new Fault('account.needs_relink')
  const resources = providers.get(account.integration)?.resources ?? []
  const until = performance.now() + LONGEST_MS
  const total = { healed: 0, failed: 0 }
  let hasMore = false
  for (const resource of resources) {
    const model: string = resource.model.id
    const scope = runScope(lines, model, resources.map((each) => each.model.id))
    if ((wanted !== null && model !== wanted) || !scope.reads) continue
    for (let after: string | null = ''; after !== null;) {
      if (performance.now() > until) { hasMore = true; break }
      const from: string = after
      const { healed, failed, next } = await database.tenant(organizationId, async (client) => {
        // A page that is under way commits before; the next one waits.
        await client.query('select 1 from leases where linked_account_id = $1 and model = $2 for update', [linkedAccountId, model])
        return healBatch(client, { organizationId, linkedAccountId, resource, account, scope }, from)
      })
      total.healed += healed
      total.failed += failed
      if (healed > 0) onChanges?.({ organizationId, linkedAccountId })
      after = next
    }
  }
  await database.tenant(organizationId, (client) => audit(client, { organizationId, event: 'RETRIED_QUARANTINE', description: `Rows in quarantine${wanted === null ? '' : ` (${wanted})`} were tried again: ${total.healed} are records now, ${total.failed} are not.`, subject: linkedAccountId, actor }))
  // What did not help now helps no more when it is repeated.
  return { ...total, hasMore: hasMore && total.healed > 0 }
}
