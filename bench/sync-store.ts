/** The database that is written to: its accounts, what is in it before each turn, COPY as the limit, and what the log of Postgres grew by. */
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { Client } from 'pg'
import { openDatabase, type Database } from '../src/db/client.ts'
import { createApiKey } from '../src/organizations/keys.ts'
import { migrate } from '../src/db/migrate.ts'
import { model, SLUG } from './sync-provider.ts'

/** What a record is in the store, whoever writes it. */
const KEPT = [model.table, 'raw_payloads', 'record_values', 'changes'] as const
const OF_RUNS = ['sync_pages', 'page_contents', 'sync_runs', 'quarantine', 'payload_shapes', 'drift', 'remote_field_classes', 'unseen_words'] as const

export interface Wal { readonly bytes: number; readonly ofLogs: number }
export interface Store {
  readonly organizationId: string
  readonly accounts: readonly string[]
  /** Of the record's table. */
  readonly indexes: number
  /** Writes out what earlier turns left, so that none of it falls into a turn. */
  readonly checkpoint: () => Promise<void>
  /** As before the first sync. */
  readonly empty: () => Promise<void>
  /** Planner and visibility as they are some minutes after a sync. */
  readonly settle: () => Promise<void>
  /** The next run of an account reads everything. */
  readonly wantFull: (linkedAccountId: string) => Promise<void>
  /** Puts what is kept into files. Gives how many records they have. */
  readonly unload: () => Promise<number>
  /** COPY of those files into empty tables, in one transaction. Gives its seconds. */
  readonly copy: () => Promise<number>
  readonly walPlace: () => Promise<string>
  readonly walSince: (place: string) => Promise<Wal>
  /** What the account's last run did. */
  readonly lastRun: (linkedAccountId: string) => Promise<{ state: string; created: number; updated: number; unchanged: number }>
  readonly close: () => Promise<void>
}

export async function openStore(url: string, folder: string, accounts: number): Promise<Store> {
  await migrate(url)
  const database: Database = openDatabase({ url, poolSize: 1 })
  const { organizationId } = await createApiKey(database, { organizationName: 'Bench', name: 'bench' })
  await database.close()
  const client = new Client({ connectionString: url })
  // The server ends before its clients do where a turn fails.
  client.on('error', () => undefined)
  await client.connect()
  await client.query('create extension if not exists pg_walinspect')
  const ids = Array.from({ length: accounts }, () => randomUUID())
  for (const id of ids) {
    await client.query(
      `insert into linked_accounts (id, organization_id, category, integration, end_user_origin_id, end_user_organization_name, end_user_email_address, status, setup, remote_identity, token_public_id, token_hash)
       values ($1::uuid, $2, $3, $4, $1::text, 'Bench', 'bench@example.test', 'COMPLETE', '{}', 'me', $1::text, '\\x00')`, [id, organizationId, model.category, SLUG])
  }
  const { rows: [counted] } = await client.query<{ n: number }>(`select count(*)::int as n from pg_index where indrelid = '${model.table}'::regclass`)
  const file = (table: string): string => join(folder, `${table}.copy`)
  return {
    organizationId, accounts: ids, indexes: counted!.n,
    async checkpoint() { await client.query('checkpoint') },
    async empty() {
      await client.query(`truncate ${[...KEPT, ...OF_RUNS, 'feed_heads', 'sync_states', 'leases'].join(', ')}`)
      await client.query('insert into feed_heads (linked_account_id, organization_id) select id, organization_id from linked_accounts')
      await client.query(`insert into sync_states (linked_account_id, model, organization_id, status, mapping_version, next_run_at) select id, $1, organization_id, 'SYNCING', 1, now() from linked_accounts`, [model.id])
      await client.query('insert into leases (linked_account_id, model, organization_id) select id, $1, organization_id from linked_accounts', [model.id])
    },
    async settle() { await client.query(`vacuum (analyze) ${KEPT.join(', ')}`) },
    async wantFull(id) { await client.query(`update sync_states set next_kind = 'full', next_run_at = now() where linked_account_id = $1`, [id]) },
    async unload() {
      for (const table of KEPT) await client.query(`copy ${table} to '${file(table)}'`)
      const { rows: [row] } = await client.query<{ n: string }>(`select count(*) as n from ${model.table}`)
      return Number(row!.n)
    },
    async copy() {
      const begun = performance.now()
      await client.query('begin')
      for (const table of KEPT) await client.query(`copy ${table} from '${file(table)}'`)
      await client.query('commit')
      return (performance.now() - begun) / 1000
    },
    async walPlace() { return (await client.query<{ at: string }>('select pg_current_wal_insert_lsn() as at')).rows[0]!.at },
    async walSince(place) {
      const { rows: [row] } = await client.query<{ bytes: string; of_logs: string | null }>(
        `with flushed as materialized (select pg_current_wal_flush_lsn() as until), logs as (select pg_relation_filenode(c.oid) as node from pg_class c left join pg_index i on i.indexrelid = c.oid join pg_class t on t.oid = coalesce(i.indrelid, c.oid)
           where t.relname ~ '^(upstream_logs|log_bodies)' or c.oid in (select reltoastrelid from pg_class where relname ~ '^(upstream_logs|log_bodies)'))
         select f.until - $1::pg_lsn as bytes, (select sum(b.record_length) from pg_get_wal_block_info($1::pg_lsn, f.until) b where b.relfilenode in (select node from logs)) as of_logs from flushed f`, [place])
      return { bytes: Number(row!.bytes), ofLogs: Number(row!.of_logs ?? 0) }
    },
    async lastRun(id) {
      return (await client.query<{ state: string; created: number; updated: number; unchanged: number }>('select state, created::int, updated::int, unchanged::int from sync_runs where linked_account_id = $1 order by started_at desc limit 1', [id])).rows[0]!
    },
    close: () => client.end(),
  }
}
