import { setImmediate as turn } from 'node:timers/promises'

/** Whoever works through many rows lets others have the thread in between: requests that wait, heartbeats, the answers of Postgres. */
export interface Breath {
  /** Asked after each row; cheap. */
  readonly isDue: () => boolean
  readonly take: () => Promise<void>
}

const LONGEST_MS = 10

export function createBreath(): Breath {
  let since = performance.now()
  return {
    isDue: () => performance.now() - since > LONGEST_MS,
    async take() {
      await turn()
      since = performance.now()
    },
  }
}
