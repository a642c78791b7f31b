import { bigint, index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from '../db/columns.ts'

/** One narrow row per account: the head of its feed and its clock. Every writer bumps it, last, in the page's own transaction. */
export const feedHeads = pgTable('feed_heads', {
  linkedAccountId: uuid('linked_account_id').primaryKey(),
  organizationId: uuid('organization_id').notNull(),
  /** Changes when history was lost (failover, restore): cursors of another epoch are refused. */
  epoch: integer('epoch').notNull().default(1),
  seq: bigint('seq', { mode: 'number' }).notNull().default(0),
  modifiedAt: instant('modified_at', 6).notNull().defaultNow(),
})

/** The feed: dense, gap-free, in commit order. No bodies; the records table has the newest. */
export const changes = pgTable('changes', {
  linkedAccountId: uuid('linked_account_id').notNull(),
  seq: bigint('seq', { mode: 'number' }).notNull(),
  organizationId: uuid('organization_id').notNull(),
  model: text('model').notNull(),
  recordId: uuid('record_id').notNull(),
  remoteId: text('remote_id').notNull(),
  /** created, updated, deleted, restored */
  what: text('what').notNull(),
  /** What brought it about: sync, remap, erase, ... */
  cause: text('cause').notNull(),
  /** The fields that differ; null where all are new or gone. */
  fields: text('fields').array(),
  rawVersion: integer('raw_version'),
  runId: uuid('run_id'),
  logId: uuid('log_id'),
  at: instant('at', 6).notNull(),
}, (table) => [
  primaryKey({ columns: [table.linkedAccountId, table.seq] }),
  index('changes_record').on(table.linkedAccountId, table.recordId, table.seq),
])
