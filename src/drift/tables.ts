import { bigint, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from '../db/columns.ts'

/** What an account's payloads of a model look like. Written by whoever has the model's lease, with the page that taught it. */
export const payloadShapes = pgTable('payload_shapes', {
  linkedAccountId: uuid('linked_account_id').notNull(),
  model: text('model').notNull(),
  organizationId: uuid('organization_id').notNull(),
  /** The reading that it was learnt under. Another version of the adapter asks for other fields, and is learnt anew. */
  basis: text('basis').notNull(),
  shape: text('shape').notNull(),
}, (table) => [primaryKey({ columns: [table.linkedAccountId, table.model] })])

/** Where payloads no longer look as they were learnt, each once. */
export const drift = pgTable('drift', {
  linkedAccountId: uuid('linked_account_id').notNull(),
  model: text('model').notNull(),
  /** new_field, lost_field, retyped_field */
  what: text('what').notNull(),
  path: text('path').notNull(),
  /** Types; empty where there are none. */
  typeBefore: text('type_before').notNull(),
  typeAfter: text('type_after').notNull(),
  organizationId: uuid('organization_id').notNull(),
  /** In how many of the payloads that were looked at. */
  times: bigint('times', { mode: 'number' }).notNull(),
  firstSeenAt: instant('first_seen_at', 6).notNull().defaultNow(),
  lastSeenAt: instant('last_seen_at', 6).notNull().defaultNow(),
}, (table) => [primaryKey({ columns: [table.linkedAccountId, table.model, table.what, table.path, table.typeAfter] })])
