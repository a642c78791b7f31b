/** Requests made from a schema: right ones, and wrong in every way that is cheap to think of. All chance comes from one seed. */
import type { Schema } from './surface-world.ts'

export type Random = () => number

/** Mulberry32: small, and the same everywhere. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}
export const pick = <T>(random: Random, list: readonly T[]): T => list[Math.floor(random() * list.length)]!
export const chance = (random: Random, likelihood: number): boolean => random() < likelihood

export type Resolve = (schema: Schema) => Schema

/** A value that the schema takes. */
export function rightValue(random: Random, schema: Schema, resolve: Resolve, depth = 0): unknown {
  const shape = resolve(schema)
  if (shape.anyOf !== undefined) return rightValue(random, depth > 3 ? shape.anyOf.at(-1)! : pick(random, shape.anyOf), resolve, depth + 1)
  if (shape.const !== undefined) return shape.const
  if (shape.enum !== undefined) return pick(random, shape.enum)
  switch (shape.type) {
    case 'object': {
      const required = new Set(shape.required ?? [])
      return Object.fromEntries(Object.entries(shape.properties ?? {}).filter(([name]) => required.has(name) || (depth < 3 && chance(random, 0.3))).map(([name, inner]) => [name, rightValue(random, inner, resolve, depth + 1)]))
    }
    case 'array': return Array.from({ length: (shape.minItems ?? 0) + Math.floor(random() * 3) }, () => rightValue(random, shape.items ?? {}, resolve, depth + 1))
    case 'integer': return Math.floor((shape.minimum ?? 0) + random() * ((shape.maximum ?? 100) - (shape.minimum ?? 0)))
    case 'number': return random() * 100
    case 'boolean': return chance(random, 0.5)
    case 'null': return null
    case 'string': return rightText(random, shape)
    default: return pick(random, ['anything', 1, true, null, { nested: [] }])
  }
}

function rightText(random: Random, { format, examples, minLength = 0, maxLength }: Schema): string {
  if (format === 'uuid') return pick(random, ['00000000-0000-8000-8000-000000000000', 'A3B0C442-98FC-8C14-9AFB-F4C8996FB924'])
  if (format === 'date-time') return pick(random, ['2026-01-31T09:30:00Z', '2024-02-29T23:59:59.999999+14:00', '0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z'])
  if (format === 'uri') return 'https://example.test/a?b=c#d'
  if (format === 'email') return 'someone@example.test'
  if (examples !== undefined && typeof examples[0] === 'string' && chance(random, 0.7)) return pick(random, examples as string[])
  const text = pick(random, ['', 'a', 'größe 🎫', `O'Brien; drop table records`, '%_\\', 'null', '0', 'x'.repeat(300)])
  return text.padEnd(minLength, 'x').slice(0, maxLength)
}

const HOSTILE_TEXT = ['', '\0', 'a\0b', '\u202e', '\ud800', '-1', '0', '1e9', 'NaN', '99999999999999999999', '1.5', 'true', 'null', '[]', '{"a":1}', `' or 1=1 --`, '../../etc/passwd', '%00', '%', '\r\nX-Injected: 1', 'a,b,,c', '2024-02-30T00:00:00Z', '2024-01-01', 'x'.repeat(5_000), '__proto__', 'constructor']
/** Text that hardly any schema takes. */
export const hostileText = (random: Random): string => pick(random, HOSTILE_TEXT)

/** A value of any kind but the asked one. */
export function wrongValue(random: Random, depth = 0): unknown {
  return pick<() => unknown>(random, [
    () => hostileText(random), () => null, () => true, () => -1, () => 1e308, () => 2 ** 53, () => [], () => ({}), () => [[[[]]]], () => ({ organization_id: '00000000-0000-8000-8000-000000000000', id: 1 }),
    () => (depth > 2 ? 0 : { inner: wrongValue(random, depth + 1) }), () => (depth > 2 ? 0 : [wrongValue(random, depth + 1), wrongValue(random, depth + 1)]),
  ])()
}

/** Bodies that are wrong as text, before any schema is asked. */
export const hostileBody = (random: Random): string => pick<() => string>(random, [
  () => '{', () => '', () => 'null', () => '[]', () => '"text"', () => `${'['.repeat(100)}${']'.repeat(100)}`, () => `${'{"a":'.repeat(100)}1${'}'.repeat(100)}`, () => '{"a":1,"a":2}', () => '{"__proto__":{"admin":true}}',
  () => '{"constructor":{"prototype":{}}}', () => JSON.stringify({ list: Array.from({ length: 10_001 }, () => 0) }), () => '{"a":"\\u0000"}', () => '{"a":"\\ud800"}', () => `{"a":"${'x'.repeat(2 ** 20)}"}`, () => '{"a":1e999}', () => '\ufeff{}',
])()
