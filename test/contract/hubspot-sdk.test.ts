import { Client } from '@hubspot/api-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { authorizeAddress, scopesFor, tokenAsk, tokensOf, writeRequest, type TokenAsk, type UpstreamRequest } from '#kit'
import type { CommonModel } from '#models'
import { boxed } from '#src/sandbox/boxed'
import { startSandbox, type Sandbox } from '#src/sandbox/start'
import { hubspot } from '../../providers/hubspot/index.ts'
import { sandbox } from '../../providers/hubspot/sandbox.ts'
import type { File, Owner, Row } from '../../providers/hubspot/vendor.ts'
import type { HubspotWorld } from '../../providers/hubspot/sandbox/world.ts'
import { openBench, walk, type Bench } from '../conformance/walk.ts'
import { carriedOut } from '../support/carried-out.ts'

// The vendor's own client against the box: what it cannot read, the box has wrong.
describe('HubSpot\'s own client', () => {
  let box: Sandbox<HubspotWorld>
  let bench: Bench
  let client: Client
  beforeAll(async () => {
    box = await startSandbox({ vendor: sandbox, size: 130 })
    bench = await openBench(hubspot, 130)
    client = new Client({ accessToken: box.link.credentials['access_token']!, basePath: box.origin })
  })
  afterAll(async () => { await box.close(); await bench.close() })

  const rowsOf = async (id: string): Promise<readonly Row[]> => (await walk(hubspot.resources.find(({ model }) => (model as CommonModel).id === id)!, bench.send, { setup: bench.setup })).rows as readonly Row[]
  const byId = (rows: readonly { readonly id: string }[]): string[] => rows.map(({ id }) => id).toSorted()

  it('lists the same crm.Contact crm.Account crm.Opportunity ticketing.Ticket as the adapter, to the last page', async () => {
    const [contacts, companies, deals, tickets] = await Promise.all([client.crm.contacts.getAll(), client.crm.companies.getAll(), client.crm.deals.getAll(), client.crm.tickets.getAll()])
    for (const [id, records] of [['crm.Contact', contacts], ['crm.Account', companies], ['crm.Opportunity', deals], ['ticketing.Ticket', tickets]] as const) expect(byId(records), id).toEqual(byId(await rowsOf(id)))
    expect(contacts.length).toBeGreaterThan(100)
    expect(contacts[0]!.createdAt).toBeInstanceOf(Date)
    expect((await client.crm.objects.leads.basicApi.getPage(100)).results).toHaveLength(43)
    expect((await client.crm.objects.meetings.basicApi.getPage(100)).results.length).toBeGreaterThan(10)
  })

  it('reads the same values, in a batch and in a search', async () => {
    const rows = await rowsOf('crm.Contact')
    const properties = ['firstname', 'email', 'internal_rating']
    const { results } = await client.crm.contacts.batchApi.read({ inputs: rows.slice(0, 50).map(({ id }) => ({ id })), properties, propertiesWithHistory: [] })
    const values = (of: Readonly<Record<string, string | null | undefined>>): unknown[] => properties.map((name) => of[name] ?? null)
    expect(results.map((one) => [one.id, ...values(one.properties)])).toEqual(rows.slice(0, 50).map((row) => [row.id, ...values(row.properties)]))
    const found = await client.crm.contacts.searchApi.doSearch({ filterGroups: [{ filters: [{ propertyName: 'hs_object_id', operator: 'GT' as never, value: rows[99]!.id }] }], sorts: ['-hs_object_id'], properties, limit: 7, after: '0' })
    expect([found.total, found.results.map(({ id }) => id), found.paging?.next?.after]).toEqual([30, rows.slice(-7).toReversed().map(({ id }) => id), '7'])
  })

  it('sees the same associations', async () => {
    const rows = await rowsOf('ticketing.Ticket')
    const answer = await client.crm.associations.v4.batchApi.getPage('tickets', 'companies', { inputs: rows.slice(0, 40).map(({ id }) => ({ id })) })
    const primary = new Map(answer.results.map(({ _from, to }) => [_from.id, to.find(({ associationTypes }) => associationTypes.some(({ typeId }) => typeId === 26))?.toObjectId]))
    expect(primary.size).toBeGreaterThan(20)
    for (const row of rows.slice(0, 40)) expect(row.linked['companies']?.[0], row.id).toBe(primary.get(row.id))
  })

  it('reads owners (crm.User), pipelines, properties and classes', async () => {
    const owners = await Promise.all([client.crm.owners.ownersApi.getPage(undefined, undefined, 500, false), client.crm.owners.ownersApi.getPage(undefined, undefined, 500, true)])
    expect(byId(owners.flatMap(({ results }) => results))).toEqual(byId(await rowsOf('crm.User')))
    expect((await client.crm.pipelines.pipelinesApi.getAll('tickets')).results.map(({ label, stages }) => [label, stages[0]!.metadata?.['ticketState']])).toEqual([['Support Pipeline', 'OPEN'], ['Returns', 'OPEN']])
    expect((await client.crm.properties.coreApi.getByName('tickets', 'hs_ticket_category')).options.map(({ value }) => value)).toContain('BILLING_ISSUE')
    expect((await client.crm.schemas.coreApi.getAll()).results.map(({ objectTypeId, labels }) => [objectTypeId, labels.plural])).toEqual([['2-3453932', 'Leases'], ['2-3453933', 'Sites']])
  })

  it('tells the same permission sets, users and files: ticketing.Role ticketing.User ticketing.Attachment', async () => {
    const [sets, users] = await Promise.all([client.settings.users.rolesApi.getAll(), client.settings.users.usersApi.getPage(100)])
    expect(byId(sets.results)).toEqual(byId(await rowsOf('ticketing.Role')))
    const held = new Map(users.results.map(({ id, roleIds }) => [id, roleIds]))
    const owners = await rowsOf('ticketing.User') as unknown as readonly (Owner & { roleIds: readonly string[] })[]
    expect(owners.filter(({ roleIds }) => roleIds.length > 1).length).toBeGreaterThan(3)
    for (const { userId, roleIds } of owners) expect(roleIds).toEqual(held.get(String(userId)) ?? [])
    const files = await rowsOf('ticketing.Attachment') as unknown as readonly { readonly file: File }[]
    expect(files.length).toBeGreaterThan(50)
    for (const { file } of files.slice(0, 5)) expect(await client.files.filesApi.getById(file.id)).toMatchObject({ id: file.id, name: file.name, extension: file.extension, url: file.url, createdAt: file.createdAt })
  })

  it('finds the steps that follow a ticket: its stage, its tags, its files', async () => {
    const send = async ({ method, path, query = {}, body }: UpstreamRequest) => {
      const answer = await fetch(`${box.origin}${path}?${new URLSearchParams(query as Record<string, string>).toString()}`, { method, headers: { authorization: `Bearer ${box.link.credentials['access_token']!}`, 'content-type': 'application/json' }, ...(body !== undefined && { body: JSON.stringify(body) }) })
      expect(answer.ok, path).toBe(true)
      return { status: answer.status, headers: answer.headers, body: await answer.json(), logId: 'box' }
    }
    const writeOf = (kind: 'create' | 'update') => hubspot.writes!.find((write) => write.kind === kind && (write.model as CommonModel).id === 'ticketing.Ticket')!
    const { remoteId: id, told } = await carriedOut(writeOf('create'), { name: 'Broken', status: 'CLOSED', tags: ['Billing issue', 'Feature request'], attachments: ['emails-7:150000000041'] }, send)
    expect(told).toBe(false)
    expect((await client.crm.tickets.basicApi.getById(id, ['subject', 'hs_pipeline_stage', 'hs_ticket_category'])).properties).toMatchObject({ subject: 'Broken', hs_pipeline_stage: '4', hs_ticket_category: 'BILLING_ISSUE;FEATURE_REQUEST' })
    const notes = await client.crm.objects.notes.searchApi.doSearch({ filterGroups: [{ filters: [{ propertyName: 'hs_attachment_ids', operator: 'EQ' as never, value: '150000000041' }] }], sorts: [], properties: [], limit: 5, after: '0' })
    expect(notes.results).toHaveLength(1)
    expect((await client.crm.associations.v4.batchApi.getPage('notes', 'tickets', { inputs: [{ id: notes.results[0]!.id }] })).results[0]!.to.map(({ toObjectId }) => toObjectId)).toEqual([id])
    const again = async (input: Readonly<Record<string, unknown>>) => { const done = await carriedOut(writeOf('update'), input, send, { remoteId: id }); return [done.told, done.asked.map(({ method }) => method)] }
    expect([await again({ status: 'CLOSED' }), await again({ status: 'OPEN' }), await again({ tags: ['Never heard of'] })]).toEqual([[false, ['PATCH', 'GET', 'GET']], [false, ['PATCH', 'GET', 'GET', 'PATCH']], [true, ['PATCH', 'GET']]])
  })

  it('works with the token that consent ends in', async () => {
    const oauth = boxed(hubspot, box).oauth!
    const by = { id: 'hubspot-client', secret: 'hubspot-client-secret', redirectUri: 'https://intermodal.example/callback' }
    const consented = await fetch(authorizeAddress(oauth, { client: by, setup: {}, scopes: scopesFor(oauth, new Set(['crm.Contact'])), state: 's', pkce: null }), { redirect: 'manual' })
    const code = new URL(consented.headers.get('location')!).searchParams.get('code')!
    const exchange = async (ask: TokenAsk) => (await fetch(ask.url!, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams(ask.form) })).json()
    const tokens = tokensOf(oauth, await exchange(tokenAsk(oauth, by, {}, { code, pkce: null })))!
    const renewed = tokensOf(oauth, await exchange(tokenAsk(oauth, by, {}, { refreshToken: tokens.refreshToken! })), tokens.refreshToken)!
    expect([tokens.expiresInSeconds, renewed.refreshToken]).toEqual([1_800, tokens.refreshToken])
    expect((await new Client({ accessToken: renewed.accessToken, basePath: box.origin }).crm.contacts.basicApi.getPage(3)).results).toHaveLength(3)
    expect(scopesFor(oauth, new Set(['crm.Contact']))).toEqual(['oauth', 'crm.objects.contacts.read', 'crm.objects.contacts.write'])
  })

  it('finds what the adapter wrote, and is told what is wrong in the same words', async () => {
    const send = async ({ method, path, body }: UpstreamRequest) => (await fetch(box.origin + path, { method, headers: { authorization: `Bearer ${box.link.credentials['access_token']!}`, 'content-type': 'application/json' }, body: JSON.stringify(body) })).json() as Promise<{ id: string }>
    const write = hubspot.writes!.find(({ kind, model }) => kind === 'create' && (model as CommonModel).id === 'crm.Contact')!
    const company = (await rowsOf('crm.Account'))[0]!.id
    const context = { setup: {}, remoteId: '', remoteFields: { is_vip: true }, at: new Date() }
    const { id } = await send(writeRequest(write, { first_name: 'Zoë', email_addresses: [{ email_address: 'zoe@example.com', email_address_type: null }], account: company }, context, 'key'))
    expect((await client.crm.contacts.basicApi.getById(id, ['firstname', 'email', 'is_vip'])).properties).toMatchObject({ firstname: 'Zoë', email: 'zoe@example.com', is_vip: 'true' })
    expect((await client.crm.associations.v4.batchApi.getPage('contacts', 'companies', { inputs: [{ id }] })).results[0]!.to.map(({ toObjectId }) => toObjectId)).toEqual([company])
    await expect(client.crm.contacts.basicApi.create({ properties: { colour: 'red' }, associations: [] })).rejects.toMatchObject({ code: 400, body: { category: 'VALIDATION_ERROR' } })
    await expect(new Client({ accessToken: 'pat-wrong', basePath: box.origin }).crm.contacts.basicApi.getPage()).rejects.toMatchObject({ code: 401, body: { category: 'INVALID_AUTHENTICATION' } })
  })
})
