import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseAllowed, type AllowedHosts } from './egress/allowed-hosts.ts'

export interface Setting { readonly name: string; readonly fallback: string | null; readonly doc: string }

/** Every environment variable that is read. `doctor` prints the list and `.env.example` is made from it. */
export const settings = [
  { name: 'NODE_ENV', fallback: 'development', doc: '`production` refuses to start without an encryption key and keeps no keys on disk.' },
  { name: 'HOST', fallback: '127.0.0.1', doc: 'The address that the API listens on.' },
  { name: 'PORT', fallback: '3000', doc: 'The port that the API listens on.' },
  { name: 'DATABASE_URL', fallback: null, doc: 'A Postgres 15 or newer. Unset: an embedded Postgres 18 in the data directory.' },
  { name: 'INTERMODAL_DATA_DIR', fallback: '.intermodal', doc: 'Where the embedded Postgres and the development key live.' },
  { name: 'INTERMODAL_ENCRYPTION_KEY', fallback: null, doc: '32 random bytes in base64 (`openssl rand -base64 32`). Several, separated by commas, to rotate: the first seals, all open. Made and kept in the data directory in development.' },
  { name: 'INTERMODAL_ALLOW_PRIVATE_HOSTS', fallback: '', doc: 'Private addresses that a provider may contact, separated by commas, as `PROVIDER=10.1.2.0/24` (a network) or `PROVIDER=127.0.0.1:3001` (host and port).' },
  { name: 'INTERMODAL_LEASE_SECONDS', fallback: '30', doc: 'After this many seconds without a sign of life a worker is taken for dead and its work is handed on.' },
  { name: 'INTERMODAL_SYNC_INTERVAL_SECONDS', fallback: '600', doc: 'How often each model is read for changes, where its organisation says nothing else.' },
  { name: 'INTERMODAL_FULL_SYNC_HOURS', fallback: '24', doc: 'How often each model is read completely, which is how deletions are found where a vendor does not report them.' },
  { name: 'INTERMODAL_CONCURRENCY', fallback: '4', doc: 'Places of one worker process: so many models are read at once.' },
  { name: 'INTERMODAL_ACCOUNT_CONCURRENCY', fallback: '2', doc: 'Places that one linked account may hold at once, over all worker processes.' },
  { name: 'INTERMODAL_ORGANIZATION_CONCURRENCY', fallback: '0', doc: 'Places that one organisation may hold at once, over all worker processes; 0 for no limit.' },
  { name: 'INTERMODAL_CALLER_CONCURRENCY', fallback: '64', doc: 'Requests to vendors that one API process has under way for callers at once, half of them for one organisation; the next ones wait. Each may hold an answer of some megabytes in memory.' },
  { name: 'INTERMODAL_LOG_RETENTION_DAYS', fallback: '30', doc: 'How long upstream requests are kept.' },
  { name: 'INTERMODAL_CHANGE_RETENTION_DAYS', fallback: '30', doc: 'How long the change feeds reach back.' },
  { name: 'INTERMODAL_HISTORY_RETENTION_DAYS', fallback: '90', doc: 'How long sync runs, the lists of what their pages showed, and versions of a vendor\'s row that were replaced by newer ones are kept; never shorter than the logs. The newest version of a row lives as long as its record.' },
  { name: 'INTERMODAL_RATE_LIMIT_PER_MINUTE', fallback: '6000', doc: 'Requests a minute that one API process takes for one linked account, or for one API key where no account is named; 0 for no limit.' },
  { name: 'INTERMODAL_DOWNLOAD_LIMIT_MB', fallback: '1024', doc: 'The largest file that is handed through from a vendor.' },
  { name: 'INTERMODAL_LOG_LEVEL', fallback: 'info', doc: 'trace, debug, info, warn, error or silent, for the process\'s own log on standard output.' },
  { name: 'INTERMODAL_TRUST_PROXY', fallback: '', doc: 'Networks of reverse proxies whose X-Forwarded-For is believed, separated by commas.' },
] as const satisfies readonly Setting[]

export interface Config {
  readonly production: boolean
  readonly host: string
  readonly port: number
  /** Null: the embedded Postgres in `dataDir`. */
  readonly databaseUrl: string | null
  readonly dataDir: string
  /** The first seals, all open. */
  readonly encryptionKeys: readonly Buffer[]
  readonly allowedHosts: AllowedHosts
  readonly leaseSeconds: number
  readonly syncIntervalSeconds: number
  readonly fullSyncHours: number
  readonly concurrency: number
  readonly accountConcurrency: number
  /** 0: no limit. */
  readonly organizationConcurrency: number
  readonly callerConcurrency: number
  readonly logRetentionDays: number
  readonly changeRetentionDays: number
  readonly historyRetentionDays: number
  readonly rateLimitPerMinute: number
  readonly downloadLimitBytes: number
  readonly logLevel: string
  readonly trustProxy: readonly string[]
}

/** A setting that cannot be used. The message says which, and what to do. */
export class ConfigError extends Error { override readonly name = 'ConfigError' }

