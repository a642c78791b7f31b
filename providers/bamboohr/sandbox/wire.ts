import { mixed } from '#kit'
import { customFields, jobDays, payDays, plans, timeOffTypes, type BambooWorld, type Clocked, type Kin, type Off, type Option, type Person } from './world.ts'

/** Rows as BambooHR writes them. */
export const instant = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}+00:00`
const pick = <T>(list: readonly T[], n: number): T => list[n % list.length]!
const countries: Readonly<Record<number, readonly [name: string, state: string, code: string, city: string]>> = { 0: ['United States', 'Utah', 'UT', 'Lindon'], 1: ['Germany', 'Berlin', 'BE', 'Berlin'], 2: ['Portugal', 'Lisboa', 'LI', 'Lisboa'] }
const homeOf = ({ n }: Person) => countries[n % 3]!
const hasHome = ({ n }: Person): boolean => n % 5 !== 0
export const homes = (people: readonly Person[]): Person[] => people.filter(hasHome)

const optionOf = (world: BambooWorld, list: keyof BambooWorld['lists'], n: number): Option => pick(world.lists[list], n)
const at = (person: Person, value: string): string | null => (hasHome(person) ? value : null)

/** Each field that an employee may be asked for; one that is not there is left out. */
const fields: Readonly<Record<string, (person: Person, world: BambooWorld) => unknown>> = {
  employeeNumber: ({ n }) => (n % 8 === 0 ? null : `E-${n}`), firstName: ({ first }) => first, lastName: ({ last }) => last, preferredName: ({ n, first }) => (n % 4 === 0 ? first.slice(0, 3) : null), displayName: ({ first, last }) => `${first} ${last}`,
  workEmail: ({ email }) => email, homeEmail: ({ n, email }) => (n % 2 === 0 ? email.replace('example.com', 'home.example') : null), mobilePhone: ({ phone }) => phone, homePhone: (person) => at(person, person.phone.replace('+49 30', '+49 40')),
  departmentId: ({ department }, world) => String(optionOf(world, 'department', department).id), divisionId: ({ n }, world) => String(optionOf(world, 'division', n).id), locationId: ({ office }, world) => String(optionOf(world, 'location', office).id),
  payGroupId: ({ n }, world) => String(optionOf(world, 'payGroup', n).id), reportsToId: ({ n, manager }) => (manager === null || n % 5 === 0 ? null : String(manager)), supervisorEId: ({ manager }) => (manager === null ? null : String(manager)),
  ssn: ({ n }) => `900-00-${String(n).padStart(4, '0')}`, gender: ({ n }) => pick(['Female', 'Male', 'Non-binary', null], n), ethnicity: ({ n }) => pick(['White', 'Asian', 'Two or More Races', 'Berber', null], n), maritalStatus: ({ n }) => pick(['Single', 'Married', 'Domestic Partnership', null], n),
  dateOfBirth: ({ bornOn }) => bornOn, hireDate: ({ hiredOn }) => hiredOn, originalHireDate: ({ n, hiredOn }) => (n % 6 === 0 ? `2009${hiredOn.slice(4)}`.replace('02-29', '02-28') : '0000-00-00'), terminationDate: ({ leftOn }) => leftOn ?? '0000-00-00', status: ({ leftOn }) => (leftOn === null ? 'Active' : 'Inactive'),
  photoUrl: ({ n }) => `https://resources.bamboohr.com/images/photo_person_${n}.png`,
  address1: (person) => at(person, `Main Street ${person.n}`), address2: (person) => at(person, person.n % 2 === 0 ? 'Flat 2' : ''), city: (person) => at(person, homeOf(person)[3]), state: (person) => at(person, homeOf(person)[1]), stateCode: (person) => at(person, homeOf(person)[2]), zipcode: (person) => at(person, String(10_000 + person.n)), country: (person) => at(person, homeOf(person)[0]),
  customTshirtsize: ({ n }) => pick(['S', 'M', 'L', null], n), customParkingspace: ({ n }) => (n % 3 === 0 ? String(n) : null),
}

export const employee = (world: BambooWorld, person: Person, asked: readonly string[]) =>
  ({ id: String(person.n), ...Object.fromEntries(asked.filter((name) => Object.hasOwn(fields, name)).map((name) => [name, Object.hasOwn(person.written, name) ? person.written[name] : fields[name]!(person, world)])) })

const row = (person: Person, id: number) => ({ id: String(id), employeeId: String(person.n) })
const money = (person: Person, amount: number) => (person.n % 2 === 0 ? { currency: 'USD', value: `${amount}.0000` } : `${amount}.00 EUR`)
export const tables: Readonly<Record<string, (person: Person) => object[]>> = {
  jobInfo: (person) => jobDays(person).map((date, k) => ({ ...row(person, person.n * 10 + k), date, location: 'Berlin', department: 'Engineering', division: 'Product', jobTitle: k === 0 && person.n % 4 === 0 ? 'Trainee' : person.title, reportsTo: null })).toReversed(),
  employmentStatus: (person) => [
    { ...row(person, person.n * 10 + 5), date: person.hiredOn, employmentStatus: pick(['Full-Time', 'Part-Time', 'Contractor', 'Seasonal'], person.n), comment: '', terminationReasonId: null, terminationTypeId: null, terminationRehireId: null },
    ...(person.leftOn === null ? [] : [{ ...row(person, person.n * 10 + 6), date: person.leftOn, employmentStatus: 'Terminated', comment: '', terminationReasonId: 'Other', terminationTypeId: 'Resignation (Voluntary)', terminationRehireId: 'Yes' }]),
  ],
  compensation: (person) => payDays(person).map((startDate, k) => ({ ...row(person, person.n * 10 + 7 + k), startDate, endDate: null, rate: money(person, person.salary + k * 5_000), type: 'Salary', exempt: pick(['Exempt', 'Non-exempt', null], person.n), reason: '', comment: '', paidPer: pick(['Year', 'Month', 'Piece'], person.n), paySchedule: pick(['Twice a month', 'Every other week', null], person.n), overtimeRate: '' })),
}

