import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from 'vitest'
import type { HrisEmployee, OperationName, Operations, Problem, TicketingTicket, TicketingTicketPage } from '../../openapi/client.ts'
import { asCaller, testApi, type TestApi } from '../support/api.ts'
import { testDatabase, type TestDatabase } from '../support/db.ts'
import { seedAccount, seedOrganization, seedRecord, type SeededAccount } from '../support/seed.ts'

type Given<T> = T extends Record<string, never> ? object : T
/** As little client as one can write over the types: the compiler holds callers to the document, and answers are what it says. */
type Call = <N extends OperationName>(name: N, input: { path: Given<Operations[N]['path']>; query: Given<Operations[N]['query']> }) => Promise<Operations[N]['response'] | Problem>

let db: TestDatabase
let api: TestApi
let account: SeededAccount
let call: Call

beforeAll(async () => {
  db = await testDatabase()
  api = await testApi(db.database)
  const { organizationId, apiKey } = await seedOrganization(db.database, 'Typed')
  account = await seedAccount(db.database, organizationId)
  call = async (name, { path, query }) => {
    const [method, address] = name.split(' ') as ['GET', string]
    const url = address.replaceAll(/\{(\w+)\}/g, (_, parameter: string) => (path as Record<string, string>)[parameter]!)
    return (await api.app.inject({ method, url, query: Object.fromEntries(Object.entries(query).map(([key, value]) => [key, String(value)])), headers: asCaller(apiKey, account.token) })).json()
  }
})
afterAll(async () => { await api.app.close(); await db.drop() })

const isProblem = (answer: object): answer is Problem => 'code' in answer && 'request_id' in answer

describe('the client types', () => {
  test('a program written against them reads real answers', async () => {
    const { id } = await seedRecord(db.database, account, 'ticketing.Ticket', '7', { name: 'Typed', status: 'OPEN' })
    const page = await call('GET /api/ticketing/v1/tickets', { path: {}, query: { page_size: 5, status: 'OPEN' } })
    if (isProblem(page)) throw new Error(page.detail)
    expectTypeOf(page).toEqualTypeOf<TicketingTicketPage>()
    expectTypeOf(page.results[0]!.name).toEqualTypeOf<string | null>()
    expect(page.results.map((ticket) => ticket.name)).toEqual(['Typed'])
    const one = await call('GET /api/ticketing/v1/tickets/{id}', { path: { id }, query: {} })
    if (isProblem(one)) throw new Error(one.detail)
    expectTypeOf(one).toEqualTypeOf<TicketingTicket>()
    expect(one.status).toBe('OPEN')
    const nothing = await call('GET /api/ticketing/v1/tickets/{id}', { path: { id: account.id }, query: {} })
    expect(isProblem(nothing) && nothing.code).toBe('request.not_found')
  })

  test('the compiler refuses what the document does not have', () => {
    const refused = (): unknown[] => [
      // @ts-expect-error there is no such operation
      call('GET /api/ticketing/v1/unicorns', { path: {}, query: {} }),
      // @ts-expect-error the id is missing
      call('GET /api/ticketing/v1/tickets/{id}', { path: {}, query: {} }),
      // @ts-expect-error a page size is a number
      call('GET /api/ticketing/v1/tickets', { path: {}, query: { page_size: 'many' } }),
      // @ts-expect-error no such field
      (ticket: TicketingTicket) => ticket.salary,
    ]
    expect(refused).toBeTypeOf('function')
    expectTypeOf<HrisEmployee['first_name']>().toEqualTypeOf<string | null>()
    expectTypeOf<TicketingTicket['assignees'][number]>().not.toBeNever()
  })
})
