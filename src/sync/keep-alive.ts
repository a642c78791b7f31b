import { randomUUID } from 'node:crypto'
import type { AnyProvider } from '#kit'
import type { AccountWork } from '../accounts/account.ts'
import { uuidArray } from '../db/arrays.ts'
import { transactionInOneWrite, type Database } from '../db/client.ts'
import { asFault, Fault } from '../errors.ts'
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
/** Fewer than the locks that a process has for tokens, so that a run which needs one finds it. */
const AT_ONCE = 3
const CLAIMED_AT_ONCE = 200
/** So long what a process has claimed is left to it, also where it has died. The lock on the tokens decides; this only keeps two from waiting for the same one. */
const CLAIM_SECONDS = 600
/** A vendor that was in trouble so often is left alone until the next time: its accounts must not keep those of others waiting. */
const MOST_TROUBLES = 3

interface Idle extends Record<string, unknown> { readonly organizationId: string; readonly linkedAccountId: string; readonly integration: string; readonly days: number; readonly nth: number }

/** Those whose time has come, one of each organisation before the second of any. $1 and $2: integrations, and the days after which their tokens are to be renewed. */
const CLAIM = `with idle as (
    select c.linked_account_id, c.purpose, i.integration, i.days, row_number() over (partition by c.organization_id order by c.refreshed_at) as nth, c.refreshed_at
    from credentials c join linked_accounts a on a.id = c.linked_account_id join unnest($1::text[], $2::float8[]) i(integration, days) on i.integration = a.integration
    where c.refreshed_at < now() - i.days * interval '1 day' and c.purpose = '${TOKENS}' and c.condemned is null and a.status <> 'RELINK_NEEDED'
      and (c.retry_at is null or c.retry_at <= now()) and (c.claimed_until is null or c.claimed_until <= now())
  ), mine as (
    select c.linked_account_id, c.purpose, n.integration, n.days, n.nth from credentials c join (select * from idle order by nth, refreshed_at limit ${CLAIMED_AT_ONCE}) n using (linked_account_id, purpose)
    where c.claimed_until is null or c.claimed_until <= now() for update of c skip locked
  )
  update credentials c set claimed_until = clock_timestamp() + interval '${CLAIM_SECONDS} seconds' from mine where c.linked_account_id = mine.linked_account_id and c.purpose = mine.purpose
  returning c.organization_id as "organizationId", c.linked_account_id as "linkedAccountId", mine.integration, mine.days, mine.nth`
/** One process at a time: two that look at once would see the same ones. */
const IN_TURN = `select pg_advisory_xact_lock(hashtext('intermodal keep-alive'))`

/** Renews tokens that would die because nobody uses them, a few at a time, until none is left or it is to stop. Several processes share the work. Gives how many were renewed. */
export async function keepTokensAlive({ database, door, logs, providers, account: load, stopping, onTrouble }: KeepAliveDeps): Promise<number> {
  const mortal = [...providers.values()].flatMap(({ slug, oauth }) => (oauth?.idleDays === undefined ? [] : [{ slug, days: oauth.idleDays * SHARE }]))
  const troubles = new Map<string, number>()
  let renewed = 0

  async function* claimed(): AsyncGenerator<Idle> {
    for (;;) {
      const asked = mortal.filter(({ slug }) => (troubles.get(slug) ?? 0) < MOST_TROUBLES)
      if (asked.length === 0) return
      const rows = await transactionInOneWrite<Idle>(database.system, [{ text: IN_TURN }, { text: CLAIM, values: [asked.map(({ slug }) => slug), asked.map(({ days }) => days)] }])
      if (rows.length === 0) return
      rows.sort((a, b) => a.nth - b.nth)
      for (const [at, row] of rows.entries()) {
        if (stopping?.aborted === true) return letGo(rows.slice(at))
        if ((troubles.get(row.integration) ?? 0) < MOST_TROUBLES) yield row
      }
    }
  }

  /** Others need not wait for what this process leaves undone. */
  async function letGo(left: readonly Idle[]): Promise<void> {
    await database.system.query(`update credentials set claimed_until = null where purpose = '${TOKENS}' and linked_account_id = any($1::uuid[])`, [uuidArray(left.map(({ linkedAccountId }) => linkedAccountId))])
  }

  async function renew({ organizationId, linkedAccountId, integration, days }: Idle): Promise<void> {
    const key = { organizationId, linkedAccountId }
    try {
      const account = await load(organizationId, linkedAccountId)
      if (account?.consent === undefined) return
      await door.renew({ ...account, consent: account.consent }, { traceId: randomUUID() }, days)
      renewed += 1
      troubles.delete(integration)
    } catch (error) {
      const { remedy, code, message, facts } = asFault(error)
      onTrouble?.(error, key)
      if (isVendors(error)) troubles.set(integration, (troubles.get(integration) ?? 0) + 1)
      if (remedy !== 'relink') return
      await logs.flush()
      await database.tenant(organizationId, (client) => askToRelink(client, { ...key, model: '', code, detail: message, logId: facts.logId ?? null }))
    }
  }

  const queue = claimed()
  await Promise.all(Array.from({ length: AT_ONCE }, async () => { for await (const idle of queue) await renew(idle) }))
  return renewed
}

/** True where the vendor answered badly or not at all; false where it refused one account's token. */
const isVendors = (error: unknown): boolean => error instanceof Fault && error.cause instanceof Fault && error.cause.code.startsWith('upstream.')
