import { index, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { bytea, instant } from './columns.ts'

/** Data keys, one living per organisation, wrapped by a key-encryption key that is never in the database. */
export const dataKeys = pgTable('data_keys', {
  id: uuid('id').primaryKey(),
  organizationId: uuid('organization_id').notNull(),
  /** Names the key-encryption key that wrapped it. */
  wrappedBy: text('wrapped_by').notNull(),
  wrapped: bytea('wrapped').notNull(),
  createdAt: instant('created_at').notNull().defaultNow(),
  /** Set when a newer key seals; this one still opens. */
  retiredAt: instant('retired_at'),
}, (table) => [index('data_keys_organization').on(table.organizationId)])

/** Up to where pruning has come, in tables that it goes through by time. */
export const pruneMarks = pgTable('prune_marks', {
  task: text('task').primaryKey(),
  upTo: instant('up_to', 6).notNull(),
})

/** One row, sealed with the key-encryption key: a wrong key is noticed at start, before anything is written with it. */
export const keyCanary = pgTable('key_canary', {
  wrappedBy: text('wrapped_by').primaryKey(),
  sealed: bytea('sealed').notNull(),
})
