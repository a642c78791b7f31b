import type { AddressInfo } from 'node:net'
import { MergeClient } from '@mergeapi/merge-node-client'
import * as fc from 'fast-check'
import { Value } from '@sinclair/typebox/value'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { models, type CommonModel } from '#models'
import { asCaller, testApi, type TestApi } from '../support/api.ts'
import { testDatabase, type TestDatabase } from '../support/db.ts'
import { seedAccount, seedOrganization, seedRecord, type SeededAccount, type SeededRecord } from '../support/seed.ts'

const tickets = '/api/ticketing/v1/tickets'
const TICKETS = 75
let db: TestDatabase
let api: TestApi
let key: { organizationId: string; apiKey: string }
let account: SeededAccount
let twin: SeededAccount
let users: SeededRecord[]
let teams: SeededRecord[]
let seeded: SeededRecord[]

type Record_ = Record<string, unknown> & { id: string; name: string; modified_at: string; remote_id: string }
interface Page { next: string | null; previous: string | null; results: Record_[]; warnings?: unknown[] }

beforeAll(async () => {
  db = await testDatabase()
  api = await testApi(db.database)
  key = await seedOrganization(db.database, 'A')
  account = await seedAccount(db.database, key.organizationId)
  twin = await seedAccount(db.database, key.organizationId)
  for (const each of [account, twin]) {
    teams = [await seedRecord(db.database, each, 'ticketing.Team', 't1', { name: `Crane drivers of ${each.id}` })]
    users = [await seedRecord(db.database, each, 'ticketing.User', 'u1', { name: `Ann of ${each.id}`, email_address: 'Ann@Acme.example', teams: [teams[0]!.id] }), await seedRecord(db.database, each, 'ticketing.User', 'u2', { name: `Bo of ${each.id}`, email_address: 'bo@acme.example' })]
    seeded = []
    if (each === account) await seedRecord(db.database, each, 'ticketing.Comment', 'c1', { body: 'Who took the key?', user: users[0]!.id })
    for (let n = 1; n <= (each === account ? TICKETS : 3); n += 1) {
      seeded.push(await seedRecord(db.database, each, 'ticketing.Ticket', String(n), {
        name: `Ticket ${n}`, status: n % 2 === 0 ? 'OPEN' : 'CLOSED', creator: users[0]!.id, assignees: n % 3 === 0 ? [users[0]!.id, users[1]!.id] : [users[1]!.id], tags: n % 5 === 0 ? ['five', 'dock,side'] : ['other'],
        due_date: `2026-01-${String(1 + (n % 28)).padStart(2, '0')}T00:00:00.000Z`, ...(n > 1 && { parent_ticket: seeded[n - 2]!.id }),
      }, { raw: { id: n, subject: `Ticket ${n}`, big: '9007199254740993' }, ...(n === 1 && { remoteFields: [{ remote_field_class: { id: 'f', display_name: 'Berth', remote_key_name: 'cf_1', is_custom: true }, value: '7' }] }) }))
    }
  }
  // The last loop was the twin's; what follows is about the first account.
  const own = await db.database.tenantQuery<{ id: string; seq: number; modified_at: string }>(key.organizationId, { text: 'select id, seq, modified_at from ticketing_ticket where linked_account_id = $1 order by seq', values: [account.id] })
  seeded = own.map(({ modified_at: modifiedAt, ...row }) => ({ ...row, modifiedAt }))
  users = await db.database.tenantQuery(key.organizationId, { text: 'select id, seq, modified_at as "modifiedAt" from ticketing_user where linked_account_id = $1 order by seq', values: [account.id] }) as unknown as SeededRecord[]
  teams = await db.database.tenantQuery(key.organizationId, { text: 'select id, seq, modified_at as "modifiedAt" from ticketing_team where linked_account_id = $1 order by seq', values: [account.id] }) as unknown as SeededRecord[]
  await seedRecord(db.database, account, 'ticketing.Ticket', 'gone', { name: 'Gone' }, { deleted: true })
})
afterAll(async () => { await api.app.close(); await db.drop() })

const get = (url: string, as: SeededAccount = account) => api.app.inject({ url, headers: asCaller(key.apiKey, as.token) })
const list = async (query = '', path = tickets): Promise<Page> => {
  const answer = await get(`${path}?${query}`)
  expect(answer.statusCode, answer.body).toBe(200)
  return answer.json()
}
const names = (page: Page): string[] => page.results.map(({ remote_id: id }) => id)
const numbers = (keep: (n: number) => boolean): string[] => Array.from({ length: TICKETS }, (_, n) => n + 1).filter(keep).map(String)

