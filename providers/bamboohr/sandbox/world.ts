import { inventCompany, mixed, type BoxPerson, type TokenDesk } from '#kit'

/** The data of one company, as its database would hold it. */
export interface Person extends Omit<BoxPerson, 'last' | 'updatedAt'> {
  last: string
  changedAt: number
  /** What was written, by the vendor's names: it hides what the box made up. */
  readonly written: Record<string, unknown>
}
export interface Option { readonly id: number; readonly name: string; archived: boolean }
export interface Off { readonly id: number; readonly employee: number; readonly start: string; readonly end: string; status: string; readonly type: number; readonly amount: number; readonly note: string; readonly by: number }
export interface Kin { readonly id: number; readonly employee: number; readonly first: string; readonly middle: string | null; readonly relationship: string; readonly hasHome: boolean; readonly bornOn: string; readonly written: Readonly<Record<string, unknown>> }
export interface Enrollment { readonly employee: number; readonly plan: number; readonly from: string; readonly until: string | null; readonly status: string; readonly employeeAmount: number; readonly companyAmount: number; readonly inPercent: boolean }

export interface Clocked { readonly id: number; readonly employee: number; readonly date: string; readonly hours: number | null }

export interface BambooWorld {
  readonly desk: TokenDesk
  people: Person[]
  readonly deleted: { readonly id: number; readonly at: number }[]
  readonly lists: Readonly<Record<'department' | 'division' | 'location' | 'payGroup', Option[]>>
  off: Off[]
  kin: Kin[]
  enrollments: Enrollment[]
  readonly hours: Clocked[]
  readonly webhooks: { readonly id: string; readonly url: string }[]
}

export const timeOffTypes = [{ id: 78, name: 'Vacation', units: 'hours', icon: 'palm-trees' }, { id: 79, name: 'Sick', units: 'days', icon: 'first-aid-kit' }, { id: 83, name: 'Sabbatical', units: 'days', icon: 'airplane' }]
export const plans = [
  { id: '11', name: 'Blue Shield Gold', type: 'health', deductionTypeId: '101' }, { id: '12', name: 'Delta Dental', type: 'dental', deductionTypeId: '102' },
  { id: '13', name: 'Acme 401(k)', type: 'retirement', deductionTypeId: '4' }, { id: '14', name: 'Commuter', type: 'reimbursement', deductionTypeId: null },
]
export const deductionTypes = [
  { id: 4, deductionTypeName: '401(k)', defaultDeductionCode: '401K', subTypes: [] },
  { id: 'preTax', deductionTypeName: 'Pre-Tax', defaultDeductionCode: '', subTypes: [{ id: 101, deductionTypeName: 'Health', defaultDeductionCode: 'MED', subTypes: [] }, { id: 102, deductionTypeName: 'Dental', defaultDeductionCode: 'DEN', subTypes: [] }] },
]
export const customFields = [{ id: 4580, name: 'T-shirt size', type: 'list', alias: 'customTshirtsize' }, { id: 4581, name: 'Parking space', type: 'int', alias: 'customParkingspace' }]

const DAY = 86_400_000
export const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10)
const later = (day: string, days: number): string => dayOf(Date.parse(day) + days * DAY)

/** From when somebody did, earned or was something: the first day, and for some a promotion and a raise. */
export const jobDays = ({ n, hiredOn }: Person): string[] => (n % 4 === 0 ? [hiredOn, later(hiredOn, 200)] : [hiredOn])
export const payDays = ({ n, hiredOn }: Person): string[] => (n % 3 === 0 ? [hiredOn, later(hiredOn, 365)] : [hiredOn])
export const positionDays = (person: Person): string[] => [...new Set([...jobDays(person), ...payDays(person)])].filter((day) => person.leftOn === null || day < person.leftOn).toSorted()

/** What was clocked: on the Mondays of the last months, by a few people. Entries of one day are numbered by it. */
export function clocked(now: number): Clocked[] {
  const today = Math.floor(now / DAY)
  const mondays = Array.from({ length: 300 }, (_, n) => today - 303 + n).filter((day) => new Date(day * DAY).getUTCDay() === 1)
  return mondays.flatMap((day) => [1, 2, 3, 4].map((employee) => ({ id: day * 10 + employee, employee, date: dayOf(day * DAY), hours: null })))
}

const options = (first: number, names: readonly string[]): Option[] => names.map((name, n) => ({ id: first + n, name, archived: false }))

export function grow(desk: TokenDesk, size: number): BambooWorld {
  const { people, departments, offices } = inventCompany(size)
  const staff: Person[] = people.map(({ updatedAt, ...person }) => ({ ...person, changedAt: updatedAt.getTime(), written: {} }))
  let request = 1300
  let relative = 10
  return {
    desk, people: staff, deleted: [], hours: [], webhooks: [],
    lists: { department: options(18_250, departments), division: options(18_300, ['Product', 'Market']), location: options(18_320, offices.map(({ city }) => city)), payGroup: options(18_340, ['Salaried', 'Hourly']) },
    off: staff.flatMap(({ n }) => [0, 1].map((round): Off => {
      // Some reach over New Year, some are planned for after the next.
      const start = dayOf((n % 7 === 0 && round === 0 ? Date.UTC(2022, 11, 28) : Date.UTC(2023 + round, 0, 5) + (mixed(n, 31 + round) % 340) * DAY))
      const days = 1 + (mixed(n, 33 + round) % 9)
      return { id: ++request, employee: n, start, end: later(start, days), status: ['requested', 'approved', 'denied', 'canceled', 'superceded'][mixed(n, 35 + round) % 5]!, type: timeOffTypes[mixed(n, 37 + round) % 3]!.id, amount: days, note: n % 3 === 0 ? '' : 'Away with the family', by: 2000 + Math.max(1, Math.floor(n / 6)) }
    })),
    kin: staff.filter(({ n }) => n % 3 === 0).flatMap(({ n, first, bornOn }) => [0, 1].map((round): Kin => ({ id: ++relative, employee: n, first: `${first} ${['Jr.', 'Sr.'][round]!}`, middle: round === 0 ? 'Lee' : null, relationship: round === 0 ? 'child' : ['spouse', 'domestic_partner', 'Parent'][n % 4 === 0 ? 0 : n % 5 === 0 ? 1 : 2]!, hasHome: n % 2 === 0 && round === 0, bornOn: later(bornOn, round === 0 ? 9_000 : 300), written: {} }))),
    enrollments: staff.filter(({ n }) => n % 2 === 0).flatMap(({ n, hiredOn, leftOn }) => [0, 2].map((plan): Enrollment => ({ employee: n, plan: Number(plans[plan]!.id), from: later(hiredOn, 30), until: leftOn, status: leftOn === null ? 'Enrolled' : 'Terminated', employeeAmount: plan === 2 ? 5 : 120.5, companyAmount: plan === 2 ? 3 : 340, inPercent: plan === 2 }))),
  }
}
