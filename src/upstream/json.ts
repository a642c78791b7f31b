import secureJson from 'secure-json-parse'

/** The charset that the bytes say they are in: a byte order mark, then the header, then the zeros that UTF-16 leaves between ASCII. */
function charsetOf(bytes: Buffer, contentType: string): string {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8'
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  const named = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(contentType)?.[1]
  if (named !== undefined) return named
  if (bytes.length >= 2 && bytes[0] !== 0 && bytes[1] === 0) return 'utf-16le'
  return bytes.length >= 2 && bytes[0] === 0 && bytes[1] !== 0 ? 'utf-16be' : 'utf-8'
}

/** A body as text. Bytes that the charset does not have become U+FFFD; an unknown charset is read as UTF-8. */
export function textOf(bytes: Buffer, contentType: string): string {
  const charset = charsetOf(bytes, contentType)
  try {
    return new TextDecoder(charset).decode(bytes)
  } catch {
    return new TextDecoder().decode(bytes)
  }
}

/** Whole numbers beyond 2^53 as the digits that were sent: JSON.parse would round an id to somebody else's. */
function exact(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  return typeof value === 'number' && !Number.isSafeInteger(value) && context?.source !== undefined && /^-?\d+$/.test(context.source) ? context.source : value
}

const LONG = 16
const isDigit = (code: number): boolean => code >= 48 && code <= 57

/** Whether so many digits follow each other somewhere. Of a row of them one lies at each step, so the steps are as long as that. */
function hasLongDigits(text: string): boolean {
  for (let at = LONG - 1; at < text.length; at += LONG) {
    if (!isDigit(text.charCodeAt(at))) continue
    let [from, to] = [at, at + 1]
    while (from > 0 && isDigit(text.charCodeAt(from - 1))) from -= 1
    while (to < text.length && isDigit(text.charCodeAt(to))) to += 1
    if (to - from >= LONG) return true
  }
  return false
}

/** Reading numbers back costs more than all the rest, so it is done only where one is that long; digits in texts are no numbers. */
const mayRound = (text: string): boolean => hasLongDigits(text) && /(?:^|[:[,])\s*-?\d{16}/.test(text)

/** Parsed JSON without `__proto__` keys. Throws a SyntaxError for what is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return secureJson.parse(text, mayRound(text) ? exact : null, { protoAction: 'remove', constructorAction: 'remove' }) as unknown
  } catch (error) {
    // The reviver recurses: nesting that would overflow it is no answer of any vendor's.
    throw error instanceof RangeError ? new SyntaxError('nested too deeply', { cause: error }) : error
  }
}

/** Whether the body came as JSON: by content type, or by one that the provider says its vendor uses for it (`''`: none at all). */
export function isJson(contentType: string | null, alsoJson: readonly string[] = []): boolean {
  const essence = (contentType ?? '').split(';', 1)[0]!.trim().toLowerCase()
  return /^(application|text)\/(json|[\w.!#$&^-]+\+json|[\w.!#$&^-]*-json)$/.test(essence) || alsoJson.includes(essence)
}
