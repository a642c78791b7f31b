import { scopes as allScopes, type Caller, type Scope } from '../http/caller.ts'
import type { Database } from '../db/client.ts'
import { Fault } from '../errors.ts'
import type { PassthroughRule } from '../http/passthrough-rules.ts'
import { recent } from '../http/recent.ts'
import { API_KEY, mintToken, parseToken, secretMatches } from './tokens.ts'

/** The organisation of that name; made where there is none. */
export async function createOrganization(database: Database, name: string): Promise<{ id: string }> {
  const trimmed = name.trim()
  if (trimmed === '' || trimmed.length > 200) throw new Fault('request.invalid', { detail: 'The name of an organisation has 1 to 200 characters.', pointer: '/name' })
  const { rows: [row] } = await database.system.query<{ id: string }>(
    'insert into organizations (name) values ($1) on conflict (name) do update set name = excluded.name returning id', [trimmed])
  return row!
}

/** Lists are arrays of Postgres to the driver; these are JSON. */
export const asJson = (rules: readonly PassthroughRule[] | null): string | null => (rules === null ? null : JSON.stringify(rules))

/** A new API key of the organisation of that name. The key is in the answer and nowhere else. */
export async function createApiKey(database: Database, input: { organizationName: string; name: string; scopes?: readonly Scope[]; passthroughRules?: readonly PassthroughRule[]; expiresAt?: Date }): Promise<{ apiKey: string; id: string; organizationId: string }> {
  const organization = await createOrganization(database, input.organizationName)
  const { token, publicId, secretHash } = mintToken(API_KEY)
  const { rows: [row] } = await database.system.query<{ id: string }>(
    'insert into api_keys (organization_id, public_id, secret_hash, name, scopes, passthrough_rules, expires_at) values ($1, $2, $3, $4, $5, $6, $7) returning id',
    [organization.id, publicId, secretHash, input.name, [...(input.scopes ?? allScopes)], asJson(input.passthroughRules ?? null), input.expiresAt ?? null])
  return { apiKey: token, id: row!.id, organizationId: organization.id }
}

/** From now on the key is refused; a process that has just seen it notices within five seconds. */
export async function revokeApiKey(database: Database, id: string): Promise<void> {
  await database.system.query('update api_keys set revoked_at = now() where id = $1 and revoked_at is null', [id])
}

interface StoredKey {
  readonly id: string
  readonly organization_id: string
  readonly secret_hash: Buffer
  readonly scopes: readonly string[]
  readonly passthrough_rules: readonly PassthroughRule[] | null
  readonly expires_at: string | null
  readonly revoked_at: string | null
}

export interface KeyRing {
  /** Who the key speaks for, or null. */
  readonly identify: (apiKey: string) => Promise<Caller | null>
}

const CACHE_MS = 5_000
const TOUCH_MS = 60_000

/** Looks keys up by their public id, remembers them for five seconds, and notes at most once a minute that they are in use. */
export function openKeyRing(database: Database, { now = Date.now, onError }: { now?: () => number; onError: (error: unknown) => void }): KeyRing {
  const found = recent<StoredKey>({ forMs: CACHE_MS, entries: 10_000, now })
  const touched = recent<true>({ forMs: TOUCH_MS, entries: 10_000, now })

  async function load(publicId: string): Promise<StoredKey | null> {
    const { rows: [row] } = await database.system.query<StoredKey>({
      name: 'api_key_by_public_id',
      text: 'select id, organization_id, secret_hash, scopes, passthrough_rules, expires_at, revoked_at from api_keys where public_id = $1',
      values: [publicId],
    })
    return row ?? null
  }

  function touch(id: string): void {
    if (touched.get(id) !== undefined) return
    touched.set(id, true)
    database.system.query(`update api_keys set last_used_at = now() where id = $1 and (last_used_at is null or last_used_at < now() - interval '1 minute')`, [id]).catch(onError)
  }

  return {
    async identify(apiKey) {
      const parts = parseToken(API_KEY, apiKey)
      if (parts === null) return null
      let stored = found.get(parts.publicId) ?? null
      if (stored === null) {
        stored = await load(parts.publicId)
        if (stored === null) return null
        found.set(parts.publicId, stored)
      }
      if (!secretMatches(parts.secret, stored.secret_hash) || stored.revoked_at !== null) return null
      if (stored.expires_at !== null && Date.parse(stored.expires_at) <= now()) return null
      touch(stored.id)
      return { organizationId: stored.organization_id, apiKeyId: stored.id, scopes: stored.scopes, passthroughRules: stored.passthrough_rules }
    },
  }
}
