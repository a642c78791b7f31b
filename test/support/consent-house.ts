/** What one process has of its own, for an account that was linked by consent. */
import type { AnyProvider } from '#kit'
import { accountLoader } from '#src/accounts/account'
import { openDatabase } from '#src/db/client'
import { localKms, openVault } from '#src/db/seal'
import { parseAllowed } from '#src/egress/allowed-hosts'
import { openEgress } from '#src/egress/exchange'
import type { LogEntry } from '#src/logs/entry'
import { openBudget } from '#src/upstream/budget'
import { createDoor } from '#src/upstream/client'
import { openKeeper } from '#src/upstream/keeper'

export interface Place { readonly url: string; readonly key: string; readonly port: number; readonly organizationId: string; readonly linkedAccountId: string }

export function openHouseOf({ url, key, port }: Pick<Place, 'url' | 'key' | 'port'>, provider: AnyProvider, log: (entry: LogEntry) => void = () => undefined) {
  const database = openDatabase({ url, poolSize: 3 })
  const vault = openVault(database.system, localKms([Buffer.from(key, 'base64')]))
  const keeper = openKeeper({ database, vault })
  const egress = openEgress({ allowed: parseAllowed(`${provider.slug}=127.0.0.1:${port}`) })
  const door = createDoor({ egress, budget: openBudget({ database }), log })
  const providers = new Map([[provider.slug, provider]])
  const account = accountLoader({ database, vault, keeper, providers })
  return {
    database, vault, keeper, door, account, providers,
    /** One request in the account's name, as a run would send it. */
    async ask({ organizationId, linkedAccountId }: Pick<Place, 'organizationId' | 'linkedAccountId'>) {
      const work = await account(organizationId, linkedAccountId)
      return door.open(work!, { traceId: linkedAccountId, retries: false })({ method: 'GET', path: '/me' })
    },
    async close() { await egress.close(); await keeper.close(); await database.close() },
  }
}
export type HouseOf = ReturnType<typeof openHouseOf>
