/** Writers that race on the feeds of a few accounts through the engine's own statements, and now and then roll back. */
import { randomUUID } from 'node:crypto'
import { models, type CommonModel } from '#models'
import type { Client, Database } from '#src/db/client'
import { contentHash, recordId } from '#src/records/ids'
import { tombstone } from '#src/records/tombstone'
import { storedHeads, writeRows, type MappedRow, type Origin } from '#src/records/upsert'
import type { SeededAccount } from './seed.ts'

const model = models['ticketing.Tag'] as CommonModel

function rowOf(account: SeededAccount, remoteId: string, name: string): MappedRow {
  const fields = { name }
  const body = JSON.stringify(fields)
  return { id: recordId(account.id, model.id, remoteId), logId: randomUUID(), path: '/tags', ordinal: 0, raw: body, rawHash: contentHash(body), remoteId, fields, body, remoteFields: null, aside: null }
}

const GIVEN_UP = new Error('this page is rolled back')

export interface Writing { readonly accounts: readonly SeededAccount[]; readonly writers: number; readonly entries: number; readonly changed?: (account: SeededAccount) => void }

/** Writes at least so many entries, from so many writers at once. Gives how many pages were rolled back. */
export async function writeFeeds(database: Database, { accounts, writers, entries, changed }: Writing): Promise<number> {
  let written = 0
  let rolledBack = 0
  const page = async (client: Client, account: SeededAccount, writer: number, n: number): Promise<number> => {
    const origin: Origin = { organizationId: account.organizationId, linkedAccountId: account.id, model, cause: 'sync', runId: randomUUID(), page: n }
    // Each writer has records of its own, so that only the feed is fought over.
    const rows = Array.from({ length: 1 + Math.floor(Math.random() * 60) }, (_, at) => rowOf(account, `${writer}-${(n * 17 + at) % 300}`, `${n}`))
    const stored = await storedHeads(client, account.id, model, rows.map(({ id }) => id))
    const { created, updated } = await writeRows(client, origin, rows, stored)
    const deleted = n % 4 === 0 ? await tombstone(client, origin, rows.slice(0, 3).map(({ id }) => id)) : 0
    if (Math.random() < 0.05) throw GIVEN_UP
    return created + updated + deleted
  }
  await Promise.all(Array.from({ length: writers }, async (_, writer) => {
    for (let n = 1; written < entries; n += 1) {
      const account = accounts[(writer + n) % accounts.length]!
      try {
        written += await database.tenant(account.organizationId, (client) => page(client, account, writer, n))
        changed?.(account)
      } catch (error) {
        if (error !== GIVEN_UP) throw error
        rolledBack += 1
      }
    }
  }))
  return rolledBack
}
