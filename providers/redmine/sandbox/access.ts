import type { SandboxAnswer, SandboxRequest } from '#kit'
import type { IssueRow, ProjectRow, RedmineWorld, UserRow } from './world.ts'

/** Redmine refuses with a status and an empty body. */
export const refused = (status: 401 | 403 | 404): SandboxAnswer => ({ status, headers: { 'content-type': 'application/json', ...(status === 401 ? { 'www-authenticate': 'Basic realm="Redmine API"' } : {}) }, body: null })
export const invalid = (...errors: readonly string[]): SandboxAnswer => ({ status: 422, body: { errors } })
export const done: SandboxAnswer = { status: 204, body: null }
export const found = (body: unknown, status = 200): SandboxAnswer => ({ status, body })

/** The owner of the key; null for a stranger, and a wrong key makes one. */
export function caller(request: SandboxRequest, world: RedmineWorld): UserRow | null {
  const key = request.headers.get('x-redmine-api-key') ?? request.query.get('key') ?? ''
  return world.users.find((user) => user.api_key === key && user.status === 1) ?? null
}

export const seesProject = (who: UserRow | null, project: ProjectRow): boolean => who?.admin === true || project.is_public || (who?.memberships.some(({ project_id }) => project_id === project.id) ?? false)

/** Whether somebody sees an issue of a project that they see. */
const seesIssue = (who: UserRow | null, issue: IssueRow): boolean => who?.admin === true || !issue.is_private || (who !== null && (issue.author_id === who.id || issue.assigned_to_id === who.id))

export function visibleIssues(who: UserRow | null, world: RedmineWorld): (issue: IssueRow) => boolean {
  if (who?.admin === true) return () => true
  const open = new Set(world.projects.filter((project) => seesProject(who, project)).map(({ id }) => id))
  return (issue) => open.has(issue.project_id) && seesIssue(who, issue)
}

/** The answer to somebody who may not: strangers are asked to log in. */
export const denied = (who: UserRow | null): SandboxAnswer => refused(who === null ? 401 : 403)

/** Only an administrator goes on. */
export const adminOnly = (request: SandboxRequest, world: RedmineWorld, go: (who: UserRow) => SandboxAnswer): SandboxAnswer => {
  const who = caller(request, world)
  return who?.admin === true ? go(who) : denied(who)
}

export const included = (request: SandboxRequest): ReadonlySet<string> => new Set((request.query.get('include') ?? '').split(','))

/** Part of a list, with Redmine's rules: 25 unless asked, 100 at most. */
export function part<T>(request: SandboxRequest, name: string, rows: readonly T[], write: (row: T) => unknown): SandboxAnswer {
  const number = (key: string): number => Math.max(0, Number.parseInt(request.query.get(key) ?? '0', 10) || 0)
  const limit = Math.min(100, number('limit') || 25)
  const offset = number('offset')
  return found({ [name]: rows.slice(offset, offset + limit).map(write), total_count: rows.length, offset, limit })
}
