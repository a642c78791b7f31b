import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apiOf, everything, installation, type Installation } from '../support/intermodal.ts'

/** The README's first command after the install, on embedded defaults, as a person would run it. */
describe('the demo', () => {
  let place: Installation
  // What a killed worker held is free after this; the default is 30.
  beforeAll(async () => { place = await installation({ INTERMODAL_LEASE_SECONDS: '3' }) })
  afterAll(() => place.cleanUp())
  const credentials = (output: string) => ({ key: /API key +(\S+)/.exec(output)![1]!, token: /\(ticketing\)[^]*?Account token +(\S+)/.exec(output)![1]! })
  const ticketCount = (output: string) => Number(/\bTicket (\d+)/.exec(output)?.[1])

  it('killed in the middle of its first sync recovers at the next start, and finishes', async () => {
    const first = place.start('demo', '--size', '400')
    await first.says(/Syncing: .*\b[1-9]\d\d+ records/, 60_000)
    await first.kill()
    const second = await place.run('demo', '--once')
    expect(second.code, second.output).toBe(0)
    expect(ticketCount(second.output)).toBe(400)
  }, 120_000)

  it('prints a key, a token and addresses that work, keeps the data over starts, and stops cleanly', async () => {
    const running = place.start('demo')
    await running.says('Ctrl-C stops it', 60_000)
    const { key, token } = credentials(running.output())
    const origin = /API reference +(\S+)\/docs/.exec(running.output())![1]!
    expect(ticketCount(running.output())).toBe(400)
    expect((await everything(apiOf(origin, key), '/api/ticketing/v1/tickets', token)).length).toBe(400)
    // The lines are for pasting: what curl would send is what is printed.
    const [, url] = /'(http:[^']+tickets[^']*)'/.exec(running.output())!
    const pasted = await fetch(url!, { headers: { authorization: `Bearer ${key}`, 'x-account-token': token } })
    expect(pasted.status).toBe(200)
    expect((await fetch(`${origin}/docs`)).status).toBe(200)
    const link = /Log page +(\S+)/.exec(running.output())![1]!
    const entered = await fetch(link, { redirect: 'manual' })
    expect(entered.status).toBe(303)
    expect((await fetch(link, { redirect: 'manual' })).status).toBe(403)
    const page = await fetch(`${origin}/logs`, { headers: { cookie: entered.headers.get('set-cookie')!.split(';')[0]! } })
    const { results: [newest] } = await apiOf(origin, key).get('/api/v1/logs?page_size=1') as { results: { path: string }[] }
    expect(newest!.path).toMatch(/^\/./)
    expect(await page.text()).toContain(newest!.path)
    expect(running.child.kill('SIGINT')).toBe(true)
    expect(await running.ended).toBe(0)
    await expect(fetch(`${origin}/health`)).rejects.toThrow()
  }, 120_000)

  it('works beside other commands on the same data', async () => {
    const running = place.start('all')
    await running.says('intermodal is up', 60_000)
    const made = await place.run('keys', 'create', '--organization', 'Beside', '--json')
    expect(made.code, made.output).toBe(0)
    const { api_key: key } = JSON.parse(made.stdout) as { api_key: string }
    expect(await apiOf(place.origin, key).get('/api/v1/linked-accounts')).toMatchObject({ results: [] })
    const checked = await place.run('doctor')
    expect(checked.code, checked.output).toBe(0)
    expect(checked.stdout).toContain('Nothing is wrong.')
    expect(await running.stop()).toBe(0)
  }, 120_000)
})

describe('a command that cannot work', () => {
  it.each([
    [{ NODE_ENV: 'production' }, ['doctor'], 1, 'INTERMODAL_ENCRYPTION_KEY is not set'],
    [{ NODE_ENV: 'production' }, ['serve'], 78, 'INTERMODAL_ENCRYPTION_KEY is not set'],
    [{ INTERMODAL_ENCRYPTION_KEY: 'changeme' }, ['serve'], 78, 'must be 32 bytes in base64'],
    [{ INTERMODAL_ENCRYPTION_KEY: Buffer.alloc(32).toString('base64') }, ['serve'], 78, 'not random'],
    [{ PORT: 'http' }, ['serve'], 78, 'PORT must be a number'],
    [{ INTERMODAL_ALLOW_PRIVATE_HOSTS: 'here' }, ['serve'], 78, 'INTERMODAL_ALLOW_PRIVATE_HOSTS'],
    [{ NODE_TLS_REJECT_UNAUTHORIZED: '0' }, ['serve'], 78, 'NODE_TLS_REJECT_UNAUTHORIZED'],
    [{ DATABASE_URL: 'postgres://127.0.0.1:1/none' }, ['doctor'], 1, 'WRONG database'],
    [{}, ['dance'], 64, 'there is no command "dance"'],
    [{}, ['demo', '--size', 'many'], 70, '--size is a number'],
    [{}, ['keys', 'create'], 70, '--organization'],
  ])('T29 T103 %j %j says so and ends with its code', async (env, args, code, words) => {
    const place = await installation(env)
    const ended = await place.run(...args)
    await place.cleanUp()
    expect(ended.output).toContain(words)
    expect(ended.code).toBe(code)
  })
})
