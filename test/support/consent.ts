/** An account that was linked by consent, in a real database, with the real engine, door and vendor; and other processes beside it. */
import { randomBytes } from 'node:crypto'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { AnyProvider } from '#kit'
import { sealEntry } from '#src/accounts/entry'
import type { Vault } from '#src/db/seal'
import type { LogEntry } from '#src/logs/entry'
import { tokenScope, type StoredTokens } from '#src/upstream/tokens'
import { openHouseOf, type HouseOf, type Place } from './consent-house.ts'
import { APP, startConsentVendor, type ConsentVendor } from './consent-vendor.ts'
import { testDatabase, type TestDatabase } from './db.ts'
import { inventedEngine, type Engine } from './engine.ts'

export interface ConsentWorld {
  readonly db: TestDatabase
  readonly vendor: ConsentVendor
  readonly vault: Vault
  readonly engine: Engine
  readonly house: HouseOf
  readonly place: Place
  readonly logs: LogEntry[]
  /** Another process in all but name. */
  readonly another: (provider?: AnyProvider) => HouseOf
  /** Another process. */
  readonly start: () => Promise<Other>
  readonly store: (pair?: ConsentVendor['pair'], lifeSeconds?: number) => Promise<void>
  readonly stored: () => Promise<StoredTokens>
  /** Changes what the database knows of the tokens: `expires_at = now()`. */
  readonly set: (assignments: string) => Promise<void>
  readonly row: <R extends Record<string, unknown>>(columns: string) => Promise<R>
  readonly pending: () => Promise<number>
  readonly relinkStatus: () => Promise<{ status: string; status_detail: string | null }>
  readonly close: () => Promise<void>
}

export async function consentWorld(): Promise<ConsentWorld> {
  const db = await testDatabase({ poolSize: 8 })
  const vendor = await startConsentVendor()
  const key = randomBytes(32).toString('base64')
  const logs: LogEntry[] = []
  const house = openHouseOf({ url: db.url, key, port: vendor.port }, vendor.provider, (entry) => logs.push(entry))
  const engine = await inventedEngine(db.database, vendor.server, { door: house.door, account: house.account, providers: house.providers })
  const { organizationId, linkedAccountId } = engine.key
  const place: Place = { url: db.url, key, port: vendor.port, organizationId, linkedAccountId }
  const houses: HouseOf[] = [house]
  const others: Other[] = []
  const query = async <R extends Record<string, unknown>>(text: string): Promise<R[]> => db.database.tenantQuery<R>(organizationId, { text, values: [linkedAccountId] })
  const world: ConsentWorld = {
    db, vendor, engine, house, place, logs, vault: house.vault,
    another(provider = vendor.provider) {
      const one = openHouseOf(place, provider)
      houses.push(one)
      return one
    },
    async start() {
      const other = await startOther(place)
      others.push(other)
      return other
    },
    async store(pair = vendor.pair, lifeSeconds = vendor.lifeSeconds) {
      const store = await sealEntry(house.vault, { organizationId, id: linkedAccountId, provider: vendor.provider }, { tokens: { ...pair, scopes: ['read'], client: APP, lifeSeconds, answer: {} } })
      await db.database.tenant(organizationId, store)
    },
    async stored() {
      const [row] = await query<{ sealed: Buffer }>('select sealed from credentials where linked_account_id = $1')
      return JSON.parse((await house.vault.open(tokenScope(organizationId, linkedAccountId), row!.sealed)).toString()) as StoredTokens
    },
    async set(assignments) { await query(`update credentials set ${assignments} where linked_account_id = $1`) },
    row: async <R extends Record<string, unknown>>(columns: string) => (await query<R>(`select ${columns} from credentials where linked_account_id = $1`))[0]!,
    pending: async () => (await query('select 1 from token_refreshes where linked_account_id = $1')).length,
    relinkStatus: async () => (await query<{ status: string; status_detail: string | null }>('select status, status_detail from linked_accounts where id = $1'))[0]!,
    async close() {
      await Promise.all(others.map((other) => other.kill()))
      for (const one of houses) await one.close()
      await vendor.close()
      await db.drop()
    },
  }
  await world.store()
  return world
}

export interface Other {
  readonly child: ChildProcess
  /** One request; the code of the fault that it ended in, or the status. */
  readonly ask: () => Promise<string>
  readonly kill: () => Promise<void>
}

async function startOther(place: Place): Promise<Other> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('./consent-process.ts', import.meta.url)), JSON.stringify(place)], { stdio: ['pipe', 'pipe', 'inherit'] })
  const waiting: ((line: string) => void)[] = []
  createInterface({ input: child.stdout }).on('line', (line) => { waiting.shift()?.(line) })
  const ended = once(child, 'exit')
  void ended.then(() => { for (const tell of waiting.splice(0)) tell('dead') })
  const said = (): Promise<string> => new Promise((resolve) => { waiting.push(resolve) })
  const ready = said()
  child.stdin.on('error', () => undefined)
  await ready
  return {
    child,
    ask: () => { const answer = said(); child.stdin.write('ask\n'); return answer },
    kill: async () => { if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL'); await ended },
  }
}
