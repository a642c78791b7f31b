import type { Ask, UpstreamResponse } from '#kit'
import type { LiveTryton } from './live-setup.ts'

type Json = Record<string, unknown>
type Values = Readonly<Record<string, unknown>>

/** Tryton's own API, asked with nothing of ours: with a password instead of a session, and with its bare answers. */
export function trytonApi({ base_url: base, auth }: LiveTryton) {
  const authorization = `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}`
  const context = { language: 'en', active_test: false, company: 1 }
  const call = async <T = unknown>(method: string, ...params: unknown[]): Promise<T> => {
    const response = await fetch(base, { method: 'POST', headers: { authorization, 'content-type': 'application/json' }, body: JSON.stringify({ method: `model.${method}`, params: [...params, context] }) })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method}: ${response.status} ${text.slice(0, 500)}`)
    return JSON.parse(text) as T
  }
  return {
    call,
    /** What an adapter would send, answered as it is. */
    send: async ({ body }: Ask): Promise<UpstreamResponse> => {
      const response = await fetch(base, { method: 'POST', headers: { authorization, 'content-type': 'application/json' }, body: JSON.stringify(body) })
      return { status: response.status, headers: response.headers, body: await response.json(), logId: 'none' }
    },
    /** All of them: whatever is archived, too. */
    read: (model: string, fields: readonly string[], domain: readonly unknown[] = []) => call<Json[]>(`${model}.search_read`, domain, 0, null, [['id', 'ASC']], fields),
    create: (model: string, ...values: Values[]) => call<number[]>(`${model}.create`, values),
    write: (model: string, ids: readonly number[], values: Values) => call(`${model}.write`, ids, values),
    remove: (model: string, ids: readonly number[]) => call(`${model}.delete`, ids),
  }
}
export type TrytonApi = ReturnType<typeof trytonApi>

/** Tryton's own days and instants, to the millisecond. */
export const theirTime = (value: unknown): number | null => {
  if (value === null || value === undefined) return null
  const { year, month, day, hour = 0, minute = 0, second = 0, microsecond = 0 } = value as Record<string, number>
  return Date.UTC(year!, month! - 1, day, hour, minute, second, Math.floor(microsecond / 1000))
}
export const theirDay = (year: number, month: number, day: number) => ({ __class__: 'date', year, month, day })
const add = (...values: Values[]) => [['create', values]]

/** What the seed leaves out: people of customers, deals in every state, notes, hours, countries, numbers. Once per database. */
export async function furnish(api: TrytonApi): Promise<void> {
  if ((await api.read('party.relation.type', ['name'])).length > 0) return
  const [country] = await api.create('country.country', { name: 'Germany', code: 'DE' })
  const [land] = await api.create('country.subdivision', { name: 'Bayern', code: 'DE-BY', type: 'land', country })
  const address = { name: 'Haus B', street: 'Marienplatz 1\nHinterhof', postal_code: '80331', city: 'München', country, subdivision: land }
  const [employer] = await api.create('party.relation.type', { name: 'Employer of' })
  const [employed] = await api.create('party.relation.type', { name: 'Employee of', reverse: employer })
  await api.write('party.relation.type', [employer!], { reverse: employed })

  const firms = await api.read('party.party', ['contact_mechanisms', 'addresses'], [['code', 'like', 'ORG%']])
  const number = (n: number): number => firms[n % firms.length]!['id'] as number
  await api.write('party.party', [number(0)], { addresses: add({ ...address, invoice: true }, { street: 'Old yard', city: 'Passau', active: false }, { ...address, delivery: true }) })
  await api.create('party.party', ...Array.from({ length: 12 }, (_, n) => ({
    name: `Person ${n}`, code: `PER${n}`, relations: add({ to: number(n), type: employed }),
    ...(n % 4 === 3 ? {} : { addresses: add(address), contact_mechanisms: add({ type: 'email', value: `person${n}@example.test`, name: 'work' }, { type: 'phone', value: `+49 89 5550${100 + n}` }, { type: 'mobile', value: `+49 170 55501${10 + n}`, active: n % 2 === 0 }) }),
  })))
  const [archived] = await api.create('party.party', { name: 'Archived AG', code: 'OLD1' })
  await api.write('party.party', [archived!], { active: false })

  const employees = await api.read('company.employee', ['party', 'end_date'])
  const working = employees.filter((employee) => employee['end_date'] === null).map((employee) => employee['id'] as number)
  const [owner] = working
  await api.write('company.employee', working.slice(1, 6), { supervisor: owner })
  const leads = (await api.read('sale.opportunity', ['party'])).map((lead) => lead['id'] as number)
  await api.write('sale.opportunity', leads.slice(0, 20), { employee: owner, end_date: theirDay(2027, 3, 31), comment: 'They asked twice.\nCall on Monday.', reference: 'RFQ-7' })
  await api.call('sale.opportunity.opportunity', leads.slice(0, 10))
  await api.call('sale.opportunity.lost', leads.slice(0, 2))
  await api.call('sale.opportunity.cancel', leads.slice(2, 3))
  // Names of mechanisms are what a lead knows of the person.
  const [mechanism] = await api.create('party.contact_mechanism', { party: number(11), type: 'email', value: 'buyer@example.test', name: 'Berta Buyer' })
  const [line] = await api.create('party.contact_mechanism', { party: number(12), type: 'phone', value: '+49 89 5550999', name: 'Switchboard' })
  const [site] = await api.create('party.address', { party: number(11), ...address })
  await api.write('sale.opportunity', [leads[11]!], { party: number(11), contact: mechanism, address: site })
  await api.write('sale.opportunity', [leads[12]!], { party: number(12), contact: line })

  const [person] = await api.call<number[]>('party.party.search', [['code', '=', 'PER0']], 0, 1, null)
  await api.create('sale.opportunity', { state: 'opportunity', party: person, employee: owner, description: 'With a person' })

  const [login] = await api.call<number[]>('res.user.search', [['login', '=', 'admin']], 0, 1, null)
  await api.write('res.user', [login!], { employees: [['add', [owner]]], employee: owner })
  await api.create('ir.note', { resource: `party.party,${number(1)}`, message: 'Pays late.' }, { resource: `party.party,${person}`, message: 'Prefers the phone.\nNot before ten.' }, { resource: `sale.opportunity,${leads[0]}`, message: 'Lost on price.' })

  const parties = employees.map((employee) => employee['party'] as number)
  await api.write('party.party', [parties[0]!], { identifiers: add({ type: 'us_ssn', code: '536-90-4399' }), addresses: add(address) })
  const [company] = await api.read('company.company', ['party'])
  await api.write('party.party', [company!['party'] as number], { identifiers: add({ type: 'eu_vat', code: 'BE0897290877' }), addresses: add(address) })
  const [newcomer] = await api.create('party.party', { name: 'Newcomer', code: 'NEW1' })
  await api.create('company.employee', { party: newcomer, company: 1, start_date: theirDay(2099, 1, 1) })
  const [work] = await api.create('timesheet.work', { name: 'Office', company: 1 })
  await api.create('timesheet.line', ...working.slice(0, 8).map((employee, n) => ({ employee, company: 1, work, date: theirDay(2026, 11, 2 + n), duration: { __class__: 'timedelta', seconds: 3600 * (6 + n / 2) } })))
}
