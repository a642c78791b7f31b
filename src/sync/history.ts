import type { Database } from '../db/client.ts'
import { readCursor, signCursor, type CursorKey } from '../db/keyset.ts'

/** One run, as its history tells it. */
export interface RunLine extends Record<string, unknown> {
  readonly id: string
  readonly model: string
  readonly kind: string
  readonly state: string
  readonly since: string | null
  readonly started_at: string
  readonly finished_at: string | null
  readonly seconds: number
  readonly pages: number
  readonly requests: number
  readonly setbacks: number
  readonly restarts: number
  readonly rows_read: number
  readonly created: number
  readonly updated: number
  readonly unchanged: number
  readonly deleted: number
  readonly quarantined: number
  readonly field_issues: number
  readonly deletions_held: number
  readonly fault: { code: string; detail: string; logId: string | null } | null
}

export interface RunFilters {
  readonly cursor?: string
  readonly page_size?: number
  readonly models: readonly string[] | null
  readonly state?: string
  readonly kind?: string
}

/** The runs of an account, newest first, by keyset. */
export async function listRuns(database: Database, keys: readonly CursorKey[], { organizationId, linkedAccountId }: { readonly organizationId: string; readonly linkedAccountId: string }, filters: RunFilters): Promise<{ next: string | null; results: RunLine[] }> {
  const { cursor, page_size: size = 30, models, state, kind } = filters
  const scope = `sync runs ${organizationId} ${linkedAccountId} ${JSON.stringify([models, state, kind])}`
  const position = cursor === undefined ? null : readCursor(keys, scope, cursor) as { at: string; id: string }
  const rows = await database.tenantQuery<RunLine>(organizationId, {
    text: `select id, model, kind, state, since, started_at, finished_at, extract(epoch from coalesce(finished_at, now()) - started_at)::float8 as seconds,
             pages, requests, setbacks, restarts, rows_read, created, updated, unchanged, deleted, quarantined, field_issues, deletions_held, fault
           from sync_runs where linked_account_id = $1 and ($2::text[] is null or model = any($2)) and ($3::text is null or state = $3) and ($4::text is null or kind = $4)
             and ($5::timestamptz is null or (started_at, id) < ($5, $6::uuid)) order by started_at desc, id desc limit $7`,
    values: [linkedAccountId, models, state ?? null, kind ?? null, position?.at ?? null, position?.id ?? null, size + 1],
  })
  const results = rows.slice(0, size)
  const last = results.at(-1)
  return { next: rows.length > size && last !== undefined ? signCursor(keys, scope, { at: last.started_at, id: last.id }) : null, results }
}
