import { formOf, fromWall, id, ok, route, type SandboxAnswer, type SandboxRequest, type SandboxRoute } from '#kit'
import type { Employee, ShortEmployee } from '../vendor.ts'
import { problem, refused } from './answers.ts'
import { ZONE, type World } from './grow.ts'

const personOf = ({ employees }: World, wanted: unknown): ShortEmployee | undefined => employees.find(({ attributes }) => id(attributes.id.value) === id(wanted))
const now = (): string => new Date().toISOString()
const created = (body: unknown): SandboxAnswer => ({ ...ok(body), status: 201 })

/** The attributes that the first employee has, with the values that came. */
function hire({ body }: SandboxRequest, world: World): SandboxAnswer {
  const { employee = {} } = (body ?? {}) as { employee?: Readonly<Record<string, unknown>> }
  for (const name of ['email', 'first_name', 'last_name']) if (typeof employee[name] !== 'string') return refused(422, `The ${name} field is required.`)
  if (world.employees.some(({ attributes }) => attributes.email?.value === employee['email'])) return refused(422, 'The email has already been taken.')
  const supervisor = employee['supervisor_id'] === undefined ? null : personOf(world, employee['supervisor_id'])
  if (supervisor === undefined) return refused(422, `Supervisor with ID ${String(employee['supervisor_id'])} not found`)
  const own = Math.max(...world.employees.map(({ attributes }) => attributes.id.value ?? 0)) + 1
  const values: Readonly<Record<string, unknown>> = { status: 'active', ...employee, ...employee['custom_attributes'] as object | undefined, id: own, supervisor, cost_centers: [], created_at: now(), last_modified_at: now() }
  world.employees.push({ attributes: Object.fromEntries(Object.entries(world.employees[0]!.attributes).map(([key, attribute]) => [key, { ...attribute, value: values[key] ?? null }])) as unknown as Employee['attributes'] })
  return ok({ success: true, data: { id: own, message: 'success' } })
}

function change({ body, params }: SandboxRequest, world: World): SandboxAnswer {
  const at = world.employees.findIndex(({ attributes }) => id(attributes.id.value) === params['id'])
  if (at === -1) return refused(404, 'Employee not found.')
  // The email is not for changing, and ignored.
  const { email: _, supervisor_id: manager, custom_attributes: own, ...plain } = (body as { employee?: Readonly<Record<string, unknown>> } | null)?.employee ?? {}
  const supervisor = manager === null || manager === undefined ? null : personOf(world, manager)
  if (supervisor === undefined || id(manager) === params['id']) return refused(422, `Supervisor with ID ${String(manager)} not found`)
  const values: Readonly<Record<string, unknown>> = { ...plain, ...own as object | undefined, ...(manager !== undefined && { supervisor }), last_modified_at: now() }
  world.employees[at] = { attributes: Object.fromEntries(Object.entries(world.employees[at]!.attributes).map(([key, attribute]) => [key, { ...attribute, ...(Object.hasOwn(values, key) && { value: values[key] }) }])) as unknown as Employee['attributes'] }
  return ok({ success: true, data: { id: Number(params['id']) }, meta: [] })
}

/** A form's `false` is no boolean there. */
const TRUTHS = ['0', '1']
function absence(request: SandboxRequest, world: World, inHours: boolean): SandboxAnswer {
  const form = formOf(request)
  const [employee, kind] = [personOf(world, form.get('employee_id')), world.types.find(({ attributes }) => String(attributes.id) === form.get('time_off_type_id'))?.attributes]
  if (employee === undefined || kind === undefined) return refused(404, 'Time-off type not found.', 0)
  const [from, to] = [form.get('start_date') ?? '', form.get('end_date') ?? '']
  if (kind.unit !== (inHours ? 'hour' : 'day') || [from, to].some((day) => !/^\d{4}-\d\d-\d\d$/.test(day)) || ['half_day_start', 'half_day_end'].some((name) => !TRUTHS.includes(form.get(name) ?? ''))) return refused(422, 'The given data failed to pass validation.')
  const shared = { status: form.get('skip_approval') === '0' ? 'pending' : 'approved', ...(form.has('comment') && { comment: form.get('comment')! }), employee, half_day_start: form.get('half_day_start') === '1', half_day_end: form.get('half_day_end') === '1', certificate: { status: 'not-required' }, created_at: now(), updated_at: now() }
  if (!inHours) {
    const made = { type: 'TimeOffPeriod' as const, attributes: { id: 900_000 + world.daily.length, ...shared, start_date: `${from}T00:00:00+0100`, end_date: `${to}T00:00:00+0100`, days_count: 1 + (Date.parse(to) - Date.parse(from)) / 86_400_000, time_off_type: { attributes: kind } } }
    world.daily.push(made)
    return ok({ success: true, data: made })
  }
  const [start, end] = [fromWall(`${from}T${form.get('start_time') ?? '00:00'}`, ZONE)!, fromWall(`${to}T${form.get('end_time') ?? '23:59'}`, ZONE)!]
  const made = { type: 'AbsencePeriod' as const, attributes: { id: crypto.randomUUID(), ...shared, start, end, effective_duration: (Date.parse(end) - Date.parse(start)) / 60_000, absence_type: { attributes: { id: crypto.randomUUID(), name: kind.name, time_off_type_id: kind.id } } } }
  world.hourly.push(made)
  return created({ success: true, data: [made] })
}

function attend({ body }: SandboxRequest, world: World): SandboxAnswer {
  const { person, start, end = null, type = '' } = (body ?? {}) as { person?: { id: string }; start?: { date_time: string }; end?: { date_time: string } | null; type?: string }
  if (person === undefined || start === undefined || personOf(world, person.id) === undefined) return problem(400, 'Bad request', 'Invalid request content.')
  const made = { id: crypto.randomUUID(), person, type, start, end, status: 'PENDING', updated_at: now() }
  world.attendance.push(made)
  return created({ id: made.id })
}

export const writes: readonly SandboxRoute<World>[] = [
  route('POST', '/v1/company/employees', hire),
  route('PATCH', '/v1/company/employees/:id', change),
  route('POST', '/v1/company/time-offs', (request, world) => absence(request, world, false)),
  route('POST', '/v1/company/absence-periods', (request, world) => absence(request, world, true)),
  route('POST', '/v2/attendance-periods', attend),
]
