import { inventCompany, mixed, tokenDesk, type Company, type TokenDesk } from '#kit'
import type { Login, Owner, PermissionSet, Pipeline, Property, Schema } from '../vendor.ts'
import { filesOfWriting, type BoxFile } from './files.ts'
import { customClasses, permissionSets, pipelines, propertiesOf } from './settings.ts'

/** A record as the box keeps it: all of its properties, in texts. */
export interface BoxObject { readonly id: string; readonly createdAt: Date; updatedAt: Date; readonly properties: Record<string, string | null> }
export interface BoxLink { readonly to: string; readonly id: string; readonly typeIds: readonly number[] }

export interface HubspotWorld {
  readonly desk: TokenDesk
  readonly owners: Owner[]
  readonly logins: readonly Login[]
  readonly permissionSets: readonly PermissionSet[]
  readonly pipelines: Readonly<Record<string, readonly Pipeline[]>>
  readonly properties: Map<string, Property[]>
  readonly schemas: Schema[]
  /** In the order of their ids. */
  readonly objects: Map<string, BoxObject[]>
  readonly archived: Map<string, BoxObject[]>
  /** By `contacts/12`. */
  readonly links: Map<string, BoxLink[]>
  readonly files: Map<string, BoxFile>
  nextId: number
}

const DAY = 86_400_000
const iso = (at: Date): string => at.toISOString()
export const ownerId = (n: number): string => String(30_000_000 + n)
const userId = (n: number): number => 6_000_000 + n
export const ownerOf = (user: string): string => ownerId(Number(user) - userId(0))
export const filesOf = ({ properties }: BoxObject): string[] => properties['hs_attachment_ids']?.split(';') ?? []
const FIRST_ID = { companies: 7_000_000_000, contacts: 51_000, deals: 9_100_000_000, leads: 394_000_000_000, tickets: 1_450_000_000, notes: 17_000_000_000, tasks: 18_000_000_000, calls: 19_000_000_000, emails: 20_000_000_000, meetings: 21_000_000_000, '2-3453932': 4_800_000, '2-3453933': 5_900_000 }
type Kind = keyof typeof FIRST_ID
export const idOf = (kind: Kind, n: number): string => String(FIRST_ID[kind] + n * 7)

/** Contacts alone have a name of their own for when they were changed. */
export const changedProperty = (object: string): string => (object === 'contacts' ? 'lastmodifieddate' : 'hs_lastmodifieddate')

export function grow(size: number): HubspotWorld {
  const company = inventCompany(size)
  const world: HubspotWorld = {
    desk: tokenDesk(), owners: ownersOf(company), logins: loginsOf(company), permissionSets, pipelines, properties: new Map(Object.keys(FIRST_ID).map((object) => [object, propertiesOf(object)])), schemas: customClasses,
    objects: new Map(), archived: new Map(), links: new Map(), files: new Map(), nextId: 900_000_000_000,
  }
  const put = (object: Kind, n: number, createdAt: Date, updatedAt: Date, properties: Record<string, string | null>, links: readonly BoxLink[] = []): void => {
    const id = idOf(object, n)
    const own = { internal_rating: n % 3 === 0 ? null : String(n % 10), interests: n % 4 === 0 ? 'tea;chess' : null, is_vip: n % 5 === 0 ? 'true' : 'false' }
    const created = object === 'contacts' || object === 'companies' || object === 'deals' || object === 'tickets' ? 'createdate' : 'hs_createdate'
    if (!world.objects.has(object)) world.objects.set(object, [])
    world.objects.get(object)!.push({ id, createdAt, updatedAt, properties: { ...properties, ...(object.startsWith('2-') ? {} : own), hs_object_id: id, [created]: iso(createdAt), [changedProperty(object)]: iso(updatedAt) } })
    world.links.set(`${object}/${id}`, [...links])
  }
  fillCustomers(company, put)
  fillActivities(company, put)
  fillTickets(company, put, world.files)
  fillCustom(company, put)
  return world
}
type Put = (object: Kind, n: number, createdAt: Date, updatedAt: Date, properties: Record<string, string | null>, links?: readonly BoxLink[]) => void

