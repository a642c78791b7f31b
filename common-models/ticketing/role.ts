import { commonModel, oneOf, someOf, text } from '../model.ts'

export const Role = commonModel('ticketing', 'Role', {
  path: 'roles',
  doc: 'A set of rights that users have.',
  fields: {
    name: text('The name of the role.'),
    ticket_actions: someOf(['VIEW', 'CREATE', 'EDIT', 'DELETE', 'CLOSE', 'ASSIGN'], 'What users with this role may do with tickets.'),
    ticket_access: oneOf(['ALL', 'ASSIGNED_ONLY', 'TEAM_ONLY'], 'Which tickets they may do it with.'),
  },
})
