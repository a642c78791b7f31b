import { id, instant, notOffered, str } from '#kit'
import { Collection } from '#models/ticketing/collection'
import type { RecordOf } from '#models'
import { ofPlainObjects, type PlainResource } from '../objects.ts'
import { recordUrl, type QueueSobject } from '../vendor.ts'

const list = ofPlainObjects<QueueSobject>({ QueueSobject: { read: ['QueueId', 'Queue.Name', 'Queue.Description', 'Queue.CreatedDate', 'Queue.LastModifiedDate'], where: ['SobjectType = \'Case\''] } })

/** The queues that cases lie in. A queue is also a group of users, and as such a team. */
export const collection: PlainResource<RecordOf<typeof Collection>, QueueSobject> = {
  model: Collection,
  version: 1,
  // A handful, and what says that a queue holds cases does not change when the queue does.
  read: { ...list.read, incremental: 'full_only', deletions: { seenAs: 'missing_from_full_read' } },
  identity: { remoteId: (row) => id(row.QueueId) },
  fields: {
    name: (row) => str(row.Queue?.Name),
    description: (row) => str(row.Queue?.Description),
    access_level: notOffered,
    collection_type: (row) => (id(row.QueueId) === null ? null : 'LIST'),
    parent_collection: notOffered,
    permissions: notOffered,
    collection_url: ({ QueueId }, context) => recordUrl({ Id: QueueId }, context),
    remote_created_at: (row) => instant(row.Queue?.CreatedDate),
    remote_updated_at: (row) => instant(row.Queue?.LastModifiedDate),
  },
}
