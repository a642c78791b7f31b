import { guarded, numberOf, ok, onWall, partOf, placeOf, placeWord, route, tokenOf, type SandboxAnswer, type SandboxRequest, type SandboxRoute } from '#kit'
import type { Employee } from '../vendor.ts'
import { problem, refused } from './answers.ts'
import { balancesOf, SECRET, ZONE, type World } from './grow.ts'
import { writes } from './writes.ts'

const DAY_SECONDS = 86_400

const changedAt = (attributes: object): string => String((attributes as { updated_at?: unknown }).updated_at)
const modifiedAt = ({ attributes }: Employee): number => Date.parse(String((attributes as Readonly<Record<string, { value?: unknown }>>)['last_modified_at']?.value))
const since = (text: string | null): number => (text === null ? -Infinity : Date.parse(/Z|[+-]\d\d:?\d\d$/.test(text) ? text : `${text}Z`))

/** `offset` counts records. */
function byRecord(rows: readonly object[], { query }: SandboxRequest, usual: number, most: number): SandboxAnswer {
  const [offset, limit] = [numberOf(query.get('offset'), 0), Math.max(1, numberOf(query.get('limit'), usual, most))]
  return ok({ success: true, metadata: { total_elements: rows.length, current_page: Math.floor(offset / limit), total_pages: Math.ceil(rows.length / limit) }, data: partOf(rows, offset, limit).part, offset, limit })
}

/** `offset` counts pages, from 1; 0 is the first too. */
function byPage(rows: readonly object[], { query }: SandboxRequest): SandboxAnswer {
  const [page, limit] = [Math.max(1, numberOf(query.get('offset'), 1)), Math.max(1, numberOf(query.get('limit'), 200, 200))]
  return ok({ success: true, metadata: { total_elements: rows.length, current_page: page, total_pages: Math.ceil(rows.length / limit) }, data: partOf(rows, (page - 1) * limit, limit).part, offset: page, limit })
}

/** Cursors of version 2 are in the address of the next page. */
function byCursor(rows: readonly object[], { query, origin, path }: SandboxRequest, usual: number): SandboxAnswer {
  const { part, next } = partOf(rows, placeOf(query.get('cursor')), numberOf(query.get('limit'), usual, 100))
  const address = (cursor: string | null): string => { const url = new URLSearchParams([...query].filter(([name]) => name !== 'cursor')); if (cursor !== null) url.set('cursor', cursor); return `${origin}${path}?${url.toString()}` }
  return ok({ _data: part, _meta: { links: { self: { href: address(query.get('cursor')) }, ...(next !== null && { next: { href: address(placeWord(next)) } }) } } })
}

function orgUnitsPage(request: SandboxRequest, { units }: World): SandboxAnswer {
  const found = units[request.query.get('type') ?? '']
  return request.headers.get('beta') !== 'true' || found === undefined ? problem(400, 'Bad request', 'Invalid request content.') : byCursor(found, request, 20)
}

function attendancePage(request: SandboxRequest, { attendance }: World): SandboxAnswer {
  const from = request.query.get('updated_at.gte')
  if (from !== null && !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(from)) return problem(400, 'Bad request', 'Invalid request content.')
  return byCursor(attendance.filter((period) => Date.parse(changedAt(period)) >= since(from)), request, 100)
}

const refuse = (request: SandboxRequest, { desk }: World): SandboxAnswer | null => {
  const token = tokenOf(request)
  return token === null ? refused(401, 'Authorization is not provided') : desk.isGood(token) ? null : refused(403, 'Provided authorization is not valid')
}

export const routes: readonly SandboxRoute<World>[] = [
  route('POST', '/v1/auth', ({ body }, { desk }) => ((body as { client_secret?: unknown } | null)?.client_secret === SECRET ? ok({ success: true, data: { token: desk.issue(DAY_SECONDS), expires_in: DAY_SECONDS, scope: 'employees:read absences:read' } }) : refused(403, 'Wrong credentials'))),
  ...guarded<World>(refuse, [
    route('GET', '/v1/company/employees', (request, { employees }) => byRecord(employees.filter((one) => modifiedAt(one) >= since(request.query.get('updated_since'))).map(({ attributes }) => ({ type: 'Employee', attributes })), request, 50, 100)),
    route('GET', '/v1/company/employees/attributes', (_, { attributes }) => ok(attributes)),
    route('GET', '/v1/company/employees/:id/absences/balance', ({ params }, { employees }) => { const found = employees.find(({ attributes }) => String(attributes.id.value) === params['id']); return found === undefined ? refused(404, 'Es ist ein Problem aufgetreten ') : ok({ success: true, data: balancesOf(found).map((one) => ({ ...one, available_balance: one.balance })) }) }),
    route('GET', '/v1/company/time-off-types', (_, { types }) => ok({ success: true, data: types })),
    // By days of the company, however late in the day something changed.
    route('GET', '/v1/company/time-offs', (request, { daily }) => byPage(daily.filter(({ attributes }) => onWall(new Date(changedAt(attributes)), ZONE, 'day') >= (request.query.get('updated_from') ?? '')), request)),
    route('GET', '/v1/company/absence-periods', (request, { hourly }) => byPage(hourly.filter(({ attributes }) => Date.parse(changedAt(attributes)) >= since(request.query.get('updated_from'))), request)),
    route('GET', '/v2/attendance-periods', attendancePage),
    route('GET', '/v2/org-units', orgUnitsPage),
    ...writes,
  ]),
]
