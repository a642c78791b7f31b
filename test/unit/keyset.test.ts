import { describe, expect, test } from 'vitest'
import * as fc from 'fast-check'
import { cursorKey, readCursor, signCursor } from '#src/db/keyset'
import { Fault } from '#src/errors'

const keys = [cursorKey(Buffer.alloc(32, 1)), cursorKey(Buffer.alloc(32, 2))]
const position = { after: '2026-11-21T10:42:25.123456Z' }
const refused = (read: () => unknown): string => {
  try { read() } catch (error) { return error instanceof Fault ? error.code : String(error) }
  return 'accepted'
}

describe('cursors', () => {
  test('what was signed is read back, also under a key that has been rotated out', () => {
    expect(readCursor(keys, 'list a', signCursor(keys, 'list a', position))).toEqual(position)
    const old = signCursor([keys[1]!], 'list a', position)
    expect(readCursor(keys, 'list a', old)).toEqual(position)
    expect(refused(() => readCursor([keys[0]!], 'list a', old))).toBe('request.invalid_cursor')
  })

  test('T04 a cursor with any one bit flipped is refused', () => {
    const cursor = Buffer.from(signCursor(keys, 'list a', position), 'base64url')
    const outcomes = new Set<string>()
    for (let bit = 0; bit < cursor.length * 8; bit += 1) {
      const bent = Buffer.from(cursor)
      bent[bit >> 3]! ^= 1 << (bit & 7)
      outcomes.add(refused(() => readCursor(keys, 'list a', bent.toString('base64url'))))
    }
    expect([...outcomes]).toEqual(['request.invalid_cursor'])
  })

  test('T04 a cursor with any one letter changed is refused, also where the letter decodes to the same bytes', () => {
    // 31 bytes end in a letter with four idle bits.
    for (const at of ['1', '12', '123']) {
      const cursor = signCursor(keys, 'list a', { at })
      for (let n = 0; n < cursor.length; n += 1) {
        for (const letter of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/') {
          if (letter !== cursor[n]) expect(refused(() => readCursor(keys, 'list a', cursor.slice(0, n) + letter + cursor.slice(n + 1)))).toBe('request.invalid_cursor')
        }
      }
    }
  })

  test('T04 a cut, padded, empty or huge cursor is refused', () => {
    const cursor = signCursor(keys, 'list a', position)
    for (let length = 0; length < cursor.length; length += 1) expect(refused(() => readCursor(keys, 'list a', cursor.slice(0, length)))).toBe('request.invalid_cursor')
    for (const bent of [`${cursor}=`, `${cursor}A`, ` ${cursor}`, 'A'.repeat(100_000), '\u0000', '🚢']) expect(refused(() => readCursor(keys, 'list a', bent))).toBe('request.invalid_cursor')
  })

  test('T04 a cursor is good for its own scope only, wherever the border between scope and payload is drawn', () => {
    fc.assert(fc.property(fc.string(), fc.string(), (one, other) => {
      const cursor = signCursor(keys, one, position)
      expect(refused(() => readCursor(keys, other, cursor))).toBe(one === other ? 'accepted' : 'request.invalid_cursor')
    }))
  })
})
