import type { CommonModel } from '#models'
import type { Database } from '../db/client.ts'
import type { Scope } from './query.ts'

/** A record beside the vendor's row that it was made of. */
export interface Original { readonly record: Readonly<Record<string, unknown>>; readonly row: unknown }

/** A living record with its original; null where there is none, or it is gone at the vendor, or it was emptied. */
export async function findOriginal(database: Database, scope: Scope, model: CommonModel, id: string): Promise<Original | null> {
  const [found] = await database.tenantSelect<{ body: string; payload: string }>(scope.organizationId, {
    name: `original_${model.table}`,
    text: `select r.body, raw.payload from ${model.table} r
      cross join lateral (select p.payload from raw_payloads p where p.linked_account_id = $1 and p.model = $3 and p.record_id = r.id order by p.version desc limit 1) raw
      where r.linked_account_id = $1 and r.id = $2 and not r.remote_was_deleted and not r.is_erased`,
    values: [scope.id, id, model.id],
  })
  return found === undefined ? null : { record: JSON.parse(found.body) as Record<string, unknown>, row: JSON.parse(found.payload) as unknown }
}
