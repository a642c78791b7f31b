import { notOffered, prose, str, type Resource } from '#kit'
import { Team as TeamModel } from '#models/ticketing/team'
import type { RecordOf } from '#models'
import { ownerList } from '../owners.ts'
import type { Owner, OwnerPage, Team } from '../vendor.ts'

/** Teams are told with the owners who are in them, so a team of nobody is not seen. */
export const team: Resource<RecordOf<typeof TeamModel>, Team, OwnerPage, Owner> = {
  model: TeamModel,
  version: 1,
  // `primary` is the owner's, not the team's.
  read: { ...ownerList, rows: { kind: 'within', rows: ({ teams = [] }) => teams.map(({ id, name }) => ({ id, name })) } },
  identity: { remoteId: (row) => str(row.id), repeats: true },
  fields: {
    name: (row) => prose(row.name),
    description: notOffered,
  },
}
