import { array, assert, boolean, dictionary, jsonValue, oneof, property, record, string, stringMatching } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { emptyShape, fieldsIn, MOST_FIELDS, observe, type Drift, type Shape } from '#src/drift/shape'

/** A shape that has seen so many payloads; the payload may depend on its number. */
function learnt(times: number, payload: (n: number) => unknown): Shape {
  const shape = emptyShape()
  for (let n = 0; n < times; n += 1) observe(shape, payload(n), false)
  return shape
}
const told = (shape: Shape, payload: unknown, times = 1): Drift[] => Array.from({ length: times }, () => observe(shape, payload, true).drift).at(-1)!.slice()

describe('the shape of payloads', () => {
  it('tells of a field that its object had never had, once that object is known', () => {
    const shape = learnt(60, () => ({ id: 1, author: { name: 'a' } }))
    expect(told(shape, { id: 1, author: { name: 'a', mail: 'x' }, tags: [] })).toEqual([
      { what: 'new_field', path: 'author.mail', before: '', after: 'string' },
      { what: 'new_field', path: 'tags', before: '', after: 'list' },
    ])
    expect(told(shape, { id: 1, author: { name: 'a' } })).toEqual([])
    // Every payload with it counts.
    expect(told(shape, { id: 1, author: { name: 'a', mail: null } })).toEqual([{ what: 'new_field', path: 'author.mail', before: '', after: 'string' }])
    expect(told(learnt(10, () => ({ id: 1 })), { id: 1, tags: [] })).toEqual([])
    const reading = learnt(60, () => ({ id: 1 }))
    expect(observe(reading, { id: 1, tags: [] }, false).drift).toEqual([])
    expect(told(reading, { id: 1, tags: [] })).toEqual([])
  })

  it('does not tell of what lies in a new object twice', () => {
    const shape = learnt(60, () => ({ id: 1 }))
    expect(told(shape, { id: 1, owner: { id: 1, name: { first: 'a' } } }).map(({ path }) => path)).toEqual(['owner'])
  })

  it('tells of a field that most had and none has any more, but not of one that comes and goes', () => {
    const shape = learnt(100, (n) => ({ id: n, state: 'open', ...(n % 3 === 0 && { due: '2026-01-01' }) }))
    expect(told(shape, { id: 1 }, 49)).toEqual([])
    expect(told(shape, { id: 1 })).toEqual([{ what: 'lost_field', path: 'state', before: 'string', after: '' }])
    expect(told(shape, { id: 1 }, 300).map(({ path }) => path)).toEqual(['state'])
    expect(told(shape, { id: 1, state: 'open' })).toEqual([])
    expect(told(shape, { id: 1 })).toEqual([])
  })

  it('tells of a type that a field never had; null is no type', () => {
    const shape = learnt(60, (n) => ({ id: n, size: n % 2 === 0 ? n : null, rows: [{ at: 'x' }] }))
    expect(told(shape, { id: 1, size: null, rows: [] })).toEqual([])
    expect(told(shape, { id: '1', size: 1, rows: [{ at: 5 }] })).toEqual([
      { what: 'retyped_field', path: 'id', before: 'number', after: 'string' },
      { what: 'retyped_field', path: 'rows[].at', before: 'string', after: 'number' },
    ])
    expect(told(shape, { id: '1', size: 1, rows: [] })).toEqual([{ what: 'retyped_field', path: 'id', before: 'number', after: 'string' }])
    expect(told(shape, [])).toEqual([{ what: 'retyped_field', path: '', before: 'object', after: 'list' }])
  })

  it('knows keys that are data from names, and keeps none of them', () => {
    const keys = ['ada@example.com', 'Ada Lovelace', '12345', '2026-11-21', '0f3c0000-1111-8222-8333-444455556666', 'deadbeefdeadbeef0', 'a0X5e000004TmcAEAS', 'größe', '__proto__', 'x'.repeat(65), '']
    const shape = learnt(60, () => JSON.parse(`{"id":1,"by":{${keys.map((key) => `${JSON.stringify(key)}:{"n":1}`).join(',')},"total":2}}`))
    expect(Object.keys(shape.inside!['by']!.inside!)).toEqual(['*', 'total'])
    for (const key of keys.filter((one) => one !== '')) expect(JSON.stringify(shape)).not.toContain(JSON.stringify(key))
    expect(told(shape, { id: 1, by: { 'bob@example.com': { n: 1 }, total: 2 } })).toEqual([])
    expect(told(shape, { id: 1, by: { 'bob@example.com': { n: 'one' } } })).toEqual([{ what: 'retyped_field', path: 'by.*.n', before: 'number', after: 'string' }])
  })

  it('takes an object for a map when ever new names come, and forgets them; names that stay are still watched', () => {
    const shape = emptyShape()
    const forgotten: string[] = []
    for (let n = 0; n < 400; n += 1) forgotten.push(...observe(shape, { id: 1, kind: 'a', [`name_${n}`]: n, counts: { [`colour_${n}`]: 1, [`shade_${n}`]: 2, [`hue_${n}`]: 3 } }, true).forgotten)
    expect(Object.keys(shape.inside!).toSorted()).toEqual(['*', 'counts', 'id', 'kind'])
    expect(Object.keys(shape.inside!['counts']!.inside!)).toEqual(['*'])
    expect(forgotten).toContain('counts.colour_1')
    expect(told(shape, { id: 1, kind: 5, other: 1, counts: {} })).toEqual([{ what: 'retyped_field', path: 'kind', before: 'string', after: 'number' }])
  })

  it('is bounded, whatever a vendor sends, and keys without end cost no more than looking past them', () => {
    const many = Object.fromEntries(Array.from({ length: 200_000 }, (_, n) => [`k_${n}`, { deep: n }]))
    const shape = learnt(1, () => ({ many }))
    expect(fieldsIn(shape)).toBe(3)
    // Objects of many names each, no two alike, below one another.
    const wide = learnt(100, (n) => Object.fromEntries(Array.from({ length: 400 }, (_, m) => [`a_${m}`, { [`b_${n}_${m}`]: { c: 1 } }])))
    expect(fieldsIn(wide)).toBeLessThanOrEqual(MOST_FIELDS)
    expect(JSON.stringify(wide).length).toBeLessThan(100_000)
    const deep = learnt(1, () => JSON.parse(`${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`))
    expect(JSON.stringify(deep).length).toBeLessThan(1_000)
  })

  it('never throws, holds no value of a payload, and tells nothing of payloads that are all alike', () => {
    assert(property(array(jsonValue({ maxDepth: 5 }), { maxLength: 20 }), boolean(), (payloads, settled) => {
      const shape = emptyShape()
      for (const payload of payloads) observe(shape, payload, settled)
      expect(fieldsIn(shape)).toBeLessThanOrEqual(MOST_FIELDS)
    }), { numRuns: 300 })
    assert(property(jsonValue({ maxDepth: 5 }), (payload) => {
      const shape = learnt(60, () => payload)
      expect(told(shape, payload, 60)).toEqual([])
    }), { numRuns: 100 })
    const canary = string({ minLength: 1 }).map((text) => `canary ${text}`)
    assert(property(dictionary(stringMatching(/^[a-z]{1,8}$/), oneof(canary, array(canary), record({ inner: canary }))), (payload) => {
      expect(JSON.stringify(learnt(3, () => payload))).not.toContain('canary ')
    }), { numRuns: 200 })
  })
})
