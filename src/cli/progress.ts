import type { Category } from '#models'
import type { Database } from '../db/client.ts'
import { syncStatuses, type SyncStatus } from '../sync/status.ts'

export interface Followed { readonly id: string; readonly organizationId: string; readonly category: Category }

/** One line that says how far the first sync of these accounts is, until each model has been read once or has failed. `stopped` ends it early: null. */
export async function followFirstSync(database: Database, accounts: readonly Followed[], stopped: Promise<unknown>): Promise<readonly SyncStatus[] | null> {
  const asked = stopped.then(() => true)
  for (;;) {
    const statuses = (await Promise.all(accounts.map(({ organizationId, id, category }) => syncStatuses(database, organizationId, id, category)))).flat()
    const isOver = statuses.every(({ is_initial_sync: initial, status }) => !initial || status === 'FAILED')
    const line = `Syncing: ${statuses.map(({ model_name: name, is_initial_sync: initial, status, records }) => `${name} ${status === 'FAILED' ? '✗' : initial ? `${records?.read ?? 0}…` : '✓'}`).join('  ')}`
    if (process.stdout.isTTY) process.stdout.write(`\r\u001b[K${line.slice(0, (process.stdout.columns ?? 80) - 1)}${isOver ? '\n' : ''}`)
    else console.log(line)
    if (isOver) return statuses
    if (await Promise.race([asked, new Promise<false>((resolve) => { setTimeout(() => { resolve(false) }, process.stdout.isTTY ? 150 : 1000) })])) return null
  }
}
