/** A small memory that forgets: entries live for a fixed time, and the oldest leave first when there are too many. */
export interface Recent<T> {
  readonly get: (key: string) => T | undefined
  readonly set: (key: string, value: T) => void
}

export function recent<T>({ forMs, entries, now = Date.now }: { forMs: number; entries: number; now?: () => number }): Recent<T> {
  const kept = new Map<string, { value: T; until: number }>()
  return {
    get(key) {
      const entry = kept.get(key)
      if (entry === undefined) return undefined
      if (entry.until > now()) return entry.value
      kept.delete(key)
      return undefined
    },
    set(key, value) {
      kept.delete(key)
      kept.set(key, { value, until: now() + forMs })
      if (kept.size > entries) for (const oldest of kept.keys()) { kept.delete(oldest); break }
    },
  }
}
