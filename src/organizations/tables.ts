import { index, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { bytea, instant } from '../db/columns.ts'
import type { PassthroughRule } from '../http/passthrough-rules.ts'

export const organizations = pgTable('organizations', {
  id: uuid('id').primaryKey().defaultRandom(),
  name: text('name').notNull(),
  createdAt: instant('created_at').notNull().defaultNow(),
}, (table) => [uniqueIndex('organizations_name').on(table.name)])

/** Only a hash of each secret is kept; the key is shown once. */
export const apiKeys = pgTable('api_keys', {
  id: uuid('id').primaryKey().defaultRandom(),
  organizationId: uuid('organization_id').notNull().references(() => organizations.id, { onDelete: 'cascade' }),
  /** The part of the key that finds its row. */
  publicId: text('public_id').notNull(),
  secretHash: bytea('secret_hash').notNull(),
  name: text('name').notNull(),
  scopes: text('scopes').array().notNull(),
  /** Null: whatever the scopes allow. */
  passthroughRules: jsonb('passthrough_rules').$type<readonly PassthroughRule[]>(),
  createdAt: instant('created_at').notNull().defaultNow(),
  lastUsedAt: instant('last_used_at'),
  expiresAt: instant('expires_at'),
  revokedAt: instant('revoked_at'),
}, (table) => [uniqueIndex('api_keys_public').on(table.publicId), index('api_keys_organization').on(table.organizationId)])

/** Logins that read the SQL views, each for one organisation. */
export const readers = pgTable('readers', {
  roleName: text('role_name').primaryKey(),
  organizationId: uuid('organization_id').notNull().references(() => organizations.id, { onDelete: 'cascade' }),
  createdAt: instant('created_at').notNull().defaultNow(),
}, (table) => [index('readers_organization').on(table.organizationId)])
