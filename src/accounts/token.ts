import { audit, type Actor } from '../audit/audit.ts'
import type { Database } from '../db/client.ts'
import { Fault } from '../errors.ts'
import { ACCOUNT_TOKEN, mintToken } from '../organizations/tokens.ts'

/** A new token for the account; the old one names nothing any more. */
export async function regenerateAccountToken(database: Database, organizationId: string, linkedAccountId: string, actor: Actor | null): Promise<string> {
  const { token, publicId, secretHash } = mintToken(ACCOUNT_TOKEN)
  await database.tenant(organizationId, async (client) => {
    const { rowCount } = await client.query('update linked_accounts set token_public_id = $2, token_hash = $3 where id = $1', [linkedAccountId, publicId, secretHash])
    if (rowCount === 0) throw new Fault('request.not_found')
    await audit(client, { organizationId, event: 'REGENERATED_ACCOUNT_TOKEN', description: 'The token of a linked account was replaced.', subject: linkedAccountId, actor })
  })
  return token
}
