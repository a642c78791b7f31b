/** Keeps one account within what may be under way at once. In this process. */
export interface Places {
  /** Waits for a place; the function gives it back, once. */
  readonly enter: (key: string, most: number, signal?: AbortSignal) => Promise<() => void>
  readonly taken: (key: string) => number
}

interface Lane { active: number; readonly waiting: (() => void)[] }

export function createPlaces(): Places {
  const lanes = new Map<string, Lane>()
  return {
    taken: (key) => lanes.get(key)?.active ?? 0,
    async enter(key, most, signal) {
      signal?.throwIfAborted()
      const lane = lanes.get(key) ?? { active: 0, waiting: [] }
      lanes.set(key, lane)
      if (lane.active >= most) await inLine(lane, signal)
      else lane.active++
      let here = true
      return () => {
        if (!here) return
        here = false
        const next = lane.waiting.shift()
        if (next !== undefined) return next()
        lane.active--
        if (lane.active === 0) lanes.delete(key)
      }
    },
  }
}

/** Waits for a place that another hands on; one who gives up leaves the line. */
function inLine(lane: Lane, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const take = (): void => {
      signal?.removeEventListener('abort', giveUp)
      resolve()
    }
    const giveUp = (): void => {
      lane.waiting.splice(lane.waiting.indexOf(take), 1)
      reject(signal?.reason as Error)
    }
    signal?.addEventListener('abort', giveUp, { once: true })
    lane.waiting.push(take)
  })
}
