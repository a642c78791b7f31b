import { index, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { bytea, instant } from '../db/columns.ts'

/** Requests that carry a key of the caller's, so that a repeated one is not carried out again. */
export const idempotentRequests = pgTable('idempotent_requests', {
  linkedAccountId: uuid('linked_account_id').notNull(),
  route: text('route').notNull(),
  key: text('key').notNull(),
  organizationId: uuid('organization_id').notNull(),
  requestHash: bytea('request_hash').notNull(),
  /** The answer, sealed to the account; null while there is none, where its outcome is not known, and where it may not be kept. */
  answer: bytea('answer'),
  createdAt: instant('created_at').notNull().defaultNow(),
  finishedAt: instant('finished_at'),
}, (table) => [primaryKey({ columns: [table.linkedAccountId, table.route, table.key] }), index('idempotent_requests_created').on(table.createdAt)])
