import { setImmediate as turn } from 'node:timers/promises'

/** A clock that stands still while anything is under way, and then moves to whoever sleeps least: answers take no time, so that only limits slow a sender down. */
export interface StillClock {
  readonly now: () => number
  readonly sleep: (ms: number) => Promise<void>
  /** Around everything that takes time in earnest. */
  readonly busy: <T>(work: () => Promise<T>) => Promise<T>
  /** Moves the clock until the work is done. */
  readonly until: <T>(work: Promise<T>) => Promise<T>
}

/** Turns of the loop without anything under way: what is on its way to the socket has left by then. */
const SETTLED = 10

export function stillClock(): StillClock {
  let at = Date.now()
  let underWay = 0
  const sleepers: { readonly until: number; readonly wake: () => void }[] = []
  return {
    now: () => at,
    sleep: (ms) => new Promise((wake) => { sleepers.push({ until: at + ms, wake }) }),
    async busy(work) {
      underWay += 1
      try { return await work() } finally { underWay -= 1 }
    },
    async until(work) {
      const state = { done: false }
      const finished = work.finally(() => { state.done = true })
      // Whoever awaits it hears of its failure.
      finished.catch(() => undefined)
      for (let quiet = 0; !state.done; quiet = underWay > 0 ? 0 : quiet + 1) {
        await turn()
        if (quiet < SETTLED || sleepers.length === 0) continue
        const next = sleepers.reduce((one, other) => (other.until < one.until ? other : one))
        sleepers.splice(sleepers.indexOf(next), 1)
        at = Math.max(at, next.until)
        next.wake()
        quiet = 0
      }
      return finished
    },
  }
}
