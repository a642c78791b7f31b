import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { notOffered, whoamiRequest, type AnyProvider, type Send } from '#kit'
import { providers } from '#providers'
import { parseAllowed } from '#src/egress/allowed-hosts'
import { openEgress } from '#src/egress/exchange'
import { boxed } from '#src/sandbox/boxed'
import { startSandbox, type Sandbox } from '#src/sandbox/start'
import { ownBudget } from '#src/upstream/budget'
import { createDoor } from '#src/upstream/client'
import type { RedmineWorld } from '../../providers/redmine/sandbox/world.ts'
import { recordResource, vocabularyOf, type Recording } from '../../scripts/record/recording.ts'

const root = resolve(import.meta.dirname, '../..')
const provider = providers.find(({ slug }) => slug === 'redmine') as AnyProvider
let box: Sandbox<unknown>
let place: string
beforeAll(async () => {
  box = await startSandbox({ vendor: await provider.sandbox(), size: 60 })
  place = mkdtempSync(join(tmpdir(), 'intermodal-record-'))
})
afterAll(async () => { await box.close(); rmSync(place, { recursive: true, force: true }) })

async function record(args: readonly string[], { env = {}, input = '' }: { env?: Record<string, string>; input?: string } = {}): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, ['scripts/record.ts', ...args], { cwd: root, env: { PATH: process.env['PATH'] ?? '', NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE']!, INTERMODAL_ALLOW_PRIVATE_HOSTS: `redmine=127.0.0.1:${box.port}`, ...env }, stdio: ['pipe', 'pipe', 'pipe'] })
  child.stdin.on('error', () => undefined).end(input)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => { output += String(chunk) })
  const [code] = await once(child, 'exit') as [number | null]
  return { code, output }
}
const read = (model: string): Recording & Record<string, unknown> => JSON.parse(readFileSync(join(place, `${model}.json`), 'utf8')) as Recording & Record<string, unknown>
const textsIn = (value: unknown): string[] => (typeof value === 'string' ? [value] : typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [])

