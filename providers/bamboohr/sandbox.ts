import { basicOf, consentRoutes, guarded, ok, route, tokenDesk, tokenOf, type SandboxVendor } from '#kit'
import { oauth } from './oauth.ts'
import * as wire from './sandbox/wire.ts'
import { problem, refused, writeRoutes } from './sandbox/writes.ts'
import { clocked, deductionTypes, grow, plans, positionDays, type BambooWorld } from './sandbox/world.ts'

const API_KEY = 'canary0bamboo0key0c0ffee0123456789abcdef'
const company = { legalName: 'Acme Analytics, Inc.', displayName: 'Acme', address: { line1: '335 South 560 West', line2: '', city: 'Lindon', state: 'UT', zip: '84042' }, phone: '+1 866-387-9595' }

const idsOf = (people: readonly BambooWorld['people'][number][]) => ({
  'hris.Employee': people.map(({ n }) => String(n)),
  'hris.Employment': people.flatMap((person) => positionDays(person).map((day) => `${person.n}-${day}`)),
  'hris.Location': wire.homes(people).map(({ n }) => `home-${n}`),
})
const ofThem = <T extends { readonly employee: number }>(list: readonly T[], gone: number, is: boolean): T[] => list.filter(({ employee }) => (employee === gone) === is)

export const sandbox: SandboxVendor<BambooWorld> = {
  link: () => ({ setup: { subdomain: 'acme' }, credentials: { api_key: API_KEY } }),
  grow: (size) => grow(tokenDesk(), size),
  counts(world) {
    const people = idsOf(world.people)
    return {
      'hris.Employee': people['hris.Employee'].length, 'hris.Employment': people['hris.Employment'].length, 'hris.Group': world.lists.department.length + world.lists.division.length, 'hris.Team': world.lists.department.length, 'hris.PayGroup': world.lists.payGroup.length, 'hris.Company': 1,
      'hris.Location': people['hris.Location'].length + world.kin.filter(({ hasHome }) => hasHome).length + world.lists.location.filter(({ archived }) => !archived).length,
      'hris.TimeOff': world.off.length, 'hris.TimeOffBalance': world.people.flatMap(wire.balances).length, 'hris.TimesheetEntry': clocked(Date.now()).length + world.hours.length, 'hris.Dependent': world.kin.length, 'hris.Benefit': world.enrollments.length, 'hris.EmployerBenefit': plans.length,
    }
  },
  secrets: () => [],
  change(world, at) {
    const some = [world.people[2]!, world.people.at(-1)!]
    for (const person of some) Object.assign(person, { last: 'Changed', changedAt: at.getTime() })
    return { ...idsOf(some), 'hris.Location': [...idsOf(some)['hris.Location'], ...world.kin.filter(({ employee, hasHome }) => hasHome && some.some(({ n }) => n === employee)).map(({ id }) => `home-dependent-${id}`)] }
  },
  remove(world, at) {
    const [person] = world.people.splice(5, 1)
    const { n } = person!
    const [off, kin, enrollments] = [ofThem(world.off, n, true), ofThem(world.kin, n, true), ofThem(world.enrollments, n, true)]
    const before = idsOf([person!])
    Object.assign(world, { off: ofThem(world.off, n, false), kin: ofThem(world.kin, n, false), enrollments: ofThem(world.enrollments, n, false) })
    world.deleted.push({ id: n, at: at.getTime() })
    const archived = [world.lists.department.at(-1)!, world.lists.payGroup.at(-1)!]
    for (const option of archived) option.archived = true
    return {
      ...before, 'hris.Location': [...before['hris.Location'], ...kin.filter(({ hasHome }) => hasHome).map(({ id }) => `home-dependent-${id}`)],
      'hris.TimeOff': off.map(({ id }) => String(id)), 'hris.TimeOffBalance': wire.balances(person!).map(({ timeOffType }) => `${n}-${timeOffType}`), 'hris.Dependent': kin.map(({ id }) => String(id)), 'hris.Benefit': enrollments.map(({ plan, from }) => `${n}-${plan}-${from}`),
      'hris.Group': [`department-${archived[0]!.id}`], 'hris.Team': [String(archived[0]!.id)], 'hris.PayGroup': [String(archived[1]!.id)],
    }
  },
  troubles: [
    { what: 'a key that is not good', answer: { status: 401, body: null }, means: 'upstream.unauthorized' },
    { what: 'a right that the access level lacks', answer: refused(403, 'You do not have access to this resource'), means: 'upstream.forbidden' },
    { what: 'a field that the vendor dislikes', answer: refused(409, 'Invalid value for field "workEmail"'), means: 'upstream.rejected' },
    { what: 'a body that a newer endpoint dislikes', answer: problem(400, 'Hours must be below 24.', { 'hours[0].hours': 'Hours must be below 24.' }), means: 'upstream.rejected' },
    { what: 'too many requests', answer: refused(429, 'Rate limit exceeded', { 'retry-after': '30' }), means: 'upstream.rate_limited', waitSeconds: 30 },
    { what: 'too many requests, as it was said before September 2026', answer: refused(503, 'Limit exceeded', { 'retry-after': '30' }), means: 'upstream.rate_limited', waitSeconds: 30 },
  ],
  routes: [
    ...consentRoutes<BambooWorld>({ oauth, setup: { subdomain: 'acme' }, client: { id: 'box-client', secret: 'box-secret' }, desk: ({ desk }) => desk, lifetimeSeconds: 3600, besides: () => ({ companyDomain: 'acme' }) }),
    ...guarded<BambooWorld>((request, { desk }) => (basicOf(request)?.[0] === API_KEY || desk.isGood(tokenOf(request)) ? null : { status: 401, body: null }), [
      route('GET', '/api/v1/company_information', () => ok(company)),
      route('GET', '/api/v1/meta/fields', () => ok(wire.metaFields)),
      route('GET', '/api/v1/meta/lists', (_, world) => ok(wire.lists(world))),
      route('GET', '/api/v1/meta/users', (_, { people }) => ok(Object.fromEntries([...people.map(({ n, first, last, email }) => [String(2000 + n), { id: 2000 + n, employeeId: n, firstName: first, lastName: last, email, status: 'enabled' }]), ['1999', { id: 1999, employeeId: 0, firstName: 'Payroll', lastName: 'Bureau', email: 'bureau@example.com', status: 'enabled' }]]))),
      route('GET', '/api/v1/employees/changed', ({ query }, { people, deleted }) => {
        const since = Date.parse(query.get('since') ?? '')
        if (Number.isNaN(since)) return refused(400, 'Invalid or missing "since" parameter')
        const changed = [...people.map(({ n, changedAt, createdAt }) => ({ id: String(n), action: changedAt === createdAt.getTime() ? 'Inserted' : 'Updated', at: changedAt })), ...deleted.map(({ id, at }) => ({ id: String(id), action: 'Deleted', at }))].filter(({ at }) => Math.floor(at / 1000) * 1000 >= since)
        const employees = Object.fromEntries(changed.map(({ id, action, at }) => [id, { id, action, lastChanged: wire.instant(at) }]))
        return ok({ latest: wire.instant(Math.max(since, ...changed.map(({ at }) => at))), employees })
      }),
      route('GET', '/api/v1/employees/all/tables/:table', ({ params }, { people }) => (Object.hasOwn(wire.tables, params['table']!) ? ok(people.flatMap(wire.tables[params['table']!]!)) : refused(404, 'Table not found'))),
      route('GET', '/api/v1/employees/:id/time_off/calculator', ({ params }, { people }) => { const person = people.find(({ n }) => String(n) === params['id']); return person === undefined ? refused(404, 'Employee not found') : ok(wire.balances(person)) }),
      route('GET', '/api/v1/employees/:id', ({ params, query }, world) => {
        const person = world.people.find(({ n }) => String(n) === params['id'])
        const asked = (query.get('fields') ?? '').split(',')
        return person === undefined ? refused(404, 'Employee not found') : asked.length > 400 ? refused(400, 'Too many fields') : ok(wire.employee(world, person, asked))
      }),
      route('GET', '/api/v1/time_off/requests', ({ query }, world) => {
        const [start, end] = [query.get('start'), query.get('end')]
        return start === null || end === null ? refused(400, 'Invalid or missing start/end date') : ok(world.off.filter((off) => off.end >= start && off.start <= end).map((off) => wire.request(world, off)))
      }),
      route('GET', '/api/v1/time_tracking/timesheet_entries', ({ query }, { hours }) => {
        const [start, end, oldest] = [query.get('start') ?? '', query.get('end') ?? '', new Date(Date.now() - 365 * 86_400_000).toISOString().slice(0, 10)]
        return start < oldest || end > new Date().toISOString().slice(0, 10) || end < start ? problem(400, 'Dates must be within the last 365 days.', { start: 'out of range' }) : ok([...clocked(Date.now()), ...hours].filter(({ date }) => date >= start && date <= end).map(wire.entry))
      }),
      route('GET', '/api/v1/employeedependents', (_, world) => ok({ 'Employee Dependents': world.kin.map((kin) => wire.dependent(world, kin)) })),
      route('GET', '/api/v1/benefit/company_benefit', () => ok({ companyBenefits: plans.map((plan) => ({ ...plan, benefitVendorId: null, companyDeductionId: null, startDate: '2020-01-01', endDate: null, allowsCatchUp: null, allowsSuperCatchUp: null })) })),
      route('GET', '/api/v1/benefit/employee_benefit', ({ body }, world) => { const plan = (body as { filters?: { companyBenefitId?: number } } | null)?.filters?.companyBenefitId; return plan === undefined ? refused(400, 'filters is required') : ok({ employeeBenefits: wire.enrollmentsOf(world, plan) }) }),
      route('GET', '/api/v1/benefits/settings/deduction_types/all', () => ok(deductionTypes)),
      ...writeRoutes,
    ]),
  ],
  otherwise: refused(404, 'Not found'),
}
