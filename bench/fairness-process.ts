/** One process of the product, API or worker, for the vendor of the benchmark. */
import type { Allowance } from '#kit'
import { openHouse } from '../src/cli/house.ts'
import { startRoles, type Roles } from '../src/cli/processes.ts'
import { readConfig } from '../src/config.ts'
import { invented } from '../test/support/invented-vendor.ts'

export interface ProcessOrder { readonly roles: Roles; readonly vendor: string; readonly allowance: Allowance; readonly env: Readonly<Record<string, string>> }

const { roles, vendor, allowance, env } = JSON.parse(process.argv[2]!) as ProcessOrder
const provider = { ...invented, baseUrl: () => vendor, whoami: { ...invented.whoami, ask: 'at_link' as const }, limits: { concurrency: 8, requests: allowance } }
const house = await openHouse(readConfig(env), undefined, undefined, [provider])
const running = await startRoles(house, roles)
process.on('disconnect', () => { void running.stop().then(() => house.close()).then(() => process.exit(0)) })
process.send!({ origin: running.origin })
