import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseQuery, writeRequest, type AnyWrite, type UpstreamRequest } from '#kit'
import { openBench, walk } from '../conformance/walk.ts'
import { salesforce } from '../../providers/salesforce/index.ts'
import { fieldsOf, isOf, membersOf, parentOf } from './salesforce-types.ts'

/**
 * In every org, or in those that have switched something on, and documented, but not in the org that the SDK's types were made of:
 * https://developer.salesforce.com/docs/platform/object-reference/references/standard-objects/object-task.html and its neighbours.
 */
const undocumented = ['ContentNote', 'Task.CompletedDateTime', 'Task.Type', 'Lead.MobilePhone', 'Lead.Fax', 'Task.TaskWhoIds', 'Event.EventWhoIds', 'CaseFeed.Visibility', 'Group.Description']

/** Columns and objects that the schema does not know. Custom ones are nobody's to know. */
const unknownColumns = (object: string, columns: Iterable<string>): string[] => {
  const fields = fieldsOf(object)
  if (object.endsWith('__c')) return []
  if (fields === null) return [object]
  return [...columns].filter((column) => !column.endsWith('__c')).flatMap((column) => {
    const [name = '', further] = column.split('.')
    if (further === undefined) return fields.has(name) ? [] : [`${object}.${name}`]
    const parent = parentOf(object, name)
    return parent === null ? [`${object}.${column}`] : unknownColumns(parent, [further])
  })
}

