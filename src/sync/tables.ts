import { sql } from 'drizzle-orm'
import { bigint, boolean, doublePrecision, index, integer, json, jsonb, pgTable, primaryKey, smallint, text, uuid } from 'drizzle-orm/pg-core'
import type { Checkpoint } from './run.ts'
import { instant } from '../db/columns.ts'

/** Where each model of each account stands. */
export const syncStates = pgTable('sync_states', {
  linkedAccountId: uuid('linked_account_id').notNull(),
  model: text('model').notNull(),
  organizationId: uuid('organization_id').notNull(),
  /** SYNCING, DONE, FAILED, DISABLED, PAUSED, PARTIALLY_SYNCED, as the API says it. */
  status: text('status').notNull(),
  isInitial: boolean('is_initial').notNull().default(true),
  /** "Changed since" for the next incremental run; moves only when a run succeeds. */
  watermark: instant('watermark'),
  lastFullAt: instant('last_full_at'),
  lastStartedAt: instant('last_started_at'),
  lastFinishedAt: instant('last_finished_at'),
  lastResult: text('last_result'),
  /** The fault of the last run, where it failed. */
  fault: jsonb('fault').$type<{ code: string; detail: string; logId: string | null }>(),
  failures: integer('failures').notNull().default(0),
  /** When the next run is due; null: not by itself. While a run is under way: since when it waits for its next turn. */
  nextRunAt: instant('next_run_at'),
  /** The line that its work stands in, see `lanes.ts`. What was just linked stands in the first: somebody is looking at it. */
  lane: smallint('lane').notNull().default(0),
  /** Turns that the work has had since it was put into its lane. */
  turns: integer('turns').notNull().default(0),
  /** Set: nothing is read until somebody says so; what was under way goes on where it stood. */
  pausedAt: instant('paused_at'),
  /** Runs in a row that found nothing new, and that failed: both make the next one later, see `rhythm.ts`. */
  quietRuns: integer('quiet_runs').notNull().default(0),
  failedRuns: integer('failed_runs').notNull().default(0),
  /** How far ahead the next run was put when it was; against clocks that are set back. */
  waitSeconds: doublePrecision('wait_seconds'),
  /** What the next run is to be; null: the planner decides. */
  nextKind: text('next_kind'),
  currentRunId: uuid('current_run_id'),
  /** The version of the mapping that the stored records were made with. */
  mappingVersion: integer('mapping_version').notNull(),
}, (table) => [
  primaryKey({ columns: [table.linkedAccountId, table.model] }),
  // What is paused is in no line, so that no one has to be passed over.
  index('sync_states_due').on(table.lane, table.nextRunAt).where(sql`paused_at is null`),
])

/** How often an organisation wants its accounts read: one line for all models (`model` is empty), and one for each model that is to differ. */
export const syncSettings = pgTable('sync_settings', {
  organizationId: uuid('organization_id').notNull(),
  model: text('model').notNull(),
  /** Null: as the line for all models has it, or the operator. */
  intervalSeconds: integer('interval_seconds'),
  reconcileHours: doublePrecision('reconcile_hours'),
  /** Whether models in which nothing happens are read less often; null: yes. */
  adapts: boolean('adapts'),
}, (table) => [primaryKey({ columns: [table.organizationId, table.model] })])

