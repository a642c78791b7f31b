import { basicOf, ok, partOf, tokenOf, type SandboxAnswer, type SandboxRequest } from '#kit'
import { ADMIN, type JiraWorld } from './world.ts'

export const complaint = (status: number, messages: readonly string[], errors: Readonly<Record<string, string>> = {}): SandboxAnswer => ({ status, body: { errorMessages: messages, errors } })
export const refused: SandboxAnswer = { status: 401, headers: { 'x-seraph-loginreason': 'AUTHENTICATED_FAILED', 'www-authenticate': 'OAuth realm="https%3A%2F%2Facme.atlassian.net"' }, body: { message: 'Client must be authenticated to access this resource.', 'status-code': 401 } }
export const stranger = (body: unknown): SandboxAnswer => ok(body, { 'x-seraph-loginreason': 'AUTHENTICATED_FAILED' })

const knows = (request: SandboxRequest, { desk }: JiraWorld): boolean => {
  const [email, token] = basicOf(request) ?? []
  return (email === ADMIN.email && token === ADMIN.token) || desk.isGood(tokenOf(request))
}

/** Whoever is not known is a stranger where strangers are let in, and sees nothing there. */
export function gate(request: SandboxRequest, world: JiraWorld): SandboxAnswer | null {
  if (knows(request, world)) return null
  if (request.path === '/rest/api/3/search/jql') return stranger({ issues: [], isLast: true })
  if (request.path === '/rest/api/3/project/search') return stranger(page([], request, 50))
  return request.path === '/rest/api/3/field' || request.path === '/rest/api/3/users/search' ? stranger([]) : refused
}

const placeIn = ({ query }: SandboxRequest, most: number): readonly [startAt: number, maxResults: number] => [Number(query.get('startAt') ?? 0), Math.min(most, Number(query.get('maxResults') ?? Math.min(50, most)))]

/** A part of a list, as the paged lists write it. */
export function page(rows: readonly unknown[], request: SandboxRequest, most: number): object {
  const [startAt, maxResults] = placeIn(request, most)
  const { part, next } = partOf(rows, startAt, maxResults)
  return { startAt, maxResults, total: rows.length, isLast: next === null, values: part }
}

/** People are cut into pages first and left out after that. */
export function cut<T>(rows: readonly T[], request: SandboxRequest, most: number, keep: (row: T) => boolean): readonly T[] {
  const [startAt, maxResults] = placeIn(request, most)
  return rows.slice(startAt, startAt + maxResults).filter(keep)
}
