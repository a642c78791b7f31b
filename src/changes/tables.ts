import { bigint, index, integer, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { instant } from '../db/columns.ts'

/** One narrow row per account: the head of its feed and its clock. Every writer bumps it, last, in the page's own transaction. */
export const feedHeads = pgTable('feed_heads', {
  linkedAccountId: uuid('linked_account_id').primaryKey(),
  organizationId: uuid('organization_id').notNull(),
  /** Changes when history was lost (failover, restore): cursors of another epoch are refused. */
  epoch: integer('epoch').notNull().default(1),
  seq: bigint('seq', { mode: 'number' }).notNull().default(0),
  modifiedAt: instant('modified_at', 6).notNull().defaultNow(),
}, (table) => [index('feed_heads_organization').on(table.organizationId)])

/** The head of an organisation's feed: how many stretches it has, and up to which they are no longer kept. */
export const organizationFeeds = pgTable('organization_feeds', {
  organizationId: uuid('organization_id').primaryKey(),
  epoch: integer('epoch').notNull().default(1),
  stretches: bigint('stretches', { mode: 'number' }).notNull().default(0),
  pruned: bigint('pruned', { mode: 'number' }).notNull().default(0),
})

/** An organisation's feed: stretches of its accounts' feeds, in the order in which they were first told. */
export const feedStretches = pgTable('feed_stretches', {
  organizationId: uuid('organization_id').notNull(),
  number: bigint('number', { mode: 'number' }).notNull(),
  linkedAccountId: uuid('linked_account_id').notNull(),
  fromSeq: bigint('from_seq', { mode: 'number' }).notNull(),
  toSeq: bigint('to_seq', { mode: 'number' }).notNull(),
  toldAt: instant('told_at', 6).notNull(),
}, (table) => [
  primaryKey({ columns: [table.linkedAccountId, table.number] }),
  uniqueIndex('feed_stretches_number').on(table.organizationId, table.number),
])

/** Up to which entry an account's feed has been told to its organisation's. */
export const feedTold = pgTable('feed_told', {
  linkedAccountId: uuid('linked_account_id').primaryKey(),
  organizationId: uuid('organization_id').notNull(),
  seq: bigint('seq', { mode: 'number' }).notNull(),
}, (table) => [index('feed_told_organization').on(table.organizationId)])

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
