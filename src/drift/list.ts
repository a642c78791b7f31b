import type { Database } from '../db/client.ts'
import { readCursor, signCursor, type CursorKey } from '../db/keyset.ts'

/** One way in which a vendor's payloads differ from what they were, over all accounts that show it. */
export interface DriftRow extends Record<string, unknown> {
  readonly integration: string
  readonly model: string
  readonly what: string
  readonly path: string
  readonly before: string
  readonly after: string
  readonly accounts: number
  readonly times: number
  readonly first_seen_at: string
  readonly last_seen_at: string
}

export interface DriftFilters {
  readonly cursor?: string
  readonly page_size?: number
  readonly integration?: string
  readonly model?: string
  readonly what?: string
  readonly linked_account_id?: string
}

const KEY = ['integration', 'model', 'what', 'path', 'before', 'after'] as const

/** In the order of names. Words that enums have no counterpart for are counted where records are written, and are drift like the rest. */
export async function listDrift(database: Database, keys: readonly CursorKey[], organizationId: string, filters: DriftFilters): Promise<{ next: string | null; results: DriftRow[] }> {
  const { cursor, page_size: size = 30, integration = null, model = null, what = null, linked_account_id: account = null } = filters
  const scope = `drift ${organizationId} ${JSON.stringify([integration, model, what, account])}`
  const behind = cursor === undefined ? null : readCursor(keys, scope, cursor) as { at: string[] }
  const rows = await database.tenantQuery<DriftRow>(organizationId, {
    name: behind === null ? 'drift' : 'drift_behind',
    text: `with found as (
        select a.integration, d.model, d.what, d.path, d.type_before as before, d.type_after as after, d.times, d.first_seen_at, d.last_seen_at
        from linked_accounts a join drift d on d.linked_account_id = a.id where a.organization_id = $1 and ($2::uuid is null or a.id = $2)
        union all
        select a.integration, u.model, 'unseen_word', u.field, '', u.word, u.times, u.first_seen_at, u.last_seen_at
        from linked_accounts a join unseen_words u on u.linked_account_id = a.id where a.organization_id = $1 and ($2::uuid is null or a.id = $2)
      )
      select integration, model, what, path, before, after, count(*) as accounts, sum(times)::int8 as times, min(first_seen_at) as first_seen_at, max(last_seen_at) as last_seen_at from found
      where ($3::text is null or integration = $3) and ($4::text is null or model = $4) and ($5::text is null or what = $5)
        ${behind === null ? '' : 'and (integration, model, what, path, before, after) > ($7, $8, $9, $10, $11, $12)'}
      group by integration, model, what, path, before, after order by integration, model, what, path, before, after limit $6`,
    values: [organizationId, account, integration, model, what, size + 1, ...behind?.at ?? []],
  })
  const results = rows.slice(0, size)
  const last = rows.length > size ? results.at(-1) : undefined
  return { next: last === undefined ? null : signCursor(keys, scope, { at: KEY.map((part) => last[part]) }), results }
}
