import { bool, id, notOffered, present, str } from '#kit'
import { User } from '#models/ticketing/user'
import type { RecordOf } from '#models'
import { linksOf, withLinks, type Linked } from '../links.ts'
import { ofPlainObjects, type PlainResource } from '../objects.ts'
import { groupTypes, website, type User as Record } from '../vendor.ts'

const list = ofPlainObjects<Record>({ User: { read: ['Name', 'Email', 'IsActive', 'ProfileId', 'FullPhotoUrl'] } })

export const user: PlainResource<RecordOf<typeof User>, Record, Linked<Record>> = {
  model: User,
  version: 1,
  ...list,
  read: {
    ...withLinks(list.read, [{ object: 'GroupMember', by: 'UserOrGroupId', select: ['GroupId'], where: [groupTypes('Group.')], size: 25 }, { object: 'QueueSobject', from: 'GroupMember', by: 'QueueId', to: 'GroupId', select: ['Id'], where: ['SobjectType = \'Case\''], size: 200 }]),
    // https://help.salesforce.com/s/articleView?id=xcloud.deactivating_users.htm
    deletions: { seenAs: 'never', because: 'Salesforce deactivates users and never deletes them; is_active says so.' },
  },
  fields: {
    name: (row) => str(row.Name),
    email_address: (row) => str(row.Email),
    is_active: (row) => bool(row.IsActive),
    teams: (row) => present(linksOf(row, 'GroupMember').map(({ GroupId }) => id(GroupId))),
    // A profile says what its users may do; what Salesforce calls a role says who is above whom.
    roles: (row) => present([id(row.ProfileId)]),
    avatar: (row) => website(row.FullPhotoUrl),
    // The queues among those groups that cases lie in.
    collections: (row) => present(linksOf(row, 'QueueSobject').map(({ QueueId }) => id(QueueId))),
    projects: notOffered,
  },
}
