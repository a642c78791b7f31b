import { hostname } from 'node:os'
import { randomUUID } from 'node:crypto'
import type { Client, Database } from '../db/client.ts'
import { Fault } from '../errors.ts'

/** The right to work on one model of one account. The epoch is the fence: a page that does not find it is rolled back. */
export interface Lease {
  readonly organizationId: string
  readonly linkedAccountId: string
  readonly model: string
  readonly epoch: number
  /** The version of the organisation's default scopes when the lease was taken: what is read later is of this version or a newer one. */
  readonly scopeVersion: number
  /** Aborted when somebody else has taken over. */
  readonly lost: AbortSignal
  readonly release: () => Promise<void>
}

/** This process, in the words of `leases`. */
export const me = `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`

const CURRENT_SCOPES = `coalesce((select v.version from scope_versions v where v.organization_id = l.organization_id and v.category = split_part(l.model, '.', 1)), 0)`

/** True of a lease `l` that nobody alive holds. A sign of life from the future is none: the clock was set back. */
export const freeSql = (leaseSeconds: string): string => `(l.holder is null or l.heartbeat_at not between clock_timestamp() - ${leaseSeconds} * interval '1 second' and clock_timestamp() + ${leaseSeconds} * interval '1 second')`

/** True of a lease `l` whose account is kept by the default scopes as they are now. */
export const keptByCurrentScopesSql = `exists (select 1 from linked_accounts a where a.id = l.linked_account_id and a.scope_version = ${CURRENT_SCOPES})`

/** What taking a lease gives: columns of `l`. */
export const takenSql = `l.organization_id as "organizationId", l.linked_account_id as "linkedAccountId", l.model, l.epoch, ${CURRENT_SCOPES} as "scopeVersion"`
export type Taken = Pick<Lease, 'organizationId' | 'linkedAccountId' | 'model' | 'epoch' | 'scopeVersion'>

/** Set on a lease `l` that is taken, by `holder`. */
export const takeSql = (holder: string): string => `epoch = l.epoch + 1, holder = ${holder}, heartbeat_at = clock_timestamp(), taken_at = clock_timestamp()`

/** Take the lease where nobody alive holds it, and keep it alive until it is released. Null: somebody does, or the account has new rules to adopt first. */
export async function takeLease(database: Database, { organizationId, linkedAccountId, model }: Pick<Lease, 'organizationId' | 'linkedAccountId' | 'model'>, leaseSeconds: number): Promise<Lease | null> {
  const [taken] = await database.tenantQuery<Taken & Record<string, unknown>>(organizationId, {
    name: 'take_lease',
    text: `update leases l set ${takeSql('$3')} where linked_account_id = $1 and model = $2 and ${freeSql('$4')} and ${keptByCurrentScopesSql} returning ${takenSql}`,
    values: [linkedAccountId, model, me, leaseSeconds],
  })
  return taken === undefined ? null : keepAlive(database, taken, leaseSeconds)
}

/** Keeps a lease that was just taken, by signs of life, until it is released. */
export function keepAlive(database: Database, taken: Taken, leaseSeconds: number): Lease {
  const { organizationId, linkedAccountId, model, epoch } = taken
  const lost = new AbortController()
  const mine = [linkedAccountId, model, epoch]
  const heartbeat = setInterval(() => {
    database.tenantQuery(organizationId, { name: 'heartbeat', text: 'update leases set heartbeat_at = clock_timestamp() where linked_account_id = $1 and model = $2 and epoch = $3 returning epoch', values: mine })
      .then((rows) => { if (rows.length === 0) lost.abort(new Fault('sync.lease_lost')) })
      // A beat that cannot be written is the sweeper's business; the fence protects the data meanwhile.
      .catch(() => undefined)
  }, leaseSeconds * 1000 / 3)
  heartbeat.unref()
  return {
    ...taken,
    lost: lost.signal,
    async release() {
      clearInterval(heartbeat)
      await database.tenantQuery(organizationId, { text: 'update leases set holder = null, heartbeat_at = null where linked_account_id = $1 and model = $2 and epoch = $3', values: mine })
    },
  }
}

/** First in every transaction of a run. Whoever takes the lease over waits for us, or we find that we have lost it; so we do where the default scopes are not the ones that we read by. */
export async function holdFence(client: Client, lease: Lease): Promise<void> {
  const { rowCount } = await client.query({ name: 'hold_fence', text: `select 1 from leases l where linked_account_id = $1 and model = $2 and epoch = $3 and ${CURRENT_SCOPES} = $4 for share of l`, values: [lease.linkedAccountId, lease.model, lease.epoch, lease.scopeVersion] })
  if (rowCount === 0) throw new Fault('sync.lease_lost')
}
