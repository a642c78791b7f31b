import { audit, type Actor } from '../audit/audit.ts'
import { transaction, type Database } from '../db/client.ts'
import { Fault } from '../errors.ts'
import type { Caller } from '../http/caller.ts'
import { API_KEY, mintToken } from './tokens.ts'

interface KeyRow { readonly id: string; readonly scopes: readonly string[]; readonly expires_at: string | null }

const LIVING = `select id, scopes, expires_at from api_keys where organization_id = $1 and name = $2 and revoked_at is null and (expires_at is null or expires_at > now()) for update`

/** A new key of the caller's organisation. It may do what the caller may, and nothing more. */
export async function generateKey(database: Database, caller: Caller, name: string, actor: Actor | null): Promise<string> {
  const { organizationId } = caller
  const { token, publicId, secretHash } = mintToken(API_KEY)
  await transaction(database.system, async (client) => {
    // Two that ask for the same name at once: the second sees the first one's key.
    await client.query('select 1 from organizations where id = $1 for update', [organizationId])
    const { rows } = await client.query<KeyRow>(LIVING, [organizationId, name])
    if (rows.length > 0) throw new Fault('request.conflict', { detail: `There is a key "${name}" already. Regenerate it, or choose another name.`, pointer: '/name' })
    const { rows: [made] } = await client.query<{ id: string }>('insert into api_keys (organization_id, public_id, secret_hash, name, scopes) values ($1, $2, $3, $4, $5) returning id', [organizationId, publicId, secretHash, name, [...caller.scopes]])
    await audit(client, { organizationId, event: 'CREATED_REMOTE_PRODUCTION_API_KEY', description: 'An API key was made.', subject: made!.id, actor })
  })
  return token
}

/** A new key in place of the one of that name, which is refused from now on. Nobody comes by scopes in this way that he has not. */
export async function regenerateKey(database: Database, caller: Caller, name: string, actor: Actor | null): Promise<string> {
  const { organizationId } = caller
  const { token, publicId, secretHash } = mintToken(API_KEY)
  await transaction(database.system, async (client) => {
    const { rows: [old, ...others] } = await client.query<KeyRow>(LIVING, [organizationId, name])
    if (old === undefined) throw new Fault('request.not_found', { detail: `There is no key "${name}".`, pointer: '/name' })
    if (others.length > 0) throw new Fault('request.conflict', { detail: `${others.length + 1} keys are called "${name}", so it cannot be told which is meant.`, pointer: '/name' })
    const lacking = old.scopes.find((scope) => !caller.scopes.includes(scope))
    if (lacking !== undefined) throw new Fault('request.forbidden', { detail: `The key "${name}" has the scope ${lacking}, which yours has not.`, requiredScope: lacking })
    const { rows: [made] } = await client.query<{ id: string }>('insert into api_keys (organization_id, public_id, secret_hash, name, scopes, expires_at) values ($1, $2, $3, $4, $5, $6) returning id', [organizationId, publicId, secretHash, name, [...old.scopes], old.expires_at])
    await client.query('update api_keys set revoked_at = now() where id = $1', [old.id])
    await audit(client, { organizationId, event: 'REGENERATED_PRODUCTION_API_KEY', description: `An API key took the place of ${old.id}.`, subject: made!.id, actor })
  })
  return token
}
