import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes, randomUUID } from 'node:crypto'
import type pg from 'pg'
import { Fault } from '../errors.ts'

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

function encrypt(key: Buffer, plain: Buffer, aad: string): Buffer {
  const iv = randomBytes(IV)
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG }).setAAD(Buffer.from(aad))
  return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

function decrypt(key: Buffer, sealed: Buffer, aad: string): Buffer {
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
    return [createHash('sha256').update(key).digest('hex').slice(0, 16), key] as const
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

interface DataKey { readonly id: string; readonly key: Buffer; seals: number }
/** Far below the 2^32 messages after which random nonces under one key become a risk. */
const SEALS_PER_KEY = 2 ** 30
const CACHE_MS = 10 * 60_000

/** A vault over `data_keys`, read and written through the system pool. */
export function openVault(pool: pg.Pool, kms: Kms): Vault {
  const current = new Map<string, { dataKey: Promise<DataKey>; until: number }>()
  const byId = new Map<string, { key: Promise<Buffer>; until: number }>()
  const wrapAad = (organizationId: string, id: string): string => JSON.stringify(['v1', 'data-key', organizationId, id])
  const aad = ({ organizationId, linkedAccountId, purpose }: SealScope, keyId: string): string => JSON.stringify(['v1', organizationId, linkedAccountId, purpose, keyId])

  async function newKey(organizationId: string): Promise<DataKey> {
    const id = randomUUID()
    const key = randomBytes(32)
    const wrapped = await kms.wrap(key, wrapAad(organizationId, id))
    await pool.query('update data_keys set retired_at = now() where organization_id = $1 and retired_at is null', [organizationId])
    await pool.query('insert into data_keys (id, organization_id, wrapped_by, wrapped) values ($1, $2, $3, $4)', [id, organizationId, kms.current, wrapped])
    return { id, key, seals: 0 }
  }

  async function loadCurrent(organizationId: string): Promise<DataKey> {
    const { rows: [row] } = await pool.query<{ id: string; wrapped_by: string; wrapped: Buffer }>(
      'select id, wrapped_by, wrapped from data_keys where organization_id = $1 and retired_at is null order by created_at desc limit 1', [organizationId])
    if (row === undefined) return newKey(organizationId)
    return { id: row.id, key: await kms.unwrap(row.wrapped_by, row.wrapped, wrapAad(organizationId, row.id)), seals: 0 }
  }

  async function currentKey(organizationId: string): Promise<DataKey> {
    let cached = current.get(organizationId)
    if (cached === undefined || cached.until < Date.now()) {
      cached = { dataKey: loadCurrent(organizationId), until: Date.now() + CACHE_MS }
      current.set(organizationId, cached)
      cached.dataKey.catch(() => current.delete(organizationId))
    }
    const dataKey = await cached.dataKey
    if (++dataKey.seals < SEALS_PER_KEY) return dataKey
    current.delete(organizationId)
    return newKey(organizationId)
  }

  async function keyById(organizationId: string, id: string): Promise<Buffer> {
    let cached = byId.get(id)
    if (cached === undefined || cached.until < Date.now()) {
      const load = async (): Promise<Buffer> => {
        const { rows: [row] } = await pool.query<{ wrapped_by: string; wrapped: Buffer }>('select wrapped_by, wrapped from data_keys where id = $1 and organization_id = $2', [id, organizationId])
        if (row === undefined) throw new Error('no such data key in this organisation')
        return kms.unwrap(row.wrapped_by, row.wrapped, wrapAad(organizationId, id))
      }
      cached = { key: load(), until: Date.now() + CACHE_MS }
      byId.set(id, cached)
      cached.key.catch(() => byId.delete(id))
    }
    return cached.key
  }

  return {
    async seal(scope, plain) {
      const { id, key } = await currentKey(scope.organizationId)
      return Buffer.concat([Buffer.from([VERSION]), Buffer.from(id.replaceAll('-', ''), 'hex'), encrypt(key, plain, aad(scope, id))])
    },
    async open(scope, sealed) {
      try {
        if (sealed[0] !== VERSION || sealed.length < HEADER) throw new Error('unknown version')
        const id = sealed.subarray(1, HEADER).toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
        return decrypt(await keyById(scope.organizationId, id), sealed.subarray(HEADER), aad(scope, id))
      } catch (cause) {
        throw cause instanceof Fault ? cause : new Fault('account.credential_unreadable', {}, cause)
      }
    },
  }
}

/** Refuses to go on with a key that is not the one this database was sealed with. */
export async function checkKey(pool: pg.Pool, kms: Kms): Promise<void> {
  const words = Buffer.from('intermodal')
  const { rows } = await pool.query<{ wrapped_by: string; sealed: Buffer }>('select wrapped_by, sealed from key_canary')
  for (const row of rows) {
    const opened = await kms.unwrap(row.wrapped_by, row.sealed, 'canary').catch(() => null)
    if (opened === null || !opened.equals(words)) throw new Fault('account.credential_unreadable', { detail: `This database was sealed with encryption key ${row.wrapped_by}, which is not among the keys in INTERMODAL_ENCRYPTION_KEY. Nothing was written.` })
  }
  if (rows.length === 0) await pool.query('insert into key_canary (wrapped_by, sealed) values ($1, $2) on conflict do nothing', [kms.current, await kms.wrap(words, 'canary')])
}
