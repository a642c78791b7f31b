import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AnyProvider } from '#kit'
import type { Category } from '#models'
import { providers as registered } from '#providers'
import { readConfig, type Config } from '../config.ts'
import type { AllowedHosts } from '../egress/allowed-hosts.ts'
import { Fault } from '../errors.ts'
import { createApiKey } from '../organizations/keys.ts'
import { boxed, unhurried } from '../sandbox/boxed.ts'
import { startSandbox, type Sandbox } from '../sandbox/start.ts'
import { openHouse, processLog, type House } from './house.ts'
import { startRoles, type Running } from './processes.ts'
import { followFirstSync } from './progress.ts'
import { untilStopped } from './stop.ts'

const ORGANIZATION = 'Demo'

/** What a demo leaves for the next one, in the data directory and readable by its owner only. */
interface Memory { apiKey?: string; accounts: Record<string, { id: string; organizationId: string; token: string; port: number; size: number }> }
interface Boxed { readonly provider: AnyProvider; readonly category: Category; readonly sandbox: Sandbox<unknown> }

/** `intermodal demo`: the whole product on embedded defaults, against vendors in a box. */
export async function demo({ once, size }: { once: boolean; size: string }): Promise<number> {
  const started = performance.now()
  const count = /^[1-9]\d{0,6}$/.test(size) ? Number(size) : Number.NaN
  if (Number.isNaN(count)) throw new Fault('request.invalid', { detail: `--size is a number of records from 1 to 9,999,999, not "${size}".` })
  const config = readConfig()
  const memory = readMemory(config)
  console.log('Starting Postgres, the API, a worker and the vendors in their boxes ...')
  const boxes = await openBoxes(memory, count)
  const allow: AllowedHosts = new Map(boxes.map(({ provider, sandbox }) => [provider.slug, [{ kind: 'endpoint' as const, host: '127.0.0.1', port: sandbox.port }]]))
  const house = await openHouse(config, processLog(process.env['INTERMODAL_LOG_LEVEL'] ? config.logLevel : 'warn'), allow, boxes.map(({ provider }) => provider))
  let running: Running | null = null
  const interrupted = untilStopped()
  try {
    running = await listen(house)
    await linkAll(house, running, boxes, memory, count)
    writeMemory(config, memory)
    const followed = await followFirstSync(house.database, boxes.map(({ provider, category }) => ({ ...memory.accounts[provider.slug]!, name: provider.name, category })), interrupted)
    const broken = followed?.find(({ status }) => status === 'FAILED')
    if (broken !== undefined) throw new Error(`${broken.model_name} of ${broken.name} cannot be synced: ${broken.fault?.detail ?? 'no reason was kept'}`)
    const finished = followed !== null
    if (finished) await report(house, running, boxes, memory, started)
    if (finished && !once) {
      console.log('\nCtrl-C stops it; the data stays in ' + config.dataDir + ' for the next start.')
      await interrupted
    }
    return finished ? 0 : 130
  } finally {
    await running?.stop()
    await house.close()
    for (const { sandbox } of boxes) await sandbox.close()
  }
}

const memoryFile = ({ dataDir }: Config): string => join(dataDir, 'demo.json')

function readMemory(config: Config): Memory {
  try {
    return JSON.parse(readFileSync(memoryFile(config), 'utf8')) as Memory
  } catch {
    return { accounts: {} }
  }
}

function writeMemory(config: Config, memory: Memory): void {
  mkdirSync(config.dataDir, { recursive: true })
  writeFileSync(memoryFile(config), JSON.stringify(memory, null, 2), { mode: 0o600 })
}

/** One vendor of each category, on the port that its account was linked with where that is free. */
async function openBoxes(memory: Memory, size: number): Promise<Boxed[]> {
  return Promise.all(oneOfEach(registered).map(async ({ provider, category }) => {
    const vendor = await provider.sandbox()
    const before = memory.accounts[provider.slug]
    const open = (port: number): Promise<Sandbox<unknown>> => startSandbox({ vendor, size: before?.size ?? size, port })
    const sandbox = await open(before?.port ?? 0).catch(() => open(0))
    return { provider: unhurried(boxed(provider, sandbox)), category, sandbox }
  }))
}

