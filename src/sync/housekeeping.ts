import { eraseLatecomers } from '../accounts/delete.ts'
import { pruneChanges } from '../changes/prune.ts'
import type { Database } from '../db/client.ts'
import { forgetKeys } from '../idempotency/once.ts'
import { pruneLogs } from '../logs/prune.ts'
import { pruneTombstones } from '../records/forget.ts'
import { pruneSuperseded } from '../records/superseded.ts'
import { forgetCells } from '../upstream/cells.ts'
import { pruneRuns } from './prune-runs.ts'

/** How long things are kept, in days. */
export interface Retention { readonly logs: number; readonly changes: number; readonly history: number }

/** What one kind of things may take at a time. Whatever is left then is for the next hour; no kind waits for another that has more to do than that. */
const TURN_MS = 120_000

/** Everything that has been kept for long enough goes. Safe at any time and by several at once, and done again from where it stopped. */
export async function keepHouse(database: Database, retention: Retention, stopping: AbortSignal, onTrouble: (what: string, error: unknown) => void): Promise<void> {
  // An erasure finds the logs that showed a record by the pages of runs: those stay as long as the logs.
  const historyDays = Math.max(retention.history, retention.logs)
  const turns: Readonly<Record<string, (signal: AbortSignal) => Promise<unknown>>> = {
    logs: () => pruneLogs(database, { retentionDays: retention.logs }),
    changes: (signal) => pruneChanges(database, { retentionDays: retention.changes, signal }),
    runs: (signal) => pruneRuns(database, { retentionDays: historyDays, signal }),
    'superseded payloads': (signal) => pruneSuperseded(database, { retentionDays: historyDays, signal }),
    tombstones: (signal) => pruneTombstones(database, signal),
    'idempotency keys': (signal) => forgetKeys(database, { signal }),
    'upstream cells': (signal) => forgetCells(database, { signal }),
    'what came behind a deleted account': () => eraseLatecomers(database),
  }
  for (const [what, turn] of Object.entries(turns)) {
    if (stopping.aborted) return
    try {
      await turn(AbortSignal.any([stopping, AbortSignal.timeout(TURN_MS)]))
    } catch (error) {
      onTrouble(what, error)
    }
  }
}
