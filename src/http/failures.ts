/** Counts failed authentications by address, in a sliding window. Someone who guesses is slowed down; a valid key is never locked out by its neighbours. */
export interface Failures {
  /** Notes one failure. Gives the instant from which on the address may fail again, or null while it is below the limit. */
  readonly note: (address: string) => Date | null
}

const MOST_ADDRESSES = 20_000

/** An IPv6 user owns a whole /64. */
const blockOf = (address: string): string => (address.includes(':') && !address.startsWith('::ffff:') ? address.split(':').slice(0, 4).join(':') : address)

export function countFailures({ limit = 20, windowMs = 10_000, now = Date.now }: { limit?: number; windowMs?: number; now?: () => number } = {}): Failures {
  const seen = new Map<string, number[]>()
  return {
    note(address) {
      const block = blockOf(address)
      const at = now()
      const recent = (seen.get(block) ?? []).filter((moment) => moment > at - windowMs).slice(-limit)
      recent.push(at)
      seen.delete(block)
      seen.set(block, recent)
      if (seen.size > MOST_ADDRESSES) for (const oldest of seen.keys()) { seen.delete(oldest); break }
      return recent.length > limit ? new Date(recent[1]! + windowMs) : null
    },
  }
}
