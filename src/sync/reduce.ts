import { notOffered, type AnyResource, type MapContext, type Setup } from '#kit'

/** Where the reads of one value are noted: the value itself, or the parts of it that were looked at. */
interface Noted { readonly parts: Map<string, Noted>; whole: boolean }
const note = (): Noted => ({ parts: new Map(), whole: false })

/** The value as it is, except that whoever looks at a part of it is noted. */
function watched(value: unknown, into: Noted): unknown {
  if (typeof value !== 'object' || value === null) {
    into.whole = true
    return value
  }
  return new Proxy(value, {
    get(target, key, receiver) {
      const found: unknown = Reflect.get(target, key, receiver)
      if (typeof key === 'symbol' || !Object.hasOwn(target, key) || (Array.isArray(target) && key === 'length')) return found
      let part = into.parts.get(key)
      if (part === undefined) into.parts.set(key, part = note())
      return watched(found, part)
    },
  })
}

/** Only what was looked at. Places in a list stay where they are. */
function seenOf(value: unknown, { parts, whole }: Noted): unknown {
  if (typeof value !== 'object' || value === null) return whole ? value : null
  if (Array.isArray(value)) return value.map((item, at) => { const part = parts.get(String(at)); return part === undefined ? null : seenOf(item, part) })
  return Object.fromEntries(Object.entries(value).flatMap(([key, inner]) => { const part = parts.get(key); return part === undefined ? [] : [[key, seenOf(inner, part)]] }))
}

/** What is left of a vendor's row where some of it must not be kept: its id, and what the mapping of the enabled fields reads. */
export function reduceRow(resource: AnyResource, row: unknown, { disabled, baseUrl, setup = {} }: { readonly disabled: ReadonlySet<string>; readonly baseUrl: string; readonly setup?: Setup }): unknown {
  const noted = note()
  const seen = watched(row, noted)
  const reading = (read: (row: unknown) => unknown): void => {
    // Whole objects are handed on as they are; writing them out is what looks at their parts. What cannot be read is the mapping's to report.
    try { JSON.stringify(read(seen)) } catch { /* see above */ }
  }
  reading((whole) => resource.identity.remoteId(whole))
  for (const [name, read] of Object.entries(resource.fields as Record<string, typeof notOffered | ((row: unknown, context: MapContext) => unknown)>)) {
    if (read !== notOffered && !disabled.has(name)) reading((whole) => read(whole, { baseUrl, setup }))
  }
  if (disabled.size === 0) reading((whole) => resource.remoteFields?.(whole))
  return seenOf(row, noted)
}
