import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createApiKey } from '#src/organizations/keys'
import { accountTables, eraseLatecomers } from '#src/accounts/delete'
import { apiOf, everything, freePort, synced, wholeFeed } from '../support/intermodal.ts'
import { product, type Product } from '../support/product.ts'

let it_: Product
beforeAll(async () => { it_ = await product() })
afterAll(() => it_.close())
afterEach(() => it_.vendor.faults.clear())

const code = (answer: { body: Record<string, unknown> }) => answer.body['code']
const expectProblem = (answer: { status: number; headers: Headers; body: Record<string, unknown> }, status: number, expected: string) => {
  expect([answer.status, code(answer)]).toEqual([status, expected])
  expect(answer.body['request_id']).toBe(answer.headers.get('x-request-id'))
  expect(answer.headers.get('content-type')).toContain('application/problem+json')
}
/** The log rows, newest first, with their bodies. */
const logs = async (query = '') => (await it_.api.get<{ results: Record<string, unknown>[] }>(`/api/v1/logs?page_size=100${query}`)).results

describe('linking', () => {
  it('an address where nobody listens is said to be unreachable, and the attempt is in the log', async () => {
    const port = await freePort()
    const answer = await it_.link({ setup: { base_url: `http://127.0.0.1:${port}` } })
    expectProblem(answer, 400, 'upstream.blocked')
    const { port: closed } = new URL(it_.vendor.origin)
    it_.vendor.faults.add({ kind: 'drop', times: 5, match: /current/ })
    const dropped = await it_.link({ setup: { base_url: `http://127.0.0.1:${closed}` } })
    expectProblem(dropped, 502, 'upstream.unreachable')
    it_.vendor.faults.clear()
    const { log_id: id } = dropped.body['upstream'] as { log_id: string }
    expect((await it_.api.get(`/api/v1/logs/${id}`))['code']).toBe('upstream.unreachable')
  })

  it('an address outside what the operator allows is refused before anything is sent', async () => {
    for (const url of ['http://127.0.0.1:1', 'http://10.0.0.1', 'https://169.254.169.254', 'http://localhost:1']) expectProblem(await it_.link({ setup: { base_url: url } }), 400, 'upstream.blocked')
  })

  it('a wrong key is the customer\'s to mend, although public lists answer it with 200', async () => {
    expectProblem(await it_.link({ credentials: { api_key: 'wrong-key-wrong-key' } }), 424, 'upstream.unauthorized')
  })

  it('a page for people where an API should be is told apart from a vendor', async () => {
    it_.vendor.faults.add({ kind: 'html', times: 9, match: /current/ })
    expectProblem(await it_.link(), 502, 'upstream.not_json')
    it_.vendor.faults.clear()
    it_.vendor.faults.add({ kind: 'other_shape', times: 5, match: /current/ })
    expectProblem(await it_.link(), 502, 'upstream.unexpected')
    it_.vendor.faults.clear()
    expect((await it_.api.get<{ results: unknown[] }>('/api/v1/linked-accounts')).results).toEqual([])
  })

  it.each([
    [{ setup: {} }, '/setup/base_url'],
    [{ setup: { base_url: 'ftp://x' } }, '/setup/base_url'],
    [{ setup: { base_url: 'http://redmine.example.com/?q=' } }, '/setup/base_url'],
    [{ credentials: { api_key: 'x', more: 'y' } }, '/credentials/more'],
    [{ integration: 'nobody' }, '/integration'],
    [{ category: 'crm' }, '/category'],
    [{ organization_id: 'mine' }, '/organization_id'],
    [{ end_user_origin_id: 7 }, '/end_user_origin_id'],
  ])('%j is refused with the place that is wrong', async (changes, pointer) => {
    const answer = await it_.link(changes)
    expectProblem(answer, 400, 'request.invalid')
    expect(JSON.stringify(answer.body['errors'])).toContain(`"pointer":"${pointer}`)
  })

  it('the same end customer cannot be linked twice in a category', async () => {
    await it_.linked('twice')
    expectProblem(await it_.link({ end_user_origin_id: 'twice' }), 409, 'request.conflict')
  })
})

