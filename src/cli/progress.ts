import type { Category } from '#models'
import type { Database } from '../db/client.ts'
import { syncStatuses, type SyncStatus } from '../sync/status.ts'

export interface Followed { readonly id: string; readonly organizationId: string; readonly category: Category; /** Whose line it is. */ readonly name: string }

/** One line that says how far the first sync of these accounts is, until each model has been read once or has failed. `stopped` ends it early: null. */
export async function followFirstSync(database: Database, accounts: readonly Followed[], stopped: Promise<unknown>): Promise<readonly (SyncStatus & Pick<Followed, 'name'>)[] | null> {
  const asked = stopped.then(() => true)
  for (;;) {
    const found = await Promise.all(accounts.map(async ({ organizationId, id, category, name }) => ({ name, statuses: await syncStatuses(database, { organizationId, linkedAccountId: id, category, inParts: new Set() }) })))
    const isDone = ({ is_initial_sync: initial, status }: SyncStatus): boolean => !initial || status === 'FAILED'
    const isOver = found.every(({ statuses }) => statuses.every(isDone))
    const line = `Syncing: ${found.map(({ name, statuses }) => `${name} ${statuses.filter(isDone).length} of ${statuses.length} models, ${statuses.reduce((sum, { records }) => sum + (records?.read ?? 0), 0)} records`).join('; ')}`
    if (process.stdout.isTTY) process.stdout.write(`\r\u001b[K${line.slice(0, (process.stdout.columns ?? 80) - 1)}${isOver ? '\n' : ''}`)
    else console.log(line)
    if (isOver) return found.flatMap(({ name, statuses }) => statuses.map((status) => ({ ...status, name })))
    if (await Promise.race([asked, new Promise<false>((resolve) => { setTimeout(() => { resolve(false) }, process.stdout.isTTY ? 150 : 1000) })])) return null
  }
}
