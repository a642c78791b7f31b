import { fixtureBody, inventCompany, mixed, tokenDesk, type BoxPerson, type BoxTicket, type TokenDesk } from '#kit'
import type { AbsencePeriod, AttendancePeriod, Balance, Employee, Entity, Page, TimeOffPeriod, TimeOffType } from '../vendor.ts'

export interface World {
  readonly employees: Employee[]
  readonly attributes: unknown
  readonly types: readonly { readonly type: string; readonly attributes: TimeOffType['attributes'] }[]
  readonly daily: TimeOffPeriod[]
  readonly hourly: AbsencePeriod[]
  readonly attendance: AttendancePeriod[]
  readonly units: Readonly<Record<string, readonly { readonly id: number; readonly name: string; readonly parent_id: number | null }[]>>
  readonly desk: TokenDesk
}

export const ZONE = 'Europe/Berlin'
export const SECRET = 'canary-personio-secret-0123456789'
const folder = new URL('../sandbox.ts', import.meta.url).href
const HOUR = 3_600_000

const entity = (type: string, id: number, name: string, more: object = {}): Entity => ({ type, attributes: { id, name, ...more } })
const midnight = (day: string): string => `${day}T00:00:00+01:00`
const dayAfter = (at: Date, days: number): string => new Date(at.getTime() + days * 24 * HOUR).toISOString().slice(0, 10)
const idOf = (n: number): number => 4_000 + n
const uuid = (n: number): string => `${mixed(n, 1).toString(16).padStart(8, '0')}-0000-4000-8000-${n.toString(16).padStart(12, '0')}`
const short = ({ n, first, last, email }: BoxPerson) => ({ type: 'Employee', attributes: Object.fromEntries(Object.entries({ id: idOf(n), first_name: first, last_name: last, email }).map(([key, value]) => [key, { label: key, value, type: key === 'id' ? 'integer' : 'standard', universal_id: key }])) as unknown as Employee['attributes'] })

/** One entry for vacation, one for hours at the doctor's. */
export const balancesOf = ({ attributes }: Pick<Employee, 'attributes'>): readonly Balance[] => [
  { id: 54321, name: 'Vacation', category: 'paid_vacation', balance: 4 + mixed(attributes.id.value!, 2) % 40 / 2 },
  { id: 45678, name: 'Doctor', category: 'sick_leave', balance: mixed(attributes.id.value!, 3) % 16 },
]