describe('record', () => {
  it('reads every model of a live account into fixtures that map, and that hold nothing of the account', async () => {
    const key = box.link.credentials['api_key']!
    const { code, output } = await record(['redmine', '--into', place, '--system', 'Redmine 5.0.4'], { env: { INTERMODAL_RECORD_API_KEY: key, INTERMODAL_RECORD_BASE_URL: box.link.setup['base_url']! } })
    expect(code, output).toBe(0)
    expect(globSync(`${place}/*.json`)).toHaveLength(provider.resources.length)
    for (const { model, fields } of provider.resources) {
      const recording = read(model.id)
      expect(recording).toMatchObject({ origin: 'recorded', system: 'Redmine 5.0.4', model: model.id })
      const text = JSON.stringify(recording)
      for (const original of [key, `127.0.0.1:${box.port}`, '@example.test']) expect(text).not.toContain(original)
      // It was replayed and mapped: at least half of what is answered shows something.
      const answered = Object.values(fields as object).filter((read_) => read_ !== notOffered).length
      expect(recording.unseen!.length, `${model.id}: ${recording.unseen!.join()}`).toBeLessThanOrEqual(answered / 2)
      expect((Object.values(recording.exchanges[0]!.response.body as object).find(Array.isArray) as unknown[]).length).toBeLessThanOrEqual(4)
    }
    // The box is a company with people: none of their names, subjects or texts is left.
    const originals = new Set(textsIn(box.world).filter((text) => text.length > 4))
    expect(originals.size).toBeGreaterThan(100)
    const answers = textsIn(provider.resources.flatMap(({ model }) => read(model.id).exchanges.map(({ response }) => response.body)))
    const vendors = vocabularyOf('redmine')
    expect(answers.filter((text) => originals.has(text) && !vendors.has(text) && !/^[a-z]+\/[a-z]+$/.test(text))).toEqual([])
    const people = (box.world as RedmineWorld).users.flatMap(({ firstname, lastname }) => [firstname, lastname]).filter((name) => name !== provider.name)
    expect(people.length).toBeGreaterThan(10)
    for (const name of people) expect(vendors.has(name), name).toBe(false)
  }, 60_000)

  it('reads one model, with the key from standard input; comments are found below the tickets that they were', async () => {
    const { code, output } = await record(['redmine', 'Comment', '--into', place, '--set', `base_url=${box.link.setup['base_url']}`], { input: `${box.link.credentials['api_key']}\n` })
    expect(code, output).toBe(0)
    expect(output).toMatch(/^ticketing\.Comment: \d exchanges/)
    const { exchanges, system } = read('ticketing.Comment')
    expect(system).toMatch(/^Redmine, as of \d{4}/)
    const [list, ...details] = exchanges
    expect(details.length).toBeGreaterThan(0)
    const ids = (list!.response.body as { issues: { id: number }[] }).issues.map(({ id }) => id)
    for (const { request, response } of details) {
      expect(ids.map((id) => `/issues/${id}.json`)).toContain(request.path)
      expect(request.path).toBe(`/issues/${(response.body as { issue: { id: number } }).issue.id}.json`)
    }
  }, 60_000)

  it('writes nothing where the vendor refuses, where there is no such model, or where a secret is an argument', async () => {
    const before = globSync(`${place}/*`).length
    const set = ['--into', place, '--set', `base_url=${box.link.setup['base_url']}`]
    expect(await record(['redmine', 'Tag', ...set], { input: 'wrong-key\n' })).toMatchObject({ code: 70, output: expect.stringContaining('refused') })
    expect(await record(['redmine', 'Nothing', ...set])).toMatchObject({ code: 64, output: expect.stringContaining('ticketing.Ticket') })
    expect(await record(['nobody'])).toMatchObject({ code: 64 })
    expect(await record(['redmine', 'Tag', ...set, '--set', 'api_key=abc'])).toMatchObject({ code: 70, output: expect.stringContaining('is a secret') })
    expect(globSync(`${place}/*`)).toHaveLength(before)
  }, 60_000)
})

describe.each((providers as readonly AnyProvider[]).map((real) => [real.slug, real] as const))('a recording of %s', (_, real) => {
  it('can be made of every model whose first page shows something, and has no address of anybody', async () => {
    const own = await startSandbox({ vendor: await real.sandbox(), size: 30 })
    const vendor = boxed(real, own)
    const egress = openEgress({ allowed: parseAllowed(`${vendor.slug}=127.0.0.1:${own.port}`), ownPorts: () => new Set<number>() })
    const door = createDoor({ egress, budget: ownBudget(), log: () => undefined })
    const open = (setup: Readonly<Record<string, string>>): Send => door.open({ id: vendor.slug, organizationId: 'none', provider: vendor, setup, credentials: async () => own.link.credentials }, { traceId: 'none', bodies: false })
    try {
      const setup = { ...vendor.whoami.learns?.((await open(own.link.setup)(whoamiRequest(vendor.whoami))).body), ...own.link.setup }
      const addresses = new Set(textsIn(own.world).filter((text) => /^[^\s@]+@[^\s@]+\.[a-z]+$/i.test(text)))
      const made: Recording[] = []
      for (const resource of vendor.resources) {
        try {
          made.push(await recordResource({ provider: vendor, resource, send: open(setup), setup, secrets: Object.values(own.link.credentials), system: `${vendor.name} 1` }))
        } catch (error) {
          expect((error as Error).message, resource.model.id).toContain('shows nothing of it')
        }
      }
      expect(made.length).toBeGreaterThanOrEqual(vendor.resources.length * 0.8)
      for (const { model, exchanges } of made) expect(textsIn(exchanges).filter((text) => addresses.has(text)), model).toEqual([])
    } finally {
      await egress.close()
      await own.close()
    }
  }, 60_000)
})
