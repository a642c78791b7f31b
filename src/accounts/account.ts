import type { AnyProvider } from '#kit'
import type { DoorAccount } from '../upstream/door.ts'
import type { Database } from '../db/client.ts'
import type { Vault } from '../db/seal.ts'
import { Fault } from '../errors.ts'

/** A linked account, ready to be worked for: who the vendor is, where, and how its credentials are opened. */
export interface AccountWork extends DoorAccount {
  readonly integration: string
  readonly category: string
  readonly status: string
  readonly baseUrl: string
  readonly remoteIdentity: string
}

const PURPOSE = 'credentials'

/** What the credentials of an account are sealed for: moved elsewhere they do not open. */
export const credentialScope = (organizationId: string, linkedAccountId: string) => ({ organizationId, linkedAccountId, purpose: PURPOSE })

export interface AccountDeps {
  readonly database: Database
  readonly vault: Vault
  readonly providers: ReadonlyMap<string, AnyProvider>
}

/** Loads an account for work; null where it is gone, or must be linked anew before anything else. */
export function accountLoader({ database, vault, providers }: AccountDeps) {
  return async (organizationId: string, linkedAccountId: string): Promise<AccountWork | null> => {
    const [row] = await database.tenantQuery<{ integration: string; category: string; status: string; setup: Record<string, string>; remote_identity: string }>(organizationId, {
      name: 'account_work', text: 'select integration, category, status, setup, remote_identity from linked_accounts where id = $1', values: [linkedAccountId],
    })
    const provider = providers.get(row?.integration ?? '')
    if (row === undefined || provider === undefined || row.status !== 'COMPLETE') return null
    return {
      id: linkedAccountId, organizationId, provider, setup: row.setup, integration: row.integration, category: row.category, status: row.status,
      baseUrl: provider.baseUrl(row.setup).replace(/\/+$/, ''), remoteIdentity: row.remote_identity,
      async credentials() {
        const [sealed] = await database.tenantQuery<{ sealed: Buffer }>(organizationId, {
          name: 'sealed_credentials', text: 'select sealed from credentials where linked_account_id = $1 and purpose = $2', values: [linkedAccountId, PURPOSE],
        })
        if (sealed === undefined) throw new Fault('account.needs_relink')
        return JSON.parse((await vault.open(credentialScope(organizationId, linkedAccountId), sealed.sealed)).toString()) as Record<string, string>
      },
    }
  }
}
