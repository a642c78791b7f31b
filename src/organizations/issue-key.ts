import { audit, type Actor } from '../audit/audit.ts'
import { transaction, type Database } from '../db/client.ts'
import { Fault } from '../errors.ts'
import type { Caller } from '../http/caller.ts'
import { excess, ruleText, type PassthroughRule } from '../http/passthrough-rules.ts'
import { asJson } from './keys.ts'
import { API_KEY, mintToken } from './tokens.ts'

interface KeyRow { readonly id: string; readonly scopes: readonly string[]; readonly passthrough_rules: readonly PassthroughRule[] | null; readonly expires_at: string | null }

const LIVING = `select id, scopes, passthrough_rules, expires_at from api_keys where organization_id = $1 and name = $2 and revoked_at is null and (expires_at is null or expires_at > now()) for update`

function refuseExcess(rules: readonly PassthroughRule[] | null, caller: Caller, what: string): void {
  const more = excess(rules, caller.passthroughRules)
  if (more === undefined) return
  throw new Fault('request.forbidden', { detail: more === 'no rules' ? `${what} has no passthrough rules, but yours has.` : `${what} has the passthrough rule ${ruleText(more)}, and no rule of yours allows as much.`, passthroughRules: (caller.passthroughRules ?? []).map(ruleText) })
}

/** A new key of the caller's organisation. It may do what the caller may, or less. */
export async function generateKey(database: Database, caller: Caller, { name, passthrough_rules: given }: { readonly name: string; readonly passthrough_rules?: readonly PassthroughRule[] | null }, actor: Actor | null): Promise<string> {
  const { organizationId } = caller
  const rules = given ?? caller.passthroughRules
  refuseExcess(rules, caller, 'The new key')
  const { token, publicId, secretHash } = mintToken(API_KEY)
  await transaction(database.system, async (client) => {
    // Two that ask for the same name at once: the second sees the first one's key.
    await client.query('select 1 from organizations where id = $1 for update', [organizationId])
    const { rows } = await client.query<KeyRow>(LIVING, [organizationId, name])
    if (rows.length > 0) throw new Fault('request.conflict', { detail: `There is a key "${name}" already. Regenerate it, or choose another name.`, pointer: '/name' })
    const { rows: [made] } = await client.query<{ id: string }>('insert into api_keys (organization_id, public_id, secret_hash, name, scopes, passthrough_rules) values ($1, $2, $3, $4, $5, $6) returning id', [organizationId, publicId, secretHash, name, [...caller.scopes], asJson(rules)])
    await audit(client, { organizationId, event: 'CREATED_REMOTE_PRODUCTION_API_KEY', description: rules === null ? 'An API key was made.' : `An API key was made, with passthrough rules: ${rules.map(ruleText).join('; ') || 'nothing is allowed'}.`, subject: made!.id, actor })
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
    refuseExcess(old.passthrough_rules, caller, `The key "${name}"`)
    const { rows: [made] } = await client.query<{ id: string }>('insert into api_keys (organization_id, public_id, secret_hash, name, scopes, passthrough_rules, expires_at) values ($1, $2, $3, $4, $5, $6, $7) returning id', [organizationId, publicId, secretHash, name, [...old.scopes], asJson(old.passthrough_rules), old.expires_at])
    await client.query('update api_keys set revoked_at = now() where id = $1', [old.id])
    await audit(client, { organizationId, event: 'REGENERATED_PRODUCTION_API_KEY', description: `An API key took the place of ${old.id}.`, subject: made!.id, actor })
  })
  return token
}
