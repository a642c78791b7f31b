import { notOffered, str, type Resource } from '#kit'
import { User } from '#models/crm/user'
import type { RecordOf } from '#models'
import { ownerList, person } from '../owners.ts'
import type { Owner, OwnerPage } from '../vendor.ts'

export const user: Resource<RecordOf<typeof User>, Owner, OwnerPage> = {
  model: User,
  version: 1,
  read: { ...ownerList, rows: { kind: 'items' } },
  identity: { remoteId: (row) => str(row.id) },
  fields: {
    ...person,
    user_url: notOffered,
  },
  remoteFields: ({ userId, userIdIncludingInactive }) => [{ key: 'userId', name: 'User ID', value: userId ?? userIdIncludingInactive ?? null }],
}
