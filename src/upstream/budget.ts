import type { Database } from '../db/client.ts'
import { localCells, sharedCells, type Cells } from './cells.ts'

/** What all processes have to know before one of them sends. */
export interface Budget {
  readonly cells: Cells
  /** Tells the schedule that the account has nothing to do before then. */
  readonly pause: (account: AccountKey, until: Date, reason: string) => Promise<void>
}
export interface AccountKey { readonly id: string; readonly organizationId: string }

/** Shared by all processes at a database. `now` is its clock, unless it is given. */
export function openBudget({ database, now }: { readonly database: Database; readonly now?: () => number }): Budget {
  return {
    cells: sharedCells(database, now),
    async pause({ id, organizationId }, until, reason) {
      await database.tenantQuery(organizationId, {
        name: 'upstream_pause',
        text: `insert into upstream_budgets as held (linked_account_id, organization_id, paused_until, reason) values ($1, $2, $3::timestamptz, $4)
          on conflict (linked_account_id) do update set paused_until = greatest(held.paused_until, excluded.paused_until), reason = excluded.reason`,
        values: [id, organizationId, until.toISOString(), reason],
      })
    },
  }
}

/** For a process that has its vendor to itself, and no database. */
export const ownBudget = (now: () => number = Date.now, onPause: (until: Date) => void = () => undefined): Budget => ({ cells: localCells(now), pause: async (_account, until) => { onPause(until) } })
