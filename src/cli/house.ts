import { pino, type Logger } from 'pino'
import { providers as registered } from '#providers'
import type { AnyProvider } from '#kit'
import { accountLoader } from '../accounts/account.ts'
import { openWaker } from '../changes/wake.ts'
import { readConfig, type Config } from '../config.ts'
import { openDatabase, type Database } from '../db/client.ts'
import { cursorKey, type CursorKey } from '../db/keyset.ts'
import { startEmbedded } from '../db/embedded.ts'
import { migrate } from '../db/migrate.ts'
import { checkKey, deriveKey, localKms, openVault, type Vault } from '../db/seal.ts'
import type { AllowedHosts } from '../egress/allowed-hosts.ts'
import { openEgress } from '../egress/exchange.ts'
import type { LogWriter } from '../logs/entry.ts'
import { createLocalAccess, type LocalAccess } from '../logs/local-access.ts'
import { openLogWriter } from '../logs/write.ts'
import type { TurnOptions } from '../sync/claim.ts'
import { openScheduler, type Scheduler } from '../sync/schedule.ts'
import type { KeepAliveDeps } from '../sync/keep-alive.ts'
import { createRoom } from '../sync/room.ts'
import type { SyncDeps } from '../sync/slice.ts'
import { openBudget } from '../upstream/budget.ts'
import { createDoor } from '../upstream/client.ts'
import type { Door, FileDoor, RawDoor, TokenDoor } from '../upstream/door.ts'
import { openKeeper } from '../upstream/keeper.ts'

/** Everything that commands share, put together once. */
export interface House {
  readonly config: Config
  readonly log: Logger
  readonly database: Database
  readonly vault: Vault
  readonly logs: LogWriter
  readonly door: Door & RawDoor & FileDoor & TokenDoor
  readonly providers: ReadonlyMap<string, AnyProvider>
  readonly scheduler: Scheduler
  readonly sync: SyncDeps
  readonly keepAlive: KeepAliveDeps
  readonly cursorKeys: readonly CursorKey[]
  /** Lets people at this machine in to the log page. */
  readonly access: LocalAccess
  /** Ports of this machine that belong to us: nothing goes out to them, whatever the operator allows. */
  readonly listeners: Set<number>
  /** Flushes logs, leaves Postgres; stops it where it is ours and nobody else uses it. */
  readonly close: () => Promise<void>
}

export const logPageAccess = ({ encryptionKeys }: Config): LocalAccess => createLocalAccess({ key: deriveKey(encryptionKeys[0]!, 'log-page') })

/** Lines leave together, a tenth of a second later at most: a system call for each would cost as much as a small request. Whatever ends the process but SIGKILL writes the rest. */
export const processLog = (level: string): Logger =>
  pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime, serializers: { err: pino.stdSerializers.err } }, pino.destination({ dest: 1, sync: false, minLength: 4096, periodicFlush: 100 }))

/** The database that the configuration names, or the embedded one; migrated. */
export async function openPostgres(config: Config, log: Logger): Promise<{ readonly database: Database; readonly close: () => Promise<void> }> {
  const embedded = config.databaseUrl === null ? await startEmbedded({ dataDir: config.dataDir, log: (line) => { log.info(line) } }) : null
  const url = config.databaseUrl ?? embedded!.url
  try {
    await migrate(url)
  } catch (error) {
    await embedded?.stop()
    throw error
  }
  // Who asks the API is told within two seconds that there is no room, rather than kept waiting.
  const database = openDatabase({ url, waitMs: 2_000 })
  return {
    database,
    async close() {
      await database.close()
      await embedded?.stop()
    },
  }
}

/** Put the house together. `allow` adds to what the operator allows, for sandboxes that we start ourselves. */
export async function openHouse(config: Config = readConfig(), log: Logger = processLog(config.logLevel), allow: AllowedHosts = new Map(), vendors: readonly AnyProvider[] = registered): Promise<House> {
  const { database, close: closePostgres } = await openPostgres(config, log)
  // A bulkhead: syncs have connections of their own, so however many run, those who ask the API find one, and the other way round.
  const background = openDatabase({ url: database.url, poolSize: config.concurrency + 6, waitMs: 10_000 })
  const closeDatabases = async (): Promise<void> => {
    await background.close()
    await closePostgres()
  }
  try {
    const kms = localKms(config.encryptionKeys)
    await checkKey(database.system, kms)
    const vault = openVault(database.system, kms)
    const providers = new Map<string, AnyProvider>(vendors.map((provider) => [provider.slug, provider]))
    const logs = openLogWriter({ database: background, vault, bodyKey: deriveKey(config.encryptionKeys[0]!, 'log-bodies'), onError: (error, lost) => { log.error({ err: error, lost }, 'upstream logs could not be kept') } })
    const listeners = new Set(ownPorts(config))
    const egress = openEgress({ allowed: merged(config.allowedHosts, allow), ownPorts: () => listeners })
    const door = createDoor({ egress, budget: openBudget({ database: background }), log: logs.write, callersAtOnce: config.callerConcurrency })
    const keeper = openKeeper({ database: background, vault })
    const waker = openWaker(background)
    const scheduler = await openScheduler(background, turnsOf(config))
    return {
      config, log, database, vault, logs, door, providers, scheduler, listeners,
      access: logPageAccess(config),
      sync: {
        database: background, door, logs, providers, account: accountLoader({ database: background, vault, keeper, providers }), room: createRoom(),
        leaseSeconds: config.leaseSeconds, syncIntervalSeconds: config.syncIntervalSeconds, fullSyncHours: config.fullSyncHours,
        onChanges: waker.changed,
        onPage: (progress) => { log.debug(progress, 'page committed') },
        onDrift: (drift) => { log.warn(drift, 'a vendor\'s payloads have changed their shape') },
      },
      keepAlive: {
        database: background, door, logs, providers, account: accountLoader({ database: background, vault, keeper, providers }, (status) => status !== 'RELINK_NEEDED'),
        onTrouble: (error, account) => { log.warn({ err: error, ...account }, 'tokens that nobody uses could not be renewed') },
      },
      cursorKeys: config.encryptionKeys.map((key) => cursorKey(deriveKey(key, 'cursor'))),
      async close() {
        await scheduler.close()
        await egress.close()
        await keeper.close()
        await logs.close()
        await waker.close()
        await closeDatabases()
      },
    }
  } catch (error) {
    await closeDatabases()
    throw error
  }
}

/** How places are shared, over all processes. */
export const turnsOf = ({ leaseSeconds, accountConcurrency, organizationConcurrency }: Config): TurnOptions =>
  ({ leaseSeconds, caps: { account: accountConcurrency, organization: organizationConcurrency === 0 ? 2 ** 31 - 1 : organizationConcurrency } })

function ownPorts({ port, databaseUrl }: Config): number[] {
  const database = databaseUrl === null ? null : new URL(databaseUrl)
  return [...(port === 0 ? [] : [port]), ...(database === null || database.hostname === '' ? [] : [Number(database.port || 5432)])]
}

function merged(a: AllowedHosts, b: AllowedHosts): AllowedHosts {
  const all = new Map(a)
  for (const [provider, places] of b) all.set(provider, [...(all.get(provider) ?? []), ...places])
  return all
}
