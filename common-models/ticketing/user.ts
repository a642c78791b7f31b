import { commonModel, equalsFolded, flag, has, parent, refs, text, url } from '../model.ts'

export const User = commonModel('ticketing', 'User', {
  path: 'users',
  alsoUnder: [{ path: 'projects/{parent_id}/users', parents: [parent('parent_id', 'ticketing.Project', 'projects')] }],
  doc: 'Somebody with a login at the vendor, who works on tickets.',
  fields: {
    name: text('The full name.'),
    email_address: text('The e-mail address.'),
    is_active: flag('False where the login is locked or not yet confirmed.'),
    teams: refs('ticketing.Team', 'The teams the user is in.'),
    roles: refs('ticketing.Role', 'The roles the user has.'),
    avatar: url('Where the user\'s picture is.'),
    collections: refs('ticketing.Collection', 'The collections whose tickets the user works on.', { expandable: false }),
    projects: refs('ticketing.Project', 'The projects whose tickets the user works on.', { expandable: false }),
  },
  filters: {
    collections: has('collections', 'Only users of any of these collections.'),
    email_address: equalsFolded('email_address', 'Only users with this address, in any case.'),
    roles: has('roles', 'Only users with any of these roles.'),
    team: has('teams', 'Only users in this team.'),
    teams: has('teams', 'Only users in any of these teams.'),
  },
})
