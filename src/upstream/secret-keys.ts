/** JSON keys whose values are secrets: found in text, dropped from what was parsed. */

/** Names that are secrets whoever the vendor is, in any of the usual spellings. */
const COMMON = [
  'x?api_?key', 'api_?token', 'api_?secret', 'access_?token', 'access_?key', 'refresh_?token', 'id_?token', 'auth_?token', 'session_?token', 'session_?id', 'csrf_?token',
  'client_?secret', 'private_?key', 'secret_?key', 'secret_?access_?key', 'signing_?secret', 'webhook_?secret', 'encryption_?key', 'secret', 'password', 'passwd', 'passphrase', 'pwd',
  'token', 'bearer', 'authorization', 'credentials?', 'set_?cookie', 'cookie', 'otp_?secret', 'totp_?secret',
]
/** Also secret where they name a query parameter or form field. */
const IN_QUERY = ['key', 'sig', 'signature', 'code', 'code_?verifier', 'assertion', 'client_?assertion', 'jwt', 'auth']

const literal = (name: string): string => name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
const spelled = (names: readonly string[]): string => names.map((name) => name.replaceAll('_?', '[-_. ]?')).join('|')

/** A pattern source for the secret keys of a provider, to be used without regard to case. */
export const keyPattern = (own: readonly string[]): string => [...own.map(literal), spelled(COMMON)].join('|')
export const queryPattern = (own: readonly string[]): string => `${keyPattern(own)}|${spelled(IN_QUERY)}`

/** A letter of a key may be written as an escape; then the text does not show it, and only the parsed value does. */
export const hasEscapedLetters = (text: string): boolean => text.includes('\\u00') && /\\u00(?:2d|3[0-9]|4[1-9a-f]|5[0-9af]|6[1-9a-f]|7[0-9a])/i.test(text)

const quick = new Map<readonly string[], { readonly inText: RegExp; readonly names: ReadonlySet<string> } | null>()

/** Takes the given keys out of a parsed value, at any depth; `text` is what it was parsed from. */
export function dropKeys(value: unknown, keys: readonly string[], text: string): unknown {
  let known = quick.get(keys)
  if (known === undefined) {
    known = keys.length === 0 ? null : { inText: new RegExp(`"(?:${keys.map(literal).join('|')})"`, 'i'), names: new Set(keys.map((key) => key.toLowerCase())) }
    quick.set(keys, known)
  }
  if (known === null || !(known.inText.test(text) || hasEscapedLetters(text))) return value
  walk(value, (holder, key) => {
    if (!known.names.has(key.toLowerCase())) return
    delete holder[key]
  })
  return value
}

/** Visits every key of every object, without recursion: an answer may be nested deeper than the stack. */
export function walk(value: unknown, visit: (holder: Record<string, unknown>, key: string) => void): void {
  const open: unknown[] = [value]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === null || typeof next !== 'object') continue
    if (Array.isArray(next)) {
      for (const item of next as unknown[]) if (item !== null && typeof item === 'object') open.push(item)
      continue
    }
    const holder = next as Record<string, unknown>
    for (const key of Object.keys(holder)) {
      visit(holder, key)
      if (Object.hasOwn(holder, key) && holder[key] !== null && typeof holder[key] === 'object') open.push(holder[key])
    }
  }
}

/** JSON text with the values of the given keys blanked, whatever their shape; null where it is not JSON. */
export function parsedAndBlanked(text: string, isKey: RegExp, blank: string): string | null {
  try {
    const value: unknown = JSON.parse(text)
    walk(value, (holder, key) => { if (isKey.test(key) && holder[key] !== null) holder[key] = blank })
    return JSON.stringify(value)
  } catch {
    return null
  }
}
