import type { Database } from '../db/client.ts'

/** Entries of the organisation's accounts that are in no stretch yet. */
const NEWS = `feed_heads h left join feed_told t on t.linked_account_id = h.linked_account_id where h.organization_id = $1 and h.seq > coalesce(t.seq, 0)`

/**
 * Adds to the organisation's feed what its accounts' feeds have beyond it: one stretch for each account. It is done by whoever reads, so writers pay nothing.
 * Heads show only what is committed, so a stretch never lacks an entry; one at a time does it, so all readers see one order. False: there was nothing.
 */
export async function tellNews(database: Database, organizationId: string): Promise<boolean> {
  const [row] = await database.tenantSelect<{ news: boolean }>(organizationId, { name: 'feed_has_news', text: `select exists (select 1 from ${NEWS}) as news`, values: [organizationId] })
  if (row?.news !== true) return false
  await database.tenant(organizationId, async (client) => {
    await client.query({ name: 'feed_begin', text: 'insert into organization_feeds (organization_id) values ($1) on conflict do nothing', values: [organizationId] })
    // Whoever comes second looks again once the first has committed: each statement sees what is committed when it begins.
    await client.query({ name: 'feed_turn', text: 'select 1 from organization_feeds where organization_id = $1 for update', values: [organizationId] })
    await client.query({
      name: 'feed_tell',
      text: `with news as (
          select h.linked_account_id, coalesce(t.seq, 0) + 1 as from_seq, h.seq as to_seq, row_number() over (order by h.modified_at, h.linked_account_id) as ord from ${NEWS}
        ), told as (
          insert into feed_told (linked_account_id, organization_id, seq) select n.linked_account_id, $1, n.to_seq from news n on conflict (linked_account_id) do update set seq = excluded.seq
        ), head as (
          update organization_feeds set stretches = stretches + (select count(*) from news) where organization_id = $1 returning stretches - (select count(*) from news) as before
        )
        insert into feed_stretches (organization_id, number, linked_account_id, from_seq, to_seq, told_at)
        select $1, head.before + n.ord, n.linked_account_id, n.from_seq, n.to_seq, clock_timestamp() from news n cross join head`,
      values: [organizationId],
    })
  })
  return true
}
