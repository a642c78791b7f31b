import { randomBytes } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import type { AnyProvider } from '#kit'
import { providers } from '#providers'
import { openHouse, type House } from '#src/cli/house'
import { startRoles, type Running } from '#src/cli/processes'
import { readConfig } from '#src/config'
import { createApiKey } from '#src/organizations/keys'
import { boxed } from '#src/sandbox/boxed'
import { startSandbox, type Sandbox } from '#src/sandbox/start'
import { testDatabase } from './db.ts'
import { apiOf, type Api } from './intermodal.ts'

/** The whole product in this process: real Postgres, real HTTP on both sides, a vendor in a box. */
export interface Product {
  readonly house: House
  readonly app: FastifyInstance
  readonly origin: string
  readonly api: Api
  readonly apiKey: string
  readonly url: string
  readonly vendor: Sandbox<unknown>
  /** What the process's own log printed. */
  readonly printed: string[]
  readonly link: (changes?: Record<string, unknown>) => ReturnType<Api['ask']>
  /** Links and gives the account token. */
  readonly linked: (originId: string) => Promise<string>
  readonly close: () => Promise<void>
}

export async function product({ provider = providers.find(({ slug }) => slug === 'redmine')!, size = 60, env = {} }: { provider?: AnyProvider; size?: number; env?: Record<string, string> } = {}): Promise<Product> {
  const { slug } = provider
  const vendor: Sandbox<unknown> = await startSandbox({ vendor: await provider.sandbox(), size })
  const test = await testDatabase()
  const printed: string[] = []
  const log = pino({ level: 'debug' }, { write: (line: string) => { printed.push(line) } })
  const config = readConfig({ DATABASE_URL: test.url, PORT: '0', INTERMODAL_ENCRYPTION_KEY: randomBytes(32).toString('base64'), INTERMODAL_ALLOW_PRIVATE_HOSTS: `${slug}=127.0.0.1:${vendor.port}`, INTERMODAL_LEASE_SECONDS: '2', ...env })
  const house = await openHouse(config, log, new Map(), [boxed(provider, vendor)])
  const running: Running = await startRoles(house, { api: true, worker: true })
  const { apiKey } = await createApiKey(house.database, { organizationName: 'Test', name: 'test' })
  const api = apiOf(running.origin!, apiKey)
  const link: Product['link'] = (changes = {}) => api.ask('POST', '/api/v1/linked-accounts', { body: {
    integration: slug, category: provider.categories[0], end_user_origin_id: 'customer-1', end_user_organization_name: 'Customer', end_user_email_address: 'c@example.test', ...vendor.link, ...changes,
  } })
  return {
    house, app: running.app!, origin: running.origin!, api, apiKey, url: test.url, vendor, printed, link,
    async linked(originId) {
      const { status, body } = await link({ end_user_origin_id: originId })
      if (status !== 201) throw new Error(JSON.stringify(body))
      return body['account_token'] as string
    },
    async close() {
      await running.stop()
      await house.close()
      await vendor.close()
      await test.drop()
    },
  }
}
