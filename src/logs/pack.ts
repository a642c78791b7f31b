/** How bodies and headers are kept: named by a keyed hash, compressed, sealed to their account. */
import { createHmac } from 'node:crypto'
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import type { SealScope, Vault } from '../db/seal.ts'

const FASTEST = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }
/** More than any log body unpacks to; what is larger was not written here. */
const LARGEST = 16 * 1048576

export interface Owner { readonly organizationId: string; readonly linkedAccountId: string }
const scopeOf = ({ organizationId, linkedAccountId }: Owner): SealScope => ({ organizationId, linkedAccountId, purpose: 'log' })

export const pack = (vault: Vault, owner: Owner, text: string): Promise<Buffer> => vault.seal(scopeOf(owner), zstdCompressSync(text, FASTEST))
export const unpack = async (vault: Vault, owner: Owner, sealed: Buffer): Promise<string> => zstdDecompressSync(await vault.open(scopeOf(owner), sealed), { maxOutputLength: LARGEST }).toString()

/** Names a body. The key is the account's own, so that equal bodies of two accounts do not look equal. */
export function bodyId(bodyKey: Buffer, linkedAccountId: string, text: string): string {
  const key = createHmac('sha256', bodyKey).update(linkedAccountId).digest()
  return createHmac('sha256', key).update(text).digest('hex').slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
