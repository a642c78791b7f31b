import { constants, setPriority } from 'node:os'
import type { FastifyInstance } from 'fastify'
import { startWorker, type Worker } from '../sync/worker.ts'
import { buildHouseApp } from './app.ts'
import { openHouse, turnsOf, type House } from './house.ts'
import { untilStopped } from './stop.ts'

export interface Roles { readonly api: boolean; readonly worker: boolean }
export interface Running { readonly app: FastifyInstance | null; readonly origin: string | null; readonly stop: () => Promise<void> }

/** Start what the command asks for in a house that is open. */
export async function startRoles(house: House, roles: Roles): Promise<Running> {
  const { config, log } = house
  // On a machine that they share, whoever answers callers goes before whoever reads vendors.
  if (!roles.api) setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
  let worker: Worker | null = null
  let app: FastifyInstance | null = null
  let origin: string | null = null
  const stop = async (): Promise<void> => {
    // Side by side: each may take as long as it is given, not one after the other.
    await Promise.all([app?.close(), worker?.stop()])
  }
  try {
    if (roles.api) {
      app = await buildHouseApp(house)
      origin = await app.listen({ host: config.host, port: config.port })
      for (const address of app.addresses()) if (typeof address === 'object') house.listeners.add(address.port)
    }
    if (roles.worker) worker = await startWorker({ deps: house.sync, keepAlive: house.keepAlive, scheduler: house.scheduler, concurrency: config.concurrency, caps: turnsOf(config).caps, retention: { logs: config.logRetentionDays, changes: config.changeRetentionDays, history: config.historyRetentionDays }, log })
    return { app, origin, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** `serve`, `work`, `all`: until a signal says stop; then nothing new is begun and what was begun is finished or left at its checkpoint. */
export async function start(roles: Roles): Promise<number> {
  const house = await openHouse()
  const { log } = house
  let running: Running | null = null
  try {
    running = await startRoles(house, roles)
    log.info({ api: running.origin ?? 'no', worker: roles.worker ? 'yes' : 'no' }, 'intermodal is up')
    if (running.origin !== null) console.log(`API reference ${running.origin}/docs\nLog page      ${await house.access.issueLink(running.origin)} (once, from this machine; \`intermodal logs\` prints another)`)
    const signal = await untilStopped()
    log.info({ signal }, 'stopping')
  } finally {
    await running?.stop()
    await house.close()
  }
  return 0
}
