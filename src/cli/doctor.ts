import { accessSync, constants, existsSync } from 'node:fs'
import { join } from 'node:path'
import { Pool } from 'pg'
import { readConfig, settings, type Config } from '../config.ts'
import { poolConfig, SYSTEM_ROLE } from '../db/client.ts'
import { startEmbedded } from '../db/embedded.ts'
import { migrated } from '../db/migrate.ts'
import { checkKey, localKms } from '../db/seal.ts'

type Verdict = 'ok' | 'warn' | 'wrong'
interface Finding { readonly verdict: Verdict; readonly what: string; readonly detail: string }

const finding = (verdict: Verdict, what: string, detail: string): Finding => ({ verdict, what, detail })
const messageOf = (error: unknown): string => (error instanceof AggregateError ? error.errors.map(messageOf).join('; ') : error instanceof Error ? error.message : String(error))

/** `intermodal doctor`: what is configured, whether it works, and in plain words what to do where it does not. Exit code 1 where something is wrong. */
export async function doctor(): Promise<number> {
  const findings: Finding[] = [runtime()]
  let config: Config | null = null
  try {
    config = readConfig()
    findings.push(finding('ok', 'configuration', 'every setting can be used'))
  } catch (error) {
    findings.push(finding('wrong', 'configuration', messageOf(error)))
  }
  printSettings()
  if (config !== null) findings.push(keys(config), ...await database(config))
  const marks: Record<Verdict, string> = { ok: '  ok   ', warn: '  warn ', wrong: '  WRONG' }
  for (const { verdict, what, detail } of findings) console.log(`${marks[verdict]} ${what.padEnd(14)} ${detail}`)
  const wrong = findings.filter(({ verdict }) => verdict === 'wrong').length
  console.log(wrong === 0 ? '\nNothing is wrong.' : `\n${wrong} ${wrong === 1 ? 'thing is' : 'things are'} wrong.`)
  return wrong === 0 ? 0 : 1
}

function runtime(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  return major > 24 || (major === 24 && minor >= 12) ? finding('ok', 'node', process.versions.node) : finding('wrong', 'node', `${process.versions.node} is too old; 24.12 is the oldest that runs this`)
}

function printSettings(): void {
  for (const { name, fallback, doc } of settings) {
    const value = process.env[name]
    const secret = name === 'INTERMODAL_ENCRYPTION_KEY' || name === 'DATABASE_URL'
    const shown = value === undefined || value === '' ? (fallback === null || fallback === '' ? '(unset)' : `${fallback} (default)`) : secret ? '(set)' : value
    console.log(`  ${name.padEnd(33)} ${shown}\n      ${doc}`)
  }
  console.log('')
}

function keys({ production, dataDir, encryptionKeys }: Config): Finding {
  const kept = existsSync(join(dataDir, 'encryption.key')) && (process.env['INTERMODAL_ENCRYPTION_KEY'] ?? '') === ''
  if (kept && !production) return finding('warn', 'encryption key', `made for development and kept in ${join(dataDir, 'encryption.key')}; without it the stored credentials cannot be opened`)
  return finding('ok', 'encryption key', `${encryptionKeys.length} ${encryptionKeys.length === 1 ? 'key' : 'keys'}; the first seals`)
}

async function database(config: Config): Promise<Finding[]> {
  let stop = async (): Promise<void> => undefined
  let url = config.databaseUrl
  const findings: Finding[] = []
  try {
    if (url === null) {
      const embedded = await startEmbedded({ dataDir: config.dataDir })
      stop = embedded.stop
      url = embedded.url
      accessSync(config.dataDir, constants.W_OK)
      findings.push(finding('ok', 'database', `embedded Postgres in ${config.dataDir}`))
    }
    findings.push(...await examine(url, config))
  } catch (error) {
    findings.push(finding('wrong', 'database', messageOf(error)))
  } finally {
    await stop()
  }
  return findings
}

const OLDEST = 150_000
const SKEW_MS = 2_000

async function examine(url: string, config: Config): Promise<Finding[]> {
  const plain = new Pool({ connectionString: url, max: 1, connectionTimeoutMillis: 5_000 })
  plain.on('error', () => undefined)
  try {
    const { rows: [server] } = await plain.query<{ version: string; number: number; readonly: boolean; now: Date }>(
      `select current_setting('server_version') as version, current_setting('server_version_num')::int as number, pg_is_in_recovery() as readonly, clock_timestamp() as now`)
    const findings: Finding[] = [server!.number >= OLDEST ? finding('ok', 'postgres', server!.version) : finding('wrong', 'postgres', `${server!.version} is too old; 15 is the oldest`)]
    if (server!.readonly) findings.push(finding('wrong', 'postgres', 'this is a read-only replica; DATABASE_URL must name the primary'))
    const skew = Math.abs(server!.now.getTime() - Date.now())
    findings.push(skew < SKEW_MS ? finding('ok', 'clock', `agrees with the database's to ${skew} ms`) : finding('warn', 'clock', `differs from the database's by ${(skew / 1000).toFixed(1)} s; tokens and cursors depend on it: set up NTP`))
    const current = await migrated(plain)
    findings.push(current ? finding('ok', 'schema', 'up to date') : finding('warn', 'schema', 'not up to date; every start and `intermodal migrate` bring it there'))
    if (current) findings.push(await keyFits(url, config))
    return findings
  } finally {
    await plain.end()
  }
}

async function keyFits(url: string, config: Config): Promise<Finding> {
  const pool = new Pool({ ...poolConfig(url, SYSTEM_ROLE), max: 1 })
  pool.on('error', () => undefined)
  try {
    await checkKey(pool, localKms(config.encryptionKeys))
    return finding('ok', 'roles and key', 'the roles can be taken, and the key opens what this database holds')
  } catch (error) {
    return finding('wrong', 'roles and key', messageOf(error))
  } finally {
    await pool.end()
  }
}
