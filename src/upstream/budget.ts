import type { Database } from '../db/client.ts'

/** The silence that a vendor asked for, known to all processes. */
export interface Budget {
  /** When the account may send again; null: now. */
  readonly pausedUntil: (account: AccountKey) => Promise<Date | null>
  readonly pause: (account: AccountKey, until: Date, reason: string) => Promise<void>
}
export interface AccountKey { readonly id: string; readonly organizationId: string }

/** Another process's pause is noticed within this time. */
const FRESH_MS = 2_000
const REMEMBERED = 10_000

export function openBudget({ database, now = Date.now }: { readonly database: Database; readonly now?: () => number }): Budget {
  const known = new Map<string, { until: number; readAt: number }>()

  function remember(id: string, until: number): void {
    if (known.size >= REMEMBERED) known.clear()
    known.set(id, { until, readAt: now() })
  }

  return {
    async pausedUntil({ id, organizationId }) {
      let entry = known.get(id)
      if (entry === undefined || (entry.until <= now() && now() - entry.readAt > FRESH_MS)) {
        const [row] = await database.tenantQuery<{ paused_until: string | null }>(organizationId, {
          name: 'upstream_budget', text: 'select paused_until from upstream_budgets where linked_account_id = $1', values: [id],
        })
        const until = Date.parse(row?.paused_until ?? '1970-01-01T00:00:00Z')
        // Another request of this account may have learnt of a longer pause meanwhile.
        remember(id, Math.max(until, known.get(id)?.until ?? 0))
        entry = known.get(id)!
      }
      return entry.until > now() ? new Date(entry.until) : null
    },
    async pause({ id, organizationId }, until, reason) {
      remember(id, Math.max(until.getTime(), known.get(id)?.until ?? 0))
      await database.tenantQuery(organizationId, {
        name: 'upstream_pause',
        text: `insert into upstream_budgets as held (linked_account_id, organization_id, paused_until, reason) values ($1, $2, $3::timestamptz, $4)
          on conflict (linked_account_id) do update set paused_until = greatest(held.paused_until, excluded.paused_until), reason = excluded.reason`,
        values: [id, organizationId, until.toISOString(), reason],
      })
    },
  }
}
