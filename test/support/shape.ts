/** What answers are made of, to hold a box against the system that it stands for. */

export type Shape = string | { readonly [key: string]: Shape }
/** Keys and types. Objects of a list are laid over each other, so that what only some of them have counts. */
export function shape(value: unknown): Shape {
  if (Array.isArray(value)) return value.length === 0 ? 'empty list' : { '[]': value.map(shape).reduce(merge) }
  if (value === null) return 'null'
  if (typeof value !== 'object') return typeof value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shape(inner)]))
}
function merge(a: Shape, b: Shape): Shape {
  if (typeof a === 'string') return a === 'null' || a === 'empty list' ? b : a
  if (typeof b === 'string') return a
  return Object.fromEntries([...new Set([...Object.keys(a), ...Object.keys(b)])].map((key) => [key, key in a && key in b ? merge(a[key]!, b[key]!) : (a[key] ?? b[key])!]))
}
/** Where two shapes contradict each other. A null or an empty list fits anything. */
export function conflicts(real: Shape, boxed: Shape, optional: ReadonlySet<string>, at = ''): string[] {
  if (typeof real === 'string' || typeof boxed === 'string') return real === boxed || [real, boxed].some((side) => side === 'null' || side === 'empty list') ? [] : [`${at}: ${JSON.stringify(real)} and ${JSON.stringify(boxed)}`]
  return [...new Set([...Object.keys(real), ...Object.keys(boxed)])].flatMap((key) => {
    if (key in real && key in boxed) return conflicts(real[key]!, boxed[key]!, optional, `${at}/${key}`)
    return optional.has(key) ? [] : [`${at}/${key} is only in ${key in real ? 'the real system' : 'the sandbox'}`]
  })
}
