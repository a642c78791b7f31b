import type { TSchema } from '@sinclair/typebox'
import { fieldShape } from '#models'

/** Something for a value, of the kind that callers send. Relations come as the vendor's ids. */
export function sample(schema: TSchema, name: string): unknown {
  const { type, relation, words, nested, instant, many } = fieldShape(schema)
  const one = relation !== null ? '1007' : words?.[0] ?? (nested !== null ? Object.fromEntries(Object.entries(nested.properties).map(([key, inner]) => [key, sample(inner, key)])) : type === 'boolean' ? true : type === 'number' || type === 'integer' ? 3 : instant ? '2026-03-04T05:06:07.000Z' : `sample-${name}`)
  return many ? [one] : one
}

/** What a write of an invented record knows beside its input. */
export const writeContext = { setup: {}, remoteId: '4711', remoteFields: {}, at: new Date('2026-03-05T06:07:08Z'), file: { name: 'sample.txt', type: 'text/plain', bytes: Buffer.from('sample') } }
