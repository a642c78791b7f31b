import { audit, type Actor } from '../audit/audit.ts'
import type { Database } from '../db/client.ts'
import { beatSql } from './rhythm.ts'

/** How often to read; null: as the next wider line has it. */
export interface SyncSetting {
  readonly intervalSeconds: number | null
  readonly reconcileHours: number | null
  readonly adapts: boolean | null
}
export interface SyncSettings { readonly all: SyncSetting; readonly models: ReadonlyMap<string, SyncSetting> }

const nothing: SyncSetting = { intervalSeconds: null, reconcileHours: null, adapts: null }

export async function readSyncSettings(database: Database, organizationId: string): Promise<SyncSettings> {
  const rows = await database.tenantQuery<SyncSetting & { model: string } & Record<string, unknown>>(organizationId, {
    name: 'sync_settings', text: 'select model, interval_seconds as "intervalSeconds", reconcile_hours as "reconcileHours", adapts from sync_settings where organization_id = $1 order by model', values: [organizationId],
  })
  const lines = new Map(rows.map(({ model, ...setting }) => [model, setting]))
  const all = lines.get('') ?? nothing
  lines.delete('')
  return { all, models: lines }
}

/** Replace what an organisation says. Whoever waits for longer than it now wants waits for its next beat; who is at work is not disturbed and follows afterwards. */
export async function changeSyncSettings(database: Database, organizationId: string, { all, models }: SyncSettings, actor: Actor | null): Promise<void> {
  const lines = [['', all] as const, ...models]
  await database.tenant(organizationId, async (client) => {
    await client.query('delete from sync_settings where organization_id = $1', [organizationId])
    await client.query(
      `insert into sync_settings (organization_id, model, interval_seconds, reconcile_hours, adapts) select $1, * from unnest($2::text[], $3::int[], $4::float8[], $5::boolean[])`,
      [organizationId, lines.map(([model]) => model), lines.map(([, { intervalSeconds }]) => intervalSeconds), lines.map(([, { reconcileHours }]) => reconcileHours), lines.map(([, { adapts }]) => adapts)])
    await client.query(
      `update sync_states s set next_run_at = ${beatSql('late.seconds')}, wait_seconds = late.seconds from (
         select w.linked_account_id, w.model, coalesce(own.interval_seconds, every.interval_seconds)::float8 as seconds from sync_states w
           left join sync_settings own on own.organization_id = w.organization_id and own.model = w.model left join sync_settings every on every.organization_id = w.organization_id and every.model = ''
         where w.organization_id = $1 and w.current_run_id is null and w.next_run_at > now() + coalesce(own.interval_seconds, every.interval_seconds) * interval '1.1 seconds' for update of w skip locked
       ) late where s.linked_account_id = late.linked_account_id and s.model = late.model`, [organizationId])
    await audit(client, { organizationId, event: 'CHANGED_SYNC_SETTINGS', description: `How often accounts are read was changed: ${wordsOf(lines)}.`, actor })
  })
}

const wordsOf = (lines: readonly (readonly [string, SyncSetting])[]): string =>
  lines.map(([model, { intervalSeconds, reconcileHours, adapts }]) => `${model === '' ? 'all models' : model}: every ${intervalSeconds ?? '(default)'} s, completely every ${reconcileHours ?? '(default)'} h${adapts === false ? ', always' : ''}`).join('; ')
