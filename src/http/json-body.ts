import { parse } from 'secure-json-parse'
import { Fault } from '../errors.ts'

const DEEPEST = 64
const LONGEST_LIST = 10_000
const QUOTE = 34, COMMA = 44, OPEN_LIST = 91, BACKSLASH = 92, CLOSE_LIST = 93, OPEN_OBJECT = 123, CLOSE_OBJECT = 125

interface Frame { readonly keys: Set<string> | null; commas: number; atKey: boolean }

/** What JSON.parse would take but we do not: too deep, too long a list, a name given twice. Null: nothing of the kind. Never parses what it has not bounded. */
export function objection(text: string): string | null {
  const stack: Frame[] = []
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    const frame = stack.at(-1)
    if (code === QUOTE) {
      const start = at
      for (at += 1; at < text.length && text.charCodeAt(at) !== QUOTE; at += 1) if (text.charCodeAt(at) === BACKSLASH) at += 1
      if (frame === undefined || frame.keys === null || !frame.atKey) continue
      const name = nameIn(text.slice(start, at + 1))
      if (frame.keys.has(name)) return `The name ${JSON.stringify(name.slice(0, 100))} occurs twice in one object.`
      frame.keys.add(name)
      frame.atKey = false
    } else if (code === OPEN_OBJECT || code === OPEN_LIST) {
      if (stack.push({ keys: code === OPEN_OBJECT ? new Set() : null, commas: 0, atKey: code === OPEN_OBJECT }) > DEEPEST) return `The body is nested deeper than ${DEEPEST} levels.`
    } else if (code === CLOSE_OBJECT || code === CLOSE_LIST) {
      stack.pop()
    } else if (code === COMMA && frame !== undefined) {
      frame.commas += 1
      if (frame.keys !== null) frame.atKey = true
      else if (frame.commas >= LONGEST_LIST) return `A list in the body has more than ${LONGEST_LIST} entries.`
    }
  }
  return null
}

/** `"a"` and `"\u0061"` are the same name. */
function nameIn(literal: string): string {
  if (!literal.includes('\\')) return literal.slice(1, -1)
  try { return JSON.parse(literal) as string } catch { return literal }
}

/** The body as JSON. Throws `request.invalid` for what is not JSON, and for what no honest client sends. */
export function parseBody(text: string): unknown {
  if (text.trim() === '') return undefined
  const reason = objection(text)
  if (reason !== null) throw new Fault('request.invalid', { detail: reason, pointer: '' })
  try {
    return parse(text, undefined, { protoAction: 'error', constructorAction: 'error' })
  } catch (error) {
    const forbidden = error instanceof SyntaxError && error.message.includes('forbidden')
    throw new Fault('request.invalid', { detail: forbidden ? 'The body has a name that is not allowed: __proto__ or constructor.' : 'The body is not JSON.', pointer: '' })
  }
}
