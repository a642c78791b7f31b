import { isNotNull } from 'drizzle-orm'
import { bigint, boolean, index, integer, pgTable, primaryKey, text, uniqueIndex, uuid, type PgColumnBuilderBase } from 'drizzle-orm/pg-core'
import type { CommonModel } from '#models'
import { filterColumns } from './columns.ts'
import { instant } from '../db/columns.ts'

const typed = { text: (name: string) => text(name), uuid: (name: string) => uuid(name), timestamptz: (name: string) => instant(name, 6) } as const

/** The table of one common model: the finished body as text, and beside it only what is filtered, ordered or spliced. */
export function recordTable(model: CommonModel) {
  const filters: Record<string, PgColumnBuilderBase> = Object.fromEntries(filterColumns(model).map(({ column, type }) => [column, typed[type](column)]))
  return pgTable(model.table, {
    linkedAccountId: uuid('linked_account_id').notNull(),
    id: uuid('id').notNull(),
    organizationId: uuid('organization_id').notNull(),
    remoteId: text('remote_id').notNull(),
    /** The entry of the change feed that made the row what it is. */
    seq: bigint('seq', { mode: 'number' }).notNull(),
    createdAt: instant('created_at', 6).notNull(),
    /** The account's clock at the last change: strictly monotone in commit order, unique within the account. */
    modifiedAt: instant('modified_at', 6).notNull(),
    remoteWasDeleted: boolean('remote_was_deleted').notNull().default(false),
    /** The common model as JSON, without the columns that are spliced in when it is served. */
    body: text('body').notNull(),
    remoteFields: text('remote_fields'),
    /** JSON of what is served only where it is asked for: the vendor's own words, and sensitive fields. */
    aside: text('aside'),
    /** Emptied because a caller asked to ignore it; a sync leaves it so. */
    isErased: boolean('is_erased').notNull().default(false),
    /** 128 bits of SHA-256 over mapping version and vendor row: equal means there is nothing to do. */
    rawHash: uuid('raw_hash').notNull(),
    /** 128 bits of SHA-256 over what is served: equal means nothing for the feed. */
    bodyHash: uuid('body_hash').notNull(),
    rawVersion: integer('raw_version').notNull(),
    ...filters,
  }, (table) => [
    primaryKey({ columns: [table.linkedAccountId, table.id] }),
    uniqueIndex(`${model.table}_clock`).on(table.linkedAccountId, table.modifiedAt),
    index(`${model.table}_remote`).on(table.linkedAccountId, table.remoteId),
    ...filterColumns(model).map(({ column: name, ordered }) => {
      const column = (table as unknown as Record<string, typeof table.id>)[name]!
      const all = index(`${model.table}_${name}`).on(table.linkedAccountId, column, table.modifiedAt)
      return ordered ? all : all.where(isNotNull(column))
    }),
  ])
}
