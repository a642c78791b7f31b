import type { CommonModel } from '#models'
import type { Database } from '../db/client.ts'
import type { Scope } from './query.ts'

/** What the vendor last sent for each record, as JSON text of `[{path, data}]`. Records without a kept original are missing. */
export async function remoteData(database: Database, scope: Scope, model: CommonModel, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map()
  const rows = await database.tenantSelect<{ record_id: string; path: string; payload: string }>(scope.organizationId, {
    name: 'remote_data',
    text: `select raw.record_id, raw.path, raw.payload from unnest($3::uuid[]) as wanted (id)
      cross join lateral (select p.record_id, p.path, p.payload from raw_payloads p
        where p.linked_account_id = $1 and p.model = $2 and p.record_id = wanted.id order by p.version desc limit 1) raw`,
    values: [scope.id, model.id, ids],
  })
  return new Map(rows.map(({ record_id: id, path, payload }) => [id, `[{"path":${JSON.stringify(path)},"data":${payload}}]`]))
}
