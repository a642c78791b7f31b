import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { retryQuarantine } from '#src/sync/retry-quarantine'
import type { SyncDeps } from '#src/sync/slice'
import { testDatabase, type TestDatabase } from '../support/db.ts'
import { inventedEngine } from '../support/engine.ts'
import { synced } from '../support/intermodal.ts'
import { invented, InventedServer, ticket } from '../support/invented-vendor.ts'
import { product, type Product } from '../support/product.ts'
import { seedAccount, seedRecord } from '../support/seed.ts'

interface Feed { next: string; results: { record_id: string; cause: string; what: string }[] }

describe('whoever waits for changes is told at once', () => {
  let it_: Product
  let token: string
  let accountId: string
  beforeAll(async () => {
    it_ = await product({ size: 20 })
    token = await it_.linked('told')
    await synced(it_.api, token)
    accountId = (await it_.api.get<{ id: string }>('/api/ticketing/v1/account-details', token)).id
    // From here on nothing but what a caller does changes the feed.
    await it_.api.ask('POST', `/api/v1/linked-accounts/${accountId}/sync/pause`)
  })
  afterAll(() => it_.close())

  /** What those hear who wait when it happens: in the account's feed, and in that of the organisation. */
  async function heard(happens: () => Promise<{ status: number }>, as = token): Promise<string[][]> {
    const read = (query: string, account?: string) => it_.api.get<Feed>(`/api/v1/changes?${query}`, account)
    const [own, all] = await Promise.all([read('after=head', as), read('after=head')])
    const began = performance.now()
    const polls = [read(`after=${own.next}&wait=25`, as), read(`after=${all.next}&wait=25`)]
    await pause(300)
    expect(await happens()).toMatchObject({ status: 200 })
    const answers = await Promise.all(polls)
    expect(performance.now() - began).toBeLessThan(8_000)
    return answers.map(({ results }) => results.map(({ what, cause, record_id: id }) => `${what} ${cause} ${id}`))
  }
  const ticketIds = async (): Promise<string[]> => (await it_.api.get<{ results: { id: string }[] }>('/api/ticketing/v1/tickets?page_size=3', token)).results.map(({ id }) => id)

  test('that a record was ignored', async () => {
    const { database } = it_.house
    const { rows: [organization] } = await database.system.query<{ id: string }>('select id from organizations')
    const account = await seedAccount(database, organization!.id, 'crm')
    const { id } = await seedRecord(database, account, 'crm.Contact', '1', { first_name: 'Ada' })
    const ignore = () => it_.api.ask('POST', `/api/crm/v1/contacts/ignore/${id}`, { token: account.token, body: { reason: 'GDPR' } })
    expect(await heard(ignore, account.token)).toEqual([[`updated erase ${id}`], [`updated erase ${id}`]])
  })

  test('that a deletion was confirmed, and that it was undone', async () => {
    const id = (await ticketIds()).at(-1)!
    await it_.house.database.system.query(
      `insert into deletions (linked_account_id, model, record_id, organization_id, remote_id, state, run_id) select linked_account_id, 'ticketing.Ticket', id, organization_id, remote_id, 'held', id from ticketing_ticket where id = $1`, [id])
    const decide = (decision: string) => () => it_.api.ask('POST', `/api/v1/deletions/${decision}`, { token, body: { record_ids: [id] } })
    expect(await heard(decide('confirm'))).toEqual([[`deleted confirmed ${id}`], [`deleted confirmed ${id}`]])
    expect(await heard(decide('undo'))).toEqual([[`restored undo ${id}`], [`restored undo ${id}`]])
  })
})

describe('whoever maps kept rows anew says what has changed', () => {
  let db: TestDatabase
  beforeAll(async () => { db = await testDatabase() })
  afterAll(() => db.drop())

  test('a remap, for each batch that changed something, and rows that are taken out of quarantine', async () => {
    const server = new InventedServer()
    for (let n = 1; n <= 25; n++) server.put(n)
    server.put(4, { title: 'poison' })
    const engine = await inventedEngine(db.database, server)
    const told: string[] = []
    const reading = (rest: Partial<typeof ticket>): SyncDeps =>
      ({ ...engine.deps, onChanges: ({ linkedAccountId }) => { told.push(linkedAccountId) }, providers: new Map([['invented', { ...invented, resources: [{ ...ticket, ...rest }] }]]) })
    await engine.sync(undefined, reading({ identity: { remoteId: (row) => { if (row.title === 'poison') throw new Error('no id'); return ticket.identity.remoteId(row) } } }))
    const { organizationId, linkedAccountId } = engine.key
    const pages = told.length
    expect(await retryQuarantine(reading({}), { organizationId, id: linkedAccountId }, null, null)).toMatchObject({ healed: 1 })
    expect(told.slice(pages)).toEqual([linkedAccountId])
    // One batch of records changes; the read that follows finds everything as it is.
    const anew = reading({ version: 2, fields: { ...ticket.fields, name: () => 'anew' } })
    await engine.sync(undefined, anew)
    expect(told.slice(pages)).toEqual([linkedAccountId, linkedAccountId])
  })
})
