/** The vendor's fields beyond the model: noted as the vendor lists them or as records with them are written, listed for callers. */
import type { FieldClass } from '#kit'
import type { CommonModel } from '#models'
import { textArray, uuidArray } from '../db/arrays.ts'
import type { Client, Database } from '../db/client.ts'
import { recordId } from './ids.ts'
import type { Scope } from './query.ts'
import { wellFormed } from './text.ts'
import type { MappedRow, Origin } from './upsert.ts'

export interface RemoteFieldClass extends Record<string, unknown> {
  readonly id: string
  readonly display_name: string
  readonly remote_key_name: string
  /** Null, or empty, where the vendor does not say. */
  readonly description: string | null
  readonly is_required: boolean | null
  readonly field_type: string | null
  readonly field_choices: readonly { readonly value: string; readonly display_name: string }[]
}

/** Note the classes that the rows of a page show. One statement for a page, and nothing written where all are known. */
export async function noteClasses(client: Client, { linkedAccountId, organizationId, model }: Origin, rows: readonly MappedRow[]): Promise<void> {
  const seen = new Map<string, Pick<RemoteFieldClass, 'id' | 'display_name' | 'remote_key_name'>>()
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

/** Note the classes that the vendor itself lists, with what it says of them. */
export async function noteListed(client: Client, { linkedAccountId, organizationId, model }: Origin, classes: ReadonlyMap<string, FieldClass>): Promise<void> {
  if (classes.size === 0) return
  const listed = [...classes].map(([key, { name, description, type, isRequired, choices }]) => ({
    id: classId(linkedAccountId, model, key), display_name: name, remote_key_name: key, description, is_required: isRequired, field_type: type, field_choices: choices.map(({ value, name: display_name }) => ({ value, display_name })),
  })).sort((a, b) => (a.id < b.id ? -1 : 1))
  await client.query({
    name: 'note_listed_classes',
    text: `insert into remote_field_classes as known (linked_account_id, organization_id, model, id, display_name, remote_key_name, description, is_required, field_type, field_choices)
           select $1, $2, $3, n.id, n.display_name, n.remote_key_name, n.description, n.is_required, n.field_type, n.field_choices
           from jsonb_to_recordset($4::jsonb) n(id uuid, display_name text, remote_key_name text, description text, is_required boolean, field_type text, field_choices jsonb)
           on conflict (linked_account_id, model, id) do update set display_name = excluded.display_name, description = excluded.description, is_required = excluded.is_required, field_type = excluded.field_type, field_choices = excluded.field_choices
           where (known.display_name, known.description, known.is_required, known.field_type, known.field_choices) is distinct from (excluded.display_name, excluded.description, excluded.is_required, excluded.field_type, excluded.field_choices)`,
    values: [linkedAccountId, organizationId, model.id, JSON.stringify(wellFormed(listed).value)],
  })
}

/** The id of one of the vendor's own fields. */
export const classId = (linkedAccountId: string, model: CommonModel, key: string): string => recordId(linkedAccountId, `${model.id}.remote_field_class`, key)

export interface ClassQuery { readonly after: string | null; readonly limit: number; readonly ids: readonly string[] | null }

/** By id, from behind `after`. */
export function listClasses(database: Database, scope: Scope, model: CommonModel, { after, limit, ids }: ClassQuery): Promise<RemoteFieldClass[]> {
  return database.tenantQuery<RemoteFieldClass>(scope.organizationId, {
    name: 'remote_field_classes',
    text: `select id, display_name, remote_key_name, description, is_required, field_type, field_choices from remote_field_classes
           where linked_account_id = $1 and model = $2 and ($3::uuid is null or id > $3) and ($4::uuid[] is null or id = any($4)) order by id limit $5`,
    values: [scope.id, model.id, after, ids, limit],
  })
}
