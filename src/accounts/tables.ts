import { sql } from 'drizzle-orm'
import { bigint, boolean, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { bytea, instant } from '../db/columns.ts'

export const linkedAccounts = pgTable('linked_accounts', {
  id: uuid('id').primaryKey(),
  organizationId: uuid('organization_id').notNull(),
  category: text('category').notNull(),
  /** The provider's slug. */
  integration: text('integration').notNull(),
  endUserOriginId: text('end_user_origin_id').notNull(),
  endUserOrganizationName: text('end_user_organization_name').notNull(),
  endUserEmailAddress: text('end_user_email_address').notNull(),
  /** COMPLETE, RELINK_NEEDED, ... as the API says it. */
  status: text('status').notNull(),
  statusDetail: text('status_detail'),
  /** What the link form asked besides credentials. Not secret. */
  setup: jsonb('setup').$type<Record<string, string>>().notNull(),
  /** The vendor's id for the account behind the credentials. */
  remoteIdentity: text('remote_identity').notNull(),
  tokenPublicId: text('token_public_id').notNull(),
  tokenHash: bytea('token_hash').notNull(),
  createdAt: instant('created_at').notNull().defaultNow(),
  completedAt: instant('completed_at'),
  /** The version of the default scopes that its data is kept by. Behind that of the organisation: nobody works on it until it has caught up. */
  scopeVersion: bigint('scope_version', { mode: 'number' }).notNull().default(0),
}, (table) => [
  uniqueIndex('linked_accounts_token').on(table.tokenPublicId),
  uniqueIndex('linked_accounts_end_user').on(table.organizationId, table.category, table.endUserOriginId),
  index('linked_accounts_created').on(table.organizationId, table.createdAt, table.id),
  index('linked_accounts_scope_version').on(table.organizationId, table.category, table.scopeVersion),
])

/** Sealed; opened only on the way to the vendor. One row for each account: what its customer copied, or the tokens of a consent. */
export const credentials = pgTable('credentials', {
  linkedAccountId: uuid('linked_account_id').notNull(),
  purpose: text('purpose').notNull(),
  organizationId: uuid('organization_id').notNull(),
  sealed: bytea('sealed').notNull(),
  /** Raised whenever the credential is replaced by the customer; what a refresh gives is the same credential. */
  epoch: integer('epoch').notNull().default(1),
  updatedAt: instant('updated_at').notNull().defaultNow(),
  /** Of tokens only: when the access token was given, and when it ends. */
  refreshedAt: instant('refreshed_at'),
  expiresAt: instant('expires_at'),
  /** No refresh before then: the vendor had trouble with the last ones, or refused one and is asked once more. */
  retryAt: instant('retry_at'),
  failures: integer('failures').notNull().default(0),
  /** A process is about to renew it although nobody needs it at the moment: others leave that to it until then. */
  claimedUntil: instant('claimed_until'),
  refusedAt: instant('refused_at'),
  /** The refresh token may be used up: it was handed in, and what was answered is not known. */
  isDoubted: boolean('is_doubted').notNull().default(false),
  /** The fault for which the customer must connect again. */
  condemned: text('condemned'),
}, (table) => [
  primaryKey({ columns: [table.linkedAccountId, table.purpose] }),
  index('credentials_refreshed').on(table.refreshedAt).where(sql`refreshed_at is not null`),
])

/** Committed before a refresh token is handed in and gone when its outcome is kept: what is left here was interrupted. */
export const tokenRefreshes = pgTable('token_refreshes', {
  linkedAccountId: uuid('linked_account_id').primaryKey(),
  organizationId: uuid('organization_id').notNull(),
  startedAt: instant('started_at').notNull().defaultNow(),
  /** Of the refresh token that was used. */
  tokenHash: bytea('token_hash').notNull(),
})

/** What an organisation wants kept of each model where an account says nothing else. No line: everything. */
export const organizationScopes = pgTable('organization_scopes', {
  organizationId: uuid('organization_id').notNull(),
  model: text('model').notNull(),
  reads: boolean('reads'),
  writes: boolean('writes'),
  enabledFields: text('enabled_fields').array().notNull(),
  disabledFields: text('disabled_fields').array().notNull(),
}, (table) => [primaryKey({ columns: [table.organizationId, table.model] })])

/** How often the default scopes of a category were changed. What follows for each account is done account by account, see `src/sync/adopt-scopes.ts`. */
export const scopeVersions = pgTable('scope_versions', {
  organizationId: uuid('organization_id').notNull(),
  category: text('category').notNull(),
  version: bigint('version', { mode: 'number' }).notNull(),
  /** The last version that allows less than the one before. */
  stricterVersion: bigint('stricter_version', { mode: 'number' }).notNull(),
}, (table) => [primaryKey({ columns: [table.organizationId, table.category] })])

/** What one account says beside its organisation's default; null: as the default. */
export const accountScopes = pgTable('account_scopes', {
  linkedAccountId: uuid('linked_account_id').notNull(),
  model: text('model').notNull(),
  organizationId: uuid('organization_id').notNull(),
  reads: boolean('reads'),
  writes: boolean('writes'),
  enabledFields: text('enabled_fields').array().notNull(),
  disabledFields: text('disabled_fields').array().notNull(),
}, (table) => [primaryKey({ columns: [table.linkedAccountId, table.model] })])
