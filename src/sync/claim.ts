import { transactionInOneWrite, type Database, type Row } from '../db/client.ts'
import { freeSql, keepAlive, keptByCurrentScopesSql, me, takenSql, takeSql, type Lease, type Taken } from './lease.ts'
import { lanes, TURNS_IN_A_LANE, type Lane } from './lanes.ts'

/** How many places the work of one account, and of one organisation, may hold at once over all processes. */
export interface Caps { readonly account: number; readonly organization: number }

export interface TurnOptions { readonly leaseSeconds: number; readonly caps: Caps }

/** Of each lane so many are looked at, those that wait longest: a backlog of any length costs a turn the same. */
const LOOKED_AT = 100

/**
 * Work that is due, that nobody alive works on, and whose account and organisation hold fewer places than they may. $1: lanes in order, $2: lease seconds, $3 and $4: caps.
 * Each lane is read by its index, from the one that waits longest.
 */
const WAITING = `held as materialized (
    select l.organization_id, l.linked_account_id, count(*) as places from leases l where l.holder is not null and not ${freeSql('$2::float8')} group by 1, 2
  ), waiting as materialized (
    select found.*, line.nth from unnest($1::int2[]) with ordinality line (lane, nth) cross join lateral (
      select s.linked_account_id, s.model, s.next_run_at from sync_states s
        join leases l on l.linked_account_id = s.linked_account_id and l.model = s.model
        join linked_accounts account on account.id = s.linked_account_id and account.status = 'COMPLETE'
      where s.lane = line.lane and s.paused_at is null and s.next_run_at <= now() and ${freeSql('$2::float8')} and ${keptByCurrentScopesSql}
        and s.linked_account_id <> all (array(select h.linked_account_id from held h where h.places >= $3))
        and s.organization_id <> all (array(select h.organization_id from held h group by 1 having sum(h.places) >= $4))
      order by s.next_run_at limit ${LOOKED_AT}
    ) found
  )`

/**
 * Of a lane, the account that holds fewest places comes first, then the one whose last turn is longest ago, then the model that waits longest: round robin over accounts, however many models each has.
 * What somebody has locked is left for later: a worker that was stopped in the middle of a page holds on to its lease's row, and everybody's turns would wait for it.
 */
const NEXT = `with ${WAITING}, next as (
    select w.linked_account_id, w.model from (
      select w.linked_account_id, w.model from waiting w left join held h on h.linked_account_id = w.linked_account_id
      order by w.nth, coalesce(h.places, 0), (select max(t.taken_at) from leases t where t.linked_account_id = w.linked_account_id) nulls first, w.next_run_at limit ${LOOKED_AT}
    ) w cross join lateral (
      select from leases l join sync_states s on s.linked_account_id = l.linked_account_id and s.model = l.model
      where l.linked_account_id = w.linked_account_id and l.model = w.model for no key update of l, s skip locked
    ) unlocked limit 1
  ), taken as (
    update leases l set ${takeSql('$5')} from next where l.linked_account_id = next.linked_account_id and l.model = next.model and ${freeSql('$2::float8')} returning ${takenSql}
  ), moved as (
    -- It goes to the end of its line. If its worker dies it is due all the same.
    update sync_states s set next_run_at = now(), turns = s.turns + 1, lane = case when s.turns + 1 >= ${TURNS_IN_A_LANE} then ${lanes.backfill} else s.lane end
    from next where s.linked_account_id = next.linked_account_id and s.model = next.model
  ) select * from taken`

/**
 * Hand the next turn to this process; null: there is none to be had. One at a time over all processes, so that caps are kept exactly. The lock is held for one
 * statement, and asked for in one piece with it: whoever is stopped, or loses the network, between the two would stop everybody.
 */
export async function claimTurn(database: Database, { leaseSeconds, caps }: TurnOptions, order: readonly Lane[]): Promise<Lease | null> {
  const [taken] = await transactionInOneWrite<Taken & Row>(database.system, [
    { name: 'claim_lock', text: `select pg_advisory_xact_lock(hashtext('intermodal turns'))` },
    { name: 'claim_turn', text: NEXT, values: [order, leaseSeconds, caps.account, caps.organization, me] },
  ])
  return taken === undefined ? null : keepAlive(database, taken, leaseSeconds)
}

/** How much waits for a turn that could be had at once, at most `limit`. */
export async function countWaiting(database: Database, { leaseSeconds, caps }: TurnOptions, limit: number): Promise<number> {
  const { rows: [row] } = await database.system.query<{ count: number }>({
    name: 'count_waiting', text: `with ${WAITING} select count(*)::int as count from (select from waiting limit $5) found`, values: [Object.values(lanes), leaseSeconds, caps.account, caps.organization, limit],
  })
  return row!.count
}
