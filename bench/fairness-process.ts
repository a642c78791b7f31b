/** One process of the product, API or worker, for the vendor of the benchmark. */
import { openHouse } from '../src/cli/house.ts'
import { startRoles, type Roles } from '../src/cli/processes.ts'
import { readConfig } from '../src/config.ts'
import { invented } from '../test/support/invented-vendor.ts'

export interface ProcessOrder { readonly roles: Roles; readonly vendor: string; readonly env: Readonly<Record<string, string>> }

const { roles, vendor, env } = JSON.parse(process.argv[2]!) as ProcessOrder
// What the vendor allows is not what is measured.
const provider = { ...invented, baseUrl: () => vendor, whoami: { ...invented.whoami, ask: 'at_link' as const }, limits: { concurrency: 8, requests: { count: 1_000_000, perSeconds: 1 } } }
const house = await openHouse(readConfig(env), undefined, undefined, [provider])
const running = await startRoles(house, roles)
process.on('disconnect', () => { void running.stop().then(() => house.close()).then(() => process.exit(0)) })
process.send!({ origin: running.origin })
