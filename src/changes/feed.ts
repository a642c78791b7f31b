/** Reads the change feed of one account: dense, gap-free, in commit order. */
import type { Database } from '../db/client.ts'
import { changeColumns, changeOf, otherHistory, pruned, type Change, type ChangeOrNone } from './change.ts'

/**
 * A place in the feed, with the instant of the entry there. After a restore the same number may be another entry, and an instant never comes twice: that tells
 * whether history was lost in between. Another epoch says so too.
 */
export interface FeedPlace { readonly epoch: number; readonly seq: number; readonly at: string | null }

export interface FeedPage<P> {
  readonly results: Change[]
  readonly next: P
  readonly hasMore: boolean
}

interface AccountKey { readonly id: string; readonly organizationId: string }
export interface FeedQuery<P> { readonly after: P | null; readonly pageSize: number; readonly model: string | null }

type HeadRow = { epoch: number; head: number; head_at: string | null }
type FeedRow = HeadRow & ChangeOrNone & { kept: boolean; mark: string | null }

const BEGINNING: FeedPlace = { epoch: 1, seq: 0, at: null }
const instantOf = (seq: string): string => `(select m.at from changes m where m.linked_account_id = $1 and m.seq = ${seq})`

/** The newest place: what is read after it is what happens from now on. */
export async function feedHead(database: Database, account: AccountKey): Promise<FeedPlace> {
  const [row] = await database.tenantSelect<HeadRow>(account.organizationId, { name: 'feed_head', text: `select h.epoch, h.seq as head, ${instantOf('h.seq')} as head_at from feed_heads h where h.linked_account_id = $1`, values: [account.id] })
  return row === undefined ? BEGINNING : { epoch: row.epoch, seq: row.head, at: row.head_at }
}

/** What happened after a place; after null: from the beginning. Head and changes come from one snapshot, so the next place is never ahead of what was seen. */
export async function readFeed(database: Database, account: AccountKey, { after: given, pageSize, model }: FeedQuery<FeedPlace>): Promise<FeedPage<FeedPlace> & { readonly head: number }> {
  const after = given?.seq ?? 0
  const rows = await database.tenantSelect<FeedRow>(account.organizationId, {
    name: model === null ? 'feed' : 'feed_of_model',
    text: `select h.epoch, h.seq as head, ${instantOf('h.seq')} as head_at, ${instantOf('$2')} as mark,
        (h.seq <= $2 or exists (select 1 from changes k where k.linked_account_id = $1 and k.seq = $2 + 1)) as kept, ${changeColumns}
      from feed_heads h left join lateral (select * from changes f where f.linked_account_id = $1 and f.seq > $2 ${model === null ? '' : 'and f.model = $4'} order by f.seq limit $3) c on true
      where h.linked_account_id = $1 order by c.seq`,
    values: [account.id, after, pageSize + 1, ...(model === null ? [] : [model])],
  })
  const head = rows[0]
  if (head === undefined) return { results: [], hasMore: false, head: 0, next: BEGINNING }
  if (given !== null && (given.epoch !== head.epoch || given.seq > head.head || (head.mark !== null && given.at !== head.mark))) throw otherHistory()
  // The feed is dense: the entry behind the place exists, or it has been pruned.
  if (!head.kept) throw pruned()
  const found = rows.filter((row) => row.seq !== null)
  const hasMore = found.length > pageSize
  const results = found.slice(0, pageSize).map(changeOf)
  const last = results.at(-1)
  return { results, hasMore, head: head.head, next: hasMore && last !== undefined ? { epoch: head.epoch, seq: last.seq, at: last.at } : { epoch: head.epoch, seq: head.head, at: head.head_at } }
}
