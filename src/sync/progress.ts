/** How far a run has come, as far as that is known. */
export interface Progress {
  readonly read: number
  readonly total: number | null
  /** Where the total is from; null: there is none. */
  readonly total_from: 'vendor' | 'last_full_read' | null
  /** From 0 to 1. */
  readonly share: number | null
  /** When it should end; null where nobody can know. */
  readonly estimated_end: string | null
}

export interface Walked {
  /** Everything is read, not only what changed. */
  readonly complete: boolean
  readonly read: number
  /** Items of the vendor's list, and how many it says there are. */
  readonly seen: number
  readonly declared: number | null
  readonly rowsOfLastFull: number | null
  readonly pages: number
  readonly beganAt: string
  readonly lastPageAt: string | null
  /** When the run goes on, where it waits; null: not by itself. */
  readonly goesOnAt: string | null
  readonly now: string
}

/** Fewer pages than this say nothing about the next ones. */
const FEWEST_PAGES = 2
/** A run that has brought no page for so long stands still, and its pace of before is no promise. */
const STANDS_STILL_MS = 10 * 60_000

/** The vendor's own count goes first, then what the last complete read found. Who has neither, has passed it, or stands still, has no estimate. */
export function progressOf({ complete, read, seen, declared, rowsOfLastFull, pages, beganAt, lastPageAt, goesOnAt, now }: Walked): Progress {
  const known = declared !== null && declared >= seen ? { total: declared, done: seen, from: 'vendor' as const }
    : complete && rowsOfLastFull !== null && rowsOfLastFull >= read ? { total: rowsOfLastFull, done: read, from: 'last_full_read' as const } : null
  if (known === null) return { read, total: null, total_from: null, share: null, estimated_end: null }
  const share = known.total === 0 ? null : known.done / known.total
  return { read, total: known.total, total_from: known.from, share, estimated_end: endOf() }

  function endOf(): string | null {
    if (share === null || share === 0 || pages < FEWEST_PAGES || lastPageAt === null || goesOnAt === null) return null
    const [began, last, present, goesOn] = [beganAt, lastPageAt, now, goesOnAt].map((at) => Date.parse(at)) as [number, number, number, number]
    if (present - last > STANDS_STILL_MS && goesOn <= present) return null
    // All that the run has waited counts: it will wait again.
    return new Date(Math.max(present, goesOn) + (last - began) / share * (1 - share)).toISOString()
  }
}
