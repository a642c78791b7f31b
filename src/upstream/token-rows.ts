import type { QueryConfig } from 'pg'
import { enterTenant, type Client } from '../db/client.ts'
import type { FaultCode } from '../errors.ts'
import { TOKENS } from './tokens.ts'

/** The statements by which processes agree on the tokens of an account. Every span of time is by the database's clock. */

export interface TokenRow extends Record<string, unknown> {
  readonly sealed: Buffer
  readonly epoch: number
  readonly condemned: FaultCode | null
  readonly failures: number
  /** The refresh token was handed in once, and what was answered is not known. */
  readonly doubted: boolean
  readonly age: number
  readonly left: number
  readonly life: number
  /** Seconds until the vendor may be asked again; null: now. */
  readonly wait: number | null
  /** Seconds since the vendor first refused; null: it has not. */
  readonly refused: number | null
  /** The refresh token of a refresh whose outcome nobody has kept, and how long ago it was begun. */
  readonly pending: Buffer | null
  readonly pendingAge: number | null
}

const since = (column: string): string => `extract(epoch from clock_timestamp() - ${column})::float8`

export const readTokens = (id: string): QueryConfig & { values: unknown[] } => ({
  name: 'read_tokens',
  text: `select c.sealed, c.epoch, c.condemned, c.failures, c.is_doubted as doubted, ${since('c.refreshed_at')} as age, -${since('c.expires_at')} as left, extract(epoch from c.expires_at - c.refreshed_at)::float8 as life,
           -${since('c.retry_at')} as wait, ${since('c.refused_at')} as refused, r.token_hash as pending, ${since('r.started_at')} as "pendingAge"
         from credentials c left join token_refreshes r on r.linked_account_id = c.linked_account_id where c.linked_account_id = $1 and c.purpose = '${TOKENS}'`,
  values: [id],
})

/** Longer than a refresh may take. */
const LOCK_TIMEOUT_SECONDS = 20

/** Begins a transaction in which nobody else renews these tokens. It ends with the process, whatever becomes of that. */
export async function lockTokens(client: Client, organizationId: string, id: string): Promise<void> {
  await client.query('begin')
  await client.query(enterTenant(organizationId))
  await client.query(`set local lock_timeout = '${LOCK_TIMEOUT_SECONDS}s'`)
  // Alone: what is read in the statement that waits is as old as its beginning.
  await client.query({ name: 'lock_tokens', text: `select 1 from credentials where linked_account_id = $1 and purpose = '${TOKENS}' for update`, values: [id] })
}

/** Said before the token leaves, on another connection, because the lock's transaction stays open until the answer is kept. */
export const intend = (organizationId: string, id: string, tokenHash: Buffer): QueryConfig => ({
  name: 'intend_refresh',
  text: `insert into token_refreshes (linked_account_id, organization_id, started_at, token_hash) values ($1, $2, clock_timestamp(), $3)
         on conflict (linked_account_id) do update set started_at = excluded.started_at, token_hash = excluded.token_hash`,
  values: [id, organizationId, tokenHash],
})

const forget = (client: Client, id: string) => client.query('delete from token_refreshes where linked_account_id = $1', [id])

export async function keepRenewed(client: Client, id: string, sealed: Buffer, lifeSeconds: number): Promise<void> {
  await client.query(
    `update credentials set sealed = $2, refreshed_at = clock_timestamp(), expires_at = clock_timestamp() + $3 * interval '1 second', retry_at = null, failures = 0, refused_at = null, is_doubted = false, condemned = null, claimed_until = null, updated_at = now()
     where linked_account_id = $1 and purpose = '${TOKENS}'`, [id, sealed, lifeSeconds])
  await forget(client, id)
}

/** What is to be known of tokens that were not renewed. */
export async function keepFailure(client: Client, id: string, { waitSeconds, refused, condemned, doubted }: { readonly waitSeconds: number; readonly refused: boolean; readonly condemned: FaultCode | null; readonly doubted: boolean }): Promise<void> {
  await client.query(
    `update credentials set retry_at = clock_timestamp() + $2 * interval '1 second', failures = failures + $3, refused_at = case when $4 then coalesce(refused_at, clock_timestamp()) else refused_at end, condemned = $5, is_doubted = $6, claimed_until = null
     where linked_account_id = $1 and purpose = '${TOKENS}'`, [id, waitSeconds, refused ? 0 : 1, refused, condemned, doubted])
  await forget(client, id)
}
