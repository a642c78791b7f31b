/** Reads the change feed of one account: dense, gap-free, in commit order. */
import { Fault } from '../errors.ts'
import type { Database } from '../db/client.ts'

export interface Change {
  readonly seq: number
  readonly model: string
  readonly record_id: string
  readonly remote_id: string
  readonly what: string
  readonly cause: string
  readonly fields: string[] | null
  readonly raw_version: number | null
  readonly run_id: string | null
  readonly log_id: string | null
  readonly at: string
}

const CHANGE = ['seq', 'model', 'record_id', 'remote_id', 'what', 'cause', 'fields', 'raw_version', 'run_id', 'log_id', 'at'] as const satisfies readonly (keyof Change)[]

/** A place in the feed. Another epoch means that history was lost in between: the place is then no place at all. */
export interface FeedPlace { readonly epoch: number; readonly seq: number }

export interface FeedPage {
  readonly results: Change[]
  readonly next: FeedPlace
  readonly hasMore: boolean
  readonly head: number
}

type HeadRow = { epoch: number; head: number; kept: boolean }
type FeedRow = HeadRow & { [K in keyof Change]: Change[K] | null }

const expired = (detail: string): Fault => new Fault('request.cursor_expired', {
  parameter: 'after',
  detail: `${detail} Take a cursor with after=head, read every list once with include_deleted_data=true, then follow the feed from that cursor.`,
})

/** The newest place: what is read after it is what happens from now on. */
export async function feedHead(database: Database, account: { id: string; organizationId: string }): Promise<FeedPlace> {
  const [row] = await database.tenantQuery<{ epoch: number; seq: number }>(account.organizationId, { name: 'feed_head', text: 'select epoch, seq from feed_heads where linked_account_id = $1', values: [account.id] })
  return row ?? { epoch: 1, seq: 0 }
}

/** What happened after a place; after null: from the beginning. Head and changes come from one snapshot, so the next place is never ahead of what was seen. */
export async function readFeed(database: Database, account: { id: string; organizationId: string }, query: { after: FeedPlace | null; pageSize: number; model: string | null }): Promise<FeedPage> {
  const after = query.after?.seq ?? 0
  const rows = await database.tenantQuery<FeedRow>(account.organizationId, {
    name: query.model === null ? 'feed' : 'feed_of_model',
    text: `select h.epoch, h.seq as head, (h.seq <= $2 or exists (select 1 from changes k where k.linked_account_id = $1 and k.seq = $2 + 1)) as kept,
        ${CHANGE.map((name) => `c.${name}`).join(', ')}
      from feed_heads h left join lateral (select * from changes f where f.linked_account_id = $1 and f.seq > $2 ${query.model === null ? '' : 'and f.model = $4'} order by f.seq limit $3) c on true
      where h.linked_account_id = $1 order by c.seq`,
    values: [account.id, after, query.pageSize + 1, ...(query.model === null ? [] : [query.model])],
  })
  const head = rows[0] ?? { epoch: 1, head: 0, kept: true }
  if (query.after !== null && (query.after.epoch !== head.epoch || query.after.seq > head.head)) throw expired('The feed was restored to an earlier state since this cursor was given out.')
  // The feed is dense: the entry behind the place exists, or it has been pruned.
  if (!head.kept) throw expired('The feed no longer keeps what follows this place.')
  const found = rows.filter((row) => row.seq !== null)
  const hasMore = found.length > query.pageSize
  const results = found.slice(0, query.pageSize).map((row) => Object.fromEntries(CHANGE.map((name) => [name, row[name]])) as unknown as Change)
  return { results, hasMore, head: head.head, next: { epoch: head.epoch, seq: hasMore ? results.at(-1)!.seq : head.head } }
}
