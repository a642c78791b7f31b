import { resolve } from 'node:path'
import { installedBinaries, usableBinaries } from './embedded-binaries.ts'
import { addHolder, exclusively, removeHolder } from './embedded-lock.ts'
import { findPlace, type Place } from './embedded-place.ts'
import { ask, makeCluster, runningServer, startServer, stopServer, urlOf, type Server } from './embedded-server.ts'

export interface EmbeddedOptions {
  readonly dataDir: string
  readonly log?: (line: string) => void
  /** Postgres settings beside our own; only a server that is started, not one that is found running, takes them. */
  readonly settings?: Readonly<Record<string, string>>
  /** The directory with Postgres's `bin`, `lib` and `share`, when not that of the installed package. */
  readonly native?: string
}

export interface Embedded {
  readonly url: string
  /** Stops the server, unless another living process uses it. */
  readonly stop: () => Promise<void>
}

const DATABASE = 'intermodal'

/** A Postgres of our own in the data directory: found running, or started. Several processes may share it. */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const { log = () => undefined } = options
  const dataDir = resolve(options.dataDir)
  const { server, place, holder } = await exclusively(dataDir, () => enter(dataDir, options))
  const leave = (): Promise<void> => exclusively(dataDir, async () => {
    if (removeHolder(dataDir, holder)) return
    await stopServer(place)
    log('embedded Postgres stopped')
  })
  let leaving: Promise<void> | undefined
  return { url: urlOf(server.socketDir, DATABASE), stop: () => (leaving ??= leave()) }
}

async function enter(dataDir: string, { log = () => undefined, settings = {}, native = installedBinaries() }: EmbeddedOptions): Promise<{ server: Server; place: Place; holder: string }> {
  const place = await findPlace(dataDir)
  const found = await runningServer(place)
  const server = found ?? await start(place, native, settings)
  log(`embedded Postgres ${found === null ? 'started' : 'already runs'} in ${place.home} (process ${server.pid})`)
  const admin = urlOf(server.socketDir, 'postgres')
  if ((await ask(admin, `select from pg_database where datname = '${DATABASE}'`)).length === 0) await ask(admin, `create database ${DATABASE}`)
  return { server, place, holder: addHolder(dataDir) }
}

async function start(place: Place, native: string, settings: Readonly<Record<string, string>>): Promise<Server> {
  const programs = await usableBinaries(native, place.programs, place.runAs)
  await makeCluster(place, programs, settings['fsync'] !== 'off')
  return startServer(place, programs, settings)
}
