import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AnyResource } from '#kit'
import { openBench, walk, type Bench } from '../conformance/walk.ts'
import { mapRow } from '#src/sync/map'
import { readPage } from '#src/sync/pages'
import { firstPlace } from '#src/sync/place'
import { salesforce } from '../../providers/salesforce/index.ts'
import type { Table, World } from '../../providers/salesforce/sandbox/world.ts'

describe('what Salesforce says is left', () => {
  it('is of the org, not of one app, and never less than nothing', () => {
    const left = (header: string) => salesforce.limits.left!({ status: 200, headers: new Headers({ 'sforce-limit-info': header }) })
    const hour = { resetSeconds: 3_600 }
    expect([left('api-usage=25/5000; per-app-api-usage=17/250(appName=ours)'), left('per-app-api-usage=17/250(appName=ours); api-usage=25/5000'), left('api-usage=110018/100000; api-bursts=1/750'), left('per-app-api-usage=17/250'), left('')]).toEqual([
      { left: 4_975, of: 5_000, ...hour }, { left: 4_975, of: 5_000, ...hour }, { left: 0, of: 100_000, ...hour }, null, null,
    ])
  })
})

// No two orgs have the same columns, and no two users see the same of them.
describe('orgs of Salesforce that differ', () => {
  let bench: Bench
  beforeEach(async () => { bench = await openBench(salesforce, 30) })
  afterEach(async () => { await bench.close() })
  const resourceOf = (id: string): AnyResource => salesforce.resources.find(({ model }) => model.id === id)!
  const tableOf = (object: string): Table => (bench.sandbox.world as World).tables.get(object)!
  const fieldsOf = (object: string) => tableOf(object).description.fields as unknown as { name: string; label: string; type: string; custom: boolean }[]
  const read = async (id: string) => (await walk(resourceOf(id), bench.send, { setup: bench.setup })).rows.map((row) => mapRow(resourceOf(id), row, { linkedAccountId: '00000000-0000-8000-8000-000000000001', baseUrl: bench.baseUrl, setup: bench.setup }))

  it('asks for no column that the user may not see, for it would fail the rest', async () => {
    const fields = fieldsOf('Account')
    fields.splice(0, fields.length, ...fields.filter(({ name }) => !['Phone', 'BillingCity', 'AnnualRevenue'].includes(name)))
    const accounts = await read('crm.Account')
    expect(accounts.length).toBeGreaterThan(3)
    expect(JSON.stringify(bench.asked)).not.toMatch(/\bPhone\b|BillingCity|AnnualRevenue/)
    expect(accounts.every((account) => account.issues.length === 0 && !account.remoteFields!.includes('AnnualRevenue'))).toBe(true)
  })

  it('reads the country from its code where the org has picklists of countries', async () => {
    fieldsOf('Account').push({ ...fieldsOf('Account')[0]!, name: 'BillingCountryCode', label: 'Billing Country Code' })
    for (const record of tableOf('Account').records) Object.assign(record, { BillingCountry: 'Deutschland', BillingCountryCode: 'DE' })
    for (const { fields } of await read('crm.Account')) expect(fields['addresses']).toMatchObject([{ country: 'DE', address_type: 'BILLING' }, ...(fields['addresses'] as object[]).slice(1)])
  })

  it('reads it from its English name where the org has none, and leaves another name as it is', async () => {
    const names = { 'United Kingdom': 'GB', 'united states': 'US', Deutschland: 'Deutschland', USA: 'US', Germany: 'DE', PT: 'PT' }
    const wanted = Object.entries(names)
    tableOf('Account').records.forEach((record, n) => { record['BillingCountry'] = wanted[n % wanted.length]![0] })
    const countries = (await read('crm.Account')).map(({ fields }) => (fields['addresses'] as { country: string }[])[0]!.country)
    expect(countries).toEqual(countries.map((_, n) => wanted[n % wanted.length]![1]))
    expect(countries.length).toBeGreaterThan(5)
  })

  it('reads more columns than an address has room for, and none of its addresses is too long', async () => {
    const names = Array.from({ length: 800 }, (_, n) => `A_column_with_a_long_name_no_${n}__c`)
    for (const name of names) fieldsOf('Account').push({ ...fieldsOf('Account')[0]!, name, label: name, type: 'string', custom: true })
    for (const record of tableOf('Account').records) for (const name of names) record[name] = `${record.Id} ${name}`
    const accounts = await read('crm.Account')
    expect(accounts).toHaveLength(tableOf('Account').records.length)
    for (const { remoteId, remoteFields } of accounts) for (const name of names) expect(remoteFields).toContain(`${remoteId} ${name}`)
    const addresses = bench.received().map(({ path, query }) => path.length + query.length)
    expect(addresses.filter((length) => length > 2_000).length).toBeGreaterThan(1)
    expect(Math.max(...addresses)).toBeLessThan(14_000)
  })

  it('does without enhanced notes where they are switched off', async () => {
    const before = (await read('crm.Note')).length
    ;(bench.sandbox.world as { tables: Map<string, Table> }).tables.delete('ContentNote')
    expect(await read('crm.Note')).toHaveLength(tableOf('Note').records.length)
    expect(before).toBe(2 * tableOf('Note').records.length)
  })

  it('gives an enhanced note to what its links name', async () => {
    const notes = (await read('crm.Note')).filter(({ remoteId }) => remoteId.startsWith('069'))
    expect(notes.filter(({ fields }) => fields['contact'] !== null).length).toBeGreaterThan(3)
    expect(notes.filter(({ fields }) => fields['account'] !== null).length).toBeGreaterThan(3)
    expect(notes.every(({ fields }) => String(fields['content']).includes('prefers mail'))).toBe(true)
  })

  it('leaves owners empty that are queues, and copies of meetings out', async () => {
    const [lead] = tableOf('Lead').records
    lead!['OwnerId'] = '00G5g000001QueueEA'
    expect((await read('crm.Lead')).find(({ remoteId }) => remoteId === lead!.Id)!.fields['owner']).toBeNull()
    const copies = tableOf('Event').records.filter((event) => event['IsChild'] === true).map(({ Id }) => Id)
    expect(copies.length).toBeGreaterThan(0)
    expect((await read('crm.Engagement')).filter(({ remoteId }) => copies.includes(remoteId))).toEqual([])
  })

  it('does without topics, e-mail, feeds and shares where they are switched off', async () => {
    const { tables } = bench.sandbox.world as { tables: Map<string, Table> }
    const before = await read('ticketing.Ticket')
    expect(before.some(({ fields }) => (fields['tags'] as unknown[]).length > 0)).toBe(true)
    for (const object of ['Topic', 'TopicAssignment', 'EmailMessage', 'EmailMessageRelation', 'CaseFeed', 'CaseShare']) tables.delete(object)
    const tickets = await read('ticketing.Ticket')
    expect(tickets.map(({ remoteId }) => remoteId)).toEqual(before.map(({ remoteId }) => remoteId))
    expect(tickets.flatMap(({ fields }) => fields['tags'])).toEqual([])
    expect(await read('ticketing.Comment')).toHaveLength(tableOf('CaseComment').records.length)
    expect(await read('ticketing.Tag')).toEqual([])
    expect((await read('ticketing.Viewer')).every(({ fields }) => fields['collection'] !== null)).toBe(true)
    const gone = await walk(resourceOf('ticketing.Comment'), bench.send, { setup: bench.setup, since: new Date('2026-01-01T00:00:00Z'), deletions: true })
    expect(gone.gone).toEqual([])
  })

  it('gives a case to its owner, be that a person or a queue', async () => {
    for (const { fields, remoteId } of await read('ticketing.Ticket')) {
      const isQueue = String(tableOf('Case').records.find(({ Id }) => Id === remoteId)!['OwnerId']).startsWith('00G')
      expect([(fields['assignees'] as unknown[]).length, (fields['assigned_teams'] as unknown[]).length, (fields['collections'] as unknown[]).length]).toEqual(isQueue ? [0, 1, 1] : [1, 0, 0])
    }
  })

  it('takes a status for what Salesforce says of it, where it is a word of the org\'s own', async () => {
    const [first, second, third, fourth] = tableOf('Case').records
    Object.assign(first!, { Status: 'Resolved by robot', IsClosed: true })
    Object.assign(second!, { Status: 'Waiting for parts', IsClosed: false })
    Object.assign(third!, { Status: 'On Hold', IsClosed: false })
    Object.assign(fourth!, { Status: 'Working', IsClosed: true })
    const tickets = await read('ticketing.Ticket')
    expect([first, second, third, fourth].map((record) => tickets.find(({ remoteId }) => remoteId === record!.Id)!.fields['status'])).toEqual(['CLOSED', 'OPEN', 'ON_HOLD', 'CLOSED'])
  })

  it('has the files that are on cases, once for each, and no other', async () => {
    const links = tableOf('ContentDocumentLink').records
    const link = links.find(({ LinkedEntityId }) => String(LinkedEntityId).startsWith('500'))!
    links.push({ ...link, Id: '06A5g0000099999EAF', LinkedEntityId: tableOf('Case').records.at(-1)!.Id })
    const attachments = await read('ticketing.Attachment')
    expect(attachments.filter(({ fields }) => fields['ticket'] === null || fields['file_name'] === 'Before')).toEqual([])
    const [one, other] = attachments.filter(({ remoteId }) => remoteId === link.Id || remoteId === '06A5g0000099999EAF')
    expect(one!.fields['file_url']).toBe(other!.fields['file_url'])
    expect(one!.fields['ticket']).not.toBe(other!.fields['ticket'])
  })

  it('takes no draft, no message without a case and no notice of the feed for a comment, and knows who wrote', async () => {
    const comments = await read('ticketing.Comment')
    const wanted = ['EmailMessage', 'CaseComment', 'CaseFeed'].flatMap((object) => tableOf(object).records).filter(({ Status, ParentId, Type }) => Status !== '5' && ParentId !== null && Type !== 'CaseCommentPost')
    expect(comments.map(({ remoteId }) => remoteId).toSorted()).toEqual(wanted.map(({ Id }) => Id).toSorted())
    expect(comments.every(({ fields }) => (fields['user'] === null) !== (fields['contact'] === null))).toBe(true)
    expect(comments.filter(({ fields }) => fields['contact'] !== null).length).toBeGreaterThan(2)
  })

  it('fails where more belongs to a few records than one answer holds, and loses none of it in silence', async () => {
    const [ticket] = tableOf('Case').records
    for (let n = 0; n < 1_100; n += 1) tableOf('TopicAssignment').records.push({ Id: `0Jb${n}`, EntityId: ticket!.Id, Topic: { Name: `T${n}` } })
    await expect(read('ticketing.Ticket')).rejects.toMatchObject({ code: 'upstream.unexpected' })
  })

  it('says what kind of thing each column is that the common model has no place for', async () => {
    const resource = resourceOf('crm.Account')
    const { classes } = await readPage(resource, bench.send, { since: null, place: firstPlace(resource), setup: bench.setup })
    expect([...classes.keys()]).toEqual(['Type', 'ParentId', 'AnnualRevenue', 'AccountSource', 'Region__c', 'Health_Score__c'])
    expect([classes.get('Region__c'), classes.get('Health_Score__c')]).toEqual([
      { name: 'Region', description: null, type: 'string', isRequired: false, choices: [{ value: 'East', name: 'East' }, { value: 'West', name: 'West' }] },
      { name: 'Health Score', description: null, type: 'number', isRequired: false, choices: [] },
    ])
    const both = await readPage(resourceOf('crm.Engagement'), bench.send, { since: null, place: firstPlace(resourceOf('crm.Engagement')), setup: bench.setup })
    expect([...both.classes.keys()]).toEqual(expect.arrayContaining(['CallDisposition', 'Location']))
  })

  it('goes on below the limit of a page that came short', async () => {
    const { read: { pages } } = resourceOf('crm.CustomObject')
    const done = (pages as { done: (page: unknown, items: readonly unknown[]) => boolean }).done
    expect([done({ done: false }, [1]), done({ done: true }, [1]), done({ done: true }, Array.from({ length: 200 }))]).toEqual([false, true, false])
  })
})

