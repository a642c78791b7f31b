import { oneOf, refs, someOf } from '../model.ts'

/** The shape of one access rule on a ticket or a collection. It has no list of its own. */
export const permission = {
  effect: oneOf(['ALLOWED', 'DENIED', 'INHERITED'], 'Whether the rule gives or takes.'),
  actions: someOf(['VIEW', 'CREATE', 'EDIT', 'DELETE'], 'What the rule is about.'),
  applied_to_users: refs('ticketing.User', 'The users it applies to.', { expandable: false }),
  applied_to_roles: refs('ticketing.Role', 'The roles it applies to.', { expandable: false }),
  applied_to_teams: refs('ticketing.Team', 'The teams it applies to.', { expandable: false }),
  applied_to_collections: refs('ticketing.Collection', 'The collections whose members it applies to.', { expandable: false }),
}
