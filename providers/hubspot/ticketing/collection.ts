import { instant, notOffered, prose, str, type Resource } from '#kit'
import { Collection } from '#models/ticketing/collection'
import type { RecordOf } from '#models'
import { pipelineList } from '../pipelines.ts'
import type { Pipeline, PipelinePage } from '../vendor.ts'

/** A pipeline of tickets: what a help desk calls a queue. */
export const collection: Resource<RecordOf<typeof Collection>, Pipeline, PipelinePage> = {
  model: Collection,
  version: 1,
  read: { ...pipelineList('tickets'), rows: { kind: 'items' } },
  identity: { remoteId: (row) => str(row.id) },
  fields: {
    name: (row) => prose(row.label),
    description: notOffered,
    access_level: notOffered,
    collection_type: (row) => (str(row.id) === null ? null : 'LIST'),
    parent_collection: notOffered,
    permissions: notOffered,
    collection_url: notOffered,
    remote_created_at: (row) => instant(row.createdAt),
    remote_updated_at: (row) => instant(row.updatedAt),
  },
}
