import { hash } from 'node:crypto'

/** The variant's two bits are 10, the other two those of the digit. */
const VARIANT: Readonly<Record<string, string>> = Object.fromEntries(Array.from({ length: 16 }, (_, n) => [n.toString(16), (8 | (n & 3)).toString(16)]))

/** 32 hex digits as a UUID of version 8 (RFC 9562: "custom"). */
const asUuid8 = (hex: string): string => `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${VARIANT[hex[16]!]!}${hex.slice(17, 20)}-${hex.slice(20, 32)}`

/**
 * Our id of a vendor's record. The same for ever: relations resolve while mapping, without a look-up,
 * in any order of arrival, and a sync from nothing gives the same ids.
 */
export const recordId = (linkedAccountId: string, model: string, remoteId: string): string =>
  asUuid8(hash('sha256', `${linkedAccountId}\n${model}\n${remoteId}`, 'hex'))

/** 128 bits of SHA-256, kept as a UUID because that is 16 fixed bytes in Postgres. */
export const contentHash = (text: string): string => asUuid8(hash('sha256', text, 'hex'))

const LONGEST_KEY = 512

/** A vendor's id or a filterable value as an index can hold it: btree keys end at some 2,700 bytes. */
export const indexKey = (value: string): string =>
  value.length * 3 <= LONGEST_KEY || Buffer.byteLength(value) <= LONGEST_KEY ? value : `sha256:${hash('sha256', value, 'hex')}`
