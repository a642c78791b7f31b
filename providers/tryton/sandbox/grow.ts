/** A company with a Tryton: itself, its staff, its customers and their people, deals, notes, mails and hours. */
import { inventCompany, tokenDesk, type Company } from '#kit'
import { asDay, asDecimal, asMoment } from '../values.ts'
import type { Row, World } from './world.ts'

type Values = Readonly<Record<string, unknown>>
export const momentOf = (at: Date) => asMoment(at.toISOString())
export const RELATION = 'Employee of'
export const TODAY = '2019-03-20'
const STATES = ['lead', 'opportunity', 'converted', 'won', 'lost', 'cancelled']

/** Numbers run per table, as in a database. */
function createTables() {
  const tables: Record<string, Row[]> = {}
  const put = (model: string, at: Date, values: Values, changed: Date | null = null): Row => {
    const table = (tables[model] ??= [])
    const row = { ...values, id: table.length + 1, create_date: momentOf(at), write_date: changed === null ? null : momentOf(changed) }
    table.push(row)
    return row
  }
  return { tables, put }
}
type Put = ReturnType<typeof createTables>['put']

const places = (put: Put, at: Date, { offices }: Company) => new Map(offices.map(({ country, city }) => [country, put('country.subdivision', at, { name: `Land ${city}`, country: put('country.country', at, { code: country }).id })]))

interface PartyOf { readonly name: string | null; readonly code: string; readonly at: Date; readonly changed: Date | null; readonly values?: Values; readonly phone: string; readonly email: string; readonly site?: string }

