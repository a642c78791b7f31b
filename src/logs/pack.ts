/** How bodies and headers are kept: named by a keyed hash, compressed, sealed to their account. */
import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import type { SealScope, Vault } from '../db/seal.ts'

const FASTEST = { [constants.ZSTD_c_compressionLevel]: 1 }
/** Most bodies shrink to less than a quarter. What the compressor asks for and does not fill is garbage all the same, and costs its collection. */
const LIKELY_PART = 1 / 4
/** More than any log body unpacks to; what is larger was not written here. */
const LARGEST = 16 * 1048576
/** Below this a compressor costs more to set up than it saves. */
const WORTH_IT = 1024
/** How zstd begins. No text does: the second byte of it never follows the first in UTF-8. */
const ZSTD = 0x28b52ffd

export interface Owner { readonly organizationId: string; readonly linkedAccountId: string }
const scopeOf = ({ organizationId, linkedAccountId }: Owner): SealScope => ({ organizationId, linkedAccountId, purpose: 'log' })

/** Never the bytes that were given, which may be written over. */
export const compress = (text: Buffer): Buffer => (text.length < WORTH_IT ? Buffer.from(text) : zstdCompressSync(text, { params: FASTEST, chunkSize: Math.ceil(text.length * LIKELY_PART) }))
export const seal = (vault: Vault, owner: Owner, compressed: Buffer): Promise<Buffer> => vault.seal(scopeOf(owner), compressed)
export async function unpack(vault: Vault, owner: Owner, sealed: Buffer): Promise<string> {
  const packed = await vault.open(scopeOf(owner), sealed)
  return (packed.length > 4 && packed.readUInt32BE(0) === ZSTD ? zstdDecompressSync(packed, { maxOutputLength: LARGEST }) : packed).toString()
}

export type BodyNames = (linkedAccountId: string, text: Buffer) => string
const REMEMBERED = 10_000

/** Names bodies. The key is the account's own, so that equal bodies of two accounts do not look equal; it is remembered, for making it costs as much as using it. */
export function bodyNames(bodyKey: Buffer): BodyNames {
  const keys = new Map<string, KeyObject>()
  const keyOf = (linkedAccountId: string): KeyObject => {
    let key = keys.get(linkedAccountId)
    if (key === undefined) {
      if (keys.size >= REMEMBERED) keys.clear()
      keys.set(linkedAccountId, key = createSecretKey(createHmac('sha256', bodyKey).update(linkedAccountId).digest()))
    }
    return key
  }
  return (linkedAccountId, text) => createHmac('sha256', keyOf(linkedAccountId)).update(text).digest('hex').slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
