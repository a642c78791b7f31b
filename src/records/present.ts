/** Puts the envelope around a stored body by joining strings: nothing is parsed, nothing is written anew. */
import type { CommonModel } from '#models'
import type { StoredRecord } from './query.ts'

const FIELD_MAPPINGS = '"field_mappings":{"organization_defined_targets":{},"linked_account_defined_targets":{}}'

export interface Extras {
  /** JSON text of the `remote_data` list; null where it was not asked for or is not kept. */
  readonly remoteData?: string | null
  readonly includeRemoteFields?: boolean
}

/** One record as JSON text. Ids and instants come from typed columns and need no escaping. */
export function presentRecord(model: CommonModel, row: StoredRecord, { remoteData = null, includeRemoteFields = false }: Extras = {}): string {
  const members = row.body.slice(1, -1)
  const remoteFields = model.hasRemoteFields ? `,"remote_fields":${includeRemoteFields ? row.remote_fields ?? '[]' : '[]'}` : ''
  return `{"id":"${row.id}","remote_id":${JSON.stringify(row.remote_id)},"created_at":"${row.created_at}","modified_at":"${row.modified_at}",${members}${members === '' ? '' : ','}"remote_was_deleted":${row.remote_was_deleted},${FIELD_MAPPINGS},"remote_data":${remoteData ?? 'null'}${remoteFields}}`
}

/** A page of a list as JSON text. */
export function presentPage(results: readonly string[], { next, previous, warnings = [] }: { next: string | null; previous: string | null; warnings?: readonly object[] }): string {
  const extra = warnings.length === 0 ? '' : `,"warnings":${JSON.stringify(warnings)}`
  return `{"next":${JSON.stringify(next)},"previous":${JSON.stringify(previous)},"results":[${results.join(',')}]${extra}}`
}
