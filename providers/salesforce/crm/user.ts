import { bool, str } from '#kit'
import { User } from '#models/crm/user'
import type { RecordOf } from '#models'
import { ofObjects, type ObjectResource } from '../objects.ts'
import { recordUrl, type User as Record } from '../vendor.ts'

const list = ofObjects<Record>({ User: { read: ['Name', 'Email', 'IsActive'], beyond: ['Username', 'Title', 'Department', 'UserType', 'ManagerId', 'TimeZoneSidKey'] } })

export const user: ObjectResource<RecordOf<typeof User>, Record> = {
  model: User,
  version: 1,
  ...list,
  // https://help.salesforce.com/s/articleView?id=xcloud.deactivating_users.htm
  read: { ...list.read, deletions: { seenAs: 'never', because: 'Salesforce deactivates users and never deletes them; is_active says so.' } },
  fields: {
    name: (row) => str(row.Name),
    email: (row) => str(row.Email),
    is_active: (row) => bool(row.IsActive),
    user_url: recordUrl,
  },
}
