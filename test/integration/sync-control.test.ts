import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { deleteAccount } from '#src/accounts/delete'
import { cancel, pause, reset, resume, resync, type Controlled } from '#src/sync/control'
import { lanes } from '#src/sync/lanes'
import { openTurns } from '#src/sync/turns'
import { createApiKey } from '#src/organizations/keys'
import { crowd, type Crowd, type Member } from '../support/crowd.ts'
import { testDatabase, type TestDatabase } from '../support/db.ts'
import { synced } from '../support/intermodal.ts'
import { product, type Product } from '../support/product.ts'

vi.setConfig({ testTimeout: 60_000 })

describe('the syncs of an account', () => {
  let test: TestDatabase
  let people: Crowd
  let member: Member
  let what: Controlled
  const by = { actor: null }

  beforeAll(async () => { test = await testDatabase() })
  afterAll(() => test.drop())
  beforeEach(async () => {
    await test.database.system.query('delete from sync_states')
    people = crowd(test.database)
    const organizationId = await people.organization()
    member = await people.join(organizationId, { tickets: 55 })
    what = { organizationId, linkedAccountId: member.id, models: null }
  })
  const turns = () => openTurns(people.deps, { leaseSeconds: 30, caps: { account: 100, organization: 100 } })
  const work = async (): Promise<void> => { while (await turns().take()) { /* the next one */ } }
  const rows = async <R extends Record<string, unknown>>(text: string): Promise<R[]> => (await test.database.system.query<R>(text, [member.id])).rows
  const state = async () => (await rows<{ status: string; current_run_id: string | null; paused_at: string | null; watermark: string | null; lane: number; next_kind: string | null; ahead: number }>('select *, extract(epoch from next_run_at - now())::float8 as ahead from sync_states where linked_account_id = $1'))[0]!
  const runs = () => rows<{ kind: string; state: string; pages: number; deleted: number }>('select kind, state, pages, deleted::int from sync_runs where linked_account_id = $1 order by started_at')
  const tickets = async () => (await rows<{ n: number }>('select count(*)::int as n from ticketing_ticket where linked_account_id = $1 and not remote_was_deleted'))[0]!.n
  /** Something happens while the page behind the given ticket is asked for: ahead, so not before the pages before it are stored. */
  const duringPage = (above: string, stored: number, happening: () => Promise<unknown>): void => {
    let happened = false
    member.server.before = async ({ query }) => {
      if (query?.['above'] !== above || happened) return
      happened = true
      while ((await runs()).at(-1)!.pages < stored) await new Promise((resolve) => { setTimeout(resolve, 5) })
      await happening()
    }
  }
  const pagesAsked = () => member.server.requests.filter(({ path }) => path === '/tickets').length

  it('paused in the middle of a run stop behind the last page, are not woken, and go on there when they are resumed', async () => {
    duringPage('30', 3, () => pause(test.database, what, by))
    await work()
    expect(await runs()).toEqual([{ kind: 'initial', state: 'running', pages: 3, deleted: 0 }])
    const asked = pagesAsked()
    await work()
    await resync(test.database, what, { ...by, kind: 'full' }).catch((error: unknown) => expect(error).toMatchObject({ code: 'request.conflict' }))
    await test.database.system.query('update sync_states set next_run_at = now()')
    await work()
    expect(pagesAsked()).toBe(asked)
    await resume(test.database, what, by)
    expect((await state()).lane).toBe(lanes.interactive)
    await work()
    expect(await runs()).toEqual([{ kind: 'initial', state: 'succeeded', pages: 6, deleted: 0 }])
    expect(await tickets()).toBe(55)
  })

  it('cancelled end where they are: nothing counts as missing, the next run is an ordinary one at its usual time', async () => {
    await work()
    const { watermark } = await state()
    for (const n of [1, 2, 3]) member.server.rows.delete(n)
    await resync(test.database, what, { ...by, kind: 'full' })
    duringPage('33', 3, () => cancel(test.database, what, { ...by, usualSeconds: 600 }))
    await work()
    expect((await runs()).at(-1)).toEqual({ kind: 'full', state: 'cancelled', pages: 3, deleted: 0 })
    expect(await tickets()).toBe(55)
    const { ahead, ...now } = await state()
    expect(now).toMatchObject({ status: 'DONE', current_run_id: null, next_kind: null, watermark })
    expect(ahead).toBeGreaterThan(50)
    expect(ahead).toBeLessThanOrEqual(660)
  })

  it('reset read everything anew, and change nothing that the vendor did not', async () => {
    await work()
    const feed = (await rows('select 1 from changes where linked_account_id = $1')).length
    await reset(test.database, what, by)
    expect(await state()).toMatchObject({ watermark: null, next_kind: 'full', status: 'SYNCING' })
    member.server.rows.delete(7)
    await work()
    expect((await runs()).at(-1)).toEqual({ kind: 'full', state: 'succeeded', pages: 6, deleted: 1 })
    expect(await rows('select 1 from changes where linked_account_id = $1')).toHaveLength(feed + 1)
  })

  it('resynced in the moment before a run begins are followed by the run that was asked for', async () => {
    await work()
    await test.database.system.query('update sync_states set next_run_at = now()')
    let happened = false
    const database: typeof test.database = { ...test.database, tenant: async (organizationId, given) => {
      // The first transaction of a turn is the one in which the run begins; what is due has been read before.
      if (!happened) { happened = true; await resync(test.database, what, { ...by, kind: 'full' }) }
      return test.database.tenant(organizationId, given)
    } }
    await openTurns({ ...people.deps, database }, { leaseSeconds: 30, caps: { account: 100, organization: 100 } }).take()
    await work()
    expect((await runs()).map(({ kind }) => kind)).toEqual(['initial', 'incremental', 'full'])
  })

  it('resynced while a run is under way are followed by the run that was asked for', async () => {
    duringPage('20', 2, () => resync(test.database, what, { ...by, kind: 'full' }))
    await work()
    expect((await runs()).map(({ kind, state: end }) => [kind, end])).toEqual([['initial', 'succeeded'], ['full', 'succeeded']])
  })

  it('F100 deleted with the account stop at once, and nothing of it comes back', async () => {
    duringPage('20', 2, () => deleteAccount(test.database, what.organizationId, what.linkedAccountId, null))
    await work()
    // One more was asked for ahead.
    expect(pagesAsked()).toBeLessThanOrEqual(4)
    for (const table of ['ticketing_ticket', 'changes', 'raw_payloads', 'sync_pages', 'sync_runs', 'sync_states', 'leases', 'feed_heads']) expect([table, await rows(`select 1 from ${table} where linked_account_id = $1`)]).toEqual([table, []])
  })
})

