/** Vendor words in enum fields that we have no word for: counted as they come, so that a missing word is noticed. */
import { intArray, textArray } from '../db/arrays.ts'
import type { Client, Database } from '../db/client.ts'
import type { Scope } from './query.ts'
import type { MappedRow, Origin } from './upsert.ts'

export interface UnseenWord { readonly field: string; readonly word: string }

/** Count the unseen words of a page's rows, in one statement. */
export async function noteUnseen(client: Client, { linkedAccountId, organizationId, model }: Origin, rows: readonly MappedRow[]): Promise<void> {
  const groups = Map.groupBy(rows.flatMap(({ unseen = [] }) => unseen), ({ field, word }) => `${field}\n${word}`)
  if (groups.size === 0) return
  // Always in one order, so that two writers never wait for each other.
  const counted = [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, words]) => ({ ...words[0]!, times: words.length }))
  await client.query({
    name: 'note_unseen',
    text: `insert into unseen_words as known (linked_account_id, organization_id, model, field, word, times)
           select $1, $2, $3, n.field, n.word, n.times from unnest($4::text[], $5::text[], $6::int4[]) n(field, word, times)
           on conflict (linked_account_id, model, field, word) do update set times = known.times + excluded.times, last_seen_at = now()`,
    values: [linkedAccountId, organizationId, model.id, textArray(counted.map(({ field }) => field)), textArray(counted.map(({ word }) => word)), intArray(counted.map(({ times }) => times))],
  })
}

export interface CountedWord extends Record<string, unknown> {
  readonly model: string
  readonly field: string
  readonly word: string
  readonly times: number
  readonly first_seen_at: string
  readonly last_seen_at: string
}
export type WordPlace = Pick<CountedWord, 'model' | 'field' | 'word'>

/** By model, field and word, from behind a place. */
export function listUnseen(database: Database, scope: Scope, after: WordPlace | null, limit: number): Promise<CountedWord[]> {
  return database.tenantQuery<CountedWord>(scope.organizationId, {
    name: after === null ? 'unseen_words' : 'unseen_words_after',
    text: `select model, field, word, times, first_seen_at, last_seen_at from unseen_words
           where linked_account_id = $1 ${after === null ? '' : 'and (model, field, word) > ($3, $4, $5)'} order by model, field, word limit $2`,
    values: [scope.id, limit, ...(after === null ? [] : [after.model, after.field, after.word])],
  })
}
