/** The real app over a real database, called without a socket. */
import pino from 'pino'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import { models } from '#models'
import { buildApp, type AppDeps } from '#src/api/app'
import type { Database } from '#src/db/client'
import { cursorKey } from '#src/db/keyset'

export const cursorKeys = [cursorKey(Buffer.alloc(32, 7))]

export interface TestApi { readonly app: FastifyInstance; readonly logLines: string[] }

export async function testApi(database: Database, options: Partial<AppDeps> & { routes?: readonly FastifyPluginAsync[] } = {}): Promise<TestApi> {
  const logLines: string[] = []
  const logger = pino({ level: 'info' }, { write: (line: string) => { logLines.push(line) } })
  const app = await buildApp({ database, config: { trustProxy: [] }, cursorKeys, providers: [], models, logger, ready: async () => true, ...options })
  return { app, logLines }
}

export const asCaller = (apiKey: string, accountToken?: string): Record<string, string> =>
  ({ authorization: `Bearer ${apiKey}`, ...(accountToken !== undefined && { 'x-account-token': accountToken }) })
