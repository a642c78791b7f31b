// oxlint-disable-next-line no-control-regex
const NUL = /\u0000/g

/** A value whose strings Postgres and every JSON parser can hold: no NUL, no lone surrogates. Says whether it had to change. */
export function wellFormed<T>(value: T): { readonly value: T; readonly changed: boolean } {
  let changed = false
  const clean = (inner: unknown): unknown => {
    if (typeof inner === 'string') {
      if (inner.isWellFormed() && !inner.includes('\u0000')) return inner
      changed = true
      return inner.replace(NUL, '').toWellFormed()
    }
    if (Array.isArray(inner)) return inner.map(clean)
    if (inner !== null && typeof inner === 'object') return Object.fromEntries(Object.entries(inner).map(([key, entry]) => [clean(key), clean(entry)]))
    return inner
  }
  const result = clean(value)
  return { value: changed ? (result as T) : value, changed }
}