export const syncRuns = pgTable('sync_runs', {
  linkedAccountId: uuid('linked_account_id').notNull(),
  id: uuid('id').notNull(),
  organizationId: uuid('organization_id').notNull(),
  model: text('model').notNull(),
  /** initial, incremental, full, reconcile, remap */
  kind: text('kind').notNull(),
  /** The version of the mapping that the run began with. */
  mappingVersion: integer('mapping_version').notNull(),
  state: text('state').notNull(),
  /** Read what changed since this instant; null: everything. */
  since: instant('since'),
  /** Where the run goes on; committed with each page. Not jsonb, which has no NUL: a place is made of the vendor's values, also of bad ones. */
  checkpoint: json('checkpoint').$type<Checkpoint>(),
  pages: integer('pages').notNull().default(0),
  /** Answers of the vendor that its pages were made from. */
  requests: bigint('requests', { mode: 'number' }).notNull().default(0),
  /** How often it had to wait for the vendor, or to try again later. */
  setbacks: integer('setbacks').notNull().default(0),
  rowsRead: bigint('rows_read', { mode: 'number' }).notNull().default(0),
  created: bigint('created', { mode: 'number' }).notNull().default(0),
  updated: bigint('updated', { mode: 'number' }).notNull().default(0),
  unchanged: bigint('unchanged', { mode: 'number' }).notNull().default(0),
  deleted: bigint('deleted', { mode: 'number' }).notNull().default(0),
  quarantined: bigint('quarantined', { mode: 'number' }).notNull().default(0),
  /** Fields that could not be read and were left empty. */
  fieldIssues: bigint('field_issues', { mode: 'number' }).notNull().default(0),
  /** Records that the run missed but did not dare to delete. */
  deletionsHeld: bigint('deletions_held', { mode: 'number' }).notNull().default(0),
  /** How often the vendor forgot our place and the walk began anew. */
  restarts: integer('restarts').notNull().default(0),
  fault: jsonb('fault').$type<{ code: string; detail: string; logId: string | null }>(),
  startedAt: instant('started_at').notNull().defaultNow(),
  finishedAt: instant('finished_at'),
}, (table) => [
  primaryKey({ columns: [table.linkedAccountId, table.id] }),
  index('sync_runs_latest').on(table.linkedAccountId, table.model, table.startedAt),
  index('sync_runs_history').on(table.linkedAccountId, table.startedAt, table.id),
])

/**
 * What a page showed, named by a hash of it: a page that has not changed since another run is not written again.
 * Only who holds all leases of an account may take away what none of its pages names.
 */
export const pageContents = pgTable('page_contents', {
  linkedAccountId: uuid('linked_account_id').notNull(),
  id: uuid('id').notNull(),
  organizationId: uuid('organization_id').notNull(),
  /** In the order of the page. */
  recordIds: uuid('record_ids').array().notNull(),
  /** Which version of the vendor's row each of them had. */
  rawVersions: integer('raw_versions').array().notNull(),
}, (table) => [primaryKey({ columns: [table.linkedAccountId, table.id] })])

/** The manifest of a run: per page, what was read, in order. Deletion, replay and audit read it. */
export const syncPages = pgTable('sync_pages', {
  linkedAccountId: uuid('linked_account_id').notNull(),
  runId: uuid('run_id').notNull(),
  page: integer('page').notNull(),
  organizationId: uuid('organization_id').notNull(),
  /** The place in the vendor's list that this page was read from. */
  pageToken: text('page_token').notNull(),
  logIds: uuid('log_ids').array().notNull(),
  /** Its line in `page_contents`. */
  contents: uuid('contents').notNull(),
  committedAt: instant('committed_at').notNull().defaultNow(),
}, (table) => [primaryKey({ columns: [table.linkedAccountId, table.runId, table.page] })])

/** Who works on what. The page transaction reads its row `for share` as the fence. */
export const leases = pgTable('leases', {
  linkedAccountId: uuid('linked_account_id').notNull(),
  model: text('model').notNull(),
  organizationId: uuid('organization_id').notNull(),
  epoch: bigint('epoch', { mode: 'number' }).notNull().default(0),
  holder: text('holder'),
  heartbeatAt: instant('heartbeat_at'),
  /** When it was last taken: whoever had no turn for longest is next. */
  takenAt: instant('taken_at'),
}, (table) => [
  primaryKey({ columns: [table.linkedAccountId, table.model] }),
  // Few at any time: those under way.
  index('leases_held').on(table.organizationId, table.linkedAccountId).where(sql`holder is not null`),
])
