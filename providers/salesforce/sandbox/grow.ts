/** An org of sales and service: the fixtures' records are the pattern, an invented company fills it. */
import { fixtureBody, inventCompany, type Company } from '#kit'
import type { ClassList } from '../classes.ts'
import type { Description } from '../vendor.ts'
import { describe, merged, pattern, plainTable, record, recordsOf } from './pattern.ts'
import { fileLinks, serviceTables } from './service.ts'
import { idFor, makeWorld, stamp, type Stored, type Table, type World } from './world.ts'

export function grow(size: number): World {
  const company = inventCompany(size)
  const classes = fixtureBody(new URL('../sandbox.ts', import.meta.url).href, 'crm.CustomObjectClass', 0) as ClassList
  const user = (n: number): string => idFor('User', n)
  const table = (description: Description, records: Stored[]): Table => ({ description, records })
  const base = { account: pattern('crm.Account'), contact: pattern('crm.Contact'), lead: pattern('crm.Lead'), deal: pattern('crm.Opportunity'), user: pattern('crm.User'), note: pattern('crm.Note', 2) }
  const stages = recordsOf('crm.Stage', 1) as Stored[]
  const accounts = company.customers.map((customer) => record('Account', base.account, customer.n, customer, { Name: customer.name, Website: customer.domain, BillingCity: customer.city, BillingCountry: customer.country, Phone: customer.phone, NumberOfEmployees: customer.staff, OwnerId: user(customer.owner) }))
  const contacts = company.contacts.map((one) => record('Contact', base.contact, one.n, one, { FirstName: one.first, LastName: one.last, Email: one.email, Phone: one.phone, AccountId: idFor('Account', one.customer), OwnerId: user(one.owner) }))
  const leads = company.contacts.map((one) => record('Lead', base.lead, one.n, one, { FirstName: one.first, LastName: one.last, Email: one.email, Phone: one.phone, OwnerId: user(one.owner), ...(one.n % 4 === 0 && { Status: 'Closed - Converted', ConvertedDate: '2026-02-21', ConvertedContactId: idFor('Contact', one.n), ConvertedAccountId: idFor('Account', one.customer) }) }))
  const deals = company.deals.map((deal) => { const stage = stages[deal.stage % stages.length]!; return record('Opportunity', base.deal, deal.n, deal, { Name: deal.name, Amount: deal.amount, StageName: stage['ApiName'], IsClosed: stage['IsClosed'], IsWon: stage['IsWon'], CloseDate: deal.closesOn, AccountId: idFor('Account', deal.customer), OwnerId: user(deal.owner) }) })
  const users = company.people.map((person) => record('User', base.user, person.n, person, { Name: `${person.first} ${person.last}`, Email: person.email, Username: `${person.email}.crm`, IsActive: person.leftOn === null, ProfileId: idFor('Profile', 1 + person.n % 4), FullPhotoUrl: person.n % 3 === 0 ? null : `https://acme.file.force.com/profilephoto/7295g${person.n}/F`, ManagerId: person.manager === null ? null : user(person.manager) }))
  const notes = company.deals.map((deal) => record('Note', base.note, deal.n, deal, { Title: deal.name, Body: `Met ${deal.name}`, OwnerId: user(deal.owner), ParentId: [idFor('Account', deal.customer), idFor('Contact', deal.contact), idFor('Opportunity', deal.n)][deal.n % 3] }))
  return makeWorld([
    table(describe('crm.Account'), accounts), table(describe('crm.Contact'), contacts), table(describe('crm.Lead'), leads), table(describe('crm.Opportunity'), deals), table(merged(describe('crm.User'), describe('ticketing.User')), users), table(describe('crm.Stage'), stages), table(describe('crm.Note'), notes),
    ...activities(company), enhancedNotes(company), ...projects(company), ...serviceTables(company),
    plainTable('Organization', ['Id', 'Name', 'IsSandbox'], [{ Id: idFor('Organization', 1), Name: 'Example GmbH', IsSandbox: false }]),
    plainTable('ContentDocumentLink', ['Id', 'ContentDocumentId', 'LinkedEntityId'], [...noteLinks(company), ...fileLinks(company)]),
  ], classes.sobjects)
}

