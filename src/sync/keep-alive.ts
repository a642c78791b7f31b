import { randomUUID } from 'node:crypto'
import type { AnyProvider } from '#kit'
import type { AccountWork } from '../accounts/account.ts'
import type { Database } from '../db/client.ts'
import { asFault } from '../errors.ts'
import type { LogWriter } from '../logs/entry.ts'
import type { TokenDoor } from '../upstream/door.ts'
import { TOKENS } from '../upstream/tokens.ts'
import { askToRelink } from './trouble.ts'

export interface KeepAliveDeps {
  readonly database: Database
  readonly door: TokenDoor
  readonly logs: LogWriter
  readonly providers: ReadonlyMap<string, AnyProvider>
  /** Also of accounts that are not synced at the moment. */
  readonly account: (organizationId: string, linkedAccountId: string) => Promise<AccountWork | null>
  readonly stopping?: AbortSignal
  readonly onTrouble?: (error: unknown, account: { readonly organizationId: string; readonly linkedAccountId: string }) => void
}

/** Less than half of a refresh token's idle life, so that an outage of the vendor's fits in behind it. */
const SHARE = 0.45

const IDLE = `select c.organization_id as "organizationId", c.linked_account_id as "linkedAccountId", i.days from credentials c join linked_accounts a on a.id = c.linked_account_id
  join unnest($1::text[], $2::float8[]) i(integration, days) on i.integration = a.integration
  where c.refreshed_at < now() - i.days * interval '1 day' and c.purpose = '${TOKENS}' and c.condemned is null and a.status <> 'RELINK_NEEDED' and (c.retry_at is null or c.retry_at <= now())
  order by c.refreshed_at limit 1000`

/** Renews tokens that would die because nobody uses them. Gives how many were renewed. */
export async function keepTokensAlive({ database, door, logs, providers, account: load, stopping, onTrouble }: KeepAliveDeps): Promise<number> {
  const mortal = [...providers.values()].flatMap(({ slug, oauth }) => (oauth?.idleDays === undefined ? [] : [{ slug, days: oauth.idleDays * SHARE }]))
  if (mortal.length === 0) return 0
  const { rows } = await database.system.query<{ organizationId: string; linkedAccountId: string; days: number }>(IDLE, [mortal.map(({ slug }) => slug), mortal.map(({ days }) => days)])
  let renewed = 0
  for (const { days, ...key } of rows) {
    if (stopping?.aborted === true) break
    try {
      const account = await load(key.organizationId, key.linkedAccountId)
      if (account?.consent === undefined) continue
      await door.renew({ ...account, consent: account.consent }, { traceId: randomUUID() }, days)
      renewed += 1
    } catch (error) {
      const { remedy, code, message, facts } = asFault(error)
      onTrouble?.(error, key)
      if (remedy !== 'relink') continue
      await logs.flush()
      await database.tenant(key.organizationId, (client) => askToRelink(client, { ...key, model: '', code, detail: message, logId: facts.logId ?? null }))
    }
  }
  return renewed
}
