import { bigint, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from '../db/columns.ts'

/** What every process must know before it sends the vendor anything more. */
export const upstreamBudgets = pgTable('upstream_budgets', {
  linkedAccountId: uuid('linked_account_id').primaryKey(),
  organizationId: uuid('organization_id').notNull(),
  /** The vendor asked for silence until then. */
  pausedUntil: instant('paused_until'),
  reason: text('reason'),
})

/** What processes agree on before they send: what is left of a vendor's patience, and whether its host answers. Nobody's: a vendor counts what is sent to its customer, whoever sends it. */
export const upstreamCells = pgTable('upstream_cells', {
  key: text('key').primaryKey(),
  state: jsonb('state').notNull(),
  version: bigint('version', { mode: 'number' }).notNull(),
  changedAt: instant('changed_at').notNull().defaultNow(),
})
