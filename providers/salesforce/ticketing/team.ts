import { str } from '#kit'
import { Team } from '#models/ticketing/team'
import type { RecordOf } from '#models'
import { ofPlainObjects, type PlainResource } from '../objects.ts'
import { groupTypes, type Group } from '../vendor.ts'

const list = ofPlainObjects<Group>({ Group: { read: ['Name', 'Description'], where: [groupTypes()] } })

/** Queues and public groups. Groups that stand for a role, a territory or a sharing rule are no teams. */
export const team: PlainResource<RecordOf<typeof Team>, Group> = {
  model: Team,
  version: 1,
  ...list,
  // A group that is deleted is gone at once: there is no recycle bin for it.
  read: { ...list.read, deletions: { seenAs: 'missing_from_full_read' } },
  fields: {
    name: (row) => str(row.Name),
    // Since version 62.0: https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_objects_group.htm
    description: (row) => str(row.Description),
  },
}
