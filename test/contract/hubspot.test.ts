import { createHmac } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { isSigned, writeRequest, type AnyWrite, type LookedUp, type UpstreamRequest, type UpstreamResponse } from '#kit'
import type { CommonModel } from '#models'
import { mapRow } from '#src/sync/map'
import { hubspot } from '../../providers/hubspot/index.ts'
import { sandbox } from '../../providers/hubspot/sandbox.ts'
import { openBench, walk } from '../conformance/walk.ts'
import { contractTitle, exampleOf, openContract } from './openapi.ts'

// https://github.com/HubSpot/HubSpot-public-api-spec-collection
const v3 = ['calls', 'companies', 'contacts', 'deals', 'emails', 'notes', 'owners', 'pipelines', 'properties', 'tasks', 'tickets'].map((name) => `specs/hubspot/v3/${name}.json`)
const options = { files: [...v3, 'specs/hubspot/v4/associations.json'] }
const contract = openContract(options)
/** What came later, and may not be at hand where the others are. */
const more = openContract({ files: ['specs/hubspot/2026-03/users.json', ...['files', 'leads', 'meetings', 'schemas'].map((name) => `specs/hubspot/v3/${name}.json`)] })
/** The dated edition has one document for all objects, and knows that properties may be null. */
const dated = openContract({ files: ['specs/hubspot/2026-09/contacts.json'] })

type Asked = Pick<UpstreamRequest, 'method' | 'path' | 'query' | 'body'>
/** Objects answer to their name and to their number; the third edition writes deals with theirs. */
const asWritten = (request: Asked): Asked => ({ ...request, path: request.path.replace(/^\/crm\/v3\/objects\/deals(?=\/|$)/, '/crm/v3/objects/0-3') })
const asDated = (request: Asked): Asked => ({ ...request, path: request.path.replace('/crm/v3/objects/', '/crm/objects/2026-09/') })
const isOfObject = ({ path }: Asked): boolean => path.startsWith('/crm/v3/objects/')
/** Whose documents are not published, or not at hand: the account, what the third edition has of custom objects, and what is in the later ones. */
const elsewhere = new RegExp(`^(?:GET|POST|PATCH) (?:/account-info/v3/details|/crm/v3/objects/(?:${more === null ? 'leads|meetings|' : ''}2-\\d+)(?:/(?:search|batch/read|\\d+))?${more === null ? '|/crm-object-schemas/v3/schemas(?:/2-\\d+/associations)?|/files/v3/files/\\d+|/settings/users/2026-03(?:/roles)?' : ''})$`)
const contractOf = ({ method, path }: Asked) => (more !== null && more.operationOf(method, path) !== null ? more : contract!)
/** What HubSpot sends and its document has otherwise: an association without a label says null, and the reason why one is missing is a word. https://developers.hubspot.com/docs/api-reference/crm-associations-v4/guide */
const known = /\/label must be string$|^\/errors\/\d+\/subCategory must be object$/

const wrong = (request: Asked): string[] => [
  ...contractOf(asWritten(request)).unknownOf(asWritten(request)), ...(isOfObject(request) ? dated!.unknownOf(asDated(request)) : []),
  ...(request.body === undefined || elsewhere.test(`${request.method} ${request.path}`) ? [] : contractOf(asWritten(request)).requestErrors(asWritten(request))), ...(request.body !== undefined && isOfObject(request) ? dated!.requestErrors(asDated(request)) : []),
].filter((name) => !elsewhere.test(name.replace(/ is not in the contract$/, '')))
const wrongAnswer = (request: Asked, status: number, body: unknown): string[] =>
  (isOfObject(request) ? dated!.answerErrors(asDated(request), status, body) : elsewhere.test(`${request.method} ${request.path}`) ? [] : contractOf(asWritten(request)).answerErrors(asWritten(request), status, body)).filter((message) => !known.test(message))

