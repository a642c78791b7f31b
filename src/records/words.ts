import type { CommonModel } from '#models'
import type { Database } from '../db/client.ts'
import type { Scope } from './query.ts'

/** The words that a field has among the records of an account, in their order; the vendor's own where asked for. For small lists: it reads them all. */
export async function distinctWords(database: Database, scope: Scope, model: CommonModel, field: string, { includeDeleted, origins }: { readonly includeDeleted: boolean; readonly origins: boolean }): Promise<string[]> {
  const ours = `r.body::json ->> $2`
  const rows = await database.tenantQuery<{ word: string }>(scope.organizationId, {
    name: `words_${model.table}_${origins}_${includeDeleted}`,
    text: `select distinct ${origins ? `coalesce(r.aside::json -> 'origins' ->> $2, ${ours})` : ours} as word from ${model.table} r
           where r.linked_account_id = $1 and ${ours} is not null${includeDeleted ? '' : ' and not r.remote_was_deleted'} order by word`,
    values: [scope.id, field],
  })
  return rows.map(({ word }) => word)
}
