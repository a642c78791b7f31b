import { index, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from '../db/columns.ts'

/** Who did what. Nobody is granted to change or remove a line; it outlives the account that it tells of, so it holds no personal data. */
export const auditEvents = pgTable('audit_events', {
  organizationId: uuid('organization_id').notNull(),
  id: uuid('id').notNull(),
  at: instant('at', 6).notNull().defaultNow(),
  eventType: text('event_type').notNull(),
  description: text('description').notNull(),
  /** What it was done to: an account, a key. */
  subject: text('subject'),
  /** Null: the system itself. */
  apiKeyId: uuid('api_key_id'),
  ipAddress: text('ip_address').notNull(),
}, (table) => [
  primaryKey({ columns: [table.organizationId, table.id] }),
  index('audit_events_latest').on(table.organizationId, table.at, table.id),
])
