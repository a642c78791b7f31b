import { createCipheriv, createDecipheriv, createHash, createSecretKey, hkdfSync, randomBytes, randomUUID, type KeyObject } from 'node:crypto'
import type { Pool } from 'pg'
import { Fault } from '../errors.ts'
import { transaction } from './client.ts'

/** What a sealed value is bound to: moved to another organisation, account or purpose it does not open. */
export interface SealScope {
  readonly organizationId: string
  readonly linkedAccountId: string
  readonly purpose: string
}

/** Envelope encryption: values under a data key per organisation, data keys under a key-encryption key. */
export interface Vault {
  readonly seal: (scope: SealScope, plain: Buffer) => Promise<Buffer>
  readonly open: (scope: SealScope, sealed: Buffer) => Promise<Buffer>
}

/** Wraps data keys. The local one holds its keys in memory; a cloud KMS fits behind the same two verbs. */
export interface Kms {
  /** Names the key that wraps now. */
  readonly current: string
  readonly wrap: (plain: Buffer, aad: string) => Promise<Buffer>
  readonly unwrap: (keyId: string, wrapped: Buffer, aad: string) => Promise<Buffer>
}

const VERSION = 1
const IV = 12
const TAG = 16
const HEADER = 1 + 16
const NO_HEAD = Buffer.alloc(0)

/** Random, for processes that share a key share no counter. */
export const nonce = (): Buffer => randomBytes(IV)

/** Keys as objects: given as bytes, each use of one would make an object of it first, which costs more than sealing a small value. */
function encrypt(key: KeyObject, plain: Buffer, aad: string, head: Buffer = NO_HEAD): Buffer {
  const iv = nonce()
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG }).setAAD(Buffer.from(aad))
  return Buffer.concat([head, iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

function decrypt(key: KeyObject, sealed: Buffer, aad: string): Buffer {
  if (sealed.length < IV + TAG) throw new Error('sealed value is too short')
  // Without authTagLength Node accepts tags of 4 bytes.
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, IV), { authTagLength: TAG })
    .setAAD(Buffer.from(aad)).setAuthTag(sealed.subarray(sealed.length - TAG))
  return Buffer.concat([decipher.update(sealed.subarray(IV, sealed.length - TAG)), decipher.final()])
}

/** One master key, several uses: each use has a key of its own. */
export const deriveKey = (master: Buffer, use: string): Buffer => Buffer.from(hkdfSync('sha256', master, Buffer.alloc(0), `intermodal/${use}`, 32))

export function localKms(masters: readonly Buffer[]): Kms {
  const keys = new Map(masters.map((master) => {
    const key = deriveKey(master, 'kek')
    return [createHash('sha256').update(key).digest('hex').slice(0, 16), createSecretKey(key)] as const
  }))
  const [current] = keys.keys()
  if (current === undefined) throw new Error('there is no encryption key')
  return {
    current,
    wrap: async (plain, aad) => encrypt(keys.get(current)!, plain, aad),
    async unwrap(keyId, wrapped, aad) {
      const key = keys.get(keyId)
      if (key === undefined) throw new Fault('account.credential_unreadable', { detail: `The encryption key ${keyId} that sealed this is not among those given.` })
      return decrypt(key, wrapped, aad)
    },
  }
}

interface DataKey { readonly id: string; readonly key: KeyObject; readonly createdAt: number }
interface Cached<T> { readonly value: Promise<T>; readonly until: number }

export interface VaultLimits {
  /** Far below the 2^32 messages after which random nonces under one key become a risk. */
  readonly sealsPerKey: number
  /** Several processes seal under one key and each counts only its own, so a key also retires by age: 2^32 in a week would be 7,000 a second. */
  readonly keyDays: number
}
const LIMITS: VaultLimits = { sealsPerKey: 2 ** 30, keyDays: 7 }
const CACHE_MS = 10 * 60_000
const CACHE_SIZE = 10_000

const wrapAad = (organizationId: string, id: string): string => JSON.stringify(['v1', 'data-key', organizationId, id])
const sealAad = ({ organizationId, linkedAccountId, purpose }: SealScope, keyId: string): string => JSON.stringify(['v1', organizationId, linkedAccountId, purpose, keyId])

/** Remembers for a while what was loaded, never a failure, and no more than so many. */
function remember<T>(cache: Map<string, Cached<T>>, name: string, load: () => Promise<T>): Promise<T> {
  const found = cache.get(name)
  if (found !== undefined && found.until > Date.now()) return found.value
  const entry: Cached<T> = { value: load(), until: Date.now() + CACHE_MS }
  cache.delete(name)
  cache.set(name, entry)
  entry.value.catch(() => { if (cache.get(name) === entry) cache.delete(name) })
  for (const oldest of cache.keys()) { if (cache.size <= CACHE_SIZE) break; cache.delete(oldest) }
  return entry.value
}

