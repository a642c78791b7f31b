/** A company that looks like a real one, for sandboxes to put on the wire. The same size gives the same company, always. */

export interface BoxPerson { readonly n: number; readonly first: string; readonly last: string; readonly email: string; readonly phone: string; readonly title: string; readonly manager: number | null; readonly department: number; readonly office: number; readonly bornOn: string; readonly hiredOn: string; readonly leftOn: string | null; readonly salary: number; readonly createdAt: Date; readonly updatedAt: Date }
export interface BoxCustomer { readonly n: number; readonly name: string; readonly domain: string; readonly city: string; readonly country: string; readonly phone: string; readonly staff: number; readonly owner: number; readonly createdAt: Date; readonly updatedAt: Date }
export interface BoxContact { readonly n: number; readonly first: string; readonly last: string; readonly email: string; readonly phone: string; readonly customer: number; readonly owner: number; readonly createdAt: Date; readonly updatedAt: Date }
export interface BoxDeal { readonly n: number; readonly name: string; readonly customer: number; readonly contact: number; readonly owner: number; readonly amount: number; readonly stage: number; readonly closesOn: string; readonly createdAt: Date; readonly updatedAt: Date }
export interface BoxComment { readonly n: number; readonly author: number; readonly text: string; readonly at: Date }
export interface BoxTicket { readonly n: number; readonly subject: string; readonly text: string; readonly reporter: number; readonly assignee: number | null; readonly status: number; readonly priority: number; readonly parent: number | null; readonly dueOn: string | null; readonly comments: readonly BoxComment[]; readonly createdAt: Date; readonly updatedAt: Date }
export interface Company { readonly departments: readonly string[]; readonly offices: readonly { readonly city: string; readonly country: string; readonly street: string; readonly zip: string }[]; readonly people: readonly BoxPerson[]; readonly customers: readonly BoxCustomer[]; readonly contacts: readonly BoxContact[]; readonly deals: readonly BoxDeal[]; readonly tickets: readonly BoxTicket[] }

const FIRST = ['Anna', 'Bilal', 'Chloé', 'Dmitri', 'Élodie', 'Fatima', 'Grace', 'Hiroshi', 'Inês', 'Jürgen', 'Kofi', 'Leïla', 'Mateo', 'Nora', 'Oluwaseun', 'Priya', 'Quentin', 'Rosa', 'Søren', 'Tomasz', 'Uma', 'Vera', 'Wei', 'Ximena', 'Yusuf', 'Zoë']
const LAST = ['Abebe', 'Bauer', 'Castillo', 'Dubois', 'Eriksson', 'Fernández', 'García', 'Hansen', 'Ito', 'Jansen', 'Kowalski', 'Lindqvist', 'Müller', 'Nakamura', 'O’Brien', 'Petrov', 'Quist', 'Rossi', 'Sørensen', 'Tanaka', 'Ueda', 'van der Berg', 'Wójcik', 'Yılmaz', 'Žižek']
const TITLES = ['Engineer', 'Account Executive', 'Support Specialist', 'Recruiter', 'Controller', 'Designer', 'Product Manager', 'Analyst']
const DEPARTMENTS = ['Engineering', 'Sales', 'Customer Support', 'People', 'Finance', 'Design', 'Logistik Süd']
const OFFICES = [{ city: 'Berlin', country: 'DE', street: 'Torstraße 12', zip: '10119' }, { city: 'Lisboa', country: 'PT', street: 'Rua Augusta 5', zip: '1100-048' }, { city: 'Austin', country: 'US', street: '500 Congress Ave', zip: '78701' }, { city: '東京', country: 'JP', street: '渋谷 2-1', zip: '150-0002' }]
const NAMES = ['Northwind', 'Harbour', 'Blue Heron', 'Kestrel', 'Lindenhof', 'Solstice', 'Café Central', 'Marlin', 'Tessellate', 'Umbra']
const KINDS = ['Logistics', 'Robotics', 'Foods', 'Software', 'Textiles', 'Energy', 'Clinics', 'Studios']
const THINGS = ['Invoice export', 'Login page', 'Push notification', 'CSV import', 'Password reset', 'Search index', 'Monthly report', 'Größentabelle', '日本語の検索']
const TROUBLES = ['fails for large accounts', 'shows the wrong time zone', 'is slow after the update', 'loses the last character', 'rejects names with "quotes" & <brackets>', 'crashes on emoji 🎫', 'is not translated']
const REMARKS = ['Reproduced on staging, see the trace below.', 'Waiting for the customer to confirm.', 'Fixed in the last build; please try again. 🙏', 'This looks like a duplicate.', 'Können wir das bis Freitag schaffen?', 'Steps:\r\n\r\n1. open the page\r\n2. press *save* twice']

const DAY = 86_400_000
const BEGAN = Date.UTC(2019, 2, 4, 9, 30)

