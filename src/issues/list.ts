import type { Database } from '../db/client.ts'
import { readCursor, signCursor, type CursorKey } from '../db/keyset.ts'

export interface IssueRow extends Record<string, unknown> {
  readonly id: string
  readonly status: string
  readonly description: string
  readonly details: string[]
  readonly model: string
  readonly code: string
  readonly log_id: string | null
  readonly is_muted: boolean
  readonly incidents: number
  readonly first_incident_at: string
  readonly last_incident_at: string
  readonly resolved_at: string | null
  readonly linked_account_id: string
  readonly category: string
  readonly integration: string
  readonly account_status: string
  readonly end_user_origin_id: string
  readonly end_user_organization_name: string
  readonly end_user_email_address: string
}

export interface IssueFilters {
  readonly cursor?: string
  readonly page_size?: number
  readonly status?: string
  readonly linked_account_id?: string
  readonly end_user_organization_name?: string
  /** Slugs of the integrations meant. */
  readonly integrations?: readonly string[]
  readonly include_muted?: string
  readonly start_date?: string
  readonly end_date?: string
  readonly first_incident_time_after?: string
  readonly first_incident_time_before?: string
  readonly last_incident_time_after?: string
  readonly last_incident_time_before?: string
}

const SELECT = `select i.id, i.status, i.description, i.details, i.model, i.code, i.log_id, i.is_muted, i.incidents, i.first_incident_at, i.last_incident_at, i.resolved_at, i.linked_account_id,
  a.category, a.integration, a.status as account_status, a.end_user_origin_id, a.end_user_organization_name, a.end_user_email_address
  from issues i join linked_accounts a on a.id = i.linked_account_id`

export async function findIssue(database: Database, organizationId: string, id: string): Promise<IssueRow | null> {
  const [row] = await database.tenantQuery<IssueRow>(organizationId, { text: `${SELECT} where i.organization_id = $1 and i.id = $2`, values: [organizationId, id] })
  return row ?? null
}

/** Newest first by when it began, which does not move while somebody pages. */
export async function listIssues(database: Database, keys: readonly CursorKey[], organizationId: string, filters: IssueFilters): Promise<{ next: string | null; results: IssueRow[] }> {
  const { cursor, page_size: size = 30, ...narrowing } = filters
  const scope = `issues ${organizationId} ${JSON.stringify(Object.entries(narrowing).sort(([a], [b]) => (a < b ? -1 : 1)))}`
  const position = cursor === undefined ? null : readCursor(keys, scope, cursor) as { at: string; id: string }
  const values: unknown[] = [organizationId]
  const conditions = ['i.organization_id = $1']
  const where = (condition: (value: string) => string, value: unknown): void => {
    if (value === undefined) return
    values.push(value)
    conditions.push(condition(`$${values.length}`))
  }
  where((value) => `i.status = ${value}`, narrowing.status)
  where((value) => `i.linked_account_id = ${value}::uuid`, narrowing.linked_account_id)
  where((value) => `a.end_user_organization_name = ${value}`, narrowing.end_user_organization_name)
  where((value) => `a.integration = any(${value}::text[])`, narrowing.integrations)
  where((value) => `i.last_incident_at >= ${value}::timestamptz`, narrowing.start_date)
  where((value) => `i.first_incident_at <= ${value}::timestamptz`, narrowing.end_date)
  where((value) => `i.first_incident_at > ${value}::timestamptz`, narrowing.first_incident_time_after)
  where((value) => `i.first_incident_at < ${value}::timestamptz`, narrowing.first_incident_time_before)
  where((value) => `i.last_incident_at > ${value}::timestamptz`, narrowing.last_incident_time_after)
  where((value) => `i.last_incident_at < ${value}::timestamptz`, narrowing.last_incident_time_before)
  if (narrowing.include_muted !== 'true') conditions.push('not i.is_muted')
  if (position !== null) {
    values.push(position.at, position.id)
    conditions.push(`(i.first_incident_at, i.id) < ($${values.length - 1}::timestamptz, $${values.length}::uuid)`)
  }
  values.push(size + 1)
  const rows = await database.tenantQuery<IssueRow>(organizationId, { text: `${SELECT} where ${conditions.join(' and ')} order by i.first_incident_at desc, i.id desc limit $${values.length}`, values })
  const results = rows.slice(0, size)
  const last = results.at(-1)
  return { next: rows.length > size && last !== undefined ? signCursor(keys, scope, { at: last.first_incident_at, id: last.id }) : null, results }
}
