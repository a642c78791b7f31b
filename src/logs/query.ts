import type pg from 'pg'
import type { Database, Row } from '../db/client.ts'
import type { Vault } from '../db/seal.ts'
import { timeOf } from '../db/uuid7.ts'
import { unpack } from './pack.ts'

/** Reads rows in somebody's name: of one organisation, or of all on this machine. */
export type Reader = <R extends Row>(query: pg.QueryConfig) => Promise<R[]>
export const tenantReader = (database: Database, organizationId: string): Reader => (query) => database.tenantQuery(organizationId, query)
export const systemReader = (database: Database): Reader => async <R extends Row>(query: pg.QueryConfig) => (await database.system.query<R>(query)).rows

export const statusClasses = ['2xx', '3xx', '4xx', '5xx', 'none'] as const
export type StatusClass = (typeof statusClasses)[number]

export interface LogFilter {
  readonly organizationId?: string
  readonly linkedAccountId?: string
  readonly integration?: string
  readonly model?: string
  readonly runId?: string
  readonly statusClass?: StatusClass
  readonly status?: number
  readonly method?: string
  /** A prefix where it begins with a slash, otherwise anything within the path. */
  readonly path?: string
  readonly code?: string
  readonly startedAfter?: string
  readonly startedBefore?: string
}

/** Where a list goes on: behind this row. */
export interface LogPlace { readonly startedAt: string; readonly id: string }

export type LogRow = {
  readonly id: string
  readonly linked_account_id: string
  readonly organization_id: string
  readonly integration: string
  readonly model: string | null
  readonly run_id: string | null
  readonly request_id: string | null
  readonly trace_id: string
  readonly started_at: string
  readonly method: string
  readonly host: string
  readonly path: string
  readonly query: string
  readonly status: number | null
  readonly attempt: number
  readonly duration_ms: number
  readonly first_byte_ms: number | null
  readonly request_bytes: number
  readonly response_bytes: number
  readonly code: string | null
  readonly remedy: string | null
}

export interface LogPage {
  readonly rows: readonly LogRow[]
  readonly next: LogPlace | null
  /** Nothing before this was looked at: set where the search had no beginning of its own and would have read everything. */
  readonly searchedAfter: string | null
}

const COLUMNS = `id, linked_account_id, organization_id, integration, model, run_id, request_id, trace_id, started_at, method, host, path, query,
  status, attempt, duration_ms, first_byte_ms, request_bytes, response_bytes, code, remedy`
const SEARCH_DAYS = 7

/** Logs, newest first. */
export async function listLogs(read: Reader, filter: LogFilter, { after = null, limit, now = Date.now() }: { readonly after?: LogPlace | null; readonly limit: number; readonly now?: number }): Promise<LogPage> {
  const values: unknown[] = []
  const conditions: string[] = []
  const where = (condition: (value: string) => string, value: unknown): void => {
    if (value === undefined) return
    values.push(value)
    conditions.push(condition(`$${values.length}`))
  }
  where((value) => `organization_id = ${value}::uuid`, filter.organizationId)
  where((value) => `linked_account_id = ${value}::uuid`, filter.linkedAccountId)
  where((value) => `integration = ${value}`, filter.integration)
  where((value) => `model = ${value}`, filter.model)
  where((value) => `run_id = ${value}::uuid`, filter.runId)
  where((value) => `method = ${value}`, filter.method?.toUpperCase())
  where((value) => `status = ${value}::int`, filter.status)
  where((value) => `code = ${value}`, filter.code)
  if (filter.statusClass === 'none') conditions.push('status is null')
  else where((value) => `status / 100 = ${value}::int`, filter.statusClass === undefined ? undefined : Number(filter.statusClass[0]))
  where((value) => (filter.path!.startsWith('/') ? `starts_with(path, ${value})` : `position(lower(${value}) in lower(path)) > 0`), filter.path)
  // No index finds a path: without a bound a search for one that is nowhere would read every partition.
  const searchedAfter = filter.path !== undefined && filter.startedAfter === undefined ? new Date(now - SEARCH_DAYS * 86_400_000).toISOString() : null
  where((value) => `started_at >= ${value}::timestamptz`, filter.startedAfter ?? searchedAfter ?? undefined)
  where((value) => `started_at < ${value}::timestamptz`, filter.startedBefore)
  if (after !== null) {
    values.push(after.startedAt, after.id)
    conditions.push(`(started_at, id) < ($${values.length - 1}::timestamptz, $${values.length}::uuid)`)
  }
  values.push(limit + 1)
  const rows = await read<LogRow>({ text: `select ${COLUMNS} from upstream_logs ${conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`} order by started_at desc, id desc limit $${values.length}`, values })
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return { rows: page, next: rows.length > limit && last !== undefined ? { startedAt: last.started_at, id: last.id } : null, searchedAfter }
}

export type WholeLog = LogRow & {
  readonly request_headers: Readonly<Record<string, string>>
  readonly response_headers: Readonly<Record<string, string>>
  readonly request_body: string | null
  readonly response_body: string | null
}

type Stored = LogRow & { readonly headers: Buffer; readonly request_sealed: Buffer | null; readonly response_sealed: Buffer | null }

const bodyOf = (column: string): string => `(select sealed from log_bodies b where b.linked_account_id = l.linked_account_id and b.day = $3::timestamptz and b.id = l.${column})`

/** One log, its headers and bodies opened; null where there is none. */
export async function getLog(read: Reader, vault: Vault, id: string, linkedAccountId?: string): Promise<WholeLog | null> {
  const at = timeOf(id)
  if (at === null) return null
  const day = `${at.toISOString().slice(0, 10)}T00:00:00Z`
  const [row] = await read<Stored>({
    // The id tells the time, and the time the partition.
    text: `select ${COLUMNS}, headers, ${bodyOf('request_body')} as request_sealed, ${bodyOf('response_body')} as response_sealed
      from upstream_logs l where l.id = $1::uuid and l.started_at = $2::timestamptz and ($4::uuid is null or l.linked_account_id = $4::uuid)`,
    values: [id, at.toISOString(), day, linkedAccountId ?? null],
  })
  if (row === undefined) return null
  const { headers, request_sealed: request, response_sealed: response, ...rest } = row
  const owner = { organizationId: row.organization_id, linkedAccountId: row.linked_account_id }
  const opened = JSON.parse(await unpack(vault, owner, headers)) as { request: Record<string, string>; response: Record<string, string> }
  return {
    ...rest,
    request_headers: opened.request,
    response_headers: opened.response,
    request_body: request === null ? null : await unpack(vault, owner, request),
    response_body: response === null ? null : await unpack(vault, owner, response),
  }
}
