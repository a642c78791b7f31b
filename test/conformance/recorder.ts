/** What a field's function reads of a row, found by watching it, and the same row with something else there. */

export type Path = readonly string[]

/** The innermost paths that `read` touches in `row`. */
export function pathsRead(row: unknown, read: (row: unknown) => unknown): readonly Path[] {
  const paths = new Map<string, Path>()
  const watch = (target: object, at: Path): unknown => new Proxy(target, {
    get(holder, key, receiver): unknown {
      const value: unknown = Reflect.get(holder, key, receiver)
      if (typeof key !== 'string' || typeof value === 'function' || (Array.isArray(holder) && key === 'length')) return value
      const path = [...at, key]
      paths.set(path.join('.'), path)
      return value !== null && typeof value === 'object' ? watch(value, path) : value
    },
  })
  try { read(watch(row as object, [])) } catch { /* what was read before it failed still counts */ }
  return [...paths.values()]
}

/** A copy of the row with another value at the path; `undefined` takes the key away. */
export function withValue(row: unknown, path: Path, value: unknown): unknown {
  const copy = structuredClone(row)
  const holder = path.slice(0, -1).reduce<Record<string, unknown>>((inner, key) => inner[key] as Record<string, unknown>, copy as Record<string, unknown>)
  if (value === undefined) delete holder[path.at(-1)!]
  else holder[path.at(-1)!] = value
  return copy
}

export const valueAt = (row: unknown, path: Path): unknown => path.reduce<unknown>((inner, key) => (inner as Record<string, unknown> | null | undefined)?.[key], row)

/** The schema of what is served: nested records are given what only the engine knows besides what an adapter answers. */
export function served<S>(schema: S, top = true): S {
  if (Array.isArray(schema)) return schema.map((one: unknown) => served(one, false)) as S
  if (typeof schema !== 'object' || schema === null) return schema
  return { ...schema, ...Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, served<unknown>(value, false)])), ...(!top && 'additionalProperties' in schema && { additionalProperties: true }) }
}

/** Other values that could plausibly stand there. */
export function otherValues(value: unknown): readonly unknown[] {
  if (typeof value === 'string') return [`${value}~`, '2031-03-04T05:06:07Z', 'own', undefined]
  if (typeof value === 'number') return [value + 1, undefined]
  if (typeof value === 'boolean') return [!value, undefined]
  return value === undefined || value === null ? [true, 'x', 1] : [undefined]
}

/** Whether what `read` gives changes with the values that it reads: a constant, or a value that is made up, does not. */
export const follows = (rows: readonly unknown[], read: (row: unknown) => unknown): boolean => rows.some((row) => {
  const before = JSON.stringify(read(row))
  return pathsRead(row, read).some((path) => otherValues(valueAt(row, path)).some((other) => {
    try { return JSON.stringify(read(withValue(row, path, other))) !== before } catch { return false }
  }))
})

/** What no vendor should send and some vendor does. */
export const oddValues: readonly unknown[] = [undefined, null, '', ' ', 'N/A', '0000-00-00', '2024-02-30T00:00:00Z', '\u0000', '\ud800', '🎫', 0, -1, 1e308, 2 ** 53, true, false, [], {}, [null], [{}], { id: {} }, 'x'.repeat(10_000)]
