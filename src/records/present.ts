/** Puts the envelope around a stored body by joining strings: nothing is parsed, nothing is written anew. */
import type { CommonModel } from '#models'
import { NOTHING_ASIDE, withAside, type AsideWanted } from './aside.ts'
import type { StoredRecord } from './query.ts'

const FIELD_MAPPINGS = '"field_mappings":{"organization_defined_targets":{},"linked_account_defined_targets":{}}'

export interface Extras {
  /** JSON text of the `remote_data` list; null where it was not asked for or is not kept. */
  readonly remoteData?: string | null
  readonly includeRemoteFields?: boolean
  readonly aside?: AsideWanted
}

/** One record as JSON text. Ids and instants come from typed columns and need no escaping. */
export function presentRecord(model: CommonModel, row: StoredRecord, { remoteData = null, includeRemoteFields = false, aside = NOTHING_ASIDE }: Extras = {}): string {
  const members = withAside(row.body, row.aside ?? null, aside).slice(1, -1)
  const remoteFields = model.hasRemoteFields ? `,"remote_fields":${includeRemoteFields ? row.remote_fields ?? '[]' : '[]'}` : ''
  return `{"id":"${row.id}","remote_id":${JSON.stringify(row.remote_id)},"created_at":"${row.created_at}","modified_at":"${row.modified_at}",${members}${members === '' ? '' : ','}"remote_was_deleted":${row.remote_was_deleted},${FIELD_MAPPINGS},"remote_data":${remoteData ?? 'null'}${remoteFields}}`
}

/** A page of a list as JSON, a piece at a time: joined, its text would be copied twice more on its way. */
export function writePage(write: (text: string) => void, results: readonly string[], { next, previous, warnings = [] }: { next: string | null; previous: string | null; warnings?: readonly object[] }): void {
  write(`{"next":${JSON.stringify(next)},"previous":${JSON.stringify(previous)},"results":[`)
  results.forEach((record, n) => {
    if (n > 0) write(',')
    write(record)
  })
  write(`]${warnings.length === 0 ? '' : `,"warnings":${JSON.stringify(warnings)}`}}`)
}
