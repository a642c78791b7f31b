/** What happens in the box: what a complete read must find, and what people change and take away. */
import { asDay } from '../values.ts'
import { momentOf, RELATION } from './grow.ts'
import type { Row, World } from './world.ts'

const ids = (rows: readonly Row[]): string[] => rows.map(({ id }) => String(id))
const table = ({ tables }: World, model: string): Row[] => tables[model]!
const of = (world: World, model: string, party: unknown): Row[] => table(world, model).filter((row) => row['party'] === party)
const staffParties = (world: World): Set<unknown> => new Set([...table(world, 'company.employee'), ...table(world, 'company.company')].map((row) => row['party']))

function sorted(world: World): { readonly firms: Row[]; readonly people: Row[] } {
  const { id: type } = table(world, 'party.relation.type').find((row) => row['name'] === RELATION)!
  const persons = new Set(table(world, 'party.relation.all').filter((row) => row['type'] === type).map((row) => row['from_']))
  const staff = staffParties(world)
  const outside = table(world, 'party.party').filter((row) => row['active'] === true && !staff.has(row.id))
  return { firms: outside.filter(({ id }) => !persons.has(id)), people: outside.filter(({ id }) => persons.has(id)) }
}
const isLead = (row: Row): boolean => row['state'] === 'lead'
const ofCustomers = (row: Row): boolean => /^(?:party\.party|sale\.opportunity),/.test(String(row['resource']))
const accountsOf = (world: World, employee: Row): string[] => (table(world, 'party.party').find(({ id }) => id === employee['party'])!['bank_accounts'] as number[]).map((account) => `${employee.id}-${account}`)

export function counts(world: World) {
  const { firms, people } = sorted(world)
  const deals = table(world, 'sale.opportunity')
  const employees = table(world, 'company.employee')
  const homes = new Set([...employees, ...table(world, 'company.company')].flatMap((row) => of(world, 'party.address', row['party'])))
  return {
    'crm.Account': firms.length, 'crm.Contact': people.length, 'crm.Lead': deals.filter(isLead).length, 'crm.Opportunity': deals.filter((deal) => !isLead(deal)).length, 'crm.Stage': 5, 'crm.User': employees.length,
    'crm.Note': table(world, 'ir.note').filter(ofCustomers).length, 'crm.Engagement': table(world, 'ir.email').filter(ofCustomers).length, 'crm.EngagementType': 1,
    'hris.Company': table(world, 'company.company').length, 'hris.Employee': employees.length, 'hris.Employment': employees.length, 'hris.Location': homes.size, 'hris.TimesheetEntry': table(world, 'timesheet.line').length,
    'hris.BankInfo': employees.flatMap((employee) => accountsOf(world, employee)).length,
  }
}

/** Some records themselves, and some only in a part of theirs. */
export function change(world: World, at: Date) {
  const touch = (row: Row, values: Readonly<Record<string, unknown>> = {}): Row => Object.assign(row, { write_date: momentOf(at) }, values)
  const add = (model: string, values: Readonly<Record<string, unknown>>): Row => {
    const row = { ...values, id: Math.max(...table(world, model).map(({ id }) => id)) + 1, create_date: momentOf(at), write_date: null }
    table(world, model).push(row)
    return row
  }
  const { firms, people } = sorted(world)
  const deals = table(world, 'sale.opportunity')
  const employees = table(world, 'company.employee')
  const renamed = touch(firms[0]!, { name: 'Renamed AG' })
  const moved = firms.at(-3)!
  const site = touch(of(world, 'party.address', moved.id)[0] ?? add('party.address', { ...table(world, 'party.address')[0], party: moved.id }), { city: 'Neuburg' })
  touch(of(world, 'party.contact_mechanism', people[4]!.id)[0]!, { value: 'new@example.org' })
  const lead = touch(deals.find(isLead)!, { comment: 'Hot' })
  const [deal, last] = [deals.find((row) => row['state'] === 'opportunity')!, deals.findLast((row) => row['state'] === 'won')!].map((row) => touch(row, { amount: { __class__: 'Decimal', decimal: '99.90' } }))
  const [manager, phoned, housed] = [employees[3]!, employees[8]!, employees.slice(12).find((row) => of(world, 'party.address', row['party']).length > 0)!]
  touch(manager, { end_date: asDay('2031-12-31') })
  touch(of(world, 'party.contact_mechanism', phoned['party'])[0]!, { value: '+49 30 99' })
  touch(of(world, 'party.address', housed['party'])[0]!, { street: 'New Street 1' })
  const line = touch(table(world, 'timesheet.line')[2]!, { duration: { __class__: 'timedelta', seconds: 60 } })
  touch(of(world, 'party.identifier', table(world, 'company.company')[0]!['party'])[0]!, { code: 'DE999999999' })
  return {
    'crm.Account': ids([renamed, moved]), 'crm.Contact': ids([people[4]!]), 'crm.Opportunity': ids([deal!, last!]),
    'crm.Lead': ids(deals.filter(isLead).filter((row) => row === lead || row['party'] === renamed.id || row['address'] === site.id)),
    'crm.Note': ids([add('ir.note', { resource: `party.party,${moved.id}`, create_uid: 1, message: 'They moved.' })]), 'crm.Engagement': ids([add('ir.email', { resource: `party.party,${moved.id}`, create_uid: 1, subject: 'Welcome', body: 'to your new home' })]),
    'crm.User': ids([manager, phoned]), 'hris.Employee': ids([manager, phoned, housed]), 'hris.Employment': ids([manager]), 'hris.Location': [manager, housed].flatMap((row) => ids(of(world, 'party.address', row['party']))),
    'hris.TimesheetEntry': ids([line]), 'hris.Company': ['1'],
  }
}

/** Parties are archived, deals pass from one model into the other; the rest is deleted. */
export function remove(world: World, at: Date) {
  const take = (model: string, which: (row: Row) => boolean): Row[] => { const rows = table(world, model); const gone = rows.filter(which); for (const row of gone) rows.splice(rows.indexOf(row), 1); return gone }
  const touch = (row: Row, values: Readonly<Record<string, unknown>>): Row => Object.assign(row, { write_date: momentOf(at) }, values)
  const { people } = sorted(world)
  const forgotten = touch(table(world, 'party.party').find((row) => row['code'] === 'F1')!, { active: false })
  const deals = table(world, 'sale.opportunity')
  const person = touch(people[7]!, { active: false })
  const [lead, deal] = [deals.find(isLead)!, deals.find((row) => row['state'] === 'opportunity')!]
  touch(lead, { state: 'opportunity' })
  touch(deal, { state: 'lead' })
  const left = table(world, 'company.employee')[20]!
  const homes = of(world, 'party.address', left['party'])
  const accounts = accountsOf(world, left)
  take('company.employee', (row) => row === left)
  return {
    'crm.Account': ids([forgotten]), 'crm.Contact': ids([person]), 'crm.Lead': ids([lead]), 'crm.Opportunity': ids([deal]), 'crm.User': ids([left]), 'hris.Employee': ids([left]), 'hris.Employment': ids([left]),
    'hris.Location': ids(homes), 'hris.BankInfo': accounts, 'hris.TimesheetEntry': ids(take('timesheet.line', (row) => row['employee'] === left.id)),
    'crm.Note': ids(take('ir.note', ({ id }) => id === 9)), 'crm.Engagement': ids(take('ir.email', ({ id }) => id === 9)),
  }
}
