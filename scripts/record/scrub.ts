/** Makes a fixture of what a live account answered: no name, address, id, date, amount or text of the account is left in it, and what belonged together still does. */
import { randomBytes } from 'node:crypto'
import { countries } from '../../common-models/words/countries.ts'
import { currencies } from '../../common-models/words/currencies.ts'
import { isName } from '#src/drift/shape'
import { inventor, type Invention } from './invent.ts'

export interface ScrubOptions {
  /** Words of the vendor's, not of the account's: they stay. */
  readonly vocabulary: ReadonlySet<string>
  /** The address of the account, and what stands for it. */
  readonly address: { readonly from: string; readonly to: string }
  readonly salt?: Buffer
}

export interface Scrubber {
  /** Any JSON of an answer, without what was in it. */
  readonly answer: (value: unknown) => unknown
  /** A request, behind the answers that it depends on: what it repeats of them is replaced as it was there, the rest is the adapter's own. */
  readonly request: <T>(value: T) => T
  /** Texts that were replaced, and are still in there. */
  readonly leftIn: (value: unknown) => string[]
}

/** Numbers that say where in a list we are: the walk depends on them. */
const COUNTING = /^(?:(?:total|count|size|limit|offset|pages?|per_?page|page_?size|start_?at|max_?results)|(?:total_?\w+)|(?:\w+_?count)|(?:next_?page|current_?page|page_?number|last_?page))$/i
const PERSON = /(?:^|_)(?:first|given|fore)_?name$|^(?:firstname|givenname|forename)$/i
const FAMILY = /(?:^|_)(?:last|family|sur)_?name$|^(?:lastname|familyname|surname)$/i
const NAMED = /name$|author|owner|user|assignee|manager|person|contact|display/i
const INSTANT = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:Z|UTC|[+-]\d{2}:?\d{2})?)?$/i
const MIME = /^(?:application|audio|font|image|message|model|multipart|text|video)\/[\w.+-]+$/
const LANGUAGE = /^[a-z]{2}(?:[-_][A-Z]{2})?$/
/** Seconds or milliseconds since 1970, between 2001 and 2100. */
const isEpoch = (n: number): boolean => Number.isInteger(n) && ((n > 1e9 && n < 4.1e9) || (n > 1e12 && n < 4.1e12))
const zones: ReadonlySet<string> = new Set([...Intl.supportedValuesOf('timeZone'), 'UTC', 'GMT'])
const standing: ReadonlySet<string> = new Set([...countries, ...currencies])
/** A shorter text may be part of any other by chance. */
const TELLING = 5
const ATTEMPTS = 1_000

