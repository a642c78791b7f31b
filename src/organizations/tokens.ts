/** Keys and tokens that travel: a prefix that scanners know, a public id that finds the row, a secret, and a checksum that catches typos. */
import { hash, randomBytes, timingSafeEqual } from 'node:crypto'
import { crc32 } from 'node:zlib'

export const API_KEY = 'im_live_'
export const ACCOUNT_TOKEN = 'im_acct_'
export type TokenPrefix = typeof API_KEY | typeof ACCOUNT_TOKEN

/** For secret scanners: every key and token of ours, and nothing else. */
export const tokenPattern = /\bim_(?:live|acct)_[0-9A-Za-z]{22}_[0-9A-Za-z]{49}\b/

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const SHAPE = /^([0-9A-Za-z]{22})_([0-9A-Za-z]{43})([0-9A-Za-z]{6})$/
/** The largest multiple of 62 below 256: bytes from there on would favour the first letters. */
const FAIR = 248

function randomBase62(length: number): string {
  let text = ''
  while (text.length < length) {
    for (const byte of randomBytes(length * 2)) if (byte < FAIR && text.length < length) text += ALPHABET[byte % 62]
  }
  return text
}

function checksum(text: string): string {
  let digits = ''
  for (let rest = crc32(text); digits.length < 6; rest = Math.floor(rest / 62)) digits = ALPHABET[rest % 62] + digits
  return digits
}

/** The digest that is stored. The secret has 256 random bits, so a slow hash would protect nothing. */
export const hashSecret = (secret: string): Buffer => hash('sha256', secret, 'buffer')

/** Compares in constant time. */
export const secretMatches = (secret: string, stored: Buffer): boolean => {
  const given = hashSecret(secret)
  return stored.length === given.length && timingSafeEqual(given, stored)
}

/** A new key or token. `token` is shown once and kept nowhere. */
export function mintToken(prefix: TokenPrefix): { token: string; publicId: string; secretHash: Buffer } {
  const publicId = randomBase62(22)
  const secret = randomBase62(43)
  const body = `${prefix}${publicId}_${secret}`
  return { token: body + checksum(body), publicId, secretHash: hashSecret(secret) }
}

/** The parts of a key or token, or null where it cannot be one of ours. Asks no database. */
export function parseToken(prefix: TokenPrefix, text: string): { publicId: string; secret: string } | null {
  if (!text.startsWith(prefix)) return null
  const [, publicId, secret, sum] = SHAPE.exec(text.slice(prefix.length)) ?? []
  if (publicId === undefined || secret === undefined || sum !== checksum(`${prefix}${publicId}_${secret}`)) return null
  return { publicId, secret }
}
