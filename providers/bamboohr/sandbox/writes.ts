import { route, type SandboxAnswer, type SandboxRoute } from '#kit'
import { dayOf, timeOffTypes, type BambooWorld, type Person } from './world.ts'
import { dependent, entry, instant, request } from './wire.ts'

/** Older addresses answer an error with a header and nothing else. */
export const refused = (status: number, message: string, headers: Readonly<Record<string, string>> = {}): SandboxAnswer => ({ status, headers: { 'x-bamboohr-error-message': message, ...headers }, body: null })
export const problem = (status: number, detail: string, fields: Readonly<Record<string, string>>): SandboxAnswer => ({ status, headers: { 'content-type': 'application/problem+json' }, body: { type: 'about:blank', title: 'Bad Request', status, detail, instance: '/', code: 'VALIDATION_ERROR', fields } })

type Wish = Readonly<Record<string, unknown>>
const wishOf = (body: unknown): Wish => (typeof body === 'object' && body !== null ? body as Wish : {})
const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const find = ({ people }: BambooWorld, id: unknown): Person | undefined => people.find(({ n }) => String(n) === String(id))
const nextOf = (numbers: readonly number[]): number => Math.max(0, ...numbers) + 1
const isDay = (value: unknown): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text(value))

function write(person: Person, wish: Wish): SandboxAnswer | null {
  if (text(wish['workEmail']) !== '' && !text(wish['workEmail']).includes('@')) return refused(409, 'Invalid value for field "workEmail"')
  Object.assign(person.written, wish)
  person.changedAt = Date.now()
  return null
}

export const writeRoutes: readonly SandboxRoute<BambooWorld>[] = [
  route('POST', '/api/v1/employees', ({ body }, world) => {
    const wish = wishOf(body)
    if (text(wish['firstName']) === '' || text(wish['lastName']) === '') return refused(400, 'First and last name are required')
    const now = new Date()
    const n = nextOf([...world.people.map((one) => one.n), ...world.deleted.map(({ id }) => id)])
    const person: Person = { ...world.people[0]!, n, first: text(wish['firstName']), last: text(wish['lastName']), manager: null, leftOn: null, hiredOn: text(wish['hireDate']) || dayOf(now.getTime()), createdAt: now, changedAt: now.getTime(), written: {} }
    const bad = write(person, wish)
    if (bad !== null) return bad
    world.people.push(person)
    return { status: 201, headers: { location: `https://acme.bamboohr.com/employees/employee.php?id=${n}` }, body: null }
  }),
  route('POST', '/api/v1/employees/:id', ({ params, body }, world) => {
    const person = find(world, params['id'])
    return person === undefined ? refused(404, 'Employee not found') : write(person, wishOf(body)) ?? { status: 200, body: null }
  }),
  route('PUT', '/api/v1/employees/:id/time_off/request', ({ params, body }, world) => {
    const [person, wish] = [find(world, params['id']), wishOf(body)]
    if (person === undefined) return refused(404, 'Employee not found')
    const type = timeOffTypes.find(({ id }) => id === wish['timeOffTypeId'])
    if (type === undefined) return refused(400, 'Invalid time off type')
    if (!isDay(wish['start']) || !isDay(wish['end']) || text(wish['end']) < text(wish['start'])) return refused(400, 'Invalid start or end date')
    const notes = Array.isArray(wish['notes']) ? wish['notes'] as readonly { readonly from?: string; readonly note?: string }[] : []
    const amount = Number(wish['amount'] ?? 1)
    const off = { id: nextOf(world.off.map(({ id }) => id)), employee: person.n, start: text(wish['start']), end: text(wish['end']), status: text(wish['status']), type: type.id, amount: type.units === 'hours' ? amount / 8 : amount, note: notes.find(({ from }) => from === 'employee')?.note ?? '', by: 2001 }
    world.off.push(off)
    return { status: 201, headers: { location: `https://acme.bamboohr.com/api/v1/time_off/requests/${off.id}` }, body: request(world, off) }
  }),
  route('PUT', '/api/v1/time_off/requests/:id/status', ({ params, body }, { off }) => {
    const [one, status] = [off.find(({ id }) => String(id) === params['id']), text(wishOf(body)['status'])]
    if (one === undefined) return refused(404, 'Request not found')
    if (!['approved', 'denied', 'declined', 'canceled', 'cancelled'].includes(status)) return refused(400, 'Invalid status')
    one.status = status.replace('declined', 'denied').replace('cancelled', 'canceled')
    return { status: 200, body: null }
  }),
  route('POST', '/api/v1/time_tracking/hour_entries/store', ({ body }, world) => {
    const wishes = wishOf(body)['hours']
    if (!Array.isArray(wishes)) return problem(400, 'hours is required', { hours: 'This field is missing.' })
    const made = (wishes as readonly Wish[]).map((wish, k) => ({ id: nextOf(world.hours.map(({ id }) => id)) + 900_000 + k, employee: Number(wish['employeeId']), date: text(wish['date']), hours: Number(wish['hours']) }))
    if (made.some(({ employee }) => find(world, employee) === undefined)) return problem(404, 'Employee not found', {})
    if (made.some(({ hours }) => !(hours > 0 && hours <= 24))) return problem(400, 'Hours must be between 0 and 24.', { 'hours[0].hours': 'Hours must be between 0 and 24.' })
    world.hours.push(...made)
    return { status: 201, body: made.map(entry) }
  }),
  route('POST', '/api/v1/employeedependents', ({ body }, world) => {
    const { ssn, ...wish } = wishOf(body)
    const person = find(world, wish['employeeId'])
    if (person === undefined) return refused(400, 'employeeId is required')
    const kin = { id: nextOf(world.kin.map(({ id }) => id)), employee: person.n, first: text(wish['firstName']), middle: null, relationship: text(wish['relationship']), hasHome: false, bornOn: text(wish['dateOfBirth']), written: { ...wish, maskedSSN: text(ssn) === '' ? null : `xxx-xx-${text(ssn).slice(-4)}` } }
    world.kin.push(kin)
    return { status: 200, body: { 'Employee Dependents': [dependent(world, kin)] } }
  }),
  route('POST', '/api/v1/webhooks', ({ body }, { webhooks }) => {
    const { name, url, format, events, monitorFields } = wishOf(body)
    if (!text(url).startsWith('https://') || format === undefined || !Array.isArray(monitorFields)) return { status: 400, body: { errors: [{ error: 'Invalid webhook', issues: ['url, format and monitorFields are required'] }] } }
    const hook = { id: String(webhooks.length + 1), url: text(url) }
    webhooks.push(hook)
    return { status: 201, body: { ...hook, name, format, events, monitorFields, created: instant(Date.now()).slice(0, 19).replace('T', ' '), lastSent: null, includeCompanyDomain: false, privateKey: `box-private-key-${hook.id}` } }
  }),
  route('DELETE', '/api/v1/webhooks/:id', ({ params }, { webhooks }) => {
    const at = webhooks.findIndex(({ id }) => id === params['id'])
    if (at === -1) return refused(404, 'Webhook not found')
    webhooks.splice(at, 1)
    return { status: 200, headers: { 'content-type': 'text/plain' }, body: 'Web hook has been deleted.' }
  }),
]
