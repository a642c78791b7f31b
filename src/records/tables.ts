import { sql } from 'drizzle-orm'
import { bigint, boolean, index, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from '../db/columns.ts'

export * from './record-tables.ts'

/** Values of many-valued filterable fields: tags, assignees. */
export const recordValues = pgTable('record_values', {
  linkedAccountId: uuid('linked_account_id').notNull(),
  organizationId: uuid('organization_id').notNull(),
  model: text('model').notNull(),
  field: text('field').notNull(),
  value: text('value').notNull(),
  recordId: uuid('record_id').notNull(),
}, (table) => [
  primaryKey({ columns: [table.linkedAccountId, table.model, table.field, table.value, table.recordId] }),
  index('record_values_record').on(table.linkedAccountId, table.model, table.recordId),
])

/** What the vendor sent, append-only: remap, explain, replay and history read it. */
export const rawPayloads = pgTable('raw_payloads', {
  linkedAccountId: uuid('linked_account_id').notNull(),
  model: text('model').notNull(),
  recordId: uuid('record_id').notNull(),
  version: integer('version').notNull(),
  organizationId: uuid('organization_id').notNull(),
  runId: uuid('run_id').notNull(),
  page: integer('page').notNull(),
  ordinal: integer('ordinal').notNull(),
  logId: uuid('log_id').notNull(),
  /** The vendor's list that the row came from. */
  path: text('path').notNull(),
  payload: text('payload').notNull(),
  fetchedAt: instant('fetched_at', 6).notNull().defaultNow(),
}, (table) => [
  primaryKey({ columns: [table.linkedAccountId, table.model, table.recordId, table.version] }),
  // Those that took another's place: what was in it goes when they are old enough. First versions, of which there are most, cost nothing.
  index('raw_payloads_superseding').on(table.fetchedAt).where(sql`version > 1`),
])

/** What is known of a record's deletion: that it waits, that a person keeps it from happening, or that it is done and can be undone. */
export const deletions = pgTable('deletions', {
  linkedAccountId: uuid('linked_account_id').notNull(),
  model: text('model').notNull(),
  recordId: uuid('record_id').notNull(),
  organizationId: uuid('organization_id').notNull(),
  remoteId: text('remote_id').notNull(),
  /** held: a complete read missed it; kept: it stays until the vendor shows it again; done: it is a tombstone. */
  state: text('state').notNull(),
  /** The run that missed it, or to which the vendor said so. */
  runId: uuid('run_id').notNull(),
  /** Since when it is in this state. */
  since: instant('since', 6).notNull().defaultNow(),
}, (table) => [
  primaryKey({ columns: [table.linkedAccountId, table.model, table.recordId] }),
  index('deletions_state').on(table.linkedAccountId, table.state, table.model, table.recordId),
  index('deletions_run').on(table.linkedAccountId, table.runId, table.model, table.recordId),
  index('deletions_done').on(table.since).where(sql`${table.state} = 'done'`),
])

/** Records that a caller asked to ignore: why, and since when. The record itself is marked, and a sync leaves it alone. */
export const ignoredRecords = pgTable('ignored_records', {
  linkedAccountId: uuid('linked_account_id').notNull(),
  model: text('model').notNull(),
  recordId: uuid('record_id').notNull(),
  organizationId: uuid('organization_id').notNull(),
  reason: text('reason').notNull(),
  message: text('message'),
  ignoredAt: instant('ignored_at', 6).notNull().defaultNow(),
}, (table) => [primaryKey({ columns: [table.linkedAccountId, table.model, table.recordId] })])

/** The vendor's fields beyond the model: those that records of an account have been seen with, and those that the vendor lists. */
export const remoteFieldClasses = pgTable('remote_field_classes', {
  linkedAccountId: uuid('linked_account_id').notNull(),
  model: text('model').notNull(),
  id: uuid('id').notNull(),
  organizationId: uuid('organization_id').notNull(),
  displayName: text('display_name').notNull(),
  remoteKeyName: text('remote_key_name').notNull(),
  description: text('description'),
  isRequired: boolean('is_required'),
  fieldType: text('field_type'),
  fieldChoices: jsonb('field_choices').$type<{ value: string; display_name: string }[]>().notNull().default([]),
  firstSeenAt: instant('first_seen_at', 6).notNull().defaultNow(),
}, (table) => [primaryKey({ columns: [table.linkedAccountId, table.model, table.id] })])

/** Vendor words in enum fields that we have no word for. They are served as they came, and counted here. */
export const unseenWords = pgTable('unseen_words', {
  linkedAccountId: uuid('linked_account_id').notNull(),
  model: text('model').notNull(),
  field: text('field').notNull(),
  word: text('word').notNull(),
  organizationId: uuid('organization_id').notNull(),
  /** How many new or changed records came with it. */
  times: bigint('times', { mode: 'number' }).notNull(),
  firstSeenAt: instant('first_seen_at', 6).notNull().defaultNow(),
  lastSeenAt: instant('last_seen_at', 6).notNull().defaultNow(),
}, (table) => [primaryKey({ columns: [table.linkedAccountId, table.model, table.field, table.word] })])

/** Rows that could not become records. The page went on without them. */
export const quarantine = pgTable('quarantine', {
  linkedAccountId: uuid('linked_account_id').notNull(),
  model: text('model').notNull(),
  /** The vendor's id, or a hash of the row where the id cannot be read. */
  remoteKey: text('remote_key').notNull(),
  organizationId: uuid('organization_id').notNull(),
  code: text('code').notNull(),
  detail: text('detail').notNull(),
  payload: text('payload'),
  runId: uuid('run_id').notNull(),
  page: integer('page').notNull(),
  logId: uuid('log_id'),
  attempts: bigint('attempts', { mode: 'number' }).notNull().default(1),
  firstSeenAt: instant('first_seen_at', 6).notNull().defaultNow(),
  lastSeenAt: instant('last_seen_at', 6).notNull().defaultNow(),
}, (table) => [primaryKey({ columns: [table.linkedAccountId, table.model, table.remoteKey] })])