type Environment = Readonly<Record<string, string | undefined>>
const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent']

/** The environment as one frozen object. Throws `ConfigError` for a value that cannot be used. */
export function readConfig(env: Environment = process.env): Config {
  const read = (name: (typeof settings)[number]['name']): string => {
    const value = env[name]
    return value === undefined || value === '' ? (settings.find((setting) => setting.name === name)!.fallback ?? '') : value
  }
  const number = (name: (typeof settings)[number]['name'], min: number, max: number): number => {
    const text = read(name)
    const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
    if (!(value >= min && value <= max)) throw new ConfigError(`${name} must be a number from ${min} to ${max}; it is "${text}".`)
    return value
  }
  if (env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0') throw new ConfigError('NODE_TLS_REJECT_UNAUTHORIZED=0 turns certificate checks off for every vendor. Unset it.')
  const production = read('NODE_ENV') === 'production'
  const dataDir = resolve(read('INTERMODAL_DATA_DIR'))
  const logLevel = read('INTERMODAL_LOG_LEVEL')
  if (!LEVELS.includes(logLevel)) throw new ConfigError(`INTERMODAL_LOG_LEVEL must be one of ${LEVELS.join(', ')}; it is "${logLevel}".`)
  const databaseUrl = read('DATABASE_URL')
  if (databaseUrl !== '' && !/^postgres(ql)?:\/\//.test(databaseUrl)) throw new ConfigError('DATABASE_URL must begin with postgres:// or postgresql://.')
  return Object.freeze({
    production,
    host: read('HOST'),
    port: number('PORT', 0, 65535),
    databaseUrl: databaseUrl === '' ? null : databaseUrl,
    dataDir,
    encryptionKeys: encryptionKeys(read('INTERMODAL_ENCRYPTION_KEY'), production, dataDir),
    allowedHosts: allowedHosts(read('INTERMODAL_ALLOW_PRIVATE_HOSTS')),
    leaseSeconds: number('INTERMODAL_LEASE_SECONDS', 1, 3600),
    syncIntervalSeconds: number('INTERMODAL_SYNC_INTERVAL_SECONDS', 1, 86_400 * 30),
    fullSyncHours: number('INTERMODAL_FULL_SYNC_HOURS', 0.01, 24 * 90),
    concurrency: number('INTERMODAL_CONCURRENCY', 1, 100),
    accountConcurrency: number('INTERMODAL_ACCOUNT_CONCURRENCY', 1, 1000),
    organizationConcurrency: number('INTERMODAL_ORGANIZATION_CONCURRENCY', 0, 100_000),
    callerConcurrency: number('INTERMODAL_CALLER_CONCURRENCY', 1, 10_000),
    logRetentionDays: number('INTERMODAL_LOG_RETENTION_DAYS', 1, 3650),
    changeRetentionDays: number('INTERMODAL_CHANGE_RETENTION_DAYS', 1, 3650),
    historyRetentionDays: number('INTERMODAL_HISTORY_RETENTION_DAYS', 1, 3650),
    rateLimitPerMinute: number('INTERMODAL_RATE_LIMIT_PER_MINUTE', 0, 10_000_000),
    downloadLimitBytes: number('INTERMODAL_DOWNLOAD_LIMIT_MB', 1, 1_000_000) * 2 ** 20,
    logLevel,
    trustProxy: read('INTERMODAL_TRUST_PROXY').split(',').map((entry) => entry.trim()).filter((entry) => entry !== ''),
  })
}

function allowedHosts(value: string): AllowedHosts {
  try {
    return parseAllowed(value)
  } catch (error) {
    throw new ConfigError(`INTERMODAL_ALLOW_PRIVATE_HOSTS: ${(error as Error).message}`)
  }
}

function encryptionKeys(value: string, production: boolean, dataDir: string): readonly Buffer[] {
  if (value !== '') return value.split(',').map((entry) => encryptionKey(entry.trim()))
  if (production) throw new ConfigError('INTERMODAL_ENCRYPTION_KEY is not set. In production it must be: 32 random bytes in base64, for instance from `openssl rand -base64 32`.')
  const file = join(dataDir, 'encryption.key')
  if (!existsSync(file)) {
    mkdirSync(dataDir, { recursive: true })
    // `wx`: of two processes that start together, one writes and both read the same key
    try { writeFileSync(file, randomBytes(32).toString('base64'), { mode: 0o600, flag: 'wx' }) } catch (error) { if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error }
  }
  return [encryptionKey(readFileSync(file, 'utf8').trim())]
}

function encryptionKey(text: string): Buffer {
  const key = /^[A-Za-z0-9+/_-]{43}=?$/.test(text) ? Buffer.from(text, 'base64') : Buffer.alloc(0)
  if (key.length !== 32) throw new ConfigError('INTERMODAL_ENCRYPTION_KEY must be 32 bytes in base64, for instance from `openssl rand -base64 32`.')
  if (new Set(key).size < 8) throw new ConfigError('INTERMODAL_ENCRYPTION_KEY is not random. Make one with `openssl rand -base64 32`.')
  return key
}
