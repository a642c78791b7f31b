/** Cursors of the public API: a place in a list, signed, and good only for the list and the caller that it was given to. */
import { createHmac, createSecretKey, timingSafeEqual, type KeyObject } from 'node:crypto'
import { Fault } from '../errors.ts'

/** Prepared once: with bare bytes each cursor would cost five times as much. */
export type CursorKey = KeyObject
export const cursorKey = (bytes: Buffer): CursorKey => createSecretKey(bytes)

export type Position = Readonly<Record<string, unknown>>

const MAC_BYTES = 16
const LONGEST = 1024

/** The scope is measured before it is written, so that no scope and payload can pass for another pair. */
const mac = (key: CursorKey, scope: string, payload: Buffer): Buffer =>
  createHmac('sha256', key).update(`cursor/1 ${Buffer.byteLength(scope)} ${scope}`).update(payload).digest().subarray(0, MAC_BYTES)

/** The first key signs. `scope` names everything that the cursor must not be moved between: organisation, account, route, filters. */
export function signCursor(keys: readonly CursorKey[], scope: string, position: Position): string {
  const payload = Buffer.from(JSON.stringify(position))
  return Buffer.concat([payload, mac(keys[0]!, scope, payload)]).toString('base64url')
}

/** The position in the cursor. Throws `request.invalid_cursor` for everything that `signCursor` did not write for this scope. */
export function readCursor(keys: readonly CursorKey[], scope: string, cursor: string): Position {
  const bytes = cursor.length > LONGEST ? Buffer.alloc(0) : Buffer.from(cursor, 'base64url')
  // The last letter of base64 has bits that decode to nothing: only the one spelling that we write is ours.
  const canonical = bytes.length > MAC_BYTES && bytes.toString('base64url') === cursor
  const payload = bytes.subarray(0, -MAC_BYTES)
  if (!canonical || !keys.some((key) => timingSafeEqual(mac(key, scope, payload), bytes.subarray(-MAC_BYTES)))) {
    throw new Fault('request.invalid_cursor', { parameter: 'cursor', detail: 'The cursor is damaged, or it was given out by another list, under other filters or for another linked account.' })
  }
  return JSON.parse(payload.toString('utf8')) as Position
}