/** A number from two others, the same for ever, and without visible order. */
export function mixed(seed: number, salt: number): number {
  let hash = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(salt + 0x7f4a7c15, 0xc2b2ae35)
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39)
  return (hash ^ (hash >>> 15)) >>> 0
}

const pick = <T>(list: readonly T[], n: number): T => list[n % list.length]!
const below = (seed: number, salt: number, count: number): number => mixed(seed, salt) % Math.max(1, count)
const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10)
const plain = (text: string): string => text.normalize('NFKD').replaceAll(/[^A-Za-z0-9]/g, '').toLowerCase()

/** Created in order, updated some time later; both to the second, as coarse vendors have them. */
const times = (n: number, salt: number): { readonly createdAt: Date; readonly updatedAt: Date } => {
  const created = BEGAN + n * 3_600_000 + below(n, salt, 3_000) * 1000
  return { createdAt: new Date(created), updatedAt: new Date(created + below(n, salt + 1, 400) * 7_200_000) }
}
const named = (n: number, salt: number) => ({ first: pick(FIRST, mixed(n, salt)), last: pick(LAST, mixed(n, salt + 1)) })
const phoneOf = (n: number): string => `+49 30 ${String(1_000_000 + below(n, 77, 8_999_999))}`

/** `size` counts deals, contacts and tickets; people and customers are fewer. */
export function inventCompany(size: number): Company {
  const staff = Math.max(3, Math.ceil(size / 4))
  const customers = Math.max(2, Math.ceil(size / 5))
  const range = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n + 1))
  let comments = 0
  return {
    departments: DEPARTMENTS, offices: OFFICES,
    people: range(staff, (n) => {
      const { first, last } = named(n, 1)
      const hired = BEGAN - below(n, 5, 2_000) * DAY
      return {
        n, first, last, email: `${plain(first)}.${plain(last) || 'x'}${n}@example.com`, phone: phoneOf(n), title: n === 1 ? 'Managing Director' : pick(TITLES, mixed(n, 3)), manager: n === 1 ? null : Math.max(1, Math.floor(n / 6)),
        department: below(n, 4, DEPARTMENTS.length), office: below(n, 6, OFFICES.length), bornOn: dayOf(Date.UTC(1960, 0, 1) + below(n, 7, 14_000) * DAY), hiredOn: dayOf(hired), leftOn: n % 9 === 4 ? dayOf(BEGAN + below(n, 8, 900) * DAY) : null,
        salary: 38_000 + below(n, 9, 900) * 100, ...times(n, 10),
      }
    }),
    customers: range(customers, (n) => {
      const name = `${pick(NAMES, mixed(n, 20))} ${pick(KINDS, mixed(n, 21))} ${n}`
      const office = pick(OFFICES, mixed(n, 22))
      return { n, name, domain: `${plain(name)}.example`, city: office.city, country: office.country, phone: phoneOf(n + 500), staff: 5 + below(n, 23, 4_000), owner: 1 + below(n, 24, staff), ...times(n, 25) }
    }),
    contacts: range(size, (n) => {
      const { first, last } = named(n, 40)
      return { n, first, last, email: `${plain(first)}.${plain(last) || 'x'}${n}@example.org`, phone: phoneOf(n + 9_000), customer: 1 + below(n, 41, customers), owner: 1 + below(n, 42, staff), ...times(n, 43) }
    }),
    deals: range(size, (n) => ({
      n, name: `${pick(KINDS, mixed(n, 60))} contract ${2020 + (n % 7)}/${n}`, customer: 1 + below(n, 61, customers), contact: 1 + below(n, 62, size), owner: 1 + below(n, 63, staff), amount: 500 + below(n, 64, 90_000), stage: below(n, 65, 6),
      closesOn: dayOf(BEGAN + below(n, 66, 2_500) * DAY), ...times(n, 67),
    })),
    tickets: range(size, (n) => {
      const time = times(n, 80)
      return {
        n, subject: `${pick(THINGS, mixed(n, 81))} ${pick(TROUBLES, mixed(n, 82))}`, text: `${pick(REMARKS, mixed(n, 83))}\n\n* build ${1000 + below(n, 84, 900)}`, reporter: 1 + below(n, 85, staff), assignee: n % 5 === 0 ? null : 1 + below(n, 86, staff), status: below(n, 87, 4), priority: below(n, 88, 4),
        parent: n > 10 && n % 11 === 0 ? n - 7 : null, dueOn: n % 3 === 0 ? dayOf(time.createdAt.getTime() + 14 * DAY) : null,
        comments: Array.from({ length: below(n, 89, 4) }, (_, at) => ({ n: ++comments, author: 1 + below(n, 90 + at, staff), text: pick(REMARKS, mixed(n, 91 + at)), at: new Date(time.createdAt.getTime() + (at + 1) * 60_000) })),
        ...time,
      }
    }),
  }
}