/** A provider for each category, and each provider once: whoever serves fewer categories first, so that none is left over. */
export function oneOfEach(providers: readonly AnyProvider[]): { readonly provider: AnyProvider; readonly category: Category }[] {
  const free = new Set(providers.toSorted((a, b) => a.categories.length - b.categories.length))
  return [...new Set(providers.flatMap(({ categories }) => categories))].flatMap((category) => {
    const provider = [...free].find(({ categories }) => categories.includes(category))
    if (provider === undefined) return []
    free.delete(provider)
    return [{ provider, category }]
  })
}

/** On the configured port; where that is taken and nobody insisted on it, on any other. */
async function listen(house: House): Promise<Running> {
  const roles = { api: true, worker: true }
  try {
    return await startRoles(house, roles)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || (process.env['PORT'] ?? '') !== '') throw error
    return startRoles({ ...house, config: { ...house.config, port: 0 } }, roles)
  }
}

async function linkAll(house: House, running: Running, boxes: readonly Boxed[], memory: Memory, size: number): Promise<void> {
  const { app } = running
  const ask = async (method: 'GET' | 'POST', url: string, body?: object) => app!.inject({ method, url, headers: { authorization: `Bearer ${memory.apiKey}` }, ...(body === undefined ? {} : { payload: body }) })
  if (memory.apiKey === undefined || (await ask('GET', '/api/v1/linked-accounts')).statusCode !== 200) {
    memory.apiKey = (await createApiKey(house.database, { organizationName: ORGANIZATION, name: 'demo' })).apiKey
    memory.accounts = {}
  }
  for (const { provider, category, sandbox } of boxes) {
    const before = memory.accounts[provider.slug]
    if (before !== undefined && (await ask('GET', `/api/v1/linked-accounts/${before.id}`)).statusCode === 200) {
      // The box may have had to move; the account follows it.
      if (before.port !== sandbox.port) await house.database.tenantQuery(before.organizationId, { text: 'update linked_accounts set setup = $2 where id = $1', values: [before.id, sandbox.link.setup] })
      before.port = sandbox.port
      continue
    }
    const response = await ask('POST', '/api/v1/linked-accounts', {
      integration: provider.slug, category, end_user_origin_id: `demo-${provider.slug}-${sandbox.port}`, end_user_organization_name: 'Example GmbH', end_user_email_address: 'admin@example.test',
      setup: sandbox.link.setup, credentials: sandbox.link.credentials,
    })
    if (response.statusCode !== 201) throw new Error(`The sandbox of ${provider.name} cannot be linked: ${response.body}`)
    const linked = response.json<{ id: string; account_token: string }>()
    const { rows: [row] } = await house.database.system.query<{ organization_id: string }>('select organization_id from linked_accounts where id = $1', [linked.id])
    memory.accounts[provider.slug] = { id: linked.id, organizationId: row!.organization_id, token: linked.account_token, port: sandbox.port, size }
  }
}

async function report(house: House, { origin }: Running, boxes: readonly Boxed[], memory: Memory, started: number): Promise<void> {
  const key = `-H 'Authorization: Bearer ${memory.apiKey}'`
  console.log(`\nReady after ${((performance.now() - started) / 1000).toFixed(1)} s.\n\nAPI key        ${memory.apiKey}\n`)
  for (const { provider, category } of boxes) {
    const account = memory.accounts[provider.slug]!
    const resources = provider.resources.filter(({ model }) => model.category === category)
    const counts = await Promise.all(resources.map(async ({ model }) => {
      const [row] = await house.database.tenantQuery<{ n: number }>(account.organizationId, { text: `select count(*) as n from ${model.table} where linked_account_id = $1 and not remote_was_deleted`, values: [account.id] })
      return `${model.name} ${row!.n}`
    }))
    const headers = `${key} -H 'X-Account-Token: ${account.token}'`
    console.log(`${provider.name}, in a box (${category})
Account token  ${account.token}
Records        ${counts.join(', ')}
curl -s ${headers} '${origin}/api/${category}/v1/${resources[0]!.model.path}?page_size=2'
curl -s ${headers} '${origin}/api/${category}/v1/sync-status'
curl -s ${headers} '${origin}/api/v1/changes?page_size=5'
`)
  }
  console.log(`What was asked of the vendors, and what they answered:\ncurl -s ${key} '${origin}/api/v1/logs?page_size=5'\n`)
  console.log(`API reference  ${origin}/docs`)
  console.log(`Log page       ${await house.access.issueLink(origin!)}\n               (opens once, and on this machine only)`)
}