const ownersOf = ({ people, departments }: Company): Owner[] => people.map(({ n, first, last, email, department, leftOn, createdAt, updatedAt }) => ({
  id: ownerId(n), email, firstName: n % 17 === 3 ? '' : first, lastName: last, ...(leftOn === null && { userId: userId(n) }), userIdIncludingInactive: userId(n), type: 'PERSON', createdAt: iso(createdAt), updatedAt: iso(updatedAt), archived: leftOn !== null,
  ...(n % 3 !== 0 && { teams: [{ id: String(178_000 + department), name: departments[department]!, primary: true }] }),
}))

/** Whoever left has no login any more. */
const loginsOf = ({ people }: Company): Login[] => people.filter(({ leftOn }) => leftOn === null).map(({ n, first, last, email, department }) => ({
  id: String(userId(n)), email, firstName: first, lastName: last, superAdmin: n === 1, roleIds: n % 4 === 0 ? [] : [permissionSets[n % 2]!.id, ...(n % 5 === 0 ? [permissionSets[2]!.id] : [])], ...(n % 3 !== 0 && { primaryTeamId: String(178_000 + department) }), secondaryTeamIds: [], sendWelcomeEmail: false,
}))

function fillCustomers({ customers, contacts, deals, people }: Company, put: Put): void {
  for (const { n, name, domain, city, country, phone, staff, owner, createdAt, updatedAt } of customers) {
    put('companies', n, createdAt, updatedAt, {
      name, domain, website: n % 6 === 0 ? null : n % 2 === 0 ? `https://www.${domain}/` : domain, hs_additional_domains: n % 4 === 0 ? `shop.${domain};${domain}.example.net` : null, description: n % 3 === 0 ? null : `${name}, ${city}`, industry: n % 5 === 0 ? null : 'COMPUTER_SOFTWARE', numberofemployees: String(staff),
      phone, address: n % 4 === 1 ? null : `${n} Main Street`, address2: n % 9 === 0 ? 'Floor 3' : null, city, state: null, zip: String(10_000 + n), country, hs_country_code: n % 2 === 0 ? country : null, hubspot_owner_id: ownerId(owner), notes_last_updated: n % 3 === 1 ? null : iso(updatedAt),
    })
  }
  for (const { n, first, last, email, phone, customer, owner, createdAt, updatedAt } of contacts) {
    const personal = { firstname: n % 11 === 0 ? null : first, lastname: last, email, phone: n % 4 === 0 ? null : phone }
    put('contacts', n, createdAt, updatedAt, {
      ...personal, hs_additional_emails: n % 8 === 0 ? `${first.length}.${n}@example.net;second${n}@example.net` : null, mobilephone: n % 3 === 0 ? phone.replace('30', '170') : null, fax: n % 20 === 0 ? phone : null, jobtitle: n % 2 === 0 ? 'Buyer' : null, address: n % 5 === 0 ? `${n} Elm Road` : null, city: n % 5 === 0 ? 'Berlin' : null, state: null, zip: null, country: n % 5 === 0 ? 'Germany' : null, hs_country_region_code: n % 10 === 0 ? 'DE' : null,
      associatedcompanyid: n % 6 === 0 ? null : idOf('companies', customer), hubspot_owner_id: n % 7 === 0 ? null : ownerId(owner), notes_last_updated: n % 2 === 0 ? iso(updatedAt) : null,
    })
    if (n % 3 === 0) {
      const qualified = n % 12 === 0
      put('leads', n, createdAt, updatedAt, {
        hs_lead_name: `${first} ${last}`, hs_lead_source: n % 2 === 0 ? 'PAID_SEARCH' : null, hs_primary_contact_id: n % 9 === 0 ? null : idOf('contacts', n), hs_primary_company_id: idOf('companies', customer), hs_associated_company_name: n % 6 === 0 ? null : `Customer ${customer}`, hs_lead_is_qualified: String(qualified), hs_lead_is_disqualified: String(!qualified && n % 15 === 0), hubspot_owner_id: ownerId(owner),
      })
    }
  }
  for (const { n, name, customer, owner, amount, stage, closesOn, createdAt, updatedAt } of deals) {
    const at = pipelines['deals']![n % 2]!.stages[stage % 4]!
    put('deals', n, createdAt, updatedAt, {
      dealname: name, description: n % 3 === 0 ? null : `Renewal of ${name}`, amount: n % 5 === 0 ? null : `${amount}.${n % 10}`, pipeline: pipelines['deals']![n % 2]!.id, dealstage: at.id, hs_is_closed: at.metadata!['isClosed']!, hs_is_closed_won: String(at.metadata!['probability'] === '1.0'), closedate: n % 4 === 0 ? null : `${closesOn}T16:00:00Z`,
      hs_primary_associated_company: n % 6 === 0 ? null : idOf('companies', customer), hubspot_owner_id: ownerId(1 + ((owner - 1) % people.length)), notes_last_updated: n % 2 === 0 ? iso(updatedAt) : null,
    })
  }
}