export const request = (world: BambooWorld, off: Off) => {
  const type = timeOffTypes.find(({ id }) => id === off.type)!
  const person = world.people.find(({ n }) => n === off.employee)!
  return {
    id: off.id, employeeId: off.employee, name: `${person.first} ${person.last}`, start: off.start, end: off.end, created: off.start, status: { lastChanged: off.start, lastChangedByUserId: off.by, status: off.status },
    type: { id: type.id, name: type.name, icon: type.icon }, amount: { unit: type.units, amount: type.units === 'hours' ? off.amount * 8 : off.amount }, actions: { view: true, edit: true, cancel: false, approve: false, deny: false, bypass: false }, dates: { [off.start]: off.amount }, notes: off.note === '' ? {} : { employee: off.note },
  }
}

export const balances = (person: Person) => (person.leftOn === null ? timeOffTypes.slice(0, 2) : []).map(({ id, name, units }) => ({ timeOffType: String(id), name, units, balance: `${mixed(person.n, id) % 90}.50`, end: '2026-11-21', policyType: 'accruing', usedYearToDate: `${mixed(person.n, id + 1) % 20}.00` }))

export const entry = ({ id, employee: employeeId, date, hours }: Clocked) => (hours !== null ? { ...bare(id, employeeId, date), type: 'hour', hours } : {
  id, employeeId, type: employeeId % 2 === 0 ? 'hour' : 'clock', date, start: employeeId % 2 === 0 ? null : `${date}T09:00:00+01:00`, end: employeeId % 2 === 0 ? null : `${date}T17:30:00+01:00`, timezone: employeeId % 2 === 0 ? null : 'Europe/Berlin', hours: employeeId % 2 === 0 ? 6 : 8.5, note: null, projectInfo: null, approvedAt: null, approved: false, createdAt: `${date}T18:00:00+00:00`, updatedAt: null,
})
const bare = (id: number, employeeId: number, date: string) => ({ id, employeeId, date, start: null, end: null, timezone: null, note: null, projectInfo: null, approvedAt: null, approved: false, createdAt: `${date}T18:00:00+00:00`, updatedAt: null })

export const dependent = (world: BambooWorld, kin: Kin) => ({
  id: String(kin.id), employeeId: String(kin.employee), firstName: kin.first, middleName: kin.middle, lastName: world.people.find(({ n }) => n === kin.employee)!.last, relationship: kin.relationship, gender: pick(['Female', 'Male'], kin.id), maskedSSN: kin.id % 2 === 0 ? `xxx-xx-${1000 + kin.id}` : null, maskedSIN: null, dateOfBirth: kin.bornOn,
  addressLine1: kin.hasHome ? 'College Road 1' : null, addressLine2: null, city: kin.hasHome ? 'Provo' : null, state: kin.hasHome ? 'Utah' : null, zipCode: kin.hasHome ? '84601' : null, homePhone: kin.hasHome ? '801-555-0100' : null, country: kin.hasHome ? 'United States' : null, isUsCitizen: 'yes', isStudent: pick(['yes', 'no', null], kin.id), ...kin.written,
})

export const enrollmentsOf = (world: BambooWorld, plan: number) => [...Map.groupBy(world.enrollments.filter((one) => one.plan === plan), ({ employee: n }) => n)].map(([employeeId, all]) => ({
  employeeId, payFrequency: 'semi-monthly', employeeBenefit: all.map((one) => ({
    companyBenefitId: String(plan), companyBenefitName: plans.find(({ id }) => id === String(plan))!.name, coverageLevel: null, deductionEndDate: one.until, deductionStartDate: one.from, enrollmentStatus: one.status, enrollmentStatusEffectiveDate: one.from, currencyCode: 'USD',
    employeeAmount: one.employeeAmount, employeeAmountType: one.inPercent ? '%' : '$', employeePercentBasedOn: one.inPercent ? 'Gross' : null, employeeCapAmount: null, employeeCapAmountType: null, employeeAnnualMax: null,
    companyAmount: one.companyAmount, companyAmountType: one.inPercent ? '%' : '$', companyPercentBasedOn: one.inPercent ? 'Gross' : null, companyCapAmount: null, companyCapAmountType: null, companyAnnualMax: null, occurrencesPerYear: 24,
  })),
}))

export const lists = (world: BambooWorld) => Object.entries(world.lists).map(([alias, options], n) => ({
  fieldId: String(n + 4), name: alias, alias, manageable: 'yes', multiple: 'no', options: options.map(({ id, name, archived }) => ({ id, name, archived: archived ? 'yes' : 'no', createdDate: '2019-03-04T09:30:00+00:00', archivedDate: null })),
}))
export const metaFields = [...Object.keys(fields).filter((name) => !name.startsWith('custom')).map((alias, n) => ({ id: n + 1, name: alias, type: 'text', alias })), ...customFields, { id: 4047, name: 'Custom benefit date', type: 'date' }, { id: 4590, name: 'Old locker', type: 'text', alias: 'customOldlocker', deprecated: true }]
