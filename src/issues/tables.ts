import { boolean, index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from '../db/columns.ts'

/** What is wrong with an account, one line for each model and code however often it happens. It closes by itself when the model syncs again. */
export const issues = pgTable('issues', {
  linkedAccountId: uuid('linked_account_id').notNull(),
  model: text('model').notNull(),
  code: text('code').notNull(),
  organizationId: uuid('organization_id').notNull(),
  id: uuid('id').notNull(),
  /** ONGOING, RESOLVED */
  status: text('status').notNull(),
  description: text('description').notNull(),
  details: text('details').array().notNull(),
  /** The upstream log of the latest incident. */
  logId: uuid('log_id'),
  incidents: integer('incidents').notNull().default(1),
  isMuted: boolean('is_muted').notNull().default(false),
  firstIncidentAt: instant('first_incident_at', 6).notNull().defaultNow(),
  lastIncidentAt: instant('last_incident_at', 6).notNull().defaultNow(),
  resolvedAt: instant('resolved_at', 6),
}, (table) => [
  primaryKey({ columns: [table.linkedAccountId, table.model, table.code] }),
  index('issues_first').on(table.organizationId, table.firstIncidentAt, table.id),
])