function fillActivities({ contacts, deals }: Company, put: Put): void {
  for (const { n, first, customer, owner, createdAt, updatedAt } of contacts) {
    const links: BoxLink[] = [{ to: 'contacts', id: idOf('contacts', n), typeIds: [202] }, ...(n % 5 === 0 ? [] : [{ to: 'companies', id: idOf('companies', customer), typeIds: [190] }]), ...(n % 3 === 0 ? [{ to: 'deals', id: idOf('deals', n), typeIds: [214] }] : [])]
    const common = { hubspot_owner_id: n % 7 === 0 ? null : ownerId(owner), hs_timestamp: iso(createdAt) }
    const kind = n % 4
    if (kind === 0) put('calls', n, createdAt, updatedAt, { ...common, hs_call_title: `Call with ${first}`, hs_call_body: n % 8 === 0 ? null : 'Decided to meet.', hs_call_direction: n % 8 === 0 ? 'INBOUND' : 'OUTBOUND', hs_call_duration: n % 12 === 0 ? null : '900000' }, links)
    if (kind === 1) put('emails', n, createdAt, updatedAt, { ...common, hs_email_subject: `To ${first}`, hs_email_text: n % 3 === 0 ? null : 'Hello', hs_email_html: '<p>Hello</p>', hs_email_direction: n % 8 === 1 ? 'INCOMING_EMAIL' : 'EMAIL', hs_attachment_ids: n % 3 === 0 ? String(160_000_000_000 + n) : null }, links)
    if (kind === 2) put('meetings', n, createdAt, updatedAt, { ...common, hs_meeting_title: `Visit to ${first}`, hs_meeting_body: 'Bring the contract', hs_meeting_start_time: iso(createdAt), hs_meeting_end_time: iso(new Date(createdAt.getTime() + 3_600_000)) }, links)
    if (kind === 3) put('notes', n, createdAt, updatedAt, { ...common, hs_note_body: `<div>Prefers ${first}’s own number.</div>` }, links)
  }
  for (const { n, name, customer, contact, owner, createdAt, updatedAt } of deals.filter((deal) => deal.n % 2 === 0)) {
    const done = n % 6 === 0
    put('tasks', n, createdAt, updatedAt, { hs_task_subject: `Follow up: ${name}`, hs_task_body: n % 4 === 0 ? null : '<p>Ask for the signature.</p>', hs_task_status: done ? 'COMPLETED' : n % 10 === 0 ? 'WAITING' : 'NOT_STARTED', hs_task_completion_date: done ? iso(updatedAt) : null, hs_timestamp: iso(new Date(createdAt.getTime() + 7 * DAY)), hubspot_owner_id: ownerId(owner) },
      [{ to: 'deals', id: idOf('deals', n), typeIds: [216] }, { to: 'companies', id: idOf('companies', customer), typeIds: [192] }, ...(n % 4 === 0 ? [{ to: 'contacts', id: idOf('contacts', contact), typeIds: [204] }] : [])])
  }
}

