/** Room for pages in memory, shared by all slices of a process: what bounds it is how much is under way, not how many accounts. */
export interface Room {
  /** Waits until so much more fits. Who asks for more than there is gets in when nobody else is inside. */
  readonly enter: (size: number, signal?: AbortSignal) => Promise<Place>
}
export interface Place {
  /** It turned out to be this large. */
  readonly resize: (size: number) => void
  readonly leave: () => void
}

interface Waiting { readonly size: number; readonly enter: () => void }

/** A page takes some ten times its text while it is written: parsed, mapped, and on its way to Postgres. */
const PART_OF_MEMORY = 24
const MOST = 64 * 2 ** 20

/** Characters of pages that may be in memory at once. */
export const roomInMemory = (): number => Math.min(MOST, (process.constrainedMemory() || Infinity) / PART_OF_MEMORY)

export function createRoom(most = roomInMemory()): Room {
  let used = 0
  let inside = 0
  const waiting: Waiting[] = []
  const fits = (size: number): boolean => inside === 0 || used + size <= most

  function admit(): void {
    for (let next = waiting[0]; next !== undefined && fits(next.size); next = waiting[0]) {
      waiting.shift()
      next.enter()
    }
  }

  function placeOf(first: number): Place {
    let size = first
    let here = true
    used += size
    inside += 1
    return {
      resize(other) {
        if (!here) return
        used += other - size
        size = other
        admit()
      },
      leave() {
        if (!here) return
        here = false
        used -= size
        inside -= 1
        admit()
      },
    }
  }

  return {
    enter(size, signal) {
      signal?.throwIfAborted()
      if (waiting.length === 0 && fits(size)) return Promise.resolve(placeOf(size))
      return new Promise((resolve, reject) => {
        const one: Waiting = { size, enter: () => { signal?.removeEventListener('abort', giveUp); resolve(placeOf(size)) } }
        const giveUp = (): void => {
          waiting.splice(waiting.indexOf(one), 1)
          reject(signal!.reason as Error)
          admit()
        }
        signal?.addEventListener('abort', giveUp, { once: true })
        waiting.push(one)
      })
    },
  }
}