describe('a linked account', () => {
  it('G11 T02 is nobody else\'s: another organisation\'s token is no token', async () => {
    const token = await it_.linked('mine')
    const { apiKey } = await createApiKey(it_.house.database, { organizationName: 'Other', name: 'other' })
    const other = apiOf(it_.origin, apiKey)
    expectProblem(await other.ask('GET', '/api/ticketing/v1/tickets', { token }), 401, 'request.account_unknown')
    expect((await other.get<{ results: unknown[] }>('/api/v1/linked-accounts')).results).toEqual([])
    expect((await other.get<{ results: unknown[] }>('/api/v1/logs')).results).toEqual([])
  })

  it('T49 relinked with new credentials keeps id, token and data; with somebody else\'s it is refused', async () => {
    const token = await it_.linked('relink')
    await synced(it_.api, token)
    const { id } = await it_.api.get<{ id: string }>('/api/ticketing/v1/account-details', token)
    expect((await it_.api.ask('PUT', `/api/v1/linked-accounts/${id}/credentials`, { body: { credentials: it_.vendor.link.credentials } })).status).toBe(200)
    const others = (it_.vendor.world as { users: { api_key: string }[] }).users[3]!.api_key
    expectProblem(await it_.api.ask('PUT', `/api/v1/linked-accounts/${id}/credentials`, { body: { credentials: { api_key: others } } }), 409, 'account.identity_mismatch')
    expect((await everything(it_.api, '/api/ticketing/v1/tickets', token)).length).toBe(60)
  })

  it('F100 deleted while it syncs is gone with all its data, and stays gone', async () => {
    it_.vendor.faults.add({ kind: 'delay', ms: 100, match: /GET \/issues/, times: 500 })
    const token = await it_.linked('gone')
    const { id } = await it_.api.get<{ id: string }>('/api/ticketing/v1/account-details', token)
    await new Promise((resolve) => { setTimeout(resolve, 400) })
    expect((await it_.api.ask('DELETE', `/api/v1/linked-accounts/${id}`)).status).toBe(204)
    it_.vendor.faults.clear()
    await new Promise((resolve) => { setTimeout(resolve, 3000) })
    await it_.house.logs.flush()
    // The request that was under way has left its log behind; what comes late is erased with the next hour.
    await eraseLatecomers(it_.house.database)
    const left = await Promise.all([...accountTables, 'linked_accounts'].map(async (table) => {
      const { rows } = await it_.house.database.system.query<{ n: number }>(`select count(*)::int as n from ${table} where ${table === 'linked_accounts' ? 'id' : 'linked_account_id'} = $1`, [id])
      return [table, rows[0]!.n]
    }))
    expect(left.filter(([, n]) => n !== 0)).toEqual([])
  })
})

