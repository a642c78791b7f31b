import type { AnyProvider } from '#kit'
import type { DoorAccount } from '../upstream/door.ts'
import type { Keeper } from '../upstream/keeper.ts'
import { TOKENS } from '../upstream/tokens.ts'
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
  readonly keeper: Pick<Keeper, 'of'>
  readonly providers: ReadonlyMap<string, AnyProvider>
}

/** Accounts that were linked by consent may have their API at another address. */
export const linkedBy = (provider: AnyProvider, purpose: string): AnyProvider => (purpose === TOKENS && provider.oauth?.baseUrl !== undefined ? { ...provider, baseUrl: provider.oauth.baseUrl } : provider)

/** Loads an account for work; null where it is gone, or its status allows none: by default, where it must be linked anew before anything else. */
export function accountLoader({ database, vault, keeper, providers }: AccountDeps, allows: (status: string) => boolean = (status) => status === 'COMPLETE') {
  return async (organizationId: string, linkedAccountId: string): Promise<AccountWork | null> => {
    const [row] = await database.tenantQuery<{ integration: string; category: string; status: string; setup: Record<string, string>; remote_identity: string; purpose: string | null; epoch: number | null }>(organizationId, {
      name: 'account_work', text: 'select a.integration, a.category, a.status, a.setup, a.remote_identity, c.purpose, c.epoch from linked_accounts a left join credentials c on c.linked_account_id = a.id where a.id = $1', values: [linkedAccountId],
    })
    const registered = providers.get(row?.integration ?? '')
    if (row === undefined || registered === undefined || !allows(row.status)) return null
    const provider = linkedBy(registered, row.purpose ?? PURPOSE)
    return {
      id: linkedAccountId, organizationId, provider, setup: row.setup, integration: row.integration, category: row.category, status: row.status,
      baseUrl: provider.baseUrl(row.setup).replace(/\/+$/, ''), remoteIdentity: row.remote_identity,
      ...(row.purpose === TOKENS && { consent: keeper.of({ id: linkedAccountId, organizationId, epoch: row.epoch! }) }),
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
