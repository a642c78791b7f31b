import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import { models } from '#models'
import proofs from '../../providers/proofs.json' with { type: 'json' }
import { accountPlatformRoutes } from '../accounts/platform-routes.ts'
import { accountRoutes, type AccountRouteDeps } from '../accounts/routes.ts'
import { buildApp } from '../api/app.ts'
import type { Proofs } from '../api/coverage.ts'
import { auditRoutes } from '../audit/routes.ts'
import { migrated } from '../db/migrate.ts'
import { driftRoutes } from '../drift/routes.ts'
import { downloadRoutes } from '../files/routes.ts'
import { openOnce } from '../idempotency/once.ts'
import { issueRoutes } from '../issues/routes.ts'
import { logPages } from '../logs/page.ts'
import { logRoutes } from '../logs/routes.ts'
import { keyRoutes } from '../organizations/routes.ts'
import { passthroughRoutes } from '../passthrough/routes.ts'
import { deletionRoutes } from '../sync/deletion-routes.ts'
import { quarantineRoutes } from '../sync/quarantine-routes.ts'
import { scopeRoutes } from '../sync/scope-routes.ts'
import { syncControlRoutes } from '../sync/control-routes.ts'
import { syncRoutes } from '../sync/routes.ts'
import { syncSettingRoutes } from '../sync/setting-routes.ts'
import type { House } from './house.ts'

/** What each room adds to the API: the one list of them. */
export function roomRoutes({ config, database, vault, door, logs, providers, scheduler, sync, cursorKeys }: Pick<House, 'config' | 'database' | 'vault' | 'door' | 'logs' | 'providers' | 'scheduler' | 'sync' | 'cursorKeys'>): FastifyPluginAsync[] {
  const accounts: AccountRouteDeps = { database, vault, door, logs, providers, cursorKeys, onWork: () => scheduler.wake() }
  return [
    accountRoutes(accounts), accountPlatformRoutes(accounts), keyRoutes({ database }), auditRoutes({ database, cursorKeys }), issueRoutes({ database, cursorKeys, providers }), driftRoutes({ database, cursorKeys }),
    syncRoutes({ database, scheduler, providers }), syncControlRoutes({ database, scheduler, providers, cursorKeys, usualSeconds: () => sync.syncIntervalSeconds }), syncSettingRoutes({ database }), scopeRoutes({ database, scheduler }), passthroughRoutes({ database, door, logs, once: openOnce({ database, vault }), account: (organizationId, id) => sync.account(organizationId, id) }),
    downloadRoutes({ database, door, logs, account: (organizationId, id) => sync.account(organizationId, id), config }),
    deletionRoutes({ database, cursorKeys, onChanges: (owner) => sync.onChanges?.(owner) }), quarantineRoutes({ database, cursorKeys, sync }), logRoutes({ database, vault, cursorKeys }),
  ]
}

/** The API with the routes of every room. */
export function buildHouseApp(house: House): Promise<FastifyInstance> {
  const { access, config, database, vault, providers, cursorKeys, log, sync } = house
  return buildApp({
    database, config, cursorKeys, models, providers: [...providers.values()], proofs: proofs as unknown as Proofs, logger: log,
    ready: () => migrated(database.system),
    onChanges: sync.onChanges,
    routes: [...roomRoutes(house), logPages({ database, vault, access })],
  })
}
