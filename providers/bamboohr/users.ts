import { id, type Lookup } from '#kit'

/** Who changed something is told as a user; users who are employees say which, the others say 0. https://documentation.bamboohr.com/reference/list-users */
export const users: Lookup<string | null> = {
  ask: () => ({ path: '/meta/users' }),
  entries: (body) => Object.entries(body as Readonly<Record<string, { employeeId?: unknown }>>).map(([user, { employeeId }]) => [user, Number(employeeId) > 0 ? id(employeeId) : null]),
  withheld: 'is_empty',
}
