import { index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { bytea, instant } from '../db/columns.ts'

/** One row per request to a vendor: every attempt and every redirect hop. Partitioned by day; expired by dropping partitions. */
export const upstreamLogs = pgTable('upstream_logs', {
  linkedAccountId: uuid('linked_account_id').notNull(),
  /** UUID version 7: its time is `started_at`. */
  id: uuid('id').notNull(),
  startedAt: instant('started_at', 3).notNull(),
  organizationId: uuid('organization_id').notNull(),
  integration: text('integration').notNull(),
  model: text('model'),
  runId: uuid('run_id'),
  /** The request to our API that caused it, where one did. */
  requestId: text('request_id'),
  traceId: text('trace_id').notNull(),
  method: text('method').notNull(),
  host: text('host').notNull(),
  path: text('path').notNull(),
  /** The query string, redacted. */
  query: text('query').notNull(),
  status: integer('status'),
  attempt: integer('attempt').notNull(),
  durationMs: integer('duration_ms').notNull(),
  /** Milliseconds until the first byte of the answer. */
  firstByteMs: integer('first_byte_ms'),
  requestBytes: integer('request_bytes').notNull(),
  responseBytes: integer('response_bytes').notNull(),
  code: text('code'),
  remedy: text('remedy'),
  /** Headers, sealed: small, and never shared between rows. */
  headers: bytea('headers').notNull(),
  /** Keys into `log_bodies` of the same day. */
  requestBody: uuid('request_body'),
  responseBody: uuid('response_body'),
}, (table) => [
  primaryKey({ columns: [table.linkedAccountId, table.startedAt, table.id] }),
  index('upstream_logs_organization').on(table.organizationId, table.startedAt, table.id),
  index('upstream_logs_run').on(table.linkedAccountId, table.runId, table.startedAt),
])

/** Bodies, redacted, capped, compressed, sealed; the same body of one account is kept once a day. */
export const logBodies = pgTable('log_bodies', {
  linkedAccountId: uuid('linked_account_id').notNull(),
  day: instant('day').notNull(),
  /** 128 bits of a keyed hash of the redacted body. */
  id: uuid('id').notNull(),
  organizationId: uuid('organization_id').notNull(),
  bytes: integer('bytes').notNull(),
  sealed: bytea('sealed').notNull(),
}, (table) => [primaryKey({ columns: [table.linkedAccountId, table.day, table.id] })])