describe('lists', () => {
  test('a record has its envelope, and its fields as they were stored', async () => {
    const [first] = (await list('page_size=1')).results
    expect(first).toMatchObject({ id: seeded[0]!.id, remote_id: '1', modified_at: seeded[0]!.modifiedAt, name: 'Ticket 1', creator: users[0]!.id, remote_was_deleted: false, remote_data: null, remote_fields: [] })
    expect(first!['field_mappings']).toEqual({ organization_defined_targets: {}, linked_account_defined_targets: {} })
    const fields = Object.fromEntries(Object.keys(models['ticketing.Ticket'].schema.properties).map((field) => [field, first![field]]))
    expect([...Value.Errors(models['ticketing.Ticket'].schema, fields)]).toEqual([])
    expect((await get(`${tickets}/${seeded[0]!.id}`)).json()).toEqual(first)
  })

  test('every model has a list and a single read, and an account without records has empty ones', async () => {
    for (const model of Object.values<CommonModel>(models).filter(({ category, retrievable }) => category === 'ticketing' && retrievable)) {
      expect((await list('page_size=5', `/api/${model.category}/v1/${model.path}`)).results.length).toBeLessThanOrEqual(5)
      expect((await get(`/api/${model.category}/v1/${model.path}/00000000-0000-8000-8000-000000000000`)).statusCode).toBe(404)
    }
    expect(await list('', '/api/ticketing/v1/projects')).toEqual({ next: null, previous: null, results: [] })
  })

  test('an account of another category is told so', async () => {
    const crm = await seedAccount(db.database, key.organizationId, 'crm')
    expect((await get(tickets, crm)).json()).toMatchObject({ status: 400, code: 'request.invalid' })
  })

  test('pages lead forward to the end and back to the beginning, each record once', async () => {
    const forward: Page[] = [await list('page_size=20')]
    while (forward.at(-1)!.next !== null) forward.push(await list(`page_size=20&cursor=${forward.at(-1)!.next!}`))
    expect(forward.map((page) => page.results.length)).toEqual([20, 20, 20, 15])
    expect(forward.flatMap(names)).toEqual(numbers(() => true))
    expect(forward[0]!.previous).toBeNull()
    const backward: Page[] = [forward.at(-1)!]
    while (backward.at(-1)!.previous !== null) backward.push(await list(`page_size=20&cursor=${backward.at(-1)!.previous!}`))
    expect(backward.toReversed().flatMap(names)).toEqual(numbers(() => true))
    const again = await list(`page_size=20&cursor=${backward.at(-1)!.next!}`)
    expect(names(again)).toEqual(names(forward[1]!))
    expect((await list()).results).toHaveLength(30)
  })

  test('T19 F96 a page size that is no whole number from 1 to 1000 is refused by name', async () => {
    for (const size of ['-1', '0', '1001', '1e2', '1.5', 'NaN', '', ' 5', '0x10', '05', '+5', '99999999999999999999']) {
      expect((await get(`${tickets}?page_size=${encodeURIComponent(size)}`)).json(), size).toMatchObject({ status: 400, code: 'request.invalid', errors: [{ source: { parameter: 'page_size' } }] })
    }
    for (const size of [1, 1000]) expect((await get(`${tickets}?page_size=${size}`)).statusCode).toBe(200)
  })

  test('T19 a parameter that is unknown, given twice, too long or of the wrong type is refused by name', async () => {
    for (const [query, parameter] of [
      ['page_size=5&page_size=6', 'page_size'], ['modified_befor=x', 'modified_befor'], ['limit=5', 'limit'], ['__proto__=1', '__proto__'], ['constructor=1', 'constructor'], ['status=a&status=b', 'status'], [`name=${'a'.repeat(1_025)}`, 'name'],
      ['include_deleted_data=1', 'include_deleted_data'], ['include_deleted_data=', 'include_deleted_data'], ['creator_id=nobody', 'creator_id'], [`assignee_ids=${users[0]!.id},nobody`, 'assignee_ids'], ['assignee_ids=', 'assignee_ids'],
      [`creator_ids=${Array.from({ length: 21 }, () => users[0]!.id).join(',')}`, 'creator_ids'], ['name=%00', 'name'], ['remote_id=a%00b', 'remote_id'],
    ]) {
      expect((await get(`${tickets}?${query}`)).json(), query).toMatchObject({ status: 400, code: 'request.invalid', errors: [{ source: { parameter } }] })
    }
    expect((await get('/api/ticketing/v1/roles?include_remote_fields=true')).statusCode).toBe(400)
    expect((await get(`${tickets}/${seeded[0]!.id}?page_size=3`)).statusCode).toBe(400)
  })

  test('the model\'s own filters narrow the list', async () => {
    const expected: readonly (readonly [string, string[]])[] = [
      ['status=OPEN', numbers((n) => n % 2 === 0)], ['name=tIcKeT%207', ['7']], [`creator_id=${users[0]!.id.toUpperCase()}`, numbers(() => true)], [`creator_id=${users[1]!.id}`, []],
      [`creator_ids=${users[1]!.id},${users[0]!.id}`, numbers(() => true)], [`assignee_ids=${users[0]!.id.toUpperCase()}`, numbers((n) => n % 3 === 0)], [`assignee_ids=${users[0]!.id},${users[1]!.id}`, numbers(() => true)],
      ['tags=five', numbers((n) => n % 5 === 0)], ['tags=five&tags=other', numbers(() => true)], [`parent_ticket_id=${seeded[3]!.id}`, ['5']], ['due_after=2026-01-27T00:00:00Z', numbers((n) => 1 + (n % 28) > 27)],
      ['due_before=2026-01-02T00:00:00.000Z', numbers((n) => n % 28 === 0)], ['remote_id=12', ['12']], ['remote_id=none', []], ['status=OPEN&tags=five', numbers((n) => n % 10 === 0)],
    ]
    for (const [query, ids] of expected) expect(names(await list(`page_size=1000&${query}`)), query).toEqual(ids)
    expect(names(await list('email_address=ANN@acme.EXAMPLE', '/api/ticketing/v1/users'))).toEqual(['u1'])
    expect(names(await list(`teams=${teams[0]!.id}`, '/api/ticketing/v1/users'))).toEqual(['u1'])
  })

  test('records that are gone at the vendor are shown where they are asked for, and always by their id', async () => {
    expect(names(await list('page_size=1000'))).not.toContain('gone')
    const gone = (await list('page_size=1000&include_deleted_data=true')).results.at(-1)!
    expect(gone).toMatchObject({ remote_id: 'gone', remote_was_deleted: true })
    expect((await get(`${tickets}/${gone.id}`)).json()).toEqual(gone)
  })

  test('F95 modified_after is exclusive to the microsecond, in any zone; the future is empty and says so; what is no instant is refused', async () => {
    const at = seeded[9]!.modifiedAt
    expect(names(await list(`page_size=1000&modified_after=${at}`))).toEqual(numbers((n) => n > 10))
    expect(names(await list(`page_size=1000&modified_before=${at}`))).toEqual(numbers((n) => n < 10))
    const digits = at.slice(20, -1).padEnd(6, '0')
    const earlier = `${at.slice(0, 20)}${String(Number(digits) - 1).padStart(6, '0')}Z`
    if (digits !== '000000') expect(names(await list(`page_size=1000&modified_after=${earlier}`))).toEqual(numbers((n) => n >= 10))
    const shifted = new Date(Date.parse(at) + 3_600_000).toISOString().slice(0, 20) + `${digits}+01:00`
    for (const zone of [encodeURIComponent(shifted), shifted]) expect(names(await list(`page_size=1000&modified_after=${zone}`))).toEqual(numbers((n) => n > 10))
    expect(names(await list('modified_after=0001-01-01T00:00:00Z&page_size=1000'))).toEqual(numbers(() => true))
    const future = await list('modified_after=9999-12-31T23:59:59Z')
    expect(future).toMatchObject({ results: [], next: null, warnings: [{ source: { parameter: 'modified_after' } }] })
    expect((await list('modified_after=2020-01-01T00:00:00Z')).warnings).toBeUndefined()
    for (const bad of ['', 'yesterday', '2024-02-30T00:00:00Z', '2024-01-01', '2024-01-01T00:00:00', '1700000000', '2024-13-01T00:00:00Z', 'infinity', '-infinity', 'now', '2024-01-01T25:00:00Z', '0000-01-01T00:00:00Z', '9999-12-31T23:59:59-14:00']) {
      expect((await get(`${tickets}?modified_after=${encodeURIComponent(bad)}`)).json(), bad).toMatchObject({ status: 400, errors: [{ source: { parameter: 'modified_after' } }] })
    }
  })

  test('remote data is the vendor\'s latest original, whole, and only where it is asked for', async () => {
    await seedRecord(db.database, twin, 'ticketing.Ticket', '1', { name: 'second' }, { raw: { id: 1, subject: 'second', amount: 1 } })
    const answer = await get(`${tickets}?include_remote_data=true&remote_id=1`, twin)
    expect(answer.json()).toMatchObject({ results: [{ remote_data: [{ path: '/rows', data: { id: 1, subject: 'second', amount: 1 } }] }] })
    const page = await list('include_remote_data=true&page_size=2&include_remote_fields=true&expand=creator')
    expect(page.results[0]).toMatchObject({ remote_data: [{ path: '/rows', data: { id: 1, big: '9007199254740993' } }], remote_fields: [{ remote_field_class: { display_name: 'Berth' }, value: '7' }], creator: { remote_data: null } })
    expect(page.results[1]).toMatchObject({ remote_fields: [] })
    expect((await list('include_remote_data=true', '/api/ticketing/v1/users')).results[0]!['remote_data']).toBeNull()
  })
})

