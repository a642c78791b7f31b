/** How what is old goes: a batch per statement, so that nothing is locked for long and a stop in between leaves nothing half done. */
import { randomUUID } from 'node:crypto'
import type { Pool } from 'pg'

export interface AccountName { readonly organizationId: string; readonly linkedAccountId: string }

export interface Bounds {
  /** Rows of one statement. */
  readonly batch?: number
  /** Aborted when there is no more time: what is left is for the next run. */
  readonly signal?: AbortSignal
}

/** Deletes the rows of a table for which `old` holds. Of two that are at it at once each takes what the other has not. Gives how many are gone. */
export async function deleteOld({ system }: { readonly system: Pool }, table: string, old: string, values: readonly unknown[] = [], { batch = 5_000, signal }: Bounds = {}): Promise<number> {
  for (let gone = 0; ;) {
    const { rowCount } = await system.query(`delete from ${table} where ctid = any(array(select ctid from ${table} where ${old} limit $${values.length + 1} for update skip locked))`, [...values, batch])
    gone += rowCount ?? 0
    if ((rowCount ?? 0) < batch || signal?.aborted === true) return gone
  }
}

const ACCOUNTS = 500
const FIRST = '00000000-0000-0000-0000-000000000000'

/**
 * The accounts for which `has` holds, which may name `h.linked_account_id` and parameters from $4 on. The walk begins anywhere and ends where it began,
 * so that runs which have no time for all of them do not leave out the same ones.
 */
export async function* accountsWith({ system }: { readonly system: Pool }, has: string, values: readonly unknown[], signal?: AbortSignal): AsyncGenerator<AccountName> {
  const start = randomUUID()
  for (const [from, to] of [[start, 'ffffffff-ffff-ffff-ffff-ffffffffffff'], [FIRST, start]] as const) {
    for (let after: string = from; ;) {
      const { rows } = await system.query<AccountName & { found: boolean }>(
        `select h.organization_id as "organizationId", h.linked_account_id as "linkedAccountId", ${has} as found from feed_heads h where h.linked_account_id > $1 and h.linked_account_id <= $2 order by h.linked_account_id limit $3`, [after, to, ACCOUNTS, ...values])
      for (const { organizationId, linkedAccountId, found } of rows) {
        if (signal?.aborted === true) return
        if (found) yield { organizationId, linkedAccountId }
      }
      after = rows.at(-1)?.linkedAccountId ?? after
      if (rows.length < ACCOUNTS) break
    }
  }
}
