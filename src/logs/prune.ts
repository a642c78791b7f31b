import type { Database } from '../db/client.ts'

const DAYS_AHEAD = 8
const DAY_MS = 86_400_000
const LOCK_TIMEOUT = '55P03'
const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10)

/** Makes the partitions of the coming days and drops those that are older than the logs are kept. Safe to run at any time, by several at once. */
export async function pruneLogs({ system }: Database, { retentionDays, now = Date.now() }: { readonly retentionDays: number; readonly now?: number }): Promise<{ readonly dropped: number }> {
  await system.query('select ensure_log_partitions($1::date, $2)', [dayOf(now), DAYS_AHEAD])
  try {
    const { rows: [row] } = await system.query<{ dropped: number }>('select drop_log_partitions($1::date) as dropped', [dayOf(now - retentionDays * DAY_MS)])
    return { dropped: row?.dropped ?? 0 }
  } catch (error) {
    // Somebody reads a partition that is to go. The next run drops it.
    if ((error as { code?: string }).code === LOCK_TIMEOUT) return { dropped: 0 }
    throw error
  }
}
