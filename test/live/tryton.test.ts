import { MergeClient } from '@mergeapi/merge-node-client'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { tryton } from '../../providers/tryton/index.ts'
import { databaseName, onDatabase, onServer, urlOfDatabase } from '../support/db.ts'
import { apiOf, everything, installation, synced, wholeFeed, type Api, type Installation, type Process } from '../support/intermodal.ts'
import { furnish, theirTime as time, trytonApi } from '../support/tryton.ts'

type Json = Record<string, unknown>
const live = inject('tryton')
const RELATION = 'Employee of'

describe.skipIf(live === null)('a real Tryton', () => {
  let place: Installation
  let process_: Process
  let api: Api
  let apiKey: string
  const tokens: Record<string, string> = {}
  const database = databaseName()
  const theirs = live === null ? null! : trytonApi(live)
  const listed = (category: string, path: string): Promise<Json[]> => everything(api, `/api/${category}/v1/${path}`, tokens[category]!)
  /** Records by the vendor's number; with a way back from our ids to the vendor's. */
  const byNumber = async (category: string, paths: readonly string[]) => {
    const lists = Object.fromEntries(await Promise.all(paths.map(async (path) => [path, new Map((await listed(category, path)).map((record) => [record['remote_id'] as string, record]))] as const)))
    const numbers = new Map(Object.values(lists).flatMap((records) => [...records].map(([number, record]) => [record['id'], number] as const)))
    return { lists, remote: (id: unknown): string | null => (id === null ? null : numbers.get(id) ?? `dangling ${String(id)}`) }
  }
  const resync = async (category: string, kind: 'full' | 'incremental'): Promise<void> => {
    const since = Date.now()
    await api.ask('POST', `/api/${category}/v1/sync-status/resync`, { token: tokens[category]!, body: { kind } })
    await synced(api, tokens[category]!, { since, category })
  }

  beforeAll(async () => {
    await furnish(theirs)
    await onServer(`create database ${database}`)
    const address = new URL(live!.base_url)
    place = await installation({ DATABASE_URL: urlOfDatabase(database), INTERMODAL_ALLOW_PRIVATE_HOSTS: `tryton=${address.host}`, INTERMODAL_LOG_LEVEL: 'info' })
    apiKey = (JSON.parse((await place.run('keys', 'create', '--organization', 'Live', '--json')).stdout) as { api_key: string }).api_key
    api = apiOf(place.origin, apiKey)
    process_ = place.start('all')
    await process_.says('intermodal is up')
    for (const category of ['crm', 'hris']) {
      const linked = await api.ask('POST', '/api/v1/linked-accounts', { body: {
        integration: 'tryton', category, end_user_origin_id: `live-${category}`, end_user_organization_name: 'Live', end_user_email_address: 'live@example.test',
        setup: { base_url: address.origin, database: address.pathname.replaceAll('/', ''), contact_relation: RELATION }, credentials: { username: live!.auth.username, password: live!.auth.password },
      } })
      expect(linked.status, JSON.stringify(linked.body)).toBe(201)
      tokens[category] = linked.body['account_token'] as string
    }
    for (const category of ['crm', 'hris']) expect(new Set((await synced(api, tokens[category]!, { category })).map(({ status }) => status))).toEqual(new Set(['DONE']))
  })
  afterAll(async () => {
    await place?.cleanUp()
    await onServer(`drop database if exists ${database} with (force)`)
  })

  it('refuses a wrong password and a database that is not there, before anything is kept', async () => {
    for (const [setup, credentials] of [[{}, { password: 'wrong' }], [{ database: 'nobody' }, {}]] as const) {
      const { origin } = new URL(live!.base_url)
      const refused = await api.ask('POST', '/api/v1/linked-accounts', { body: {
        integration: 'tryton', category: 'crm', end_user_origin_id: 'refused', end_user_organization_name: 'Live', end_user_email_address: 'live@example.test',
        setup: { base_url: origin, database: 'tryton', contact_relation: '-', ...setup }, credentials: { username: live!.auth.username, password: live!.auth.password, ...credentials },
      } })
      expect(refused.status).toBeGreaterThanOrEqual(400)
      expect(refused.body['account_token']).toBeUndefined()
    }
  })

  it('crm.Account crm.Contact crm.Lead crm.Opportunity crm.Stage crm.User crm.Note are there whole, equal field by field to what its own API says', async () => {
    const [parties, addresses, mechanisms, relations, types, countries, lands, employees, companies, deals, notes, mails, login] = await Promise.all([
      theirs.read('party.party', ['name', 'rec_name', 'code', 'active', 'create_date', 'write_date']), theirs.read('party.address', ['party', 'street', 'postal_code', 'city', 'country', 'subdivision', 'active', 'invoice', 'delivery']),
      theirs.read('party.contact_mechanism', ['party', 'type', 'value', 'name', 'active']), theirs.read('party.relation.all', ['from_', 'to', 'type']), theirs.read('party.relation.type', ['name']),
      theirs.read('country.country', ['code']), theirs.read('country.subdivision', ['name']), theirs.read('company.employee', ['party', 'start_date', 'end_date']), theirs.read('company.company', ['party']),
      theirs.read('sale.opportunity', ['number', 'description', 'comment', 'amount', 'state', 'employee', 'party', 'contact', 'address', 'end_date', 'reference', 'create_date', 'write_date']),
      theirs.read('ir.note', ['resource', 'message', 'create_uid', 'create_date', 'write_date']), theirs.read('ir.email', ['resource', 'subject']), theirs.read('res.user', ['employee']),
    ])
    const { lists, remote } = await byNumber('crm', ['accounts', 'contacts', 'leads', 'opportunities', 'stages', 'users', 'notes', 'engagements', 'engagement-types'])
    const row = (rows: readonly Json[], id: unknown): Json => rows.find((one) => one['id'] === id) ?? {}
    const place_ = (address: Json): Json => {
      const [street_1, ...more] = ((address['street'] as string | null) ?? '').split('\n')
      return { street_1: street_1 === '' ? null : street_1, street_2: more.join('\n') || null, city: address['city'], state: row(lands, address['subdivision'])['name'] ?? null, postal_code: address['postal_code'], country: row(countries, address['country'])['code'] ?? null, address_type: address['invoice'] === true || address['invoice'] === 1 ? 'BILLING' : address['delivery'] === true || address['delivery'] === 1 ? 'SHIPPING' : null }
    }
    const current = (rows: readonly Json[], party: unknown): Json[] => rows.filter((one) => one['party'] === party && Boolean(one['active']))
    const phones = (all: readonly Json[]): Json[] => all.filter(({ type }) => ['phone', 'mobile', 'fax'].includes(type as string)).map(({ value, type }) => ({ phone_number: value, phone_number_type: type }))
    const mails_ = (all: readonly Json[]): Json[] => all.filter(({ type }) => type === 'email').map(({ value, name }) => ({ email_address: value, email_address_type: name }))

    const relation = types.find(({ name }) => name === RELATION)!['id']
    const firmOf = new Map(relations.filter(({ type }) => type === relation).map(({ from_, to }) => [from_, to]))
    const staff = new Set([...employees, ...companies].map(({ party }) => party))
    const outside = parties.filter((party) => Boolean(party['active']) && !staff.has(party['id']))
    const firms = outside.filter(({ id }) => !firmOf.has(id))
    const people = outside.filter(({ id }) => firmOf.has(id))
    expect([lists['accounts']!.size, lists['contacts']!.size, people.length >= 12]).toEqual([firms.length, people.length, true])
    for (const party of firms) {
      const account = lists['accounts']!.get(String(party['id']))!
      const own = current(mechanisms, party['id'])
      expect({ name: account['name'], website: account['website'], phones: plain(account['phone_numbers']), addresses: plain(account['addresses']), created: ours(account['remote_created_at']), updated: ours(account['remote_updated_at']), owner: account['owner'] }, `party ${String(party['id'])}`).toEqual({
        name: party['name'], website: own.find(({ type }) => type === 'website')?.['value'] ?? null, phones: phones(own), addresses: current(addresses, party['id']).map(place_), created: time(party['create_date']), updated: time(party['write_date']) ?? time(party['create_date']), owner: null,
      })
    }
    for (const party of people) {
      const contact = lists['contacts']!.get(String(party['id']))!
      const own = current(mechanisms, party['id'])
      expect({ name: contact['last_name'], account: remote(contact['account']), mails: plain(contact['email_addresses']), phones: plain(contact['phone_numbers']), addresses: plain(contact['addresses']), created: ours(contact['remote_created_at']) }).toEqual({
        name: party['name'], account: String(firmOf.get(party['id'])), mails: mails_(own), phones: phones(own), addresses: current(addresses, party['id']).map(place_), created: time(party['create_date']),
      })
    }

    const leads = deals.filter(({ state }) => state === 'lead')
    expect([lists['leads']!.size, lists['opportunities']!.size]).toEqual([leads.length, deals.length - leads.length])
    for (const deal of leads) {
      const lead = lists['leads']!.get(String(deal['id']))!
      const named = deal['contact'] === null ? [] : [row(mechanisms, deal['contact'])]
      expect({ company: lead['company'], owner: remote(lead['owner']), last: lead['last_name'], mails: plain(lead['email_addresses']), phones: plain(lead['phone_numbers']), addresses: plain(lead['addresses']), status: lead['status'], created: ours(lead['remote_created_at']), updated: ours(lead['remote_updated_at']) }).toEqual({
        company: row(parties, deal['party'])['rec_name'], owner: text(deal['employee']), last: named[0]?.['name'] ?? null, mails: mails_(named), phones: phones(named), addresses: deal['address'] === null ? [] : [{ ...place_(row(addresses, deal['address'])), address_type: null }],
        status: 'OPEN', created: time(deal['create_date']), updated: time(deal['write_date']) ?? time(deal['create_date']),
      })
    }
    for (const deal of deals.filter(({ state }) => state !== 'lead')) {
      const mine = lists['opportunities']!.get(String(deal['id']))!
      expect({ name: mine['name'], description: mine['description'], amount: mine['amount'], owner: remote(mine['owner']), account: remote(mine['account']), stage: remote(mine['stage']), status: mine['status'], close: ours(mine['close_date']), created: ours(mine['remote_created_at']) }, `deal ${String(deal['id'])}`).toEqual({
        name: deal['description'], description: deal['comment'], amount: deal['amount'] === null ? null : Math.round(Number((deal['amount'] as Json)['decimal'])), owner: text(deal['employee']), account: text(firmOf.get(deal['party']) ?? deal['party']), stage: deal['state'],
        status: { opportunity: 'OPEN', converted: 'OPEN', won: 'WON', lost: 'LOST', cancelled: 'LOST' }[deal['state'] as string], close: time(deal['end_date']), created: time(deal['create_date']),
      })
    }
    expect([...lists['stages']!.keys()].sort()).toEqual(['cancelled', 'converted', 'lost', 'opportunity', 'won'])

    const today = time(await theirs.call('ir.date.today'))!
    expect([...lists['users']!].map(([number, user]) => [number, user['name'], user['email'], user['is_active']]).sort()).toEqual(employees.map((employee) => [
      String(employee['id']), row(parties, employee['party'])['name'], current(mechanisms, employee['party']).find(({ type }) => type === 'email')?.['value'] ?? null, (time(employee['start_date']) ?? 0) <= today && (time(employee['end_date']) ?? today) >= today,
    ]).sort())
    const of = (resource: unknown, model: string): string | null => ((resource as string).startsWith(`${model},`) ? (resource as string).split(',')[1]! : null)
    expect([...lists['notes']!].map(([number, note]) => [number, note['content'], remote(note['owner']), remote(note['account']), remote(note['contact']), remote(note['opportunity']), ours(note['remote_created_at']), ours(note['remote_updated_at'])]).sort()).toEqual(notes.map((note) => {
      const party = of(note['resource'], 'party.party')
      const person = party !== null && firmOf.has(Number(party))
      return [String(note['id']), note['message'], text(row(login, note['create_uid'])['employee']), person ? null : party, person ? party : null, of(note['resource'], 'sale.opportunity'), time(note['create_date']), time(note['write_date']) ?? time(note['create_date'])]
    }).sort())
    expect([...lists['engagements']!].map(([number, mail]) => [number, mail['subject']])).toEqual(mails.map((mail) => [String(mail['id']), mail['subject']]))
    expect([...lists['engagement-types']!].map(([number, type]) => [number, type['activity_type'], type['name']])).toEqual([['ir.email', 'EMAIL', 'Email']])
  })

  it('has the fields of its modules beside ours, under the names that its people know', async () => {
    const deals = await theirs.read('sale.opportunity', ['number', 'reference', 'conversion_probability'], [['state', '!=', 'lead']])
    const ours_ = new Map((await listed('crm', 'opportunities?include_remote_fields=true')).map((record) => [record['remote_id'], record['remote_fields'] as { remote_field_class: string | { id: string }; value: unknown }[]]))
    const classes = new Map((await listed('crm', 'opportunities/remote-field-classes')).map((one) => [one['id'], one]))
    const said = (fields: readonly { remote_field_class: string | { id: string }; value: unknown }[], key: string): unknown => fields.find(({ remote_field_class: of }) => classes.get(typeof of === 'string' ? of : of.id)?.['remote_key_name'] === key)?.value
    for (const deal of deals) for (const key of ['number', 'reference', 'conversion_probability']) expect(said(ours_.get(String(deal['id']))!, key), `${key} of ${String(deal['id'])}`).toEqual(deal[key])
    expect([...classes.values()].map((one) => [one['remote_key_name'], one['display_name'], one['field_type']])).toEqual(expect.arrayContaining([['number', 'Number', 'string'], ['conversion_probability', 'Conversion Probability', 'number']]))
  })

  it('hris.Company hris.Employee hris.Employment hris.Location hris.TimesheetEntry are there whole, equal field by field to what its own API says', async () => {
    const [parties, addresses, mechanisms, identifiers, employees, companies, lines] = await Promise.all([
      theirs.read('party.party', ['name', 'code']), theirs.read('party.address', ['party', 'name', 'street', 'postal_code', 'city', 'active', 'country']), theirs.read('party.contact_mechanism', ['party', 'type', 'value', 'active']), theirs.read('party.identifier', ['party', 'type', 'code']),
      theirs.read('company.employee', ['party', 'company', 'supervisor', 'start_date', 'end_date', 'create_date']), theirs.read('company.company', ['party']), theirs.read('timesheet.line', ['employee', 'date', 'duration']),
    ])
    const { lists, remote } = await byNumber('hris', ['companies', 'employees?include_sensitive_fields=true', 'employments', 'locations', 'timesheet-entries', 'bank-info'])
    const party = (id: unknown): Json => parties.find((one) => one['id'] === id)!
    const current = (rows: readonly Json[], id: unknown): Json[] => rows.filter((one) => one['party'] === id && Boolean(one['active']))
    const today = time(await theirs.call('ir.date.today'))!
    const people = lists['employees?include_sensitive_fields=true']!
    expect([people.size, employees.length > 300]).toEqual([employees.length, true])
    for (const employee of employees) {
      const mine = people.get(String(employee['id']))!
      const own = current(mechanisms, employee['party'])
      expect({
        number: mine['employee_number'], name: mine['display_full_name'], company: remote(mine['company']), manager: remote(mine['manager']), mail: mine['work_email'], mobile: mine['mobile_phone_number'], home: remote(mine['home_location']), ssn: mine['ssn'] ?? null,
        hired: ours(mine['hire_date']), start: ours(mine['start_date']), end: ours(mine['termination_date']), status: mine['employment_status'], created: ours(mine['remote_created_at']), employments: (mine['employments'] as unknown[]).map(remote),
      }, `employee ${String(employee['id'])}`).toEqual({
        number: party(employee['party'])['code'], name: party(employee['party'])['name'], company: text(employee['company']), manager: text(employee['supervisor']), mail: own.find(({ type }) => type === 'email')?.['value'] ?? null, mobile: own.find(({ type }) => type === 'mobile')?.['value'] ?? null,
        home: text(current(addresses, employee['party'])[0]?.['id'] ?? null), ssn: identifiers.find((one) => one['party'] === employee['party'] && one['type'] === 'us_ssn')?.['code'] ?? null,
        hired: time(employee['start_date']), start: time(employee['start_date']), end: time(employee['end_date']), status: (time(employee['end_date']) ?? today) < today ? 'INACTIVE' : (time(employee['start_date']) ?? 0) > today ? 'PENDING' : 'ACTIVE', created: time(employee['create_date']), employments: [String(employee['id'])],
      })
    }
    expect(new Set([...people.values()].map((employee) => employee['employment_status']))).toEqual(new Set(['ACTIVE', 'INACTIVE', 'PENDING']))
    expect([...lists['employments']!].map(([number, employment]) => [number, remote(employment['employee']), ours(employment['effective_date'])]).sort()).toEqual(employees.map((employee) => [String(employee['id']), String(employee['id']), time(employee['start_date'])]).sort())
    expect([...lists['companies']!].map(([number, company]) => [number, company['legal_name'], company['eins']])).toEqual(companies.map((company) => [String(company['id']), party(company['party'])['name'], identifiers.filter((one) => one['party'] === company['party']).map(({ code }) => code)]))
    const homes = [...employees.map((one) => [one, 'HOME'] as const), ...companies.map((one) => [one, 'WORK'] as const)].flatMap(([one, kind]) => current(addresses, one['party']).map((address) => [String(address['id']), address['name'], (address['street'] as string).split('\n')[0], address['city'], address['postal_code'], kind]))
    expect([...lists['locations']!].map(([number, location]) => [number, location['name'], location['street_1'], location['city'], location['zip_code'], location['location_type']]).sort()).toEqual(homes.sort())
    expect([...lists['timesheet-entries']!].map(([number, line]) => [number, remote(line['employee']), line['hours_worked'], ours(line['start_time'])]).sort()).toEqual(lines.map((line) => [String(line['id']), text(line['employee']), ((line['duration'] as Json)['seconds'] as number) / 3600, time(line['date'])]).sort())
    // The module for banks is not active there: nothing, and no failure.
    expect(lists['bank-info']!.size).toBe(0)
  })

  it('the official SDK, with only its base URL changed, iterates its contacts and employees', async () => {
    const client = (category: string) => new MergeClient({ apiKey, accountToken: tokens[category]!, baseUrl: `${place.origin}/api` })
    const contacts: unknown[] = []
    for await (const contact of await client('crm').crm.contacts.list({ expand: 'account' as never, pageSize: 5 })) contacts.push(typeof contact.account === 'object' ? contact.account?.name : null)
    expect(contacts.length).toBe((await listed('crm', 'contacts')).length)
    expect(contacts.every((name) => typeof name === 'string')).toBe(true)
    let managed = 0
    for await (const employee of await client('hris').hris.employees.list({ expand: 'manager' as never, pageSize: 100 })) if (typeof employee.manager === 'object' && employee.manager !== null) managed += 1
    expect(managed).toBeGreaterThan(0)
  })

  it('a second identical sync writes no record', async () => {
    const tables = tryton.resources.map(({ model }) => (model as { table: string }).table)
    const versions = () => onDatabase(database, `select string_agg(t, '|' order by t) as all from (${tables.map((table) => `select '${table}' || id || xmin || ctid::text as t from ${table}`).join(' union all ')} union all select record_id || version::text || xmin from raw_payloads) v`)
    const before = await versions()
    for (const category of ['crm', 'hris']) await resync(category, 'full')
    expect(await versions()).toEqual(before)
  })

  it('what changed, moved and went at the vendor is in the feed, each once', async () => {
    const length = async (category: string) => (await wholeFeed(api, tokens[category]!)).length
    const news = async (category: string, from: number) => (await wholeFeed(api, tokens[category]!)).slice(from).map(({ model, what, remote_id }) => `${what} ${model} ${remote_id}`).sort()
    const [made, doomed] = await theirs.create('party.party', { name: 'Archived soon' }, { name: 'Deleted soon' })
    const [note] = await theirs.create('ir.note', { resource: `party.party,${made}`, message: 'Deleted soon' })
    await resync('crm', 'incremental')
    const [crm, hris] = [await length('crm'), await length('hris')]

    const [firm] = (await theirs.read('party.address', ['party'], [['party.code', '=', 'ORG20'], ['active', '=', true]]))
    await theirs.write('party.address', [firm!['id'] as number], { city: `Moved at ${Date.now()}` })
    const [lead] = (await theirs.read('sale.opportunity', ['state'], [['state', '=', 'lead'], ['employee', '!=', null]]))
    await theirs.call('sale.opportunity.opportunity', [lead!['id']])
    await theirs.write('party.party', [made!], { active: false })
    await theirs.remove('ir.note', [note!])
    await theirs.remove('party.party', [doomed!])
    const [employee] = await theirs.read('company.employee', ['party'], [['party.code', '=', 'EMP30']])
    const [mobile] = await theirs.read('party.contact_mechanism', ['value'], [['party', '=', employee!['party']], ['type', '=', 'mobile']])
    await theirs.write('party.contact_mechanism', [mobile!['id'] as number], { value: `+46 70 ${String(Date.now()).slice(-7)}` })

    await resync('crm', 'incremental')
    await resync('hris', 'incremental')
    const told = [`updated crm.Account ${String(firm!['party'])}`, `deleted crm.Account ${made}`, `deleted crm.Lead ${String(lead!['id'])}`, `created crm.Opportunity ${String(lead!['id'])}`]
    expect(await news('crm', crm)).toEqual(told.toSorted())
    expect(await news('hris', hris)).toEqual([`updated hris.Employee ${String(employee!['id'])}`])
    await resync('crm', 'full')
    expect(await news('crm', crm)).toEqual([...told, `deleted crm.Account ${doomed}`, `deleted crm.Note ${note}`].toSorted())
  })
})

const text = (value: unknown): string | null => (value === null || value === undefined ? null : String(value))
const ours = (value: unknown): number | null => (value === null || value === undefined ? null : Date.parse(value as string))
/** Nested objects without what the store adds to them. */
const plain = (list: unknown): Json[] => (list as Json[]).map((one) => Object.fromEntries(Object.entries(one).filter(([key]) => !['id', 'created_at', 'modified_at', 'remote_was_deleted', 'field_mappings', 'remote_data'].includes(key))))
