import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openWaiters, openWaker, type Waker } from '#src/changes/wake'
import { asCaller, testApi, type TestApi } from '../support/api.ts'
import { onServer, testDatabase, type TestDatabase } from '../support/db.ts'
import { seedAccount, seedOrganization, seedRecord, type SeededAccount } from '../support/seed.ts'

let db: TestDatabase
let api: TestApi
let waker: Waker
let key: { organizationId: string; apiKey: string }
let account: SeededAccount
let origin: string
beforeAll(async () => {
  db = await testDatabase({ poolSize: 2 })
  api = await testApi(db.database)
  waker = openWaker(db.database, 10)
  key = await seedOrganization(db.database, 'A')
  account = await seedAccount(db.database, key.organizationId)
  origin = await api.app.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(async () => { await waker.close(); await api.app.close(); await db.drop() })

interface Feed { results: { remote_id: string; model: string }[]; next: string; has_more: boolean }
const ask = async (query: string, { token, at = origin, signal }: { token?: string; at?: string; signal?: AbortSignal } = {}): Promise<{ status: number; body: Feed; ms: number }> => {
  const began = performance.now()
  const answer = await fetch(`${at}/api/v1/changes?${query}`, { headers: asCaller(key.apiKey, token), ...(signal !== undefined && { signal }) })
  return { status: answer.status, body: await answer.json() as Feed, ms: performance.now() - began }
}
const write = async (remoteId: string, of = account, model: 'ticketing.Ticket' | 'ticketing.User' = 'ticketing.Ticket'): Promise<void> => {
  await seedRecord(db.database, of, model, remoteId)
  waker.changed({ organizationId: of.organizationId, linkedAccountId: of.id })
}
const pause = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms) })
const name = (): string => new URL(db.url).pathname.slice(1)
const sessions = async (listening: boolean): Promise<number> => (await onServer<{ pid: number }>(`select pid from pg_stat_activity where datname = '${name()}' and query ${listening ? '' : 'not '}like 'listen %'`)).length

describe('waiting for changes', () => {
  test('F92 whoever waits is answered as soon as there is something: of the account, of the organisation, and only of his', async () => {
    const sibling = await seedAccount(db.database, key.organizationId)
    const [own, all, other] = await Promise.all([ask('after=head', { token: account.token }), ask('after=head'), ask('after=head', { token: sibling.token })])
    const polls = [ask(`after=${own.body.next}&wait=20`, { token: account.token }), ask(`after=${all.body.next}&wait=20`), ask(`after=${other.body.next}&wait=1`, { token: sibling.token })]
    await pause(300)
    await write('1')
    const [first, second, third] = await Promise.all(polls)
    for (const answered of [first!, second!]) {
      expect(answered.body.results.map(({ remote_id: id }) => id)).toEqual(['1'])
      expect(answered.ms).toBeLessThan(5_000)
    }
    expect(third!.body.results).toEqual([])
    expect(third!.ms).toBeGreaterThan(950)
    expect((await ask(`after=${third!.body.next}`, { token: sibling.token })).status).toBe(200)
  })

  test('a change of another model wakes nobody for good: the wait goes on, and the cursor with it', async () => {
    const { body: { next } } = await ask('after=head', { token: account.token })
    const poll = ask(`after=${next}&wait=20&model=ticketing.User`, { token: account.token })
    await pause(200)
    await write('not for him')
    await pause(200)
    await write('u1', account, 'ticketing.User')
    expect((await poll).body.results.map(({ remote_id: id }) => id)).toEqual(['u1'])
  })

  test('what has happened already is answered at once, and what happens between the look and the wait is not slept through', async () => {
    const { body: { next } } = await ask('after=head', { token: account.token })
    await write('already')
    expect((await ask(`after=${next}&wait=20`, { token: account.token })).ms).toBeLessThan(5_000)
    const waiters = openWaiters(db.database)
    const waiter = await waiters.join(key.organizationId, account.id)
    waker.changed({ organizationId: key.organizationId, linkedAccountId: account.id })
    await pause(300)
    const began = performance.now()
    await waiter.woken(10_000)
    expect(performance.now() - began).toBeLessThan(1_000)
    waiter.leave()
    await waiters.close()
  })

  test('F64 a hundred who wait hold one connection between them, the next one is asked to come back, and other organisations are not', async () => {
    const { body: { next } } = await ask('after=head')
    const stop = new AbortController()
    const polls = Array.from({ length: 100 }, () => ask(`after=${next}&wait=25`, { signal: stop.signal }).catch(() => null))
    await pause(1_500)
    expect(await sessions(true)).toBe(1)
    // Two in each role, and the one that look-ups share.
    expect(await sessions(false)).toBeLessThanOrEqual(5)
    const refused = await fetch(`${origin}/api/v1/changes?after=${next}&wait=25`, { headers: asCaller(key.apiKey) })
    expect([refused.status, refused.headers.get('retry-after'), await refused.json()]).toEqual([429, '5', expect.objectContaining({ code: 'request.too_many' })])
    const stranger = await seedOrganization(db.database, 'stranger')
    const theirs = await fetch(`${origin}/api/v1/changes?wait=1`, { headers: asCaller(stranger.apiKey) })
    expect([theirs.status, await theirs.json()]).toEqual([200, expect.objectContaining({ results: [] })])
    // Who goes away makes room.
    stop.abort()
    await Promise.all(polls)
    await pause(300)
    expect((await ask(`after=${next}&wait=1`)).status).toBe(200)
  })

  test('F59 the connection that wakes is opened anew when it breaks', async () => {
    const { body: { next } } = await ask('after=head', { token: account.token })
    const poll = ask(`after=${next}&wait=20`, { token: account.token })
    await pause(300)
    await onServer(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name()}' and query like 'listen %'`)
    await pause(300)
    await write('after the break')
    const { body, ms } = await poll
    expect(body.results.map(({ remote_id: id }) => id)).toEqual(['after the break'])
    expect(ms).toBeLessThan(10_000)
  })

  test('F58 a process that stops lets those who wait go with an answer, at once', async () => {
    const other = await testApi(db.database)
    const at = await other.app.listen({ host: '127.0.0.1', port: 0 })
    const { body: { next } } = await ask('after=head', { at })
    const poll = ask(`after=${next}&wait=25`, { at })
    await pause(300)
    const began = performance.now()
    await other.app.close()
    const { status, body } = await poll
    expect([status, body.results]).toEqual([200, []])
    expect(performance.now() - began).toBeLessThan(3_000)
    expect((await ask(`after=${body.next}`)).status).toBe(200)
  })

  test('F96 the wait has bounds', async () => {
    for (const wait of ['-1', '26', 'x', '1.5']) expect((await ask(`wait=${wait}`)).status, wait).toBe(400)
  })
})