describe.skipIf(contract === null || dated === null)(contractTitle(contract, options), () => {
  it('knows every request that the adapter makes, every parameter and every body of it, and the box answers as it says', async () => {
    const bench = await openBench(hubspot, 60)
    const heard: [UpstreamRequest, UpstreamResponse][] = []
    const send = async (request: UpstreamRequest): Promise<UpstreamResponse> => { const answer = await bench.send(request); heard.push([request, answer]); return answer }
    sandbox.remove(bench.sandbox.world as Parameters<typeof sandbox.remove>[0], new Date('2030-01-01T00:00:00Z'))
    for (const resource of hubspot.resources) {
      await walk(resource, send, { setup: bench.setup, deletions: true })
      if (resource.read.incremental !== 'full_only') await walk(resource, send, { setup: bench.setup, since: new Date('2019-06-01T00:00:00Z') })
    }
    await bench.close()
    expect(heard.length).toBeGreaterThan(150)
    expect([...new Set(heard.flatMap(([request]) => wrong(request)))]).toEqual([])
    expect([...new Set(heard.flatMap(([request, { status, body }]) => wrongAnswer(request, status, body)))]).toEqual([])
    const [search] = heard.map(([request]) => request).filter(({ path }) => path === '/crm/v3/objects/contacts/search')
    expect(wrong({ ...search!, body: { ...(search!.body as object), limit: 'many' } })).not.toEqual([])
    expect(wrong({ method: 'GET', path: '/crm/v3/owners', query: { never_heard_of: 1 } })).toEqual(['/crm/v3/owners?never_heard_of'])
    expect(wrong({ method: 'GET', path: '/crm/v3/never-heard-of' })).toHaveLength(1)
  })

  it.each(globSync('providers/hubspot/fixtures/*.json'))('allows what is on record: %s', (fixture) => {
    const { exchanges } = JSON.parse(readFileSync(fixture, 'utf8')) as { exchanges: { request: Asked; response: { status: number; body: unknown } }[] }
    for (const { request, response } of exchanges) {
      expect(wrong(request), request.path).toEqual([])
      expect(wrongAnswer(request, response.status, response.body), request.path).toEqual([])
      if (response.status < 300 && !elsewhere.test(`${request.method} ${request.path}`)) expect(wrongAnswer(request, response.status, { results: 'x', options: 'x' }), request.path).not.toEqual([])
    }
  })

  const example: Readonly<Record<string, unknown>> = {
    name: 'Acme', first_name: 'Ann', last_name: null, number_of_employees: 12, amount: 1500, addresses: [{ street_1: 'Main Street 1', country: 'DE' }], email_addresses: [{ email_address: 'ann@example.com' }, { email_address: 'a@example.com' }], phone_numbers: [{ phone_number: '+49 30 1', phone_number_type: 'phone' }],
    tags: ['Billing issue'], attachments: ['notes-17004455001:150000000041'], object_class: '2-3453932', fields: { lease_number: 'L-1', monthly_rent: 900 }, source_object_class: { id: '2-3453932', origin_type: 'CUSTOM_OBJECT' }, target_object_classes: [{ id: '2-3453933', origin_type: 'CUSTOM_OBJECT' }],
    contacts: ['51'], assignees: ['30012345'], assigned_teams: [], collections: ['0'], engagement_type: 'meetings', start_time: '2026-03-04T05:06:07.000Z', end_time: '2026-03-04T06:06:07.000Z', due_date: '2026-03-09T00:00:00.000Z', status: 'CLOSED', direction: 'OUTBOUND', priority: 'NORMAL',
  }
  it.each(hubspot.writes!.map((write, n) => [`${write.kind} ${write.model.id as string} (${n})`, write] as const))('takes what is written: %s', (_name, write: AnyWrite) => {
    const input = Object.fromEntries((write.accepts as readonly string[]).filter((field) => field !== 'html_body').map((field) => [field, field in example ? example[field] : '51']))
    for (const remoteId of (write.model as CommonModel).id === 'crm.Engagement' ? ['calls-51', 'emails-51', 'meetings-51'] : ['51']) {
      const context = { setup: {}, remoteId, remoteFields: { hs_own: 5, hs_ticked: ['a', 'b'] }, at: new Date('2026-03-04T05:06:07Z') }
      const request = writeRequest(write, input, context, 'key')
      expect(wrong(request)).toEqual([])
      if ((write.model as CommonModel).id !== 'crm.AssociationType') expect((request.body as { properties: object }).properties).toMatchObject({ hs_own: '5', hs_ticked: 'a;b' })
      for (const one of write.followed?.(input, context) ?? []) { const ask = 'look' in one ? one.look : one; expect(wrong({ ...ask, method: ask.method ?? 'GET' })).toEqual([]) }
    }
  })

  const writeOf = (kind: 'create' | 'update', id: string): AnyWrite => hubspot.writes!.find((write) => write.kind === kind && (write.model as CommonModel).id === id)!
  it('takes the status of a ticket for a stage of its pipeline, and its tags for the values of a property', () => {
    const context = { setup: {}, remoteId: '51', remoteFields: { hs_own: 5 }, at: new Date('2026-03-04T05:06:07Z') }
    const [status, tags] = writeOf('update', 'ticketing.Ticket').followed!({ status: 'CLOSED', tags: ['Billing issue', 'Product issue'] }, context) as [LookedUp, LookedUp]
    const stages = [{ id: '1', label: 'New', metadata: { ticketState: 'OPEN' } }, { id: '2', label: 'Waiting', metadata: { isClosed: 'false' } }, { id: '3', label: 'Gone', archived: true, metadata: { isClosed: 'true' } }, { id: '4', label: 'Closed', metadata: { isClosed: 'true' } }]
    const on = (stage: string, wanted: LookedUp) => { const next = wanted.step({ id: '51', properties: { hs_pipeline: '0', hs_pipeline_stage: stage } }) as LookedUp; expect(wrong({ method: 'GET', ...next.look })).toEqual([]); return next.step({ id: '0', stages }) }
    const patch = { method: 'PATCH', path: '/crm/v3/objects/tickets/51', body: { properties: { hs_pipeline_stage: '4' } } }
    const asked = (word: string): LookedUp => writeOf('create', 'ticketing.Ticket').followed!({ status: word }, context)[0] as LookedUp
    expect([on('2', status), on('4', status), on('2', asked('OPEN')), on('4', asked('OPEN')), on('1', asked('Waiting')), on('1', asked('ON_HOLD')), on('1', asked('Gone'))]).toEqual([
      patch, 'already', 'already', { ...patch, body: { properties: { hs_pipeline_stage: '1' } } }, { ...patch, body: { properties: { hs_pipeline_stage: '2' } } }, null, null,
    ])
    const options = [{ label: 'Product issue', value: 'PRODUCT_ISSUE' }, { label: 'Billing issue', value: 'BILLING_ISSUE' }]
    expect([tags.step({ options }), tags.step({ options: options.slice(1) })]).toEqual([{ ...patch, body: { properties: { hs_ticket_category: 'BILLING_ISSUE;PRODUCT_ISSUE' } } }, null])
    for (const odd of [null, 'text', [], {}, { options: [null], stages: 7, properties: null }]) expect([status.step(odd), tags.step(odd), (status.step({ properties: { hs_pipeline: '0' } }) as LookedUp).step(odd)]).toEqual([null, null, null])
  })

  it('takes files to a ticket by a note, HTML for a comment, and records of classes that the customer made', () => {
    const context = { setup: {}, remoteId: '51', remoteFields: {}, at: new Date('2026-03-04T05:06:07Z') }
    const bodyOf = (write: AnyWrite, input: Readonly<Record<string, unknown>>): unknown => writeRequest(write, input, context, 'key').body
    expect(writeOf('create', 'ticketing.Ticket').followed!({ attachments: ['emails-17:150000000041', 'notes-9:150000000042'] }, context)).toEqual([{
      method: 'POST', path: '/crm/v3/objects/notes', body: { properties: { hs_attachment_ids: '150000000041;150000000042', hs_timestamp: '2026-03-04T05:06:07.000Z' }, associations: [{ to: { id: '51' }, types: [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 228 }] }] },
    }])
    const comment = writeOf('create', 'ticketing.Comment')
    expect(bodyOf(comment, { html_body: '<p>Hi</p>', ticket: '7' })).toEqual(bodyOf(comment, { body: '<p>Hi</p>', ticket: '7' }))
    const object = writeOf('create', 'crm.CustomObject')
    expect(writeRequest(object, { object_class: '2-3453932', fields: { lease_number: 'L-1', monthly_rent: 900 } }, context, 'key')).toMatchObject({ path: '/crm/v3/objects/2-3453932', body: { properties: { lease_number: 'L-1', monthly_rent: '900' } } })
    const made = (url: unknown) => object.remoteId({ status: 201, headers: new Headers(), body: { id: '7', url } })
    expect([made('https://app.hubspot.com/contacts/2519445/record/2-3453932/4800007'), made('https://app.hubspot.com/contacts/2519445/record/0-1/7'), made(undefined)]).toEqual(['2-3453932-4800007', null, null])
    expect(bodyOf(writeOf('create', 'crm.AssociationType'), { source_object_class: { id: '2-3453932' }, target_object_classes: [{ id: '2-3453933' }], remote_key_name: 'lease_to_site' })).toEqual({ fromObjectTypeId: '2-3453932', toObjectTypeId: '2-3453933', name: 'lease_to_site' })
  })

  it('takes an activity of each kind with the properties of its kind', () => {
    const write = hubspot.writes!.find(({ kind, model }) => kind === 'create' && (model as CommonModel).id === 'crm.Engagement')!
    const made = (engagement_type: string) => writeRequest(write, { engagement_type, subject: 's', content: 'c', direction: 'INBOUND', start_time: '2026-03-04T05:06:07Z', end_time: '2026-03-04T05:16:07Z', account: '7', contacts: ['51', '52'] }, { setup: {}, remoteId: '', remoteFields: {}, at: new Date() }, 'key')
    expect([made('calls'), made('emails'), made('meetings')].map(({ path, body }) => [path, (body as { properties: object }).properties])).toEqual([
      ['/crm/v3/objects/calls', { hs_call_title: 's', hs_call_body: 'c', hs_timestamp: '2026-03-04T05:06:07Z', hs_call_direction: 'INBOUND', hs_call_duration: '600000' }],
      ['/crm/v3/objects/emails', { hs_email_subject: 's', hs_email_text: 'c', hs_timestamp: '2026-03-04T05:06:07Z', hs_email_direction: 'INCOMING_EMAIL' }],
      ['/crm/v3/objects/meetings', { hs_meeting_title: 's', hs_meeting_body: 'c', hs_timestamp: '2026-03-04T05:06:07Z', hs_meeting_start_time: '2026-03-04T05:06:07Z', hs_meeting_end_time: '2026-03-04T05:16:07Z' }],
    ])
    expect((made('calls').body as { associations: unknown[] }).associations).toEqual([['7', 182], ['51', 194], ['52', 194]].map(([id, associationTypeId]) => ({ to: { id }, types: [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId }] })))
  })

  it('reads an activity of each kind from the properties of its kind', () => {
    const resource = hubspot.resources.find(({ model }) => (model as CommonModel).id === 'crm.Engagement')!
    const read = (object: string, properties: Readonly<Record<string, string | null>>): unknown[] => {
      const { fields, remoteId, issues } = mapRow(resource, { id: '7', object, properties: { hs_timestamp: '2026-03-04T05:06:07Z', ...properties }, linked: { contacts: [], companies: [] }, own: [] }, { linkedAccountId: '00000000-0000-8000-8000-000000000001', baseUrl: 'https://api.hubapi.com' })
      return [remoteId, fields['subject'], fields['content'], fields['direction'], fields['start_time'], fields['end_time'], issues.length]
    }
    expect([
      read('calls', { hs_call_title: 'Call', hs_call_body: 'Said', hs_call_direction: 'INBOUND', hs_call_duration: '60000' }),
      read('emails', { hs_email_subject: 'Mail', hs_email_text: null, hs_email_html: '<p>Wrote</p>', hs_email_direction: 'INCOMING_EMAIL' }),
      read('meetings', { hs_meeting_title: 'Visit', hs_meeting_body: 'Agenda', hs_meeting_start_time: '2026-03-05T09:00:00Z', hs_meeting_end_time: '2026-03-05T10:00:00Z' }),
    ]).toEqual([
      ['calls-7', 'Call', 'Said', 'INBOUND', '2026-03-04T05:06:07.000Z', '2026-03-04T05:07:07.000Z', 0],
      ['emails-7', 'Mail', '<p>Wrote</p>', 'INBOUND', '2026-03-04T05:06:07.000Z', null, 0],
      ['meetings-7', 'Visit', 'Agenda', null, '2026-03-05T09:00:00.000Z', '2026-03-05T10:00:00.000Z', 0],
    ])
  })

  it('describes the errors that the box gives', () => {
    for (const { what, answer } of sandbox.troubles.filter(({ answer: { status } }) => status !== 429 && status !== 207)) expect(contract!.answerErrors({ method: 'GET', path: '/crm/v3/objects/contacts' }, answer.status, answer.body), what).toEqual([])
  })

  it('names the events of webhooks, and each of them tells something where its object is read', () => {
    const { components } = JSON.parse(readFileSync(`${process.env['INTERMODAL_TEST_MATERIAL'] ?? '../shared'}/specs/hubspot/v3/webhooks.json`, 'utf8')) as { components: { schemas: { SubscriptionCreateRequest: { properties: { eventType: { enum: string[] } } } } } }
    const events = components.schemas.SubscriptionCreateRequest.properties.eventType.enum
    const told = (subscriptionType: string, objectTypeId = '0-46') => hubspot.webhooks!.told([{ eventId: 100, subscriptionId: 12, portalId: 62515, occurredAt: 1_767_225_600_000, subscriptionType, attemptNumber: 0, objectId: 123, objectTypeId, fromObjectId: 123, toObjectId: 9, primaryObjectId: 5, mergedObjectIds: [6], newObjectId: 123 }], new Headers())
    for (const event of events) expect(told(event).length > 0, event).toBe(/^(?:contact|company|deal|ticket|object)\./.test(event))
    expect(told('contact.propertyChange')).toEqual(['crm.Contact', 'ticketing.Contact'].map((model) => ({ model, remoteId: '123', what: 'changed', eventId: '12-100-1767225600000-123', at: '2026-01-01T00:00:00.000Z' })))
    expect(told('object.merge', '0-3').map(({ remoteId, what }) => [remoteId, what])).toEqual([['123', 'changed'], ['5', 'deleted'], ['6', 'deleted']])
    expect(told('object.deletion', '0-48').map(({ model, remoteId, what }) => [model, remoteId, what])).toEqual([['crm.Engagement', 'calls-123', 'deleted']])
    expect(told('object.creation', '2-3453932').map(({ model, remoteId }) => [model, remoteId])).toEqual([['crm.CustomObject', '2-3453932-123']])
  })

  it('is signed over the address with its plain signs, and over the time', () => {
    const { signature } = hubspot.webhooks!
    const delivery = { method: 'POST', url: 'https://intermodal.example/hooks/7?at=eu1%3Aapp%2Fx&mark=%C3%A9', body: '[{"eventId":1}]' }
    const now = new Date('2026-03-04T05:06:07Z')
    const expected = createHmac('sha256', 'client-secret').update(`POSThttps://intermodal.example/hooks/7?at=eu1:app/x&mark=%C3%A9[{"eventId":1}]${now.getTime()}`).digest('base64')
    const headers = new Headers({ 'x-hubspot-signature-v3': expected, 'x-hubspot-request-timestamp': String(now.getTime()) })
    expect([isSigned(signature, 'client-secret', { ...delivery, headers }, now), isSigned(signature, 'client-secret', { ...delivery, url: 'https://intermodal.example/hooks/8', headers }, now), isSigned(signature, 'client-secret', { ...delivery, headers }, new Date(now.getTime() + 301_000))]).toEqual([true, false, false])
  })

  const companiesExample = exampleOf('hubspot/examples/companies-basic-retrieve-companies.json')
  it.skipIf(companiesExample === null)('comes with examples, whose placeholders are mapped without an issue', () => {
    const read = (name: string): unknown => exampleOf(`hubspot/examples/${name}.json`)
    const listed = (example: unknown): unknown[] => (example as { results: unknown[] }).results
    const mapped = ([['crm.Account', listed(companiesExample)], ['crm.Contact', [read('contacts-basic-retrieve-a-contact'), ...listed(read('contacts-search-search-for-contacts'))]]] as const).flatMap(([id, rows]) => {
      const resource = hubspot.resources.find(({ model }) => (model as CommonModel).id === id)!
      return rows.map((row) => mapRow(resource, { ...(row as object), object: 'x', linked: {}, own: [] }, { linkedAccountId: '00000000-0000-8000-8000-000000000001', baseUrl: 'https://api.hubapi.com' }))
    })
    expect(mapped.map(({ remoteId, issues }) => [remoteId, issues])).toEqual(Array.from({ length: 5 }, () => ['<string>', []]))
  })
})

describe('the searches of HubSpot', () => {
  it('go on behind the last record, page by page, and find what the lists have', async () => {
    const bench = await openBench(hubspot, 450)
    const contact = hubspot.resources.find(({ model }) => (model as CommonModel).id === 'crm.Contact')!
    const listed = await walk(contact, bench.send, { setup: bench.setup })
    const before = bench.asked.length
    const found = await walk(contact, bench.send, { setup: bench.setup, since: new Date(0) })
    await bench.close()
    expect(found.rows).toEqual(listed.rows)
    const searches = bench.asked.slice(before).filter(({ path }) => path.endsWith('/search')).map(({ body }) => body as { after: string; filterGroups: { filters: { propertyName: string; value: string }[] }[] })
    expect(searches.map(({ after, filterGroups }) => [after, filterGroups[0]!.filters[1]!.value])).toEqual([['0', '0'], ...[199, 399].map((n) => ['0', (listed.rows[n] as { id: string }).id])])
  })
})
