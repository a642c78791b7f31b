import { pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'

/** What every process must know before it sends the vendor anything more. */
export const upstreamBudgets = pgTable('upstream_budgets', {
  linkedAccountId: uuid('linked_account_id').primaryKey(),
  organizationId: uuid('organization_id').notNull(),
  /** The vendor asked for silence until then. */
  pausedUntil: timestamp('paused_until', { withTimezone: true, mode: 'string' }),
  reason: text('reason'),
})
