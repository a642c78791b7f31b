/** Rows as a sync stores them: through the mapping and the writer, without a vendor. */
import { randomUUID } from 'node:crypto'
import type { AnyResource } from '#kit'
import { models, type CommonModel } from '#models'
import type { Database } from '#src/db/client'
import { contentHash } from '#src/records/ids'
import { storedHeads, writeRows } from '#src/records/upsert'
import { mapRow } from '#src/sync/map'
import type { SeededAccount } from './seed.ts'

type Row = Readonly<Record<string, unknown>>

/** A resource whose rows are `{ id, ...fields }`: what the row has is read, what `read` names is read so. */
export function plainResource(modelId: keyof typeof models, read: Readonly<Record<string, (row: Row) => unknown>> = {}): AnyResource {
  const model: CommonModel = models[modelId]
  const fields = Object.keys(model.schema.properties).map((field) => [field, read[field] ?? ((row: Row) => row[field] ?? (model.schema.properties[field]!['type'] === 'array' ? [] : null))])
  return {
    model, version: 1, identity: { remoteId: (row: Row) => String(row['id']) }, fields: Object.fromEntries(fields) as AnyResource['fields'],
    read: { path: '/rows', items: () => [], pages: { kind: 'single' }, rows: { kind: 'items' }, incremental: 'full_only', deletions: { seenAs: 'missing_from_full_read' } },
    ...(model.hasRemoteFields && { remoteFields: (row: Row) => (row['custom'] as { key: string; name: string; value: unknown }[] | undefined) ?? [] }),
  }
}

/** Stores one row; gives its id. */
export async function storeRow(database: Database, account: SeededAccount, resource: AnyResource, row: Row): Promise<string> {
  const model: CommonModel = resource.model
  const { issues, ...mapped } = mapRow(resource, row, { linkedAccountId: account.id, baseUrl: 'https://vendor.example' })
  if (issues.length > 0) throw new Error(JSON.stringify(issues))
  const raw = JSON.stringify(row)
  await database.tenant(account.organizationId, async (client) => {
    const stored = await storedHeads(client, account.id, model, [mapped.id])
    const origin = { organizationId: account.organizationId, linkedAccountId: account.id, model, cause: 'sync' as const, runId: randomUUID(), page: 0 }
    await writeRows(client, origin, [{ ...mapped, logId: randomUUID(), path: '/rows', ordinal: 0, raw, rawHash: contentHash(raw) }], stored)
  })
  return mapped.id
}
