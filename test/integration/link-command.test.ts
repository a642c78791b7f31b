import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sandbox as vendor } from '../../providers/redmine/sandbox.ts'
import { startSandbox, type Sandbox } from '#src/sandbox/start'
import { testDatabase, type TestDatabase } from '../support/db.ts'
import { apiOf, everything, installation, type Installation } from '../support/intermodal.ts'

let db: TestDatabase
let box: Sandbox<unknown>
let place: Installation
let key: string
beforeAll(async () => {
  db = await testDatabase()
  box = await startSandbox<unknown>({ vendor, size: 30 } as Parameters<typeof startSandbox<unknown>>[0])
  place = await installation({ DATABASE_URL: db.url, INTERMODAL_ALLOW_PRIVATE_HOSTS: `redmine=127.0.0.1:${box.port}`, INTERMODAL_LEASE_SECONDS: '2' })
  key = box.link.credentials['api_key']!
})
afterAll(async () => { await place.cleanUp(); await box.close(); await db.drop() })
const address = (): string => `base_url=${box.link.setup['base_url']}`
const tokenIn = (output: string): string => /Account token +(\S+)/.exec(output)![1]!

describe('intermodal link', () => {
  it('links what is piped in, follows the first sync to its end, and prints what works', async () => {
    const linked = await place.runWith(`${key}\n`, 'link', 'redmine', '--organization', 'Mine', '--set', address())
    expect(linked.code, linked.output).toBe(0)
    expect(linked.stdout).toMatch(/Linked: Redmine \(ticketing\) for Mine\n\nAccount id +[0-9a-f-]{36}\n/)
    expect(linked.stdout).toMatch(/Syncing: Redmine (\d+) of \1 models, \d+ records/)
    expect(linked.stdout).toContain(`npx intermodal keys create --organization 'Mine'`)
    expect(linked.output).not.toContain(key)
    const { api_key: apiKey } = JSON.parse((await place.run('keys', 'create', '--organization', 'Mine', '--json')).stdout) as { api_key: string }
    const serving = place.start('serve')
    await serving.says('intermodal is up')
    const [, url] = /'(http:[^']+)'/.exec(linked.stdout)!
    const pasted = await fetch(url!, { headers: { authorization: `Bearer ${apiKey}`, 'x-account-token': tokenIn(linked.stdout) } })
    expect((await pasted.json() as { results: unknown[] }).results).toHaveLength(2)
    expect(await everything(apiOf(place.origin, apiKey), '/api/ticketing/v1/tickets', tokenIn(linked.stdout))).toHaveLength(30)
    await serving.stop()
  }, 120_000)

  it('asks at a terminal, where the key is not seen', async (context) => {
    const script = '/usr/bin/script'
    if (!existsSync(script)) return context.skip('no program here makes a terminal')
    const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
    const child = spawn(script, ['-qefc', `${process.execPath} ${main} link redmine --organization Terminal --end-user terminal`, '/dev/null'], { env: place.env, stdio: ['pipe', 'pipe', 'inherit'] })
    let screen = ''
    child.stdout.on('data', (chunk: Buffer) => {
      const before = screen
      screen += String(chunk)
      for (const [question, answer] of [['Address of your Redmine: ', box.link.setup['base_url']!], ['API access key (not shown): ', key]] as const) {
        if (!before.includes(question) && screen.includes(question)) setTimeout(() => { child.stdin.write(`${answer}\r`) }, 50)
      }
    })
    const [code] = await once(child, 'exit') as [number | null]
    expect(code, screen).toBe(0)
    expect(screen).toContain(box.link.setup['base_url'])
    expect(screen).toContain('Linked: Redmine (ticketing) for Terminal')
    expect(screen).not.toContain(key)
  }, 120_000)

  it('takes no secret as an argument, and does not repeat what it refuses', async () => {
    for (const args of [['--set', `api_key=${key}`], [key], [`--api_key=${key}`], ['--api-key', key], [`-${key}`]]) {
      const refused = await place.runWith('', 'link', 'redmine', '--organization', 'Mine', ...args)
      expect([64, 70], refused.output).toContain(refused.code)
      expect(refused.output).not.toContain(key)
      expect(refused.output).toMatch(/never an argument|is a secret/)
    }
  }, 60_000)

  it('says what is wrong: no such vendor, whose account, a key that the vendor refuses, an account that is there', async () => {
    const linking = (input: string, ...args: string[]) => place.runWith(input, 'link', ...args)
    expect(await linking('', 'nobody')).toMatchObject({ code: 70, output: expect.stringContaining('There is no such vendor. There are: ') })
    expect(await linking('', 'redmine', '--category', 'crm', '--organization', 'Mine', '--set', address())).toMatchObject({ code: 70, output: expect.stringContaining('Say it with --category, one of: ticketing') })
    expect(await linking(`${key}\n`, 'redmine', '--set', address())).toMatchObject({ code: 70, output: expect.stringContaining('Say it with --organization NAME') })
    expect(await linking('wrong-key\n', 'redmine', '--organization', 'Wrong', '--set', address())).toMatchObject({ code: 70, output: expect.stringContaining('The vendor refused the credentials.') })
    expect(await linking(`${key}\n`, 'redmine', '--organization', 'Mine', '--set', address())).toMatchObject({ code: 70, output: expect.stringContaining('already') })
  }, 60_000)
})
