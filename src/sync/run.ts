/** The life of one sync run, and where it stands in the vendor's list. */
import type { Trail } from './circles.ts'

/** `full`: everything, because somebody asked. `reconcile`: everything, from time to time, to find what no report of changes told. `remap` reads our raw payloads, the others the vendor. */
export type RunKind = 'initial' | 'incremental' | 'full' | 'reconcile' | 'remap'
export type RunState = 'running' | 'succeeded' | 'failed' | 'cancelled'

/** Where a run goes on after its last committed page. Names a place, never a secret. */
export interface Checkpoint {
  /** Pages committed so far; also the number of the next page. */
  readonly page: number
  /** The next place in the list; null: the last page is committed, and only the end of the run is missing. */
  readonly place: Place | null
  /** Items of the list seen so far, over all segments, and how many the vendor said there are when each segment began. */
  readonly seen: number
  readonly total: number | null
  /** The newest `changedAt` seen. */
  readonly newest: string | null
  /** The vendor's clock when the run began: nothing later may become the watermark. */
  readonly vendorClock: string
  /** Against lists that go in circles: by place and by content. */
  readonly visited: Trail
  /** The numbers of the pages at which passes over the list began, where it was walked more than once. */
  readonly passes?: readonly number[]
  /** The passes never agreed: what none of them showed may be there all the same. */
  readonly unsettled?: true
  /** Items that had changed before what was asked for. */
  readonly stale?: number
}

export interface Place {
  readonly segment: number
  readonly query: Readonly<Record<string, string | number | boolean>>
  /** The vendor's own URL of the next page, where it gives one. */
  readonly url?: string
  /** Items seen in this segment. */
  readonly seen: number
  /** Set where the list of what is gone is read, behind the list itself. */
  readonly part?: 'deletions'
  /** A short name of the list of segments, where that came from the vendor: numbers count in that list only. */
  readonly mark?: string
}

/** Counts of one page, and sums over a run. */
export interface Counts {
  readonly rowsRead: number
  readonly created: number
  readonly updated: number
  readonly unchanged: number
  readonly deleted: number
  readonly quarantined: number
  readonly fieldIssues: number
}