describe('by API', () => {
  let it_: Product
  let id: string
  let token: string
  interface Line { model_id: string; status: string; lane: string; next_sync_start: string | null; progress: object | null }
  const act = async (verb: string, body: object = {}, key?: string) => it_.api.ask('POST', `/api/v1/linked-accounts/${id}/sync/${verb}`, { body, ...(key !== undefined && { key }) })

  beforeAll(async () => {
    it_ = await product({ size: 30 })
    token = await it_.linked('one')
    id = (await it_.api.get<{ id: string }>('/api/ticketing/v1/account-details', token)).id
    await synced(it_.api, token)
  }, 120_000)
  afterAll(() => it_.close())

  it('an account is paused, resumed and reset, model by model, and each is noted with who did it', async () => {
    const paused = await act('pause', { models: ['Ticket'] })
    const lines = (paused.body as { results: Line[] }).results
    expect(lines.filter(({ status }) => status === 'PAUSED').map(({ model_id: model, next_sync_start: next }) => [model, next])).toEqual([['ticketing.Ticket', null]])
    expect((await it_.api.ask('POST', '/api/ticketing/v1/sync-status/resync', { token, body: { models: ['Ticket'] } })).status).toBe(409)
    expect(((await act('resume')).body as { results: Line[] }).results.some(({ status }) => status === 'PAUSED')).toBe(false)
    for (const verb of ['reset', 'resync', 'cancel']) expect([verb, (await act(verb, { models: ['Tag'] })).status]).toEqual([verb, 200])
    expect((await act('pause', { models: ['Nothing'] })).status).toBe(400)
    const { results } = await it_.api.get<{ results: { event_type: string; subject: string; api_key_id: string | null }[] }>('/api/ticketing/v1/audit-trail?page_size=100')
    const ours = results.filter(({ event_type: event, subject }) => event.endsWith('_SYNC') && subject === id)
    expect(ours.map(({ event_type: event }) => event).toSorted()).toEqual(['CANCELLED_SYNC', 'PAUSED_SYNC', 'RESET_SYNC', 'RESUMED_SYNC'])
    expect(ours.every(({ api_key_id: key }) => key !== null)).toBe(true)
  })

  it('T08 only a key that may', async () => {
    const { apiKey } = await createApiKey(it_.house.database, { organizationName: 'Test', name: 'reader', scopes: ['accounts:read', 'records:read'] })
    expect((await act('pause', {}, apiKey)).status).toBe(403)
    expect((await it_.api.ask('PUT', '/api/v1/sync-settings', { body: {}, key: apiKey })).status).toBe(403)
    expect((await it_.api.ask('GET', `/api/v1/linked-accounts/${id}/sync-runs`, { key: apiKey })).status).toBe(200)
  })

  it('the history tells every run with its counts and times, page by page', async () => {
    await synced(it_.api, token)
    interface Run { id: string; model: string; kind: string; state: string; pages: number; requests: number; seconds: number; started_at: string; finished_at: string | null; records: { created: number } }
    const all: Run[] = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: { next: string | null; results: Run[] } = await it_.api.get(`/api/v1/linked-accounts/${id}/sync-runs?page_size=4${cursor === '' ? '' : `&cursor=${cursor}`}`)
      expect(page.results.length).toBeLessThanOrEqual(4)
      all.push(...page.results)
      cursor = page.next
    }
    expect(new Set(all.map((run) => run.id)).size).toBe(all.length)
    expect(all.map((run) => run.started_at)).toEqual(all.map((run) => run.started_at).toSorted().toReversed())
    const first = all.find(({ model, kind }) => model === 'ticketing.Ticket' && kind === 'initial')!
    expect(first).toMatchObject({ state: 'succeeded', records: { created: 30 } })
    expect(first.requests).toBeGreaterThanOrEqual(first.pages)
    expect(first.seconds).toBeGreaterThan(0)
    const { results } = await it_.api.get<{ results: Run[] }>(`/api/v1/linked-accounts/${id}/sync-runs?model=Ticket&kind=initial&page_size=100`)
    expect(results.map((run) => run.id)).toEqual([first.id])
  })

  it('an organisation says how often its accounts are read, as a whole and by model', async () => {
    const said = { interval_seconds: 1800, reconcile_hours: 12, adapts: false, models: [{ model: 'ticketing.Ticket', interval_seconds: 120, reconcile_hours: null, adapts: null }] }
    expect((await it_.api.ask('PUT', '/api/v1/sync-settings', { body: said })).body).toEqual(said)
    expect(await it_.api.get('/api/v1/sync-settings')).toEqual(said)
    expect((await it_.api.ask('PUT', '/api/v1/sync-settings', { body: { interval_seconds: 5 } })).status).toBe(400)
    expect((await it_.api.ask('PUT', '/api/v1/sync-settings', { body: { models: [{ model: 'ticketing.Nothing' }] } })).status).toBe(400)
    expect((await it_.api.ask('PUT', '/api/v1/sync-settings', { body: {} })).body).toEqual({ interval_seconds: null, reconcile_hours: null, adapts: null, models: [] })
  })

  it('a run under way tells how far it is, and when it should end', async () => {
    it_.vendor.faults.add({ kind: 'delay', ms: 400, match: /GET \/issues\.json/, times: 100 })
    await act('resync', { models: ['Ticket'] })
    let seen: Line | undefined
    await expect.poll(async () => {
      seen = (await it_.api.get<{ results: Line[] }>('/api/ticketing/v1/sync-status', token)).results.find(({ model_id: model }) => model === 'ticketing.Ticket')
      return seen?.progress ?? null
    }, { interval: 20, timeout: 10_000 }).not.toBeNull()
    it_.vendor.faults.clear()
    expect(seen).toMatchObject({ status: 'SYNCING', lane: 'interactive', progress: { read: 0, total: 30, total_from: 'last_full_read', share: 0, estimated_end: null } })
    await synced(it_.api, token)
    expect((await it_.api.get<{ results: Line[] }>('/api/ticketing/v1/sync-status', token)).results.every(({ progress }) => progress === null)).toBe(true)
  })
})
