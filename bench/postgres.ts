/** What the database alone needs for the same statements: without row-level security, authentication and HTTP. */
import { execFile } from 'node:child_process'
import { globSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { Client, Pool } from 'pg'
import type { CommonModel } from '#models'
import { parentOf } from './cpu.ts'
import { accountId, ACCOUNTS, CLOCK_START, clockOf, recordId } from './seed.ts'

const run = promisify(execFile)

/** pgbench is no part of the embedded Postgres; many machines have one. */
export const pgbench: string | null = [...(process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'pgbench')), ...globSync('/usr/lib/postgresql/*/bin/pgbench')].find((file) => existsSync(file)) ?? null

export const pgbenchVersion = async (): Promise<string | null> => (pgbench === null ? null : (await run(pgbench, ['--version'])).stdout.trim())

export interface Statement {
  /** With $1 the account, $2 the place or the id. */
  readonly text: string
  readonly values: (account: number, n: number) => [string, string]
  /** The same as pgbench writes it, from its own random numbers. */
  readonly script: (perAccount: number) => string
}

const columns = 'r.id, r.remote_id, r.created_at, r.modified_at, r.remote_was_deleted, r.body, null as remote_fields'
const account = `md5('account ' || :account)::uuid`

/** The statements of src/records/query.ts, for one model. */
export function statements(model: CommonModel, pageSize: number): { list: Statement; retrieve: Statement } {
  const list = (whose: string, after: string): string =>
    `select ${columns}, (select h.epoch || '.' || h.seq from feed_heads h where h.linked_account_id = ${whose}) as head from ${model.table} r where r.linked_account_id = ${whose} and r.modified_at > ${after} and not r.remote_was_deleted order by r.modified_at asc limit ${pageSize + 1}`
  const retrieve = (whose: string, id: string): string => `select ${columns} from ${model.table} r where r.linked_account_id = ${whose} and r.id = ${id}`
  const random = (from: number, to: number): string => `\\set account random(0, ${ACCOUNTS - 1})\n\\set n random(${from}, ${to})\n`
  return {
    list: {
      text: list('$1', '$2::timestamptz'),
      values: (of, n) => [accountId(of), clockOf(n)],
      script: (perAccount) => `${random(0, Math.max(0, perAccount - pageSize - 1))}${list(account, `timestamptz '${new Date(CLOCK_START).toISOString()}' + :n * interval '1 millisecond'`)};\n`,
    },
    retrieve: {
      text: retrieve('$1', '$2'),
      values: (of, n) => [accountId(of), recordId(of, n)],
      script: (perAccount) => `${random(1, perAccount)}${retrieve(account, `md5(:account || ' ' || :n)::uuid`)};\n`,
    },
  }
}

/** Runs one statement for `seconds` over `connections`. Gives how often. */
export async function repeat(url: string, statement: Statement, { seconds, connections, perAccount }: { seconds: number; connections: number; perAccount: number }): Promise<number> {
  if (pgbench === null) return repeatBare(url, statement, { seconds, connections, perAccount })
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  try {
    const file = join(folder, 'statement.sql')
    writeFileSync(file, statement.script(perAccount))
    const { hostname, port, username, pathname } = new URL(url)
    const { stdout } = await run(pgbench, ['-n', '-M', 'prepared', '-c', String(connections), '-T', String(Math.max(1, Math.round(seconds))), '-f', file, '-h', decodeURIComponent(hostname), '-p', port, '-U', username, pathname.slice(1)])
    return Number(/transactions actually processed: (\d+)/.exec(stdout)![1])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function repeatBare(url: string, { text, values }: Statement, { seconds, connections, perAccount }: { seconds: number; connections: number; perAccount: number }): Promise<number> {
  const pool = new Pool({ connectionString: url, max: connections })
  const end = performance.now() + seconds * 1000
  let times = 0
  await Promise.all(Array.from({ length: connections }, async () => {
    for (; performance.now() < end; times += 1) await pool.query({ name: 'bare', text, values: values(times % ACCOUNTS, 1 + Math.floor(Math.random() * perAccount)) })
  }))
  await pool.end()
  return times
}

export async function serverFacts(url: string): Promise<{ version: string; postmaster: number }> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    const { rows: [row] } = await client.query<{ version: string; backend: number }>(`select current_setting('server_version') as version, pg_backend_pid() as backend`)
    return { version: row!.version, postmaster: parentOf(row!.backend) }
  } finally {
    await client.end()
  }
}