describe('expand', () => {
  test('relations become whole records, one or many, nested, in all three spellings of the clients', async () => {
    for (const spelling of ['expand=creator,assignees.teams', 'expand=creator&expand=assignees.teams', 'expand=creator%2Cassignees.teams']) {
      const { results } = await list(`page_size=3&${spelling}`)
      expect(results[2]!['creator']).toMatchObject({ id: users[0]!.id, name: `Ann of ${account.id}`, teams: [teams[0]!.id], remote_was_deleted: false })
      expect(results[2]!['assignees']).toMatchObject([{ id: users[0]!.id, teams: [{ id: teams[0]!.id, name: `Crane drivers of ${account.id}` }] }, { id: users[1]!.id, teams: [] }])
    }
    expect((await get(`${tickets}/${seeded[2]!.id}?expand=creator`)).json()).toMatchObject({ creator: { id: users[0]!.id } })
  })

  test('a related record that is not synced yet stays an id', async () => {
    const missing = '00000000-0000-8000-8000-00000000dead'
    const { id } = await seedRecord(db.database, twin, 'ticketing.Ticket', 'orphan', { creator: missing, assignees: [missing] })
    expect((await get(`${tickets}/${id}?expand=creator,assignees`, twin)).json()).toMatchObject({ creator: missing, assignees: [missing] })
  })

  test('T03 expand never leaves the account, whatever ids a record holds and however deep it goes', async () => {
    // The twin has the same remote ids, and one record that points into the other account.
    await seedRecord(db.database, twin, 'ticketing.Ticket', 'spy', { creator: users[0]!.id, assignees: users.map(({ id }) => id), parent_ticket: seeded[0]!.id })
    const ours = new Set([...seeded, ...users, ...teams].map(({ id }) => id))
    const paths = ['creator', 'creator.teams', 'assignees', 'assignees.teams', 'parent_ticket', 'parent_ticket.creator', 'parent_ticket.parent_ticket.assignees', 'parent_ticket.assignees.teams', 'attachments', 'collections.parent_collection']
    await fc.assert(fc.asyncProperty(fc.subarray(paths, { minLength: 1 }), async (some) => {
      const answer = await get(`${tickets}?page_size=1000&expand=${some.join(',')}`, twin)
      expect(answer.statusCode).toBe(200)
      expect(answer.body).not.toContain(`of ${account.id}`)
      expect(answer.body).not.toContain('Ticket 4')
      for (const [, id] of answer.body.matchAll(/\{"id":"([^"]+)"/g)) expect(ours.has(id!)).toBe(false)
    }), { numRuns: 15 })
    expect((await get(`${tickets}?remote_id=spy&expand=creator,assignees,parent_ticket`, twin)).json()).toMatchObject({ results: [{ creator: users[0]!.id, assignees: users.map(({ id }) => id), parent_ticket: seeded[0]!.id }] })
  })

  test('F55 records that are each other\'s parents end at the depth that was asked for', async () => {
    const loop = await seedAccount(db.database, key.organizationId)
    const id = (await seedRecord(db.database, loop, 'ticketing.Ticket', 'x')).id
    const other = await seedRecord(db.database, loop, 'ticketing.Ticket', 'y', { parent_ticket: id })
    await seedRecord(db.database, loop, 'ticketing.Ticket', 'x', { parent_ticket: other.id })
    const answer = await get(`${tickets}/${id}?expand=parent_ticket.parent_ticket.parent_ticket`, loop)
    expect(answer.json()).toMatchObject({ remote_id: 'x', parent_ticket: { remote_id: 'y', parent_ticket: { remote_id: 'x', parent_ticket: { remote_id: 'y', parent_ticket: id } } } })
    const self = await seedRecord(db.database, loop, 'ticketing.Ticket', 'z', {})
    await seedRecord(db.database, loop, 'ticketing.Ticket', 'z', { parent_ticket: self.id })
    expect((await get(`${tickets}?expand=parent_ticket.parent_ticket`, loop)).statusCode).toBe(200)
  })

  test('T19 expand is bounded: depth, number, and how much would come back', async () => {
    for (const value of ['parent_ticket.parent_ticket.parent_ticket.creator', 'nonsense', 'creator.nonsense', 'roles', 'name', 'creator.', '.', '__proto__', 'creator.constructor', Array.from({ length: 31 }, () => 'creator').join(',')]) {
      expect((await get(`${tickets}?expand=${value}`)).json(), value).toMatchObject({ status: 400, code: 'request.invalid', errors: [{ source: { parameter: 'expand' } }] })
    }
    expect((await get(`${tickets}?expand=permissions`)).statusCode).toBe(200)
    // 40 tickets hold 40 attachments, each of which hangs on a ticket that holds 40 again.
    const wide = await seedAccount(db.database, key.organizationId)
    const hub = await seedRecord(db.database, wide, 'ticketing.Ticket', 'hub')
    const files = await Promise.all(Array.from({ length: 40 }, (_, n) => seedRecord(db.database, wide, 'ticketing.Attachment', `f${n}`, { ticket: hub.id })))
    await seedRecord(db.database, wide, 'ticketing.Ticket', 'hub', { attachments: files.map(({ id }) => id) })
    for (let n = 0; n < 35; n += 1) await seedRecord(db.database, wide, 'ticketing.Ticket', `t${n}`, { attachments: files.map(({ id }) => id) })
    expect((await get(`${tickets}?page_size=1000&expand=attachments.ticket`, wide)).statusCode).toBe(200)
    expect((await get(`${tickets}?page_size=1000&expand=attachments.ticket.attachments`, wide)).json()).toMatchObject({ status: 400, errors: [{ source: { parameter: 'expand' } }] })
  })
})

describe('the market\'s own client', () => {
  test('the official SDK walks all tickets with expand, reads them as typed objects, and understands our errors', async () => {
    const warn = vi.spyOn(console, 'warn')
    await api.app.listen({ port: 0, host: '127.0.0.1' })
    const baseUrl = `http://127.0.0.1:${(api.app.server.address() as AddressInfo).port}/api`
    const merge = new MergeClient({ apiKey: key.apiKey, accountToken: account.token, baseUrl })
    const seen: string[] = []
    for await (const ticket of await merge.ticketing.tickets.list({ expand: ['assignees', 'creator', 'parent_ticket'], pageSize: 10, modifiedAfter: new Date('2020-01-01'), includeRemoteData: true, includeRemoteFields: true })) {
      seen.push(ticket.remoteId!)
      expect(ticket.modifiedAt).toBeInstanceOf(Date)
      expect(ticket.dueDate).toBeInstanceOf(Date)
      expect(ticket.creator).toMatchObject({ remoteId: 'u1', emailAddress: 'Ann@Acme.example' })
      expect((ticket.assignees![0] as { createdAt: Date }).createdAt).toBeInstanceOf(Date)
      if (seen.length > 1) expect(ticket.parentTicket).toMatchObject({ remoteId: seen.at(-2) })
      expect(ticket.remoteData).toMatchObject([{ path: '/rows' }])
      if (ticket.remoteId === '1') expect(ticket.remoteFields).toMatchObject([{ remoteFieldClass: { displayName: 'Berth' }, value: '7' }])
    }
    expect(seen).toEqual(numbers(() => true))
    expect(await merge.ticketing.tickets.retrieve(seeded[0]!.id, { expand: ['creator'] })).toMatchObject({ name: 'Ticket 1', creator: { remoteId: 'u1' } })
    expect((await merge.ticketing.comments.list({ expand: ['user'] })).data).toMatchObject([{ body: 'Who took the key?', user: { remoteId: 'u1' } }])
    for (const model of ['accounts', 'attachments', 'collections', 'contacts', 'projects', 'roles', 'tags', 'teams', 'users'] as const) expect((await merge.ticketing[model].list({ pageSize: 2 })).data.length).toBeLessThanOrEqual(2)
    await expect(merge.ticketing.tickets.retrieve('00000000-0000-8000-8000-000000000000')).rejects.toMatchObject({ statusCode: 404, body: { code: 'request.not_found', errors: [{ problem_type: 'NOT_FOUND' }] } })
    expect(warn.mock.calls).toEqual([])
    warn.mockRestore()
  })
})
