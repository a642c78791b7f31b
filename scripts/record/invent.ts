/** What stands in a fixture in place of what people and machines had written: invented, of the same form, and the same each time within one recording. */
import { createHmac } from 'node:crypto'

const GIVEN = ['Ada', 'Bela', 'Cleo', 'Dario', 'Edda', 'Faris', 'Gwen', 'Hugo', 'Iris', 'Joris', 'Kira', 'Levi', 'Mila', 'Nils', 'Olga', 'Pavel', 'Quinn', 'Rosa', 'Sami', 'Tilda', 'Udo', 'Vera', 'Wim', 'Xenia', 'Yara', 'Zeno']
const FAMILY = ['Adler', 'Brandt', 'Castell', 'Dorn', 'Engel', 'Falk', 'Groth', 'Hartwig', 'Ilic', 'Jansen', 'Kestner', 'Lorenz', 'Marek', 'Nowak', 'Ostrow', 'Pohl', 'Quandt', 'Rieger', 'Sander', 'Thoma', 'Urban', 'Vogel', 'Wendt', 'Yildiz', 'Zoller']
const WORDS = ['amber', 'basin', 'cedar', 'delta', 'ember', 'fjord', 'grove', 'heron', 'inlet', 'juniper', 'kelp', 'larch', 'maple', 'north', 'otter', 'plain', 'quartz', 'ridge', 'shore', 'tundra', 'umber', 'vale', 'willow', 'yarrow', 'zephyr']

export interface Invention {
  readonly given: (of: string, attempt: number) => string
  readonly family: (of: string, attempt: number) => string
  /** So many words; a line for each line of the original. */
  readonly prose: (of: string, attempt: number) => string
  readonly word: (of: string, attempt: number) => string
  /** Letters for letters and digits for digits; everything else stays where it is. */
  readonly formed: (of: string, attempt: number) => string
  /** All instants move by so many days, so that their order and their distances stay. Far enough to meet none of the others. */
  readonly movedDays: number
}

const LONGEST_PROSE = 12

/** `salt` is thrown away with the recording: without it nobody can try out which original gives which invention. */
export function inventor(salt: Buffer): Invention {
  const noise = (of: string, attempt: number, use: string): Buffer => createHmac('sha256', salt).update(`${use} ${attempt} ${of}`).digest()
  const pick = (from: readonly string[], bytes: Buffer, at: number): string => from[bytes[at % bytes.length]! % from.length]!
  // Ten lists are not enough for a large recording: later attempts get a number.
  const numbered = (text: string, attempt: number): string => (attempt < 10 ? text : `${text} ${attempt}`)
  const formed = (of: string, attempt: number): string => {
    const isHex = /^[0-9a-f-]+$/i.test(of)
    let bytes = noise(of, attempt, 'form')
    return Array.from(of).map((sign, at) => {
      if (at > 0 && at % 32 === 0) bytes = noise(of, attempt, `form ${at}`)
      const byte = bytes[at % 32]!
      // No leading zero where there was none: as a number it would be shorter.
      if (/[0-9]/.test(sign)) return String(at === 0 && sign !== '0' ? (byte % 9) + 1 : byte % 10)
      if (/[a-z]/.test(sign)) return String.fromCharCode(97 + (byte % (isHex ? 6 : 26)))
      if (/[A-Z]/.test(sign)) return String.fromCharCode(65 + (byte % (isHex ? 6 : 26)))
      return /[\p{L}\p{N}]/u.test(sign) ? 'x' : sign
    }).join('')
  }
  return {
    movedDays: -(4_000 + (noise('', 0, 'days').readUInt16BE() % 700)),
    given: (of, attempt) => numbered(pick(GIVEN, noise(of, attempt, 'given'), 0), attempt),
    family: (of, attempt) => numbered(pick(FAMILY, noise(of, attempt, 'family'), 0), attempt),
    word: (of, attempt) => {
      const bytes = noise(of, attempt, 'word')
      const word = `${pick(WORDS, bytes, 0)}${attempt === 0 ? '' : pick(WORDS, bytes, 1)}`
      return numbered(/^\p{Lu}/u.test(of) ? word[0]!.toUpperCase() + word.slice(1) : word, attempt)
    },
    prose: (of, attempt) => of.split('\n').slice(0, LONGEST_PROSE).map((line, at) => {
      const bytes = noise(of, attempt, `prose ${at}`)
      const words = line.trim() === '' ? [] : line.trim().split(/\s+/).slice(0, LONGEST_PROSE).map((_, n) => pick(WORDS, bytes, n))
      return numbered(words.join(' '), words.length === 0 ? 0 : attempt) + (line.endsWith('\r') ? '\r' : '')
    }).join('\n'),
    formed,
  }
}
