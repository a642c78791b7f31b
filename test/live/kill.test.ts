import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { databaseName, onDatabase, onServer, urlOfDatabase } from '../support/db.ts'
import { apiOf, everything, installation, synced, wholeFeed, type Api, type Installation, type Process } from '../support/intermodal.ts'
import type { LiveRedmine } from '../support/live-setup.ts'
import { redmineApi } from '../support/redmine.ts'

const redmine = inject('redmine') as LiveRedmine
const sleep = (ms: number) => new Promise((resolve) => { setTimeout(resolve, ms) })

/** The API runs in one process and stays; the worker in another, which is killed. */
async function setUp(leaseSeconds: number | null): Promise<{ place: Installation; api: Api; database: string }> {
  const database = databaseName()
  await onServer(`create database ${database}`)
  const place = await installation({
    DATABASE_URL: urlOfDatabase(database), INTERMODAL_ALLOW_PRIVATE_HOSTS: `redmine=${new URL(redmine.base_url).host}`, INTERMODAL_LOG_LEVEL: 'debug',
    ...(leaseSeconds === null ? {} : { INTERMODAL_LEASE_SECONDS: String(leaseSeconds) }),
  })
  const { stdout } = await place.run('keys', 'create', '--organization', 'Kill', '--json')
  const api = apiOf(place.origin, (JSON.parse(stdout) as { api_key: string }).api_key)
  await place.start('serve').says('intermodal is up')
  return { place, api, database }
}

const link = async (api: Api): Promise<string> => {
  const { status, body } = await api.ask('POST', '/api/v1/linked-accounts', { body: {
    integration: 'redmine', category: 'ticketing', end_user_origin_id: `kill-${Date.now()}`, end_user_organization_name: 'Kill', end_user_email_address: 'kill@example.test',
    setup: { base_url: redmine.base_url }, credentials: { api_key: redmine.auth.key },
  } })
  expect(status, JSON.stringify(body)).toBe(201)
  return body['account_token'] as string
}

const committed = (output: string): string[] => output.split('\n').filter((line) => line.includes('page committed'))

/** Kills the worker at a random moment after it has committed one to four pages; gives the pages that it had committed by then. */
async function killBetweenPages(worker: Process): Promise<string[]> {
  await worker.says('page committed', 90_000)
  const pages = 1 + Math.floor(Math.random() * 4)
  for (const until = Date.now() + 3_000; committed(worker.output()).length < pages && Date.now() < until; await sleep(5)) { /* a little further */ }
  await sleep(Math.random() * 150)
  await worker.kill()
  return committed(worker.output())
}

async function killLoop(leaseSeconds: number | null, kills: number): Promise<void> {
  const { place, api, database } = await setUp(leaseSeconds)
  try {
    const token = await link(api)
    const gaps: number[] = []
    let worker = place.start('work')
    for (let n = 1; n <= kills; n++) {
      const pages = await killBetweenPages(worker)
      const done = (await api.get<{ results: { status: string; is_initial_sync: boolean }[] }>('/api/ticketing/v1/sync-status', token)).results.every(({ is_initial_sync: initial }) => !initial)
      console.log(`kill ${n}: the worker had committed ${pages.length} pages; checkpoint ${pages.at(-1)?.replace(/.*"model":"([^"]+)".*"page":(\d+).*/, '$1 page $2')}${done ? '; the first sync was over, a full one follows' : ''}`)
      // A machine may be quicker than ten kills: then a complete read begins anew, and the kills go on in that.
      if (done) await api.ask('POST', '/api/ticketing/v1/sync-status/resync', { token, body: { kind: 'full' } })
      worker = place.start('work')
      const from = Date.now()
      await worker.says('page committed', 90_000)
      gaps.push((Date.now() - from) / 1000)
    }
    const last = Date.now()
    await synced(api, token)
    console.log(`work went on after ${gaps.map((gap) => gap.toFixed(1)).join(', ')} s; everything was there ${((Date.now() - last) / 1000).toFixed(1)} s after the last kill`)
    expect(Math.max(...gaps)).toBeLessThan(60)

    const feed = await wholeFeed(api, token)
    expect(feed.map(({ seq }) => seq), 'dense and in order').toEqual(feed.map((_, i) => i + 1))
    expect(new Set(feed.map(({ record_id: id, what }) => `${id} ${what}`)).size, 'nothing twice').toBe(feed.length)
    expect(feed.every(({ what }) => what === 'created'), 'nothing was taken for changed or deleted').toBe(true)
    const theirs = redmineApi(redmine)
    const expected = { tickets: await theirs.list('/issues.json?status_id=*', 'issues'), users: (await Promise.all([1, 2, 3].map((status) => theirs.list(`/users.json?status=${status}`, 'users')))).flat(), projects: await theirs.list('/projects.json', 'projects') }
    for (const [model, rows] of Object.entries(expected)) {
      expect((await everything(api, `/api/ticketing/v1/${model}`, token)).map((record) => record['remote_id'] as string).sort(), model).toEqual(rows.map(({ id }) => String(id)).sort())
    }
    const models = ['ticket', 'comment', 'attachment', 'user', 'project', 'collection', 'role', 'team', 'tag', 'viewer']
    const [{ records, raw } = { records: 0, raw: 0 }] = await onDatabase<{ records: number; raw: number }>(database, `select (${models.map((model) => `(select count(*)::int from ticketing_${model})`).join(' + ')}) as records, (select count(*)::int from raw_payloads) as raw`)
    expect([records, raw], 'one record and one raw payload for each entry of the feed').toEqual([feed.length, feed.length])
  } finally {
    await place.cleanUp()
    await onServer(`drop database if exists ${database} with (force)`)
  }
}

