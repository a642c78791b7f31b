/** Links the accounts of a run, by the code that the API and `intermodal link` go through, and tells of them. */
import { randomUUID } from 'node:crypto'
import { linkAccount } from '#src/accounts/link'
import { openHouse, processLog } from '#src/cli/house'
import { readConfig } from '#src/config'
import { createApiKey } from '#src/organizations/keys'
import { APP, hostile } from './provider.ts'
import type { Pair } from './tokens.ts'

/** `pair`: what the vendor gave when somebody consented; null: it is entered with a key. */
export interface LinkWish { readonly name: string; readonly organizationName: string; readonly baseUrl: string; readonly pair: Pair | null }
export interface LinkedAccount { readonly name: string; readonly id: string; readonly token: string; readonly apiKey: string }

const wishes = JSON.parse(process.argv[2] ?? '[]') as LinkWish[]
const config = readConfig()
const house = await openHouse(config, processLog(config.logLevel), new Map(), [hostile])
const linked: LinkedAccount[] = []
for (const { name, organizationName, baseUrl, pair } of wishes) {
  const { apiKey, organizationId } = await createApiKey(house.database, { organizationName, name })
  const requestId = randomUUID()
  const { id, accountToken: token } = await linkAccount(house, { organizationId, requestId, traceId: requestId, actor: null }, {
    integration: hostile.slug, category: 'ticketing', endUserOriginId: name, endUserOrganizationName: name, endUserEmailAddress: `${name}@example.test`, setup: { base_url: baseUrl },
    ...(pair === null ? { credentials: { key: name } } : { tokens: { ...pair, scopes: ['read'], client: APP, answer: {} } }),
  })
  linked.push({ name, id, token, apiKey })
}
await house.close()
process.send?.({ linked })
process.disconnect?.()
