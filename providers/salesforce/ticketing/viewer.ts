import { id, type Resource } from '#kit'
import { Viewer } from '#models/ticketing/viewer'
import type { RecordOf } from '#models'
import { linksOf, spread, withLinks } from '../links.ts'
import { ofPlainObjects, type Fields } from '../objects.ts'
import { groupTypes, idOfA, type CaseShare, type Page, type QueueSobject } from '../vendor.ts'

type Record = CaseShare & QueueSobject
interface Row { readonly Id: unknown; readonly who: unknown; readonly isTeam: boolean; readonly ticket: unknown; readonly collection: unknown }

const list = ofPlainObjects<Record>({
  CaseShare: { read: ['CaseId', 'UserOrGroupId'], stamp: 'LastModifiedDate', optional: true },
  QueueSobject: { read: ['QueueId'], where: ['SobjectType = \'Case\''] },
})
const shares = withLinks(list.read, [
  { object: 'Group', of: 'CaseShare', by: 'Id', to: 'UserOrGroupId', select: ['Type'], where: [groupTypes()], size: 100 },
  { object: 'GroupMember', of: 'QueueSobject', by: 'GroupId', to: 'QueueId', select: ['Id', 'UserOrGroupId'], size: 5 },
])

/** Users and teams that a case is shared with, and the users of the queues; groups that stand for a role are nobody by name: https://developer.salesforce.com/docs/platform/object-reference/guide/sforce-api-associated-objects-share.html */
export const viewer: Resource<RecordOf<typeof Viewer>, Row, Page<Record>, Record, Page<Record>, Fields> = {
  model: Viewer,
  version: 1,
  read: {
    ...spread(shares, (row): Row[] => (id(row.QueueId) === null
      ? [{ Id: row.Id, who: row.UserOrGroupId, isTeam: linksOf(row, 'Group').length > 0, ticket: row.CaseId, collection: null }]
      : linksOf(row, 'GroupMember').map(({ Id, UserOrGroupId }) => ({ Id, who: UserOrGroupId, isTeam: false, ticket: null, collection: row.QueueId }))
    ).filter(({ who, isTeam }) => isTeam || idOfA('User', who) !== null)),
    incremental: 'full_only', deletions: { seenAs: 'missing_from_full_read' },
  },
  identity: { remoteId: (row) => id(row.Id) },
  fields: {
    team: (row) => (row.isTeam ? idOfA('Group', row.who) : null),
    user: (row) => idOfA('User', row.who),
    ticket: (row) => idOfA('Case', row.ticket),
    collection: (row) => idOfA('Group', row.collection),
  },
}