/** What a query names: the columns that it asks for, filters by and sorts by. */
function unknownOf({ path, query }: Pick<UpstreamRequest, 'path' | 'query'>): string[] {
  if (!path.startsWith('/query')) return /^\/sobjects(\/\w+\/describe)?$/.test(path) ? [] : [path]
  const columns = new Set<string>()
  const parsed = parseQuery(String(query?.['q']), (_, column) => { columns.add(column); return '9' })
  if (typeof parsed === 'string') return [parsed]
  parsed.matches({})
  parsed.sort([{}, {}])
  const where = [...String(query?.['q']).matchAll(/([\w.]+) (?:=|!=|>=|>|in) /g)].map(([, column]) => column!)
  return unknownColumns(parsed.from, new Set([...parsed.select.filter((column) => !/^fields\(/i.test(column)), ...columns, ...where]))
}
const surprises = (found: Iterable<string>): string[] => [...new Set(found)].filter((name) => !undocumented.includes(name))

describe('Salesforce, by the types of its SDK', () => {
  it('knows every object and column that the adapter asks for, in full reads, later ones and those of the recycle bin', async () => {
    const bench = await openBench(salesforce, 60)
    for (const resource of salesforce.resources) {
      await walk(resource, bench.send, { setup: bench.setup })
      if (resource.read.incremental !== 'full_only') await walk(resource, bench.send, { setup: bench.setup, since: new Date('2026-01-01T00:00:00Z'), deletions: true })
    }
    await bench.close()
    const asked = bench.asked.filter(({ url }) => url === undefined)
    expect(asked.filter(({ path }) => path.startsWith('/query')).length).toBeGreaterThan(20)
    expect(surprises(asked.flatMap(unknownOf))).toEqual([])
    for (const [q, name] of [['select Id, Nickname from Account', 'Account.Nickname'], ['select Id from Contact where Nickname = 1', 'Contact.Nickname'], ['select Id from Nowhere', 'Nowhere'], ['select Queue.Nickname from QueueSobject', 'Group.Nickname'], ['select Line.Name from QueueSobject', 'QueueSobject.Line.Name']] as const) expect(unknownOf({ path: '/query', query: { q } })).toEqual([name])
  })

  it.each(globSync('providers/salesforce/fixtures/*.json'))('has records and describes like these: %s', (fixture) => {
    const { exchanges } = JSON.parse(readFileSync(fixture, 'utf8')) as { exchanges: { response: { body: { records?: Record<string, unknown>[]; fields?: Record<string, unknown>[]; sobjects?: Record<string, unknown>[] } } }[] }
    for (const { response: { body } } of exchanges) {
      for (const { attributes, ...record } of body.records ?? []) {
        const object = (attributes as { type: string }).type
        const columns = Object.entries(record).flatMap(([name, value]): [string, unknown][] => (typeof value === 'object' && value !== null ? Object.entries(value).map(([further, inner]) => [`${name}.${further}`, inner]) : [[name, value]]))
        expect(surprises(unknownColumns(object, columns.map(([name]) => name)))).toEqual([])
        for (const [name, value] of columns) expect(isOf(value, fieldsOf(object)?.get(name) ?? 'string | number | boolean | null'), `${object}.${name} = ${String(value)}`).toBe(true)
      }
      for (const [list, type] of [[body.fields, 'Field'], [body.sobjects, 'DescribeGlobalSObjectResult']] as const) {
        const known = membersOf(type)!
        expect(known.size).toBeGreaterThan(20)
        for (const entry of list ?? []) {
          expect(Object.keys(entry).filter((key) => !known.has(key))).toEqual([])
          for (const [key, value] of Object.entries(entry)) if (/^(string|boolean|number)$/.test(known.get(key)!)) expect(isOf(value, known.get(key)!), key).toBe(true)
        }
      }
    }
    expect([isOf('2026-02-30', 'DateString'), isOf('yesterday', 'DateString'), isOf(3, 'string | null'), isOf(null, 'string | null')]).toEqual([true, false, false, true])
  })

  const sample = { name: 'N', owner: '005', description: 'd', industry: 'i', website: 'w', number_of_employees: 3, addresses: [{ street_1: 'S', street_2: 'T', city: 'C', state: null, postal_code: '1', country: 'DE', address_type: 'SHIPPING' }, { city: 'D', address_type: null }], first_name: 'f', last_name: 'l', account: '001', email_addresses: [{ email_address: 'a@b.c', email_address_type: null }], phone_numbers: [{ phone_number: '1', phone_number_type: 'MobilePhone' }, { phone_number: '2', phone_number_type: null }], lead_source: 'Web', title: 't', company: 'c', amount: 7, stage: 'Prospecting', close_date: '2026-03-04T23:30:00.000Z', content: 'First line\nsecond', contact: '003', opportunity: '006', subject: 's', due_date: '2026-03-05T00:00:00.000Z', status: 'CLOSED', contacts: ['0031', '0032'], start_time: '2026-03-04T10:00:00.000Z', end_time: '2026-03-04T10:20:00.000Z', direction: 'INBOUND', engagement_type: 'Event.Event', assignees: ['005'], assigned_teams: ['00G'], collections: ['00G'], priority: 'NORMAL', ticket_type: 'Electrical', parent_ticket: '500', body: 'b', ticket: '500', is_private: false, object_class: 'Project__c', fields: { Budget__c: 7 }, email_address: 'a@b.c', phone_number: '1', details: 'VP' } as Readonly<Record<string, unknown>>
  const bodyOf = (write: AnyWrite, over: Readonly<Record<string, unknown>> = {}, remoteId = '00Tx') => {
    const shared = (write.oneOf ?? []).flatMap((group) => group.slice(1))
    const input = { ...Object.fromEntries(Object.entries(sample).filter(([field]) => write.accepts.includes(field) && !shared.includes(field)).map(([field, value]) => [field, Array.isArray(value) ? value.slice(0, (write.most as Readonly<Record<string, number>> | undefined)?.[field] ?? 2) as unknown : value])), ...over }
    const { method, path, body } = writeRequest(write, input, { setup: {}, remoteId, at: new Date('2026-03-04T05:06:07Z'), remoteFields: { Region__c: 'East' } }, 'key')
    return { method, path, object: path.split('/')[2]!, body: body as Record<string, unknown> }
  }

  it('has a column for everything that is written', () => {
    for (const write of salesforce.writes!) for (const over of write.model.name === 'Engagement' && write.kind === 'create' ? [{}, { engagement_type: 'Task.Call' }] : [{}]) {
      const { method, path, object, body } = bodyOf(write, over)
      expect([method, path]).toEqual(write.kind === 'create' ? ['POST', `/sobjects/${object}`] : ['PATCH', `/sobjects/${object}/00Tx`])
      expect(surprises(unknownColumns(object, Object.keys(body))).filter((name) => name !== 'Event.CallType'), path).toEqual([])
      expect(body['Region__c']).toBe('East')
    }
  })

  it('is told days as days, addresses and numbers in their places, and a thing that it has under its own name', () => {
    const find = (model: string, kind: string) => salesforce.writes!.find((write) => write.model.name === model && write.kind === kind)!
    expect(bodyOf(find('Opportunity', 'create')).body).toEqual({ Name: 'N', Description: 'd', Amount: 7, OwnerId: '005', AccountId: '001', StageName: 'Prospecting', CloseDate: '2026-03-04', Region__c: 'East' })
    expect(bodyOf(find('Account', 'update')).body).toMatchObject({ ShippingStreet: 'S\nT', ShippingCountry: 'Germany', ShippingState: null, BillingCity: 'D', BillingCountry: null })
    expect(bodyOf(find('Contact', 'create')).body).toMatchObject({ MobilePhone: '1', Phone: '2', Email: 'a@b.c', MailingCity: 'C', OtherCity: 'D' })
    expect(bodyOf(find('Task', 'create'), { account: null, opportunity: '006' }).body).toMatchObject({ WhatId: '006', WhoId: '003', ActivityDate: '2026-03-05', Status: 'Completed' })
    expect(bodyOf(find('Note', 'create')).body).toMatchObject({ Title: 'First line', Body: 'First line\nsecond', ParentId: '001' })
    expect(bodyOf(find('Engagement', 'create'))).toMatchObject({ object: 'Event', body: { EventSubtype: 'Event', StartDateTime: '2026-03-04T10:00:00.000Z', EventWhoIds: ['0031', '0032'] } })
    expect(bodyOf(find('Engagement', 'create'), { engagement_type: 'Task.Call', contacts: ['0031'] })).toMatchObject({ object: 'Task', body: { TaskSubtype: 'Call', CallType: 'Inbound', CallDurationInSeconds: 1200, WhoId: '0031' } })
    expect(bodyOf(find('Engagement', 'update'), {}, '00Ux').path).toBe('/sobjects/Event/00Ux')
    expect(bodyOf(find('Lead', 'create'), { addresses: [{ city: 'X', address_type: 'BILLING' }], phone_numbers: [{ phone_number: '1', phone_number_type: 'Fax' }, { phone_number: '2', phone_number_type: 'Fax' }] }).body).toMatchObject({ City: 'X', Fax: '1', Phone: '2' })
    expect(writeRequest(find('Contact', 'update'), { phone_numbers: [] }, { setup: {}, remoteId: '0031', at: new Date('2026-03-04T05:06:07Z'), remoteFields: {} }, 'key').body).toEqual({ Phone: null, MobilePhone: null, HomePhone: null, OtherPhone: null, AssistantPhone: null, Fax: null })
    expect(bodyOf(find('Ticket', 'create'), { assignees: [], collections: ['00G'] }).body).toEqual({ Subject: 'N', Description: 'd', Status: 'Closed', Priority: 'Medium', Type: 'Electrical', AccountId: '001', ContactId: '003', ParentId: '500', OwnerId: '00G', Region__c: 'East' })
    expect(bodyOf(find('Comment', 'create'), { is_private: true }).body).toEqual({ ParentId: '500', CommentBody: 'b', IsPublished: false, Region__c: 'East' })
    const [, person] = salesforce.writes!.filter(({ model, kind }) => model.name === 'Contact' && kind === 'create')
    for (const [name, names] of [['Ana Maria Souza', { FirstName: 'Ana Maria', LastName: 'Souza' }], ['Cher', { LastName: 'Cher' }]] as const) expect(bodyOf(person!, { name }).body).toEqual({ ...names, Email: 'a@b.c', Phone: '1', Title: 'VP', AccountId: '001', Region__c: 'East' })
    // A field that is left out stays, one that is null is emptied.
    expect(writeRequest(find('Contact', 'update'), { account: null }, { setup: {}, remoteId: '0031', at: new Date('2026-03-04T05:06:07Z'), remoteFields: {} }, 'key').body).toEqual({ AccountId: null })
  })
})
