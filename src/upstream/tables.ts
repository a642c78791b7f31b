import { pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from '../db/columns.ts'

/** What every process must know before it sends the vendor anything more. */
export const upstreamBudgets = pgTable('upstream_budgets', {
  linkedAccountId: uuid('linked_account_id').primaryKey(),
  organizationId: uuid('organization_id').notNull(),
  /** The vendor asked for silence until then. */
  pausedUntil: instant('paused_until'),
  reason: text('reason'),
})