// The form is fixed: https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_om_outboundmessaging_wsdl.htm
const message = (notifications: string): string => `<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body><notifications xmlns="http://soap.sforce.com/2005/09/outbound">
<OrganizationId>00D5g000000OrgAEAU</OrganizationId><ActionId>04k5g000000ActAAAQ</ActionId><SessionId xsi:nil="true"/><EnterpriseUrl>https://acme.my.salesforce.com/services/Soap/c/64.0/00D5g000000Org</EnterpriseUrl><PartnerUrl>https://acme.my.salesforce.com/services/Soap/u/64.0/00D5g000000Org</PartnerUrl>
${notifications}</notifications></soapenv:Body></soapenv:Envelope>`
const notification = (n: number, object: string, id: string): string => `<Notification><Id>04l5g00000Note${n}AAI</Id><sObject xsi:type="sf:${object}" xmlns:sf="urn:sobject.enterprise.soap.sforce.com"><sf:Id>${id}</sf:Id></sObject></Notification>`

describe('an outbound message of Salesforce', () => {
  const told = (body: unknown) => salesforce.webhooks!.told(body, new Headers()).map(({ model, remoteId, what, eventId }) => [model, remoteId, what, eventId])

  it('tells of each of its records, and of every model that it is in', () => {
    expect(told(message(notification(1, 'Contact', '0035g00000Xk2LmAAJ') + notification(2, 'Task', '00T5g00001TaSk1EAF') + notification(3, 'Project__c', 'a0B5g00000PrJ1AEAS') + notification(4, 'Case', '5005g00000CaSe1AAF')))).toEqual([
      ['crm.Contact', '0035g00000Xk2LmAAJ', 'changed', '04l5g00000Note1AAI'], ['ticketing.Contact', '0035g00000Xk2LmAAJ', 'changed', '04l5g00000Note1AAI'],
      ['crm.Task', '00T5g00001TaSk1EAF', 'changed', '04l5g00000Note2AAI'], ['crm.Engagement', '00T5g00001TaSk1EAF', 'changed', '04l5g00000Note2AAI'],
      ['crm.CustomObject', 'a0B5g00000PrJ1AEAS', 'changed', '04l5g00000Note3AAI'],
      ['ticketing.Ticket', '5005g00000CaSe1AAF', 'changed', '04l5g00000Note4AAI'],
    ])
  })

  it('is not read further than its own record', () => {
    expect(told(message(`<Notification><Id>04l5g00000Note1AAI</Id></Notification>${notification(2, 'Lead', '00Q5g00000KLmnoEAD')}`))).toEqual([['crm.Lead', '00Q5g00000KLmnoEAD', 'changed', '04l5g00000Note2AAI']])
    const began = performance.now()
    for (const flood of ['<Notification>', '</Notification>', '<Id>04l5g00000Note1AAI</Id><sObject type="sf:Lead">', '<Notification><Id>'].map((part) => part.repeat(20_000))) expect(told(flood).length).toBeLessThanOrEqual(100)
    expect(performance.now() - began).toBeLessThan(2_000)
  })

  it('is answered as it wants to be', () => {
    expect(salesforce.webhooks!.acknowledgement?.body).toContain('<Ack>true</Ack>')
  })
})
