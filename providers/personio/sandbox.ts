import { present, str, type SandboxVendor } from '#kit'
import { groupId } from './group.ts'
import { problem, refused } from './sandbox/answers.ts'
import { balancesOf, grow, SECRET, ZONE, type World } from './sandbox/grow.ts'
import { routes } from './sandbox/routes.ts'
import { known, named, type Employee } from './vendor.ts'

const EMPLOYEES_LIMIT = 'https://developer.personio.de/changelog/rate-limits-on-get-employees-endpoint-may-6-2024'
const isEmployees = ({ method, path }: { readonly method: string; readonly path: string }): number => Number(method === 'GET' && path === '/v1/company/employees')
const idOf = ({ attributes }: Employee): string => String(attributes.id.value)
const hasIban = (employee: Employee): boolean => str(known(employee, 'iban')?.value) !== null
const groupsOf = ({ attributes: { department, team, cost_centers } }: Employee) => named([department?.value, team?.value, ...cost_centers?.value ?? []]).map(groupId)
const entityOf = (key: 'team' | 'subcompany' | 'office') => ({ attributes }: Employee) => attributes[key]?.value?.attributes.id.toString() ?? null
const distinct = (employees: readonly Employee[], read: (employee: Employee) => readonly (string | null)[]): string[] => present(employees.flatMap(read))
const worked = ({ attendance }: World) => attendance.filter(({ type, status }) => type === 'WORK' && status !== 'REJECTED')

/** What is read of these employees, beside their absences and their times. */
const found = (employees: readonly Employee[]) => ({
  'hris.Employee': employees.map(idOf), 'hris.Employment': employees.map(idOf), 'hris.BankInfo': employees.filter(hasIban).map(idOf), 'hris.Group': distinct(employees, groupsOf),
  'hris.Team': distinct(employees, (one) => [entityOf('team')(one)]), 'hris.Company': distinct(employees, (one) => [entityOf('subcompany')(one)]), 'hris.Location': distinct(employees, (one) => [entityOf('office')(one)]),
})

/** A company's Personio, as credentials that may read everything see it. */
export const sandbox: SandboxVendor<World> = {
  link: () => ({ setup: { time_zone: ZONE }, credentials: { client_id: 'papi-client-of-the-box', client_secret: SECRET } }),
  grow,
  counts: (world) => ({
    ...Object.fromEntries(Object.entries(found(world.employees)).map(([model, ids]) => [model, ids.length])),
    'hris.TimeOff': world.daily.length + world.hourly.length, 'hris.TimesheetEntry': worked(world).length, 'hris.TimeOffBalance': world.employees.flatMap(balancesOf).length,
  }),
  secrets: () => [],
  endSessions: ({ desk }) => desk.endAll(),
  change(world, at) {
    const people = [world.employees[0]!, world.employees.at(-1)!]
    for (const { attributes } of people) Object.assign(attributes, { position: { ...attributes.position, value: 'Changed' }, last_modified_at: { label: 'Last modified', value: at.toISOString(), type: 'date', universal_id: 'last_modified_at' } })
    const [day, hours, entry] = [world.daily.at(-1)!, world.hourly[0]!, worked(world).at(-1)!]
    for (const { attributes } of [day, hours]) Object.assign(attributes, { status: 'rejected', updated_at: at.toISOString() })
    Object.assign(entry, { comment: 'Changed', updated_at: at.toISOString() })
    return { ...found(people), 'hris.TimeOff': [String(day.attributes.id), hours.attributes.id], 'hris.TimesheetEntry': [entry.id] }
  },
  remove(world) {
    const { 'hris.Employee': employees, 'hris.Employment': employments, 'hris.BankInfo': accounts, ...rest } = found(world.employees.splice(7, 1))
    const [[day], [hours], entry] = [world.daily.splice(3, 1), world.hourly.splice(3, 1), worked(world)[3]!]
    world.attendance.splice(world.attendance.indexOf(entry), 1)
    // Somebody else is in each of the groups: they stay.
    if (distinct(world.employees, groupsOf).length < rest['hris.Group'].length) throw new Error('The last of a group left.')
    const balances = balancesOf({ attributes: { id: { label: 'ID', value: Number(employees[0]) } } })
    return { 'hris.Employee': employees, 'hris.Employment': employments, 'hris.BankInfo': accounts, 'hris.TimeOff': [String(day!.attributes.id), hours!.attributes.id], 'hris.TimesheetEntry': [entry.id], 'hris.TimeOffBalance': balances.map(({ id }) => `${employees[0]}-${id}`) }
  },
  troubles: [
    { what: 'no token', answer: refused(401, 'Authorization is not provided'), means: 'upstream.unauthorized' },
    { what: 'a token that has ended', answer: refused(403, 'Provided authorization is not valid'), means: 'upstream.unauthorized' },
    { what: 'a missing right', answer: refused(403, 'Forbidden'), means: 'upstream.forbidden' },
    { what: 'a missing scope', answer: problem(403, 'Insufficient access scope', 'Client scope insufficient to access resource'), means: 'upstream.forbidden' },
    { what: 'a supervisor who is not there', answer: refused(422, 'Supervisor with ID 1 not found'), means: 'upstream.rejected' },
    { what: 'a filter that is none', answer: problem(400, 'Bad request', 'Invalid request content.'), means: 'upstream.rejected' },
    { what: 'a failure inside a good answer', answer: { status: 200, body: { success: false, error: { code: 0, message: 'Something went wrong' } } }, means: 'upstream.rejected' },
    { what: 'too many requests', answer: { status: 429, body: { success: false, error: { code: 429, message: 'Too many requests' } } }, means: 'upstream.rate_limited', meter: { docs: EMPLOYEES_LIMIT, count: 300, perSeconds: 60, counts: isEmployees } },
    { what: 'too many requests in a second', answer: { status: 429, body: { success: false, error: { code: 429, message: 'Too many requests' } } }, means: 'upstream.rate_limited', meter: { docs: EMPLOYEES_LIMIT, count: 15, perSeconds: 1, counts: isEmployees } },
  ],
  routes,
  otherwise: problem(404, 'Not Found', 'The endpoint was not found.'),
}