/** `answers`: all that is going to be scrubbed, so that nothing is invented that stands in one of them. */
export function createScrubber({ vocabulary, address, salt = randomBytes(32) }: ScrubOptions, answers: unknown): Scrubber {
  const invent = inventor(salt)
  const known = new Map<string, string>()
  // Not the name of a field either: a key that is data would take its place.
  const given = new Set(namesIn(answers))
  const isRoute = (text: string): boolean => /^\/\S*$/.test(text) && text.split('/').every((part) => part === '' || vocabulary.has(part))
  const stays = (text: string): boolean => /^(?:true|false|-?\d|\d{1,2}:\d{2}(?::\d{2})?|[^\p{L}\p{N}]*)$/iu.test(text) || vocabulary.has(text) || zones.has(text) || standing.has(text) || LANGUAGE.test(text) || MIME.test(text) || isRoute(text)
  const originals = new Set(textsIn(answers).filter((text) => !stays(text)))
  const telling = [...originals].filter((original) => original.length >= TELLING)

  /** The first invention that is nobody's: neither given out already, nor one that an original can be read in. */
  function replaced(text: string, make: (text: string, attempt: number) => string): string {
    let made = known.get(text)
    for (let attempt = 0; made === undefined; attempt += 1) {
      const candidate = make(text, attempt)
      if (attempt > ATTEMPTS || (candidate !== text && !given.has(candidate) && !originals.has(candidate) && !tellsOf(candidate))) made = attempt > ATTEMPTS ? `invented ${given.size}` : candidate
    }
    known.set(text, made)
    given.add(made)
    return made
  }
  const tellsOf = (candidate: string): boolean => {
    const own = candidate.replaceAll(address.to, '')
    return telling.some((original) => own.includes(original))
  }

  function scrubText(text: string, key: string): string {
    if (known.has(text)) return known.get(text)!
    if (stays(text)) return text
    if (/^-?\d+(?:\.\d+)?$/.test(text)) return scrubDigits(text)
    if (INSTANT.test(text)) return replaced(text, (of, attempt) => moveText(of, invent, attempt))
    if (/^https?:\/\//i.test(text)) return replaced(text, (of, attempt) => scrubUrl(of, attempt))
    if (/^\/[^\s]*$/.test(text)) return replaced(text, (of, attempt) => scrubPath(of, attempt))
    if (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text)) return replaced(text, (of, attempt) => `${invent.given(of, attempt)}.${invent.family(of, attempt)}@example.com`.toLowerCase().replaceAll(' ', ''))
    if (/^[+()\d\s./:-]+$/.test(text)) return replaced(text, invent.formed)
    const extension = /^[^/\\]{1,200}(\.[a-z][a-z0-9]{1,4})$/i.exec(text)?.[1]
    if (extension !== undefined) return replaced(text, (of, attempt) => `${invent.word(of, attempt)}${extension}`.replaceAll(' ', '-').toLowerCase())
    // A name of the customer's making, in the vendor's manner: `package__Name__c`.
    if (/^\w+__[a-z]{1,3}$/.test(text)) return replaced(text, (of, attempt) => of.split('__').map((part, at, all) => (at === all.length - 1 ? part : invent.word(part, attempt).replaceAll(' ', '_'))).join('__'))
    // The first letters of a long id tell what it is an id of; adapters read them.
    if (/^(?=.*\d)[A-Za-z0-9]{15,}$/.test(text)) return replaced(text, (of, attempt) => of.slice(0, 3) + invent.formed(of.slice(3), attempt))
    if (!/\s/.test(text) && /\d/.test(text) && text.length >= 6) return replaced(text, invent.formed)
    if (PERSON.test(key)) return replaced(text, invent.given)
    if (FAMILY.test(key)) return replaced(text, invent.family)
    const words = text.trim().split(/\s+/).length
    if (NAMED.test(key) && words >= 2 && words <= 4 && !text.includes('\n')) return replaced(text, (of, attempt) => `${invent.given(of, attempt)} ${invent.family(of, attempt)}`)
    if (words === 1) return replaced(text, invent.word)
    return /^\s*</.test(text) ? replaced(text, (of, attempt) => `<p>${invent.prose(of.replaceAll(/<[^>]*>/g, ' '), attempt)}</p>`) : replaced(text, invent.prose)
  }

  /** The same digits are the same thing, as a number and as text. */
  const scrubDigits = (text: string): string => replaced(text, (of, attempt) => {
    if (isEpoch(Number(of))) return String(Number(of) + (invent.movedDays * 86_400 - attempt) * (Number(of) > 1e11 ? 1_000 : 1))
    const made = invent.formed(attempt < 20 ? of : `${of}0`, attempt)
    // As a number it must be the number that it says.
    return of.length <= 16 && String(Number(made)) !== made ? of : made
  })

  function scrubNumber(value: number, key: string): number {
    if (!Number.isFinite(value) || COUNTING.test(key) || (Number.isInteger(value) && Math.abs(value) < 10)) return value
    const text = String(value)
    if (stays(text)) return value
    // With an exponent there is no form to keep.
    return Number(/^-?\d+(?:\.\d+)?$/.test(text) ? scrubDigits(text) : replaced(text, (_, attempt) => invent.formed('10000', attempt)))
  }

  function scrubUrl(text: string, attempt: number): string {
    if (!URL.canParse(text)) return invent.word(text, attempt)
    const url = new URL(text)
    const own = url.host === new URL(address.from).host
    const base = own ? address.to : `https://${invent.word(url.host, attempt).replaceAll(' ', '').toLowerCase()}.example.com`
    return base.replace(/\/$/, '') + scrubPath(url.pathname + url.search, attempt)
  }

  function scrubPath(text: string, attempt: number): string {
    const [path = '', search] = text.split('?', 2)
    const part = (one: string): string => {
      const [, name = one, extension = ''] = /^(.*?)(\.[a-z]{2,5})?$/i.exec(decode(one)) ?? []
      return vocabulary.has(decode(one)) || vocabulary.has(`/${decode(one)}`) || name === '' ? one : encodeURIComponent(vocabulary.has(name) ? name : attempt === 0 ? scrubText(name, '') : invent.formed(name, attempt)) + extension
    }
    const query = search === undefined ? '' : `?${[...new URLSearchParams(search)].map(([name, value]) => `${encodeURIComponent(name)}=${COUNTING.test(name) ? value : encodeURIComponent(scrubText(value, name))}`).join('&')}`
    return path.split('/').map(part).join('/') + query
  }

  function scrub(value: unknown, key: string): unknown {
    if (typeof value === 'string') return scrubText(value, key)
    if (typeof value === 'number') return scrubNumber(value, key)
    if (Array.isArray(value)) return value.map((one) => scrub(one, key))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [isName(name) || vocabulary.has(name) ? name : scrubText(name, ''), scrub(inner, name)]))
  }

  function repeatWord(word: string): string {
    const [, name = word, extension = ''] = /^(.*?)(\.[a-z]+)?$/i.exec(word) ?? []
    const found = known.get(word) ?? (known.has(name) ? known.get(name)! + extension : undefined)
    return found ?? (stays(word) ? word : word.replaceAll(/\d{2,}/g, (digits) => known.get(digits) ?? digits))
  }

  /** Only what stood in an answer; whole, or as a word of a longer text. */
  function repeat(value: unknown, key: string): unknown {
    if (typeof value === 'string') return COUNTING.test(key) ? value : known.get(value) ?? value.replaceAll(/[\p{L}\p{N}_@.+-]*[\p{L}\p{N}_]/gu, (word) => repeatWord(word))
    if (typeof value === 'number') return COUNTING.test(key) ? value : Number(known.get(String(value)) ?? value)
    if (Array.isArray(value)) return value.map((one) => repeat(one, key))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, repeat(inner, name)]))
  }

  return {
    answer: (value) => scrub(value, ''),
    request: (value) => repeat(value, '') as typeof value,
    leftIn(value) {
      const texts = textsIn(value).filter((text) => !stays(text))
      return [...originals].filter((original) => texts.some((text) => text === original || (original.length >= TELLING && text.includes(original))))
    },
  }
}

const namesIn = (value: unknown): string[] => (typeof value === 'object' && value !== null ? Object.entries(value).flatMap(([name, inner]) => [name, ...namesIn(inner)]) : [])

/** Every text, every number that may be somebody's, and every key that is none of the vendor's names. */
function textsIn(value: unknown, key = ''): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value === 'number') return COUNTING.test(key) ? [] : [String(value)]
  if (Array.isArray(value)) return value.flatMap((one) => textsIn(one, key))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) => [...(isName(name) ? [] : [name]), ...textsIn(inner, name)])
}

/** An instant as it was written, so much earlier. */
function moveText(text: string, invent: Invention, attempt: number): string {
  const moved = Date.parse(`${text.slice(0, 10)}T00:00:00Z`) + (invent.movedDays - attempt) * 86_400_000
  // Not a day at all: whatever it is, it has the form of one.
  return Number.isNaN(moved) ? invent.formed(text, attempt) : new Date(moved).toISOString().slice(0, 10) + text.slice(10)
}

function decode(text: string): string {
  try { return decodeURIComponent(text) } catch { return text }
}