describe('a vendor that misbehaves in the middle of a sync', () => {
  it.each([
    ['answers with pages for people', { kind: 'html' as const }],
    ['cuts its answers short', { kind: 'cut_short' as const }],
    ['closes connections', { kind: 'drop' as const }],
    ['sends half of a JSON text', { kind: 'garbage_json' as const }],
    ['is out of order', { kind: 'status' as const, status: 503 }],
    ['is out of order for longer than a request is patient', { kind: 'status' as const, status: 500, times: 6 }],
  ])('%s: everything arrives all the same, once', async (name, fault) => {
    it_.vendor.faults.add({ times: 2, ...fault, match: /GET \/issues\.json/, at: 1 })
    const token = await it_.linked(name)
    await synced(it_.api, token)
    expect((await everything(it_.api, '/api/ticketing/v1/tickets', token)).length).toBe(60)
    const feed = await wholeFeed(it_.api, token)
    expect(feed.map(({ seq }) => seq)).toEqual(feed.map((_, i) => i + 1))
    expect(new Set(feed.map(({ record_id: id }) => id)).size).toBe(feed.length)
    expect(it_.vendor.faults.pending()).toBe(0)
  })

  it('F01 asks for a pause: nothing is sent before it is over, and the sync says why it waits', async () => {
    it_.vendor.faults.add({ kind: 'retry_after', after: '3', match: /GET \/issues\.json/, at: 1 })
    const before = it_.vendor.requests.length
    const token = await it_.linked('pause')
    // Other models may come first; the silence is three seconds long.
    const reasons = async () => (await it_.api.get<{ results: { sync_status_reason: string | null }[] }>('/api/ticketing/v1/sync-status', token)).results.map(({ sync_status_reason: reason }) => reason)
    await expect.poll(reasons, { interval: 100, timeout: 20_000 }).toContain('RATE_LIMITED')
    await synced(it_.api, token)
    const times = it_.vendor.requests.slice(before)
    const asked = times.findIndex(({ fault }) => fault === 'retry_after')
    // What was already under way may still have arrived; after that there is silence.
    const later = times.slice(asked + 1).filter(({ at }) => at.getTime() > times[asked]!.at.getTime() + 500)
    expect(later[0]!.at.getTime() - times[asked]!.at.getTime()).toBeGreaterThanOrEqual(2900)
  })

  it('F17 withholds one model: the others go on', async () => {
    it_.vendor.faults.add({ kind: 'status', status: 403, match: /GET \/users\.json/, times: 50 })
    const token = await it_.linked('withheld')
    const statuses = await synced(it_.api, token)
    const by = Object.fromEntries(statuses.map((status) => [status.model_name, status as unknown as { status: string; fault: { code: string; log_id: string } | null }]))
    expect(by['User']).toMatchObject({ status: 'FAILED', fault: { code: 'upstream.forbidden' } })
    expect(by['Ticket']!.status).toBe('DONE')
    expect((await it_.api.get(`/api/v1/logs/${by['User']!.fault!.log_id}`))['status']).toBe(403)
  })

  it('F44 F50 sends NUL, lone surrogates, emoji and nearly a megabyte: the record is stored', async () => {
    const world = it_.vendor.world as { issues: { subject: string; description: string }[] }
    const big = `🎫 ${'größe '.repeat(110_000)}`
    Object.assign(world.issues[0]!, { subject: 'nul \u0000 and \ud800 surrogate', description: big })
    const token = await it_.linked('hostile text')
    await synced(it_.api, token)
    const ticket = (await everything(it_.api, '/api/ticketing/v1/tickets', token)).find(({ remote_id: id }) => id === '1')!
    expect(ticket['name']).toBe('nul  and \ufffd surrogate')
    expect(ticket['description']).toBe(big)
  })
})

describe('secrets', () => {
  it('G12 T24 T90 are nowhere: not in any table, any log, any job, any output', async () => {
    const token = await it_.linked('canary')
    await it_.link({ end_user_origin_id: 'canary-2', credentials: { api_key: 'canary-wrong-key-0123456789' } })
    await synced(it_.api, token)
    await it_.house.logs.flush()
    const provider = it_.house.providers.get('redmine')!
    const others = (await provider.sandbox()).secrets(it_.vendor.world)
    const planted = [it_.vendor.link.credentials['api_key']!, 'canary-wrong-key-0123456789', it_.apiKey, it_.apiKey.split('_')[3]!, token, token.split('_')[3]!, ...others]
    const forms = [...new Set(planted.flatMap((secret) => [secret, Buffer.from(secret).toString('base64').replace(/=+$/, ''), Buffer.from(secret).toString('hex'), encodeURIComponent(secret)]))]
    expect(others.length).toBeGreaterThan(5)

    const client = new Client({ connectionString: it_.url })
    await client.connect()
    const found: string[] = []
    let seen = 0
    try {
      // As the superuser that nothing is hidden from: every table of every schema, partitions and the queue's included.
      const { rows: tables } = await client.query<{ name: string }>(`select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`)
      for (const { name } of tables) {
        const { rows } = await client.query<{ dump: string | null }>(`select string_agg(t::text, E'\\n') as dump from ${name} t`)
        const dump = rows[0]!.dump ?? ''
        seen += dump.length
        for (const form of forms) if (dump.includes(form)) found.push(`${name} has ${form.slice(0, 6)}…`)
      }
    } finally {
      await client.end()
    }
    expect(seen).toBeGreaterThan(100_000)
    for (const form of forms) if (it_.printed.some((line) => line.includes(form))) found.push(`the process printed ${form.slice(0, 6)}…`)
    for (const { id } of await logs()) {
      const whole = JSON.stringify(await it_.api.get(`/api/v1/logs/${String(id)}`))
      for (const form of forms) if (whole.includes(form)) found.push(`log ${String(id)} has ${form.slice(0, 6)}…`)
    }
    expect(found).toEqual([])
  })
})
