/** Control characters, and those that turn the direction of what follows: `gpj.exe` must not look like `exe.jpg`. */
// oxlint-disable-next-line no-control-regex
const MISLEADING = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g
/** What some file system takes for a path, a stream, a pattern or a variable. */
const UNFIT = /[\\/:*?"<>|]/g
/** Names that a system of this world keeps for its devices, whatever their ending. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i
const LONGEST = 150

/** The vendor's name of a file as one that is safe to save under: one segment, as it looks, of bounded length and with its ending. */
export function safeFileName(name: string | null): string {
  const plain = (name ?? '').toWellFormed().normalize('NFC').replaceAll(MISLEADING, '').replaceAll(UNFIT, '_').replace(/^[.\s]+|[.\s]+$/g, '').replace(DEVICE, '_$&')
  if (plain === '') return 'file'
  const letters = Array.from(plain)
  if (letters.length <= LONGEST) return plain
  const ending = /\.[^.\s]{1,16}$/u.exec(plain)?.[0] ?? ''
  return letters.slice(0, LONGEST - ending.length).join('') + ending
}

/** RFC 8187: what stands for itself in an extended value. */
const extended = (text: string): string => encodeURIComponent(text).replaceAll(/['()*]/g, (letter) => `%${letter.codePointAt(0)!.toString(16).toUpperCase()}`)

/** RFC 6266: always to be saved, never shown. The name twice where it is not ASCII: for everybody, and for those who know the newer form. */
export function contentDisposition(name: string | null): string {
  const safe = safeFileName(name)
  // A percent sign in the plain form is taken for an escape by some.
  const ascii = safe.replaceAll(/[^\x20-\x7e]|%/gu, '_')
  return `attachment; filename="${ascii}"${ascii === safe ? '' : `; filename*=UTF-8''${extended(safe)}`}`
}

const MEDIA_TYPE = /^[a-z0-9][\w!#$&^.+-]{0,126}\/[a-z0-9][\w!#$&^.+-]{0,126}(?:\s*;\s*[\w!#$&^.+-]+=(?:[\w!#$&^.+-]+|"[\x20\x21\x23-\x5b\x5d-\x7e]*"))*$/i

/** The first of these that is a media type; else the one for bytes of any kind. */
export const mediaType = (...told: readonly (string | null)[]): string => told.find((type) => type !== null && type.length <= 255 && MEDIA_TYPE.test(type)) ?? 'application/octet-stream'

/** A media type without its parameters, for comparison. */
export const essenceOf = (type: string): string => type.split(';', 1)[0]!.trim().toLowerCase()
