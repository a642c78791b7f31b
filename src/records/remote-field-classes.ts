/** The vendor's fields beyond the model: noted as records with them are written, listed for callers. */
import type { CommonModel } from '#models'
import { textArray, uuidArray } from '../db/arrays.ts'
import type { Client, Database } from '../db/client.ts'
import type { Scope } from './query.ts'
import type { MappedRow, Origin } from './upsert.ts'

export interface RemoteFieldClass extends Record<string, unknown> {
  readonly id: string
  readonly display_name: string
  readonly remote_key_name: string
}

/** Note the classes that the rows of a page show. One statement for a page, and nothing written where all are known. */
export async function noteClasses(client: Client, { linkedAccountId, organizationId, model }: Origin, rows: readonly MappedRow[]): Promise<void> {
  const seen = new Map<string, RemoteFieldClass>()
  for (const { remoteFields } of rows) {
    if (remoteFields === null) continue
    for (const { remote_field_class: found } of JSON.parse(remoteFields) as { remote_field_class: RemoteFieldClass }[]) seen.set(found.id, found)
  }
  if (seen.size === 0) return
  const classes = [...seen.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
  await client.query({
    name: 'note_classes',
    text: `insert into remote_field_classes as known (linked_account_id, organization_id, model, id, display_name, remote_key_name)
           select $1, $2, $3, n.id, n.name, n.key from unnest($4::uuid[], $5::text[], $6::text[]) n(id, name, key)
           on conflict (linked_account_id, model, id) do update set display_name = excluded.display_name where known.display_name <> excluded.display_name`,
    values: [linkedAccountId, organizationId, model.id, uuidArray(classes.map(({ id }) => id)), textArray(classes.map(({ display_name: name }) => name)), textArray(classes.map(({ remote_key_name: key }) => key))],
  })
}

export interface ClassQuery { readonly after: string | null; readonly limit: number; readonly ids: readonly string[] | null }

/** By id, from behind `after`. */
export function listClasses(database: Database, scope: Scope, model: CommonModel, { after, limit, ids }: ClassQuery): Promise<RemoteFieldClass[]> {
  return database.tenantQuery<RemoteFieldClass>(scope.organizationId, {
    name: 'remote_field_classes',
    text: `select id, display_name, remote_key_name from remote_field_classes
           where linked_account_id = $1 and model = $2 and ($3::uuid is null or id > $3) and ($4::uuid[] is null or id = any($4)) order by id limit $5`,
    values: [scope.id, model.id, after, ids, limit],
  })
}
