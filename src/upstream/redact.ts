/** What may be kept of a request and its answer. Headers by a list of harmless ones; everything by the value of live secrets. */
import { textOf } from './json.ts'
import { hasEscapedLetters, keyPattern, parsedAndBlanked, queryPattern } from './secret-keys.ts'
import { formsOf } from './secret-forms.ts'

export const REDACTED = '[redacted]'
/** Characters of a body that the log keeps. */
export const BODY_CAP = 256 * 1024
/** Read beyond the cap and thrown away again, so that no half of a secret is left at the cut. */
const MARGIN = 4096

const HARMLESS = new Set([
  'accept', 'accept-encoding', 'accept-language', 'age', 'allow', 'cache-control', 'cf-ray', 'connection', 'content-encoding', 'content-language', 'content-length', 'content-range',
  'content-type', 'date', 'deprecation', 'etag', 'expires', 'host', 'if-modified-since', 'if-none-match', 'keep-alive', 'last-modified', 'link', 'location', 'prefer', 'range',
  'request-id', 'retry-after', 'server', 'sunset', 'transfer-encoding', 'user-agent', 'vary', 'via', 'warning', 'x-correlation-id', 'x-request-id', 'x-runtime', 'x-total-count',
])
const RATE_LIMIT = /^(x-)?rate-?limit/

export interface Redactor {
  readonly headers: (headers: Headers) => Record<string, string>
  /** A query string without its question mark. */
  readonly query: (query: string) => string
  /** Text that is no body: paths, messages. */
  readonly text: (text: string) => string
  /** Text that only loses the live secrets, in whatever form they are. */
  readonly values: (text: string) => string
  /** Redacted, capped text; null where there was nothing. */
  readonly body: (bytes: Buffer | string | null, contentType: string | null) => string | null
}

interface Patterns { readonly json: RegExp; readonly nested: RegExp; readonly form: RegExp; readonly xml: RegExp; readonly parameter: RegExp; readonly isKey: RegExp }
const compiled = new WeakMap<readonly string[], Patterns>()

function patternsFor(secretKeys: readonly string[]): Patterns {
  let patterns = compiled.get(secretKeys)
  if (patterns === undefined) {
    const keys = keyPattern(secretKeys)
    const queries = queryPattern(secretKeys)
    patterns = {
      json: new RegExp(`("(?:${keys})"\\s*:\\s*)(?:"[^"\\\\]*(?:\\\\[^][^"\\\\]*)*(?:"|\\\\?$)|-?\\d[\\d.eE+-]*|true|false|([[{]))`, 'gi'),
      // JSON that was put into a JSON string.
      nested: new RegExp(`(\\\\+"(?:${keys})\\\\+"\\s*:\\s*\\\\+")[^"\\\\]*`, 'gi'),
      // Looks back from each equals sign, of which there are few.
      form: new RegExp(`(?<=(?:^|[?&;\\s"'])(?:${queries})=)[^&\\s"'<>\\\\]+`, 'gi'),
      xml: new RegExp(`(<(?:[\\w-]+:)?(?:${keys})(?:\\s[^>]*)?>)[^<]+`, 'gi'),
      parameter: new RegExp(`^(?:${queries})$`, 'i'),
      isKey: new RegExp(`^(?:${keys})$`, 'i'),
    }
    compiled.set(secretKeys, patterns)
  }
  return patterns
}

/** `secrets` are the live secrets of the account, in whatever form they travel; `authHeaders` the names that carry them. */
export function createRedactor({ secrets, secretKeys, authHeaders = [] }: { readonly secrets: readonly string[]; readonly secretKeys: readonly string[]; readonly authHeaders?: readonly string[] }): Redactor {
  const patterns = patternsFor(secretKeys)
  const forms = formsOf(secrets)
  const hidden = new Set(authHeaders.map((name) => name.toLowerCase()))

  const byValue = (text: string): string => forms.reduce((rest, form) => (rest.includes(form) ? rest.replaceAll(form, REDACTED) : rest), text)
  const inAddresses = (text: string): string => (text.includes('=') ? text.replaceAll(patterns.form, REDACTED) : text)

  function bySecretKey(text: string): string {
    let holder = -1
    const flat = text.replaceAll(patterns.json, (found: string, key: string, opening: string | undefined, at: number) => {
      if (opening !== undefined && holder === -1) holder = at
      return opening === undefined ? `${key}"${REDACTED}"` : found
    })
    if (holder !== -1 || (hasEscapedLetters(text) && /^\s*[[{]/.test(text))) {
      const blanked = parsedAndBlanked(text, patterns.isKey, REDACTED)
      if (blanked !== null) return inAddresses(blanked)
      // Cut or broken JSON: where an object of secrets ends cannot be told, so it ends with the text.
      if (holder !== -1) return `${bySecretKey(text.slice(0, holder))}${/^"[^"]*"\s*:\s*/.exec(text.slice(holder))![0]}"${REDACTED}"`
    }
    const plain = inAddresses(flat.includes('\\"') ? flat.replaceAll(patterns.nested, `$1${REDACTED}`) : flat)
    const spoken = plain.replaceAll(/(authorization["']?\s*[:=]\s*["']?)(?:(?:basic|bearer|token)\s+)?[^\s"',<[]+/gi, `$1${REDACTED}`)
    return /^\s*</.test(spoken) ? spoken.replaceAll(patterns.xml, `$1${REDACTED}`) : spoken
  }

  function body(bytes: Buffer | string | null, contentType: string | null): string | null {
    if (bytes === null || bytes.length === 0) return null
    const type = contentType ?? ''
    if (typeof bytes !== 'string' && !isText(type, bytes)) return `[${bytes.length} bytes of ${type === '' ? 'unknown type' : type.slice(0, 100)}, not kept]`
    const room = BODY_CAP + MARGIN
    const text = typeof bytes === 'string' ? bytes : textOf(bytes.subarray(0, room * 4), type)
    const whole = text.length <= room && (typeof bytes === 'string' || bytes.length <= room * 4)
    const redacted = byValue(bySecretKey(text.slice(0, room)))
    const kept = whole ? redacted.slice(0, BODY_CAP) : redacted.slice(0, Math.max(0, Math.min(BODY_CAP, redacted.length - MARGIN)))
    return whole && kept.length === redacted.length ? kept : `${kept.toWellFormed()}\n[cut here: the first ${BODY_CAP / 1024} K characters of ${bytes.length} ${typeof bytes === 'string' ? 'characters' : 'bytes'} are kept]`
  }

  return {
    headers: (headers) => Object.fromEntries([...headers].map(([name, value]) => [name, !hidden.has(name) && (HARMLESS.has(name) || RATE_LIMIT.test(name)) ? byValue(inAddresses(value)) : REDACTED])),
    query: (query) => byValue(query.split('&').map((part) => {
      const name = part.split('=', 1)[0]!
      return part.length > name.length && patterns.parameter.test(decoded(name)) ? `${name}=${REDACTED}` : part
    }).join('&')),
    text: (text) => byValue(inAddresses(text)),
    values: byValue,
    body,
  }
}

function decoded(name: string): string {
  try { return decodeURIComponent(name.replaceAll('+', ' ')) } catch { return name }
}

/** Whether a body can be read by people: said by its type or, where that says nothing, by having no zero bytes. */
export function isText(type: string, bytes: Buffer): boolean {
  if (/^\s*(text\/|[^;]*(json|xml|javascript|x-www-form-urlencoded|graphql|csv|yaml))/i.test(type)) return true
  return (type === '' || /^application\/octet-stream/i.test(type)) && !bytes.subarray(0, 1024).includes(0)
}