/** Tickets make good activities: half of them to do, a quarter each calls and messages; and a meeting for each deal. */
function activities({ tickets, deals }: Company): Table[] {
  const [task, call] = [pattern('crm.Task'), pattern('crm.Engagement', 2)]
  const event = Object.fromEntries(describe('crm.Engagement', 1).fields.map(({ name }) => [name, null]))
  const owner = (n: number | null): string => (n === null ? '00G5g0000000001AAA' : idFor('User', n))
  return [
    {
      description: merged(describe('crm.Task'), describe('crm.Engagement')),
      records: tickets.map((ticket) => record('Task', { ...task, ...(ticket.n % 4 > 1 && call), IsRecurrence: false, Type: null }, ticket.n, ticket, {
        Subject: ticket.subject, Description: ticket.text, ActivityDate: ticket.dueOn, OwnerId: owner(ticket.assignee), WhoId: idFor('Contact', ticket.n), WhatId: idFor(ticket.n % 5 === 0 ? 'Opportunity' : 'Account', 1 + (ticket.n % 2)), AccountId: idFor('Account', 1 + (ticket.n % 2)),
        TaskSubtype: ['Task', 'Task', 'Call', 'Email'][ticket.n % 4], IsClosed: ticket.status === 3, Status: ['Not Started', 'In Progress', 'Waiting on someone else', 'Completed'][ticket.status], CompletedDateTime: ticket.status === 3 ? stamp(ticket.updatedAt) : null, CallType: ticket.n % 4 === 2 ? 'Inbound' : null,
      })),
    },
    {
      description: describe('crm.Engagement', 1),
      records: deals.map((deal) => record('Event', event, deal.n, deal, { Subject: `Meeting: ${deal.name}`, Description: 'Agenda follows', OwnerId: idFor('User', deal.owner), WhoId: idFor('Contact', deal.contact), WhatId: idFor('Opportunity', deal.n), AccountId: idFor('Account', deal.customer), ActivityDate: deal.closesOn, StartDateTime: `${deal.closesOn}T09:00:00.000+0000`, EndDateTime: `${deal.closesOn}T10:00:00.000+0000`, EventSubtype: 'Event', IsAllDayEvent: false, IsRecurrence: false, DurationInMinutes: 60, ShowAs: 'Busy', IsChild: deal.n % 10 === 9 })),
    },
  ]
}

/** A note for each contact. */
const enhancedNotes = ({ contacts }: Company): Table => ({
  description: describe('crm.Note', 1),
  records: contacts.map((one) => record('ContentNote', { Title: null, TextPreview: null, OwnerId: null, LastModifiedDate: null }, one.n, one, { Title: `About ${one.first}`, TextPreview: `${one.first} ${one.last} prefers mail to ${one.email}.`, OwnerId: idFor('User', one.owner) })),
})
/** Each is linked to its owner, as all are, and to the contact or its company. */
const noteLinks = ({ contacts }: Company): Stored[] => contacts.flatMap((one) => [idFor('User', one.owner), one.n % 2 === 0 ? idFor('Contact', one.n) : idFor('Account', one.customer)].map((LinkedEntityId, at) => ({ Id: idFor('ContentDocumentLink', one.n * 2 + at), ContentDocumentId: idFor('ContentNote', one.n), LinkedEntityId })))

function projects({ deals }: Company): Table[] {
  const project = pattern('crm.CustomObject')
  const optional = (n: number, id: string): string | null => (n % 3 === 0 ? null : id)
  return [{
    description: describe('crm.CustomObjectClass', 1),
    records: deals.map((deal) => record('Project__c', project, deal.n, deal, { Name: deal.name, OwnerId: idFor('User', deal.owner), Budget__c: deal.amount, Client__c: idFor('Account', deal.customer), Lead_Contact__c: optional(deal.n, idFor('Contact', deal.contact)), Predecessor__c: deal.n > 1 ? optional(deal.n, idFor('Project__c', deal.n - 1)) : null })),
  }]
}
