import type { Database } from '../db/client.ts'
import { deleteOld, type Bounds } from '../db/prune.ts'
import { Fault } from '../errors.ts'

/** Small states that all processes share, each changed as a whole or not at all. */
export interface Cells {
  /** The clock that everybody who shares them goes by, in milliseconds. */
  readonly now: () => number
  /** Changes a cell. `step` is pure: it runs again when another process was faster. The same state means that nothing is written. */
  readonly change: <S, R>(key: string, step: Step<S, R>) => Promise<R>
}
export type Step<S, R> = (state: S | null, now: number) => { readonly state: S | null; readonly result: R }

interface Cell { readonly state: unknown; readonly version: number }
interface Answered extends Record<string, unknown> { readonly clock: number }

const REMEMBERED = 10_000
const CLOCK = '(extract(epoch from clock_timestamp()) * 1000)::float8 as clock'
const READ = { name: 'cell_read', text: `select ${CLOCK}, c.state, c.version from (select 1) one left join upstream_cells c on c.key = $1` }
const MAKE = { name: 'cell_make', text: `insert into upstream_cells (key, state, version) values ($1, $2, 1) on conflict do nothing returning ${CLOCK}` }
/** What a crash loses of these is over before Postgres is back, so nobody waits for the disk. */
const MOVE = {
  name: 'cell_move', text: `with quick as materialized (select set_config('synchronous_commit', 'off', true) as it)
    update upstream_cells c set state = $2, version = c.version + 1, changed_at = clock_timestamp() from quick where quick.it = 'off' and c.key = $1 and c.version = $3 returning ${CLOCK}`,
}

/** In Postgres, by compare and set: one message each way while nobody else is at the same cell. */
export function sharedCells({ system }: Database, given?: () => number): Cells {
  const known = new Map<string, Cell>()
  const lines = new Map<string, Promise<unknown>>()
  const clock = databaseClock(given)

  async function ask<R extends Answered>(query: { readonly name: string; readonly text: string }, values: unknown[]): Promise<R | undefined> {
    const sent = performance.now()
    try {
      const { rows: [row] } = await system.query<R>({ ...query, values })
      if (row !== undefined) clock.heard(row.clock, sent)
      return row
    } catch (cause) {
      throw new Fault('storage.unavailable', {}, cause)
    }
  }

  async function change<S, R>(key: string, step: Step<S, R>): Promise<R> {
    for (;;) {
      const remembered = known.get(key)
      let cell = remembered
      if (cell === undefined) {
        const row = await ask<Answered & { state: unknown; version: number | null }>(READ, [key])
        cell = { state: row?.state ?? null, version: row?.version ?? 0 }
      }
      const { state, result } = step(cell.state as S | null, clock.now())
      if (state !== cell.state) {
        const written = cell.version === 0 ? await ask(MAKE, [key, state]) : await ask(MOVE, [key, state, cell.version])
        if (known.size >= REMEMBERED) known.clear()
        if (written === undefined) known.delete(key)
        else known.set(key, { state, version: cell.version + 1 })
        if (written !== undefined) return result
      } else if (remembered === undefined) {
        known.set(key, cell)
        return result
      } else known.delete(key) // What we remember may be old: whoever changes nothing has to have seen what is there.
    }
  }

  return {
    now: clock.now,
    change(key, step) {
      // One after another within the process: it need not race against itself.
      const turn = (lines.get(key) ?? Promise.resolve()).then(() => change(key, step))
      const over = turn.then(() => undefined, () => undefined).then(() => { if (lines.get(key) === over) lines.delete(key) })
      lines.set(key, over)
      return turn
    },
  }
}

/** Cells of this process alone. */
export function localCells(now: () => number): Cells {
  const states = new Map<string, unknown>()
  return {
    now,
    async change<S, R>(key: string, step: Step<S, R>) {
      const { state, result } = step((states.get(key) ?? null) as S | null, now())
      states.set(key, state)
      return result
    },
  }
}

/** The database's clock, as far as its answers tell: what came back fastest tells it best, for a while. It does not jump when this machine's does. */
function databaseClock(given: (() => number) | undefined) {
  let best = { offset: 0, errorMs: Infinity, at: 0 }
  return {
    now: given ?? (() => performance.now() + best.offset),
    heard(clock: number, sent: number): void {
      const at = performance.now()
      const errorMs = (at - sent) / 2
      // Two clocks drift apart by less than a tenth of a millisecond in a second.
      if (errorMs <= best.errorMs + (at - best.at) / 10_000) best = { offset: clock - (sent + errorMs), errorMs, at }
    },
  }
}

/** Those that nobody asked for in two days: no vendor counts longer than a day. */
export const forgetCells = (database: Pick<Database, 'system'>, bounds?: Bounds): Promise<number> => deleteOld(database, 'upstream_cells', `changed_at < now() - interval '2 days'`, [], bounds)
