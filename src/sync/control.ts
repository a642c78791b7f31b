import type { Client, Database } from '../db/client.ts'
import { audit, type Actor, type AuditEvent } from '../audit/audit.ts'
import { Fault } from '../errors.ts'
import { lanes } from './lanes.ts'
import { beatSql } from './rhythm.ts'

/** What is to be controlled: all models of an account, or those that are named by id. */
export interface Controlled {
  readonly organizationId: string
  readonly linkedAccountId: string
  readonly models: readonly string[] | null
}
interface By { readonly actor: Actor | null }

const AMONG = `s.linked_account_id = $1 and ($2::text[] is null or s.model = any($2)) and s.status <> 'DISABLED'`

/** Read now. What is under way is followed by what is asked for. */
export async function resync(database: Database, controlled: Controlled, { kind, actor }: By & { readonly kind: 'full' | 'incremental' }): Promise<void> {
  await changing(database, controlled, { event: 'FORCED_LINKED_ACCOUNT_RESYNC', description: `A sync of ${named(controlled)} was asked for.`, actor }, async (client, among) => {
    const { rowCount } = await client.query(`update sync_states s set next_kind = $3, next_run_at = now(), failures = 0, turns = 0, lane = ${lanes.interactive}, status = 'SYNCING' where ${AMONG} and s.paused_at is null`, [...among, kind])
    if (rowCount === 0 && (await client.query(`select from sync_states s where ${AMONG}`, [...among])).rowCount !== 0) throw new Fault('request.conflict', { detail: 'All of this is paused. Resume it first.' })
  })
}

/** A vendor told us that something changed: read what did, soon. Told a hundred times before it is read, it is read once. */
export async function fetchTold(database: Database, { organizationId, linkedAccountId, models }: Controlled): Promise<void> {
  await database.tenantQuery(organizationId, {
    text: `update sync_states s set next_kind = coalesce(s.next_kind, 'incremental'), turns = 0, lane = least(s.lane, ${lanes.webhook}),
             next_run_at = least(s.next_run_at, greatest(now(), s.last_started_at + ${TOLD_SECONDS} * interval '1 second'))
           where ${AMONG} and s.next_run_at is not null`,
    values: [linkedAccountId, models],
  })
}
/** Between two reads for the same list of the same account: a vendor that tells of each of a thousand changes is asked once for all of them. */
const TOLD_SECONDS = 5

/** Nothing more is read until it is resumed. What is under way stops where its last page was committed, and stays open. */
export async function pause(database: Database, controlled: Controlled, { actor }: By): Promise<void> {
  await changing(database, controlled, { event: 'PAUSED_SYNC', description: `The sync of ${named(controlled)} was paused.`, actor }, async (client, among) => {
    await client.query(`update sync_states s set paused_at = now() where ${AMONG} and s.paused_at is null`, [...among])
  })
}

/** Go on where it was paused. What was due meanwhile is due now. */
export async function resume(database: Database, controlled: Controlled, { actor }: By): Promise<void> {
  await changing(database, controlled, { event: 'RESUMED_SYNC', description: `The sync of ${named(controlled)} was resumed.`, actor }, async (client, among) => {
    await client.query(`update sync_states s set paused_at = null, failures = 0, turns = 0, lane = ${lanes.interactive}, next_run_at = now() where ${AMONG} and s.paused_at is not null`, [...among])
  })
}

/** End what is under way, without its end: nothing is deleted, the watermark stays, the next run comes at its usual time. */
export async function cancel(database: Database, controlled: Controlled, { actor, usualSeconds }: By & { readonly usualSeconds: number }): Promise<void> {
  await changing(database, controlled, { event: 'CANCELLED_SYNC', description: `The running sync of ${named(controlled)} was cancelled.`, actor }, async (client, among) => {
    await endOpenRuns(client, among)
    const span = 'coalesce(s.wait_seconds, $3::float8)'
    await client.query(
      `update sync_states s set current_run_id = null, next_kind = null, turns = 0, lane = ${lanes.incremental}, status = coalesce(s.last_result, 'PARTIALLY_SYNCED'), next_run_at = ${beatSql(span)}
       where ${AMONG} and (s.current_run_id is not null or s.next_kind is not null)`, [...among, usualSeconds])
  })
}

/** Forget where reading stood and begin anew with everything. Records stay, and are compared with what is read. */
export async function reset(database: Database, controlled: Controlled, { actor }: By): Promise<void> {
  await changing(database, controlled, { event: 'RESET_SYNC', description: `The sync of ${named(controlled)} was reset: everything is read anew.`, actor }, async (client, among) => {
    await endOpenRuns(client, among)
    await client.query(
      `update sync_states s set current_run_id = null, watermark = null, last_full_at = null, next_kind = 'full', next_run_at = now(), failures = 0, quiet_runs = 0, failed_runs = 0, fault = null,
         turns = 0, lane = ${lanes.interactive}, status = 'SYNCING' where ${AMONG}`, [...among])
  })
}

const named = ({ models }: Controlled): string => (models === null ? 'all models' : models.join(', '))
const endOpenRuns = (client: Client, among: readonly unknown[]) =>
  client.query(`update sync_runs r set state = 'cancelled', finished_at = now() from sync_states s where ${AMONG} and r.linked_account_id = s.linked_account_id and r.id = s.current_run_id and r.state = 'running'`, [...among])

interface Noted { readonly event: AuditEvent; readonly description: string; readonly actor: Actor | null }

/** A worker that is at it finds that its lease is gone: the page that it writes is waited for, none is written afterwards. */
async function changing(database: Database, { organizationId, linkedAccountId, models }: Controlled, noted: Noted, change: (client: Client, among: readonly unknown[]) => Promise<void>): Promise<void> {
  const among = [linkedAccountId, models]
  await database.tenant(organizationId, async (client) => {
    await client.query(`select 1 from leases where linked_account_id = $1 and ($2::text[] is null or model = any($2)) order by model for update`, among)
    // Asking for more lets what is under way go on.
    if (noted.event !== 'FORCED_LINKED_ACCOUNT_RESYNC') await client.query(`update leases set epoch = epoch + 1, holder = null, heartbeat_at = null where linked_account_id = $1 and ($2::text[] is null or model = any($2))`, among)
    await change(client, among)
    await audit(client, { organizationId, subject: linkedAccountId, ...noted })
  })
}
