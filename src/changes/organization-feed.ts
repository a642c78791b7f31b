/** Reads the change feed of an organisation: stretches of its accounts' feeds, numbered, in an order that is the same for everybody and for ever. */
import { uuidArray } from '../db/arrays.ts'
import type { Database } from '../db/client.ts'
import { changeColumns, changeOf, otherHistory, pruned, type Change, type ChangeOrNone } from './change.ts'
import type { FeedPage, FeedQuery } from './feed.ts'
import { tellNews } from './tell.ts'

/** In which stretch a reader is, and behind which entry of its account; null: behind the last. `told` is the stretch's mark: after a restore another may have its number. */
export interface OrganizationPlace { readonly epoch: number; readonly stretch: number; readonly seq: number | null; readonly told: string | null }

interface Stretch { readonly number: number; readonly account: string; readonly from: number; readonly to: number; readonly told: string }
interface Window { readonly epoch: number; readonly stretches: readonly Stretch[]; readonly end: OrganizationPlace; readonly more: boolean }

const BEGINNING: OrganizationPlace = { epoch: 1, stretch: 0, seq: null, told: null }
/** Of one model's entries, a page may have few among many: so many are looked through at once. */
const LOOKED_THROUGH = 10_000

/** The newest place: what is read after it is what happens from now on. */
export async function organizationHead(database: Database, organizationId: string): Promise<OrganizationPlace> {
  await tellNews(database, organizationId)
  const [row] = await database.tenantSelect<{ epoch: number; stretch: number; told: string | null }>(organizationId, {
    name: 'organization_head',
    text: 'select f.epoch, f.stretches as stretch, s.told_at as told from organization_feeds f left join feed_stretches s on s.organization_id = f.organization_id and s.number = f.stretches where f.organization_id = $1',
    values: [organizationId],
  })
  return row === undefined ? BEGINNING : { ...row, seq: null }
}

/** What happened after a place; after null: from the beginning. */
export async function readOrganizationFeed(database: Database, organizationId: string, query: FeedQuery<OrganizationPlace>): Promise<FeedPage<OrganizationPlace>> {
  const page = await readTold(database, organizationId, query)
  if (page.hasMore || !(await tellNews(database, organizationId))) return page
  if (page.results.length === 0) return readTold(database, organizationId, { ...query, after: page.next })
  return { ...page, hasMore: true }
}

async function readTold(database: Database, organizationId: string, query: FeedQuery<OrganizationPlace>): Promise<FeedPage<OrganizationPlace>> {
  const { pageSize, model } = query
  const window = await openWindow(database, organizationId, query.after, pageSize, model === null ? pageSize : LOOKED_THROUGH)
  const found = await readStretches(database, organizationId, window.stretches, pageSize, model)
  const results = found.slice(0, pageSize).map(({ change }) => change)
  const last = found[pageSize - 1]
  if (found.length <= pageSize || last === undefined) return { results, hasMore: window.more, next: window.end }
  const { number, to, told } = window.stretches[last.piece - 1]!
  return { results, hasMore: true, next: { epoch: window.epoch, stretch: number, seq: last.change.seq === to ? null : last.change.seq, told } }
}

type StretchRow = { epoch: number; head: number; pruned: number; mark: string | null; number: number | null; linked_account_id: string; from_seq: number; to_seq: number; told_at: string }

/** The stretches behind a place that hold the next entries, the first and the last cut to what is asked for. */
async function openWindow(database: Database, organizationId: string, after: OrganizationPlace | null, pageSize: number, entries: number): Promise<Window> {
  const place = after ?? BEGINNING
  const first = place.seq === null ? place.stretch + 1 : place.stretch
  const most = pageSize + 1
  const rows = await database.tenantSelect<StretchRow>(organizationId, {
    name: 'feed_stretches',
    text: `select f.epoch, f.stretches as head, f.pruned, (select m.told_at from feed_stretches m where m.organization_id = $1 and m.number = $2) as mark, s.number, s.linked_account_id, s.from_seq, s.to_seq, s.told_at
      from organization_feeds f left join lateral (select * from feed_stretches n where n.organization_id = $1 and n.number >= $3 order by n.number limit $4) s on true where f.organization_id = $1 order by s.number`,
    values: [organizationId, place.stretch, first, most],
  })
  const head = rows[0]
  if (head === undefined) return { epoch: 1, stretches: [], end: place, more: false }
  if (after !== null && (after.epoch !== head.epoch || after.stretch > head.head || (head.mark !== null && after.told !== head.mark))) throw otherHistory()
  if (first <= head.pruned) throw pruned()
  const told = rows.flatMap((row) => (row.number === null ? [] : [{ ...row, number: row.number }]))
  const stretches: Stretch[] = []
  let room = entries
  for (const row of told) {
    if (room === 0) break
    const from = row.number === place.stretch ? (place.seq ?? 0) + 1 : row.from_seq
    const to = Math.min(row.to_seq, from + room - 1)
    room -= to - from + 1
    stretches.push({ number: row.number, account: row.linked_account_id, from, to, told: row.told_at })
  }
  const last = stretches.at(-1)
  // The stretch in which the reader was may be gone with its account: then there is nothing left of it.
  const end = last === undefined ? { ...place, epoch: head.epoch, seq: null } : { epoch: head.epoch, stretch: last.number, seq: last.to === told[stretches.length - 1]!.to_seq ? null : last.to, told: last.told }
  return { epoch: head.epoch, stretches, end, more: end.seq !== null || told.length > stretches.length || told.length === most }
}

type PieceRow = ChangeOrNone & { piece: number; kept: boolean }

/** The entries of these stretches, in their order. Feeds are dense: a stretch whose first entry is gone has been pruned, unless its account is gone too. */
async function readStretches(database: Database, organizationId: string, stretches: readonly Stretch[], pageSize: number, model: string | null): Promise<{ piece: number; change: Change }[]> {
  if (stretches.length === 0) return []
  const rows = await database.tenantSelect<PieceRow>(organizationId, {
    name: model === null ? 'feed_entries' : 'feed_entries_of_model',
    text: `select n.piece, n.kept, ${changeColumns} from (
        select u.*, ((select k.seq from changes k where k.linked_account_id = u.account and k.seq = u.from_seq) is not null or (select h.seq from feed_heads h where h.linked_account_id = u.account) is null) as kept
        from unnest($1::uuid[], $2::int8[], $3::int8[]) with ordinality u(account, from_seq, to_seq, piece) offset 0
      ) n
      left join lateral (select * from changes f where f.linked_account_id = n.account and f.seq between n.from_seq and n.to_seq ${model === null ? '' : 'and f.model = $5'} order by f.seq) c on true
      order by n.piece, c.seq limit $4`,
    values: [uuidArray(stretches.map(({ account }) => account)), stretches.map(({ from }) => from), stretches.map(({ to }) => to), stretches.length + pageSize + 1, ...(model === null ? [] : [model])],
  })
  if (rows.some(({ kept }) => !kept)) throw pruned()
  return rows.flatMap((row) => (row.seq === null ? [] : [{ piece: row.piece, change: changeOf(row) }]))
}
