import type { FastifyInstance } from 'fastify'
import { models } from '#models'
import { accountRoutes } from '../accounts/routes.ts'
import { buildApp } from '../api/app.ts'
import { migrated } from '../db/migrate.ts'
import { logPages } from '../logs/page.ts'
import { logRoutes } from '../logs/routes.ts'
import { syncRoutes } from '../sync/routes.ts'
import type { House } from './house.ts'

/** The API with the routes of every room. */
export function buildHouseApp(house: House): Promise<FastifyInstance> {
  const { access, config, database, vault, door, logs, providers, scheduler, cursorKeys, log } = house
  return buildApp({
    database, config, cursorKeys, models, providers: [...providers.values()], logger: log,
    ready: () => migrated(database.system),
    routes: [
      accountRoutes({ database, vault, door, logs, providers, cursorKeys, onWork: (id) => scheduler.wake(id) }),
      syncRoutes({ database, scheduler }),
      logRoutes({ database, vault, cursorKeys }),
      logPages({ database, vault, access }),
    ],
  })
}