export function grow(size: number): World {
  const company = inventCompany(size)
  const { tables, put } = createTables()
  const began = new Date(Date.UTC(2018, 0, 2, 8))
  const lands = places(put, began, company)
  const address = (party: Row, n: number, values: Values = {}) => {
    const office = company.offices[n % company.offices.length]!
    const land = lands.get(office.country)!
    return put('party.address', began, { party: party.id, name: n % 3 === 0 ? 'Haus B' : null, street: n % 2 === 0 ? `${office.street}\n${n}. floor` : office.street, postal_code: office.zip, city: office.city, country: n % 5 === 4 ? null : land['country'], subdivision: n % 5 === 4 ? null : land.id, active: true, invoice: false, delivery: false, ...values })
  }
  const mechanism = (party: Row, type: string, value: string, name: string | null = null) => put('party.contact_mechanism', began, { party: party.id, type, value, name, active: true })
  const partyOf = (n: number, { name, code, at, changed, values, phone, email, site }: PartyOf): Row => {
    const party = put('party.party', at, { name, rec_name: name ?? `[${code}]`, code, active: true, segment: n % 2 === 0 ? 'gold' : null, lang: null, tax_identifier: null, bank_accounts: [], ...values }, changed)
    if (n % 8 !== 7) mechanism(party, 'email', email, 'work')
    mechanism(party, n % 2 === 0 ? 'mobile' : 'phone', phone)
    if (site !== undefined) mechanism(party, 'website', site)
    if (n % 6 !== 5) address(party, n, { invoice: n % 4 === 0, delivery: n % 4 === 2 })
    return party
  }

  const house = partyOf(0, { name: 'Kranich AG', code: '1', at: began, changed: null, phone: '+49 30 1000', email: 'info@kranich.example' })
  house['tax_identifier'] = put('party.identifier', began, { party: house.id, type: 'eu_vat', code: 'DE129273398' }).id
  put('company.company', began, { party: house.id, rec_name: 'Kranich AG', currency: 1 })
  const bank = put('bank', began, { bic: 'MARKDEFF', rec_name: 'Bundesbank' })
  const banks = [bank, put('bank', began, { bic: null, rec_name: 'Genossenschaftsbank' })]

  const staff = company.people.map((person) => {
    const party = partyOf(person.n, { name: `${person.first} ${person.last}`, code: `E${person.n}`, at: person.createdAt, changed: null, phone: person.phone, email: person.email })
    if (person.n % 4 === 0) put('party.identifier', began, { party: party.id, type: 'ch_ssn', code: `756.9217.${1000 + person.n}.85` })
    if (person.n % 3 === 0) {
      const account = put('bank.account', person.createdAt, { bank: banks[person.n % 2]!.id, rec_name: '' })
      put('bank.account.number', person.createdAt, { account: account.id, type: 'iban', number: `DE02 1203 0000 0000 ${2000 + person.n} 51` })
      party['bank_accounts'] = [account.id]
    }
    const left = person.n % 10 === 7 && person.hiredOn < '2018-12-31' ? '2018-12-31' : person.leftOn
    return put('company.employee', person.createdAt, { party: party.id, rec_name: party['rec_name'], company: 1, supervisor: person.manager, start_date: person.n % 11 === 10 ? null : asDay(person.hiredOn), end_date: left === null ? null : asDay(left), badge: person.n % 2 === 0 ? `B-${person.n}` : null }, person.n % 3 === 0 ? person.updatedAt : null)
  })
  // Somebody who comes back has two employments, and somebody will begin.
  put('company.employee', began, { ...staff[1], end_date: asDay('2018-02-01'), start_date: asDay('2017-02-01'), supervisor: null, badge: null })
  put('company.employee', began, { ...staff[2], start_date: asDay('2099-01-01'), end_date: null, badge: null })
  put('res.user', began, { employee: 1 })
  put('res.user', began, { employee: null })

  const firms = company.customers.map((customer) => partyOf(customer.n, { name: customer.n % 9 === 8 ? null : customer.name, code: `C${customer.n}`, at: customer.createdAt, changed: customer.n % 3 === 0 ? null : customer.updatedAt, phone: customer.phone, email: `info@${customer.domain}`, site: customer.n % 4 === 3 ? `www.${customer.domain}` : `https://${customer.domain}` }))
  // One that nobody deals with, one that was archived before.
  partyOf(1, { name: 'Forgotten Ltd', code: 'F1', at: began, changed: null, phone: '+44 20 1', email: 'info@forgotten.example' })
  partyOf(2, { name: 'Archived AG', code: 'A1', at: began, changed: began, phone: '+44 20 2', email: 'info@archived.example', values: { active: false } })
  const [employed, other] = [RELATION, 'Parent of'].map((name) => put('party.relation.type', began, { name }))
  const people = company.contacts.map((contact) => {
    const party = partyOf(contact.n, { name: `${contact.first} ${contact.last}`, code: `P${contact.n}`, at: contact.createdAt, changed: contact.n % 2 === 0 ? contact.updatedAt : null, phone: contact.phone, email: contact.email })
    put('party.relation.all', contact.createdAt, { from_: party.id, to: firms[contact.customer - 1]!.id, type: employed!.id })
    return party
  })
  put('party.relation.all', began, { from_: firms[0]!.id, to: firms[1]!.id, type: other!.id })

  company.deals.forEach((deal) => {
    const firm = firms[deal.customer - 1]!
    const lone = deal.n % 3 === 0
    put('sale.opportunity', deal.createdAt, {
      number: String(deal.n), reference: deal.n % 4 === 0 ? `RFQ-${deal.n}` : null, description: deal.n % 7 === 6 ? null : deal.name, comment: deal.n % 2 === 0 ? 'They asked twice.\nCall on Monday.' : null,
      amount: deal.n % 5 === 4 ? null : asDecimal(deal.amount + 0.5), state: STATES[deal.stage % 6], employee: deal.n % 8 === 5 ? null : deal.owner, party: deal.n % 11 === 3 ? people[deal.contact - 1]!.id : firm.id, end_date: deal.n % 3 === 2 ? null : asDay(deal.closesOn), conversion_probability: 0.5, lost_reason: null,
      contact: lone ? mechanism(firm, deal.n % 2 === 0 ? 'phone' : 'email', deal.n % 2 === 0 ? '+49 89 555' : `buyer${deal.n}@example.org`, `Buyer ${deal.n}`).id : null, address: lone ? address(firm, deal.n).id : null,
    }, deal.n % 2 === 0 ? deal.updatedAt : null)
  })
  company.deals.forEach(({ n, createdAt, updatedAt, customer, contact }) => {
    const resource = n % 3 === 0 ? `sale.opportunity,${n}` : `party.party,${n % 3 === 1 ? firms[customer - 1]!.id : people[contact - 1]!.id}`
    put('ir.note', createdAt, { resource, create_uid: 1 + (n % 2), message: n % 6 === 5 ? null : `Spoke with them about ${n}.\nThey will decide soon.` }, n % 4 === 0 ? updatedAt : null)
    if (n % 2 === 0) put('ir.email', createdAt, { resource, create_uid: 1 + (n % 4 === 0 ? 1 : 0), subject: n % 10 === 8 ? null : `Your offer ${n}`, body: `<p>Good morning</p><p>${n}</p>` })
  })
  put('ir.note', began, { resource: 'timesheet.line,1', create_uid: 1, message: 'not of a customer' })
  put('ir.model', began, { model: 'party.party', name: 'Party' })
  put('ir.model', began, { model: 'ir.email', name: 'Email' })
  company.people.forEach(({ n, createdAt }) => put('timesheet.line', createdAt, { employee: n, date: asDay(`2019-03-${String(1 + (n % 15)).padStart(2, '0')}`), duration: { __class__: 'timedelta', seconds: 3600 * (4 + (n % 9) / 2) } }))
  return { tables, desk: tokenDesk() }
}