describe.skipIf(redmine === null)('a worker that is killed', () => {
  it('G1 G3 G13 F56 ten times in a first sync loses nothing, doubles nothing, and work goes on within a minute', () => killLoop(2, 10), 600_000)

  it('G13 three times at the default lease is followed by another within a minute', () => killLoop(null, 3), 600_000)
})

describe.skipIf(redmine === null)('every request', () => {
  let place: Installation
  let api: Api
  let database: string
  beforeAll(async () => { ({ place, api, database } = await setUp(null)) })
  afterAll(async () => {
    await place?.cleanUp()
    if (database !== undefined) await onServer(`drop database if exists ${database} with (force)`)
  })

  it('that Redmine counted is one row of the log, and no row is one that it did not see', async () => {
    const { readFileSync, statSync } = await import('node:fs')
    const log = `${redmine.home}/inst/log/production.log`
    const from = statSync(log).size
    const worker = place.start('work')
    const token = await link(api)
    await synced(api, token)
    expect(await worker.stop()).toBe(0)
    await sleep(500)
    const seen = [...readFileSync(log).subarray(from).toString().matchAll(/Started (GET|POST) "([^"]+)"/g)].length
    const [{ rows } = { rows: -1 }] = await onDatabase<{ rows: number }>(database, 'select count(*)::int as rows from upstream_logs')
    console.log(`Redmine counted ${seen} requests; the log has ${rows} rows`)
    expect(rows).toBe(seen)
    expect(seen).toBeGreaterThan(100)
  })

  it('F06 F10 Redmine stopped in the middle of a sync is waited for, and everything is there in the end', async () => {
    const { execFileSync } = await import('node:child_process')
    const control = (...args: string[]) => execFileSync(redmine.script, args, { stdio: 'ignore', timeout: 120_000 })
    const worker = place.start('work')
    const token = await link(api)
    await worker.says('page committed')
    control('down')
    try {
      const deadline = Date.now() + 60_000
      for (let seen = false; !seen;) {
        const { results } = await api.get<{ results: { fault: { code: string; log_id: string } | null }[] }>('/api/ticketing/v1/sync-status', token)
        // Who asks later is told by the breaker.
        seen = results.some(({ fault }) => fault?.code === 'upstream.unreachable' || fault?.code === 'upstream.unavailable')
        if (Date.now() > deadline) throw new Error(`nobody noticed: ${JSON.stringify(results)}`)
        await sleep(100)
      }
    } finally {
      control('up', '--count', '1000')
    }
    await synced(api, token)
    const feed = await wholeFeed(api, token)
    expect(feed.map(({ seq }) => seq)).toEqual(feed.map((_, i) => i + 1))
    expect(feed.every(({ what }) => what === 'created')).toBe(true)
    expect((await everything(api, '/api/ticketing/v1/tickets', token)).length).toBe((await redmineApi(redmine).list('/issues.json?status_id=*', 'issues')).length)
    expect(await worker.stop()).toBe(0)
  })
})
