import type { Client } from '../db/client.ts'
import type { Vault } from '../db/seal.ts'
import { Fault } from '../errors.ts'
import { consentOf } from '../upstream/authorize.ts'
import type { DoorAccount } from '../upstream/door.ts'
import type { Consent } from '../upstream/keeper.ts'
import { hashOf, lifeOf, secretsIn, tokenScope, TOKENS, type StoredTokens } from '../upstream/tokens.ts'
import { credentialScope } from './account.ts'

/** Tokens that were consented to somewhere else, with what the vendor said when it gave them. */
export interface GivenTokens extends StoredTokens {
  /** Seconds that the access token still holds; null: nobody knows. */
  readonly lifeSeconds: number | null
  /** The vendor's whole answer, for what it tells of the account. */
  readonly answer: Readonly<Record<string, unknown>>
}

/** How an account is entered: with what its customer copied, or by consent. */
export type Entry = { readonly credentials: Readonly<Record<string, string>> } | { readonly tokens: GivenTokens }

/** Tokens that are not stored yet: they are shown as they are, and renewed only once they are. */
export const unstored = (given: GivenTokens): Consent => ({
  key: hashOf(given.accessToken).toString('hex'),
  hold: async ({ refused }) => {
    if (refused !== undefined) throw new Fault('upstream.unauthorized', { detail: 'The vendor refused the access token. Give one that still holds.' })
    return { token: given.accessToken, until: Infinity, secrets: secretsIn(given) }
  },
})

/** Seals what an account is entered with; what it gives stores that in place of what was there. It is another epoch: no run goes on with a mixture of both. */
export async function sealEntry(vault: Vault, { organizationId, id, provider }: Pick<DoorAccount, 'organizationId' | 'id' | 'provider'>, entry: Entry): Promise<(client: Client) => Promise<void>> {
  const scope = 'tokens' in entry ? tokenScope(organizationId, id) : credentialScope(organizationId, id)
  const sealed = await vault.seal(scope, Buffer.from(JSON.stringify('tokens' in entry ? kept(entry.tokens) : entry.credentials)))
  const values = [id, scope.purpose, sealed, 'tokens' in entry ? lifeOf(consentOf(provider), entry.tokens.lifeSeconds) : null]
  const times = `case when $2 = '${TOKENS}' then clock_timestamp() end, clock_timestamp() + $4::float8 * interval '1 second'`
  return async (client) => {
    // In place: whoever waits for the lock on the row finds what came, not nothing.
    const { rowCount } = await client.query(
      `update credentials set purpose = $2, sealed = $3, epoch = epoch + 1, updated_at = now(), (refreshed_at, expires_at) = (select ${times}), retry_at = null, failures = 0, refused_at = null, is_doubted = false, condemned = null where linked_account_id = $1`, values)
    if (rowCount === 0) await client.query(`insert into credentials (linked_account_id, purpose, sealed, refreshed_at, expires_at, organization_id) values ($1, $2, $3, ${times}, $5)`, [...values, organizationId])
    await client.query('delete from token_refreshes where linked_account_id = $1', [id])
  }
}

const kept = ({ accessToken, refreshToken, scopes, client }: GivenTokens): StoredTokens => ({ accessToken, refreshToken, scopes, client })
