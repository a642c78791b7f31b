import type { Database } from '../db/client.ts'
import { readCursor, signCursor, type CursorKey } from '../db/keyset.ts'

export interface AuditLine extends Record<string, unknown> {
  readonly id: string
  readonly at: string
  readonly event_type: string
  readonly description: string
  readonly subject: string | null
  readonly api_key_id: string | null
  readonly ip_address: string
}

export interface AuditFilters {
  readonly cursor?: string
  readonly page_size?: number
  readonly event_type?: string
  readonly start_date?: string
  readonly end_date?: string
}

/** Newest first, by keyset. */
export async function listAudit(database: Database, keys: readonly CursorKey[], organizationId: string, filters: AuditFilters): Promise<{ next: string | null; results: AuditLine[] }> {
  const { cursor, page_size: size = 30, event_type: type, start_date: from, end_date: to } = filters
  const scope = `audit ${organizationId} ${JSON.stringify([type, from, to])}`
  const position = cursor === undefined ? null : readCursor(keys, scope, cursor) as { at: string; id: string }
  const rows = await database.tenantQuery<AuditLine>(organizationId, {
    text: `select id, at, event_type, description, subject, api_key_id, ip_address from audit_events
           where organization_id = $1 and ($2::text is null or event_type = $2) and ($3::timestamptz is null or at >= $3) and ($4::timestamptz is null or at <= $4)
             and ($5::timestamptz is null or (at, id) < ($5, $6::uuid)) order by at desc, id desc limit $7`,
    values: [organizationId, type ?? null, from ?? null, to ?? null, position?.at ?? null, position?.id ?? null, size + 1],
  })
  const results = rows.slice(0, size)
  const last = results.at(-1)
  return { next: rows.length > size && last !== undefined ? signCursor(keys, scope, { at: last.at, id: last.id }) : null, results }
}