/** A vault over `data_keys`, read and written through the system pool. */
export function openVault(pool: Pool, kms: Kms, { sealsPerKey, keyDays }: VaultLimits = LIMITS): Vault {
  const current = new Map<string, Cached<DataKey>>()
  const byId = new Map<string, Cached<KeyObject>>()
  /** Counts outlive the cache: a key that is loaded again has not been used less. */
  const seals = new Map<string, number>()
  const usedUp = ({ id, createdAt }: Pick<DataKey, 'id' | 'createdAt'>): boolean => (seals.get(id) ?? 0) >= sealsPerKey || createdAt < Date.now() - keyDays * 86_400_000

  /** The living key, or a new one in its place; of several processes that find none, one makes it. */
  const livingKey = (organizationId: string): Promise<DataKey> => transaction(pool, async (client) => {
    const read = async (): Promise<DataKey | null> => {
      const { rows: [row] } = await client.query<{ id: string; wrapped_by: string; wrapped: Buffer; created_at: string }>(
        'select id, wrapped_by, wrapped, created_at from data_keys where organization_id = $1 and retired_at is null order by created_at desc limit 1', [organizationId])
      if (row === undefined || usedUp({ id: row.id, createdAt: Date.parse(row.created_at) })) return null
      return { id: row.id, key: createSecretKey(await kms.unwrap(row.wrapped_by, row.wrapped, wrapAad(organizationId, row.id))), createdAt: Date.parse(row.created_at) }
    }
    const found = await read()
    if (found !== null) return found
    await client.query(`select pg_advisory_xact_lock(hashtextextended('intermodal data key ' || $1, 0))`, [organizationId])
    const made = await read()
    if (made !== null) return made
    const id = randomUUID()
    const key = randomBytes(32)
    await client.query('update data_keys set retired_at = now() where organization_id = $1 and retired_at is null', [organizationId])
    await client.query('insert into data_keys (id, organization_id, wrapped_by, wrapped) values ($1, $2, $3, $4)', [id, organizationId, kms.current, await kms.wrap(key, wrapAad(organizationId, id))])
    return { id, key: createSecretKey(key), createdAt: Date.now() }
  })

  async function sealingKey(organizationId: string): Promise<DataKey> {
    for (;;) {
      const promise = remember(current, organizationId, () => livingKey(organizationId))
      const dataKey = await promise
      if (!usedUp(dataKey)) {
        seals.set(dataKey.id, (seals.get(dataKey.id) ?? 0) + 1)
        return dataKey
      }
      // Only the first of those who notice takes it away; the others wait for the same new one.
      if (current.get(organizationId)?.value === promise) current.delete(organizationId)
    }
  }

  const openingKey = (organizationId: string, id: string): Promise<KeyObject> => remember(byId, `${organizationId}/${id}`, async () => {
    const { rows: [row] } = await pool.query<{ wrapped_by: string; wrapped: Buffer }>('select wrapped_by, wrapped from data_keys where id = $1 and organization_id = $2', [id, organizationId])
      .catch((cause: unknown) => { throw new Fault('storage.unavailable', {}, cause) })
    if (row === undefined) throw new Error('no such data key in this organisation')
    return createSecretKey(await kms.unwrap(row.wrapped_by, row.wrapped, wrapAad(organizationId, id)))
  })

  return {
    async seal(scope, plain) {
      const { id, key } = await sealingKey(scope.organizationId)
      return encrypt(key, plain, sealAad(scope, id), Buffer.from(`0${VERSION}${id.replaceAll('-', '')}`, 'hex'))
    },
    async open(scope, sealed) {
      try {
        if (sealed[0] !== VERSION || sealed.length < HEADER) throw new Error('unknown version')
        const id = sealed.subarray(1, HEADER).toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
        return decrypt(await openingKey(scope.organizationId, id), sealed.subarray(HEADER), sealAad(scope, id))
      } catch (cause) {
        throw cause instanceof Fault ? cause : new Fault('account.credential_unreadable', {}, cause)
      }
    },
  }
}

/** Refuses to go on with keys that do not open what this database was sealed with, and remembers the one that seals now. */
export function checkKey(pool: Pool, kms: Kms): Promise<void> {
  const words = Buffer.from('intermodal')
  return transaction(pool, async (client) => {
    // Two processes that start with different keys on an empty database must not both be right.
    await client.query(`select pg_advisory_xact_lock(hashtextextended('intermodal key canary', 0))`)
    const { rows } = await client.query<{ wrapped_by: string; sealed: Buffer }>('select wrapped_by, sealed from key_canary')
    for (const row of rows) {
      const opened = await kms.unwrap(row.wrapped_by, row.sealed, 'canary').catch(() => null)
      if (opened === null || !opened.equals(words)) throw new Fault('account.credential_unreadable', { detail: `This database was sealed with encryption key ${row.wrapped_by}, which is not among the keys in INTERMODAL_ENCRYPTION_KEY. Nothing was written.` })
    }
    if (!rows.some((row) => row.wrapped_by === kms.current)) await client.query('insert into key_canary (wrapped_by, sealed) values ($1, $2)', [kms.current, await kms.wrap(words, 'canary')])
  })
}