export function grow(size: number): World {
  const { people, tickets, departments, offices } = inventCompany(size * 2)
  // Labels, types and keys are those of the example in the contract.
  const [template] = (fixtureBody(folder, 'hris.Employee', 1) as Page<Employee>).data
  const { data: types } = fixtureBody(folder, 'hris.TimeOff') as { data: World['types'] }

  const employee = (person: BoxPerson): Employee => {
    const { n, first, last, email, title, manager, department, office, hiredOn, leftOn, bornOn, salary, createdAt, updatedAt } = person
    const byHour = n % 7 === 0
    const team = n % 4 === 0 ? null : entity('Team', 500 + department * 2 + n % 2, `${departments[department]!} ${n % 2 === 0 ? 'A' : 'B'}`)
    const values: Readonly<Record<string, unknown>> = {
      id: idOf(n), first_name: first, last_name: last, preferred_name: n % 3 === 0 ? null : `${first} ${last}`, email, gender: ['male', 'female', 'diverse'][n % 3], status: leftOn !== null ? 'inactive' : n % 8 === 5 ? 'leave' : n % 10 === 9 ? 'onboarding' : 'active', position: title,
      supervisor: manager === null ? null : short(people[manager - 1]!), employment_type: n % 6 === 0 ? 'external' : 'internal', hire_date: midnight(hiredOn), termination_date: leftOn === null ? null : midnight(leftOn), created_at: createdAt.toISOString(), last_modified_at: updatedAt.toISOString(),
      subcompany: entity('Subcompany', 7_000 + n % 2, n % 2 === 0 ? 'Example GmbH' : 'Example Unipessoal Lda.'), office: entity('Office', 100 + office, offices[office]!.city), department: entity('Department', 300 + department, departments[department]!), team,
      cost_centers: n % 5 === 0 ? [entity('CostCenter', 900, 'Shared', { percentage: 50 }), entity('CostCenter', 901 + department, `Cost centre ${department}`, { percentage: 50 })] : [entity('CostCenter', 901 + department, `Cost centre ${department}`, { percentage: 100 })],
      fix_salary: byHour ? 0 : salary, fix_salary_interval: n % 2 === 0 ? 'yearly' : 'monthly', hourly_salary: byHour ? 14 + n % 9 : 0, dynamic_21827: n % 9 === 8 ? null : `DE98 8989 ${1000 + n} 0000 8989 00`, dynamic_24407: n % 11 === 0 ? 'Dr' : null, dynamic_180883: bornOn,
      profile_picture: n % 2 === 0 ? `https://api.personio.de/v1/company/employees/${idOf(n)}/profile-picture` : null,
    }
    return { attributes: Object.fromEntries(Object.entries(template!.attributes).map(([key, attribute]) => [key, { ...attribute, ...(key in values && { value: values[key] }) }])) as unknown as Employee['attributes'] }
  }
  const period = ({ n, status, reporter, text, createdAt, updatedAt }: BoxTicket) => ({
    status: ['approved', 'approved', 'pending', 'rejected'][status]!, ...(n % 3 !== 0 && { comment: text }), employee: short(people[reporter - 1]!), half_day_start: n % 9 === 0, half_day_end: false, certificate: { status: 'not-required' }, created_at: createdAt.toISOString(), updated_at: updatedAt.toISOString(),
  })
  const daily = (ticket: BoxTicket): TimeOffPeriod => {
    const { attributes: { id, name, category } } = types[ticket.priority % 2]!
    return { type: 'TimeOffPeriod', attributes: { id: 70_000 + ticket.n, ...period(ticket), start_date: midnight(dayAfter(ticket.createdAt, 10)), end_date: midnight(dayAfter(ticket.createdAt, 11)), days_count: ticket.n % 9 === 0 ? 1.5 : 2, time_off_type: { attributes: { id, name, category } } } }
  }
  const hourly = (ticket: BoxTicket): AbsencePeriod => ({
    type: 'AbsencePeriod', attributes: { id: uuid(ticket.n), ...period(ticket), start: ticket.createdAt.toISOString(), end: ticket.n % 13 === 0 ? null : new Date(ticket.createdAt.getTime() + 3 * HOUR).toISOString(), effective_duration: 90 + ticket.n % 5 * 30, absence_type: { attributes: { id: uuid(1), name: types[2]!.attributes.name, time_off_type_id: types[2]!.attributes.id } } },
  })
  const attendance = ({ n, reporter, createdAt, updatedAt }: BoxTicket) => {
    const day = createdAt.toISOString().slice(0, 10)
    return { id: uuid(1_000_000 + n), person: { id: String(idOf(reporter)) }, type: n % 6 === 0 ? 'BREAK' : 'WORK', start: { date_time: `${day}T0${6 + n % 4}:15:00` }, end: n % 17 === 0 ? null : { date_time: `${day}T1${n % 8}:45:00` }, attribution_date: day, status: n % 10 === 3 ? 'REJECTED' : n % 4 === 0 ? 'PENDING' : 'CONFIRMED', comment: null, project: null, updated_at: updatedAt.toISOString() }
  }
  return {
    // One department above all others, and the second team of each below its first.
    units: {
      department: departments.map((name, n) => ({ id: 300 + n, name, parent_id: n === 0 ? null : 300 })),
      team: departments.flatMap((name, n) => ['A', 'B'].map((letter, k) => ({ id: 500 + n * 2 + k, name: `${name} ${letter}`, parent_id: k === 0 ? null : 500 + n * 2 }))),
    },
    employees: people.map(employee), attributes: fixtureBody(folder, 'hris.Employee'), types, daily: tickets.filter(({ n }) => n % 2 === 0).map(daily), hourly: tickets.filter(({ n }) => n % 2 === 1).map(hourly), attendance: tickets.slice(0, size + 20).map(attendance), desk: tokenDesk(),
  }
}
