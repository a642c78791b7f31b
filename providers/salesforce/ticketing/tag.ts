import { str } from '#kit'
import { Tag } from '#models/ticketing/tag'
import type { RecordOf } from '#models'
import { ofPlainObjects, type PlainResource } from '../objects.ts'
import type { Topic } from '../vendor.ts'

const list = ofPlainObjects<Topic>({ Topic: { read: ['Name'], optional: true } })

/** Topics, which a case may have where the org lets it. */
export const tag: PlainResource<RecordOf<typeof Tag>, Topic> = {
  model: Tag,
  version: 1,
  ...list,
  // A topic that is deleted is gone at once.
  read: { ...list.read, deletions: { seenAs: 'missing_from_full_read' } },
  fields: { name: (row) => str(row.Name) },
}
