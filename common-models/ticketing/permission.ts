import { nestedShape, oneOf, refs, someOf, text } from '../model.ts'

export const permission = nestedShape('Permission', 'One access rule on a ticket or a collection.', {
  remote_id: text('The vendor\'s id of the rule, where it has one.'),
  effect: oneOf(['ALLOWED', 'DENIED', 'INHERITED'], 'Whether the rule gives or takes.'),
  actions: someOf(['VIEW', 'CREATE', 'EDIT', 'DELETE'], 'What the rule is about.'),
  applied_to_users: refs('ticketing.User', 'The users it applies to.', { expandable: false }),
  applied_to_roles: refs('ticketing.Role', 'The roles it applies to.', { expandable: false }),
  applied_to_teams: refs('ticketing.Team', 'The teams it applies to.', { expandable: false }),
  applied_to_collections: refs('ticketing.Collection', 'The collections whose members it applies to.', { expandable: false }),
}, ['id', 'created_at', 'modified_at', 'remote_was_deleted', 'field_mappings'])