function fillTickets({ tickets, contacts, people, departments }: Company, put: Put, files: Map<string, BoxFile>): void {
  const stages = pipelines['tickets']!
  for (const { n, subject, text, reporter, assignee, status, priority, comments, createdAt, updatedAt } of tickets) {
    const pipeline = stages[n % 2]!
    const { id: stage, metadata } = pipeline.stages[status % pipeline.stages.length]!
    const contact = contacts[mixed(n, 5) % contacts.length]!
    put('tickets', n, createdAt, updatedAt, {
      subject, content: n % 9 === 0 ? null : text, hs_pipeline: pipeline.id, hs_pipeline_stage: stage, hs_ticket_priority: priority === 3 ? null : ['LOW', 'MEDIUM', 'HIGH'][priority]!, hs_ticket_category: n % 3 === 0 ? 'BILLING_ISSUE;PRODUCT_ISSUE' : n % 5 === 0 ? 'FEATURE_REQUEST' : null, hubspot_owner_id: assignee === null ? null : ownerId(assignee), hubspot_team_id: n % 4 === 0 ? '178001' : null, hs_created_by_user_id: n % 3 === 1 ? null : String(userId(reporter)), hs_time_to_close_sla_at: n % 2 === 0 ? null : iso(updatedAt), closed_date: metadata!['ticketState'] === 'CLOSED' ? iso(updatedAt) : null,
      hs_shared_user_ids: n % 3 === 1 ? `${userId(1 + (n % people.length))};${userId(1 + ((n + 3) % people.length))}` : null, hs_shared_team_ids: n % 5 === 1 ? String(178_000 + (n % departments.length)) : null,
    }, [
      ...(n % 6 === 0 ? [] : [{ to: 'contacts', id: idOf('contacts', contact.n), typeIds: [16] }, { to: 'companies', id: idOf('companies', 1 + (contact.customer % 2)), typeIds: [339] }, { to: 'companies', id: idOf('companies', contact.customer), typeIds: [26, 339] }]),
      ...comments.map((comment) => (isNote(comment) ? { to: 'notes', id: idOf('notes', writing(comment)), typeIds: [227] } : { to: 'emails', id: idOf('emails', writing(comment)), typeIds: [223] })),
    ])
    for (const comment of comments) {
      const at = comment.at
      const links: BoxLink[] = [{ to: 'tickets', id: idOf('tickets', n), typeIds: [isNote(comment) ? 228 : 224] }, ...(comment.n % 2 === 0 ? [{ to: 'contacts', id: idOf('contacts', contact.n), typeIds: [198] }] : [])]
      const own = filesOfWriting(comment.n, at)
      for (const file of own) files.set(file.id, file)
      const common = { hubspot_owner_id: ownerId(comment.author), hs_timestamp: iso(at), hs_attachment_ids: own.length === 0 ? null : own.map(({ id }) => id).join(';') }
      if (isNote(comment)) put('notes', writing(comment), at, at, { ...common, hs_note_body: comment.text }, links)
      else put('emails', writing(comment), at, at, { ...common, hs_email_subject: `Re: ${subject}`, hs_email_text: comment.text, hs_email_html: `<p>${comment.text}</p>`, hs_email_direction: comment.n % 4 === 0 ? 'INCOMING_EMAIL' : 'EMAIL' }, links)
    }
  }
}
const isNote = ({ n }: { readonly n: number }): boolean => n % 2 === 1
const writing = ({ n }: { readonly n: number }): number => 10_000 + n

/** Leases of customers, and the sites that they are for. */
function fillCustom({ customers }: Company, put: Put): void {
  for (const { n, name, city, owner, createdAt, updatedAt } of customers) {
    put('2-3453932', n, createdAt, updatedAt, { lease_number: `L-${n}`, monthly_rent: n % 4 === 0 ? null : String(900 + n), starts_on: '2026-02-01', furnished: n % 2 === 0 ? 'true' : 'false', extras: n % 3 === 0 ? 'parking;cellar' : null, hubspot_owner_id: ownerId(owner) }, [
      { to: 'companies', id: idOf('companies', n), typeIds: [84] }, ...(n % 3 === 0 ? [{ to: '2-3453933', id: idOf('2-3453933', n - (n % 2)), typeIds: [88] }] : []),
    ])
    if (n % 2 === 0) put('2-3453933', n, createdAt, updatedAt, { site_name: `${name}, ${city}` })
  }
}
