import { Value } from '@sinclair/typebox/value'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { notOffered, type AnyProvider, type AnyResource, type AnySandboxVendor, type FormFields } from '#kit'
import { fieldShape, models } from '#models'
import { providers } from '#providers'
import { Fault } from '#src/errors'
import type { ScriptedFault } from '#src/sandbox/faults'
import { mapRow, type Mapped } from '#src/sync/map'
import { oddValues, otherValues, pathsRead, valueAt, withValue } from './recorder.ts'
import { holds, listRequests, openBench, walk, type Bench, type Walk } from './walk.ts'

// Every promise that the house makes, asked of every resource of every provider. A new provider brings a sandbox, not tests.
const SIZE = 260
const linkedAccountId = '00000000-0000-8000-8000-000000000001'
const isEmpty = (value: unknown): boolean => value === null || (Array.isArray(value) && value.length === 0)
const deepFreeze = <T>(value: T): T => { if (value !== null && typeof value === 'object') { Object.values(value).forEach(deepFreeze); Object.freeze(value) } return value }

describe.each(providers.map((provider) => [provider.slug, provider as AnyProvider] as const))('%s', (_slug, provider) => {
  let vendor: AnySandboxVendor
  beforeAll(async () => { vendor = await provider.sandbox() })

  it('speaks of every model of its categories once at most, and of models that exist', () => {
    const ids = provider.resources.map((resource) => resource.model.id as string)
    expect(new Set(ids).size).toBe(ids.length)
    for (const resource of provider.resources) expect(models[resource.model.id as keyof typeof models]).toBe(resource.model)
  })

  it('knows whose credentials they are, and that strangers are strangers', async () => {
    const bench = await openBench(provider, 10)
    const ask = { method: 'GET', path: provider.whoami.path, ...(provider.whoami.query === undefined ? {} : { query: provider.whoami.query }) } as const
    expect(provider.whoami.identity((await bench.send(ask)).body)).toMatch(/\S/)
    expect(provider.whoami.identity(null)).toBeNull()
    const headers = provider.auth.kind === 'api_key' ? provider.auth.headers(Object.fromEntries(Object.keys(provider.auth.fields as object).map((key) => [key, 'wrong'])), bench.sandbox.link.setup) : {}
    const stranger = await fetch(bench.baseUrl + provider.whoami.path, { headers })
    expect(stranger.status === 401 || stranger.status === 403 || provider.whoami.identity(await stranger.json()) === null).toBe(true)
    await bench.close()
  })

  it('gives link form values that its own patterns accept', () => {
    const { setup, credentials } = vendor.link('http://127.0.0.1:4000')
    for (const [fields, values] of [[provider.setup as FormFields, setup], [provider.auth.fields as FormFields, credentials]] as const) {
      expect(Object.keys(values).toSorted()).toEqual(Object.keys(fields).toSorted())
      for (const [key, { pattern, maxLength }] of Object.entries(fields)) {
        expect(values[key]).toMatch(new RegExp(`^(?:${pattern.source})$`, pattern.flags))
        expect(values[key]!.length).toBeLessThanOrEqual(maxLength)
      }
    }
  })

  describe.each(provider.resources.map((resource) => [resource.model.id as string, resource] as const))('%s', (_id, resource: AnyResource) => {
    let bench: Bench
    let whole: Walk
    let mapped: readonly Mapped[]
    const map = (row: unknown): Mapped => mapRow(resource, row, { linkedAccountId, baseUrl: bench.baseUrl })
    const readOf = (field: string) => (row: unknown): unknown => (resource.fields[field] as (row: unknown, context: object) => unknown)(row, { baseUrl: bench.baseUrl })
    const answered = Object.keys(resource.model.schema.properties as object).filter((field) => resource.fields[field] !== notOffered)
    const failing = async (...faults: ScriptedFault[]): Promise<{ fault: Fault | null; read: Walk | null; bench: Bench }> => {
      const other = await openBench(provider, SIZE, faults)
      try {
        return { fault: null, read: await walk(resource, other.send), bench: other }
      } catch (error) {
        if (error instanceof Fault) return { fault: error, read: null, bench: other }
        throw error
      } finally {
        await other.close()
      }
    }

    beforeAll(async () => {
      bench = await openBench(provider, SIZE)
      whole = await walk(resource, bench.send)
      mapped = whole.rows.map(map)
    })
    afterAll(async () => { await bench.close() })

    it('reads to the last page and stops', async () => {
      expect(whole.rows.length).toBeGreaterThan(0)
      expect(bench.sandbox.requests.map(({ status }) => status)).toEqual(bench.asked.map(() => 200))
      const bigger = await openBench(provider, SIZE * 2)
      expect((await walk(resource, bigger.send)).rows.length).toBeGreaterThanOrEqual(whole.rows.length)
      await bigger.close()
    })

    it('sees as many items as the vendor says there are', async () => {
      if (resource.read.total === undefined) { expect(['single', 'link', 'cursor', 'page']).toContain(resource.read.pages.kind); return }
      const totals = await Promise.all((resource.read.segments ?? [{}]).map(async (segment) => resource.read.total!((await bench.send({ method: 'GET', path: resource.read.path, query: { ...resource.read.query, ...segment } })).body)))
      expect(whole.items).toBe(totals.reduce((a, b) => a + b, 0))
    })

    it('asks only for addresses that it declares', () => {
      const { rows } = resource.read
      const declared = [resource.read.path, ...(rows.kind === 'beside' ? [rows.ask.path] : [])]
      const details = bench.asked.filter(({ path }) => !declared.includes(path))
      expect(details.length === 0 || rows.kind === 'each').toBe(true)
      for (const { method } of bench.asked) expect(method).toBe('GET')
      for (const { host } of bench.log) expect(host).toBe(new URL(bench.baseUrl).host)
      expect(bench.log.length).toBe(bench.sandbox.requests.length)
    })

    it('maps every row without an issue, into what the common model allows', () => {
      expect(mapped.flatMap(({ issues }) => issues)).toEqual([])
      for (const { fields } of mapped) expect([...Value.Errors(resource.model.schema, fields)]).toEqual([])
    })

    it('gives every record an id of its own', () => {
      for (const { remoteId } of mapped) expect(remoteId).toMatch(/\S/)
      expect(new Set(mapped.map(({ remoteId }) => remoteId)).size).toBe(mapped.length)
    })

    it('never fills a field that the vendor is said not to have', () => {
      for (const field of Object.keys(resource.model.schema.properties as object).filter((name) => !answered.includes(name))) {
        for (const { fields } of mapped) expect(isEmpty(fields[field]), field).toBe(true)
      }
    })

    it.each(answered)('fills %s for some row, and from what the row says', (field) => {
      const read = readOf(field)
      expect(mapped.some(({ fields }) => !isEmpty(fields[field]))).toBe(true)
      const follows = whole.rows.some((row) => {
        const before = JSON.stringify(read(row))
        return pathsRead(row, read).some((path) => otherValues(valueAt(row, path)).some((other) => {
          try { return JSON.stringify(read(withValue(row, path, other))) !== before } catch { return false }
        }))
      })
      expect(follows).toBe(true)
    })

    it('maps purely: the same row gives the same record, and stays as it was', () => {
      const frozen = deepFreeze(structuredClone(whole.rows))
      expect(frozen.map(map)).toEqual(mapped)
      expect(frozen.toReversed().map(map).toReversed()).toEqual(mapped)
    })

    it('F43 ignores a key that it does not know', () => {
      for (const row of whole.rows.slice(0, 20)) expect(map({ ...(row as object), never_heard_of: { deep: true } }).body).toBe(map(row).body)
    })

    it('F44 keeps the record when a value is of the wrong type, and says which field', () => {
      for (const row of [whole.rows[0]!, whole.rows.at(-1)!]) {
        const readers = [...answered.map(readOf), ...(resource.remoteFields === undefined ? [] : [(given: unknown): unknown => resource.remoteFields!(given)])]
        const paths = readers.flatMap((read) => pathsRead(row, read))
        for (const path of paths) for (const odd of oddValues) {
          const spoilt = withValue(row, path, odd)
          try {
            const record = map(spoilt)
            expect([...Value.Errors(resource.model.schema, record.fields)], `${path.join('.')} = ${JSON.stringify(odd)}`).toEqual([])
          } catch (error) {
            // Only a row that has lost its id is lost.
            expect(error instanceof Fault ? error.code : error, `${path.join('.')} = ${JSON.stringify(odd)}`).toBe('mapping.unidentified')
          }
        }
      }
    })

    it('F45 serves a word that it does not know as it came', () => {
      for (const field of answered.filter((name) => fieldShape(resource.model.schema.properties[name]!).words !== null)) {
        const read = readOf(field)
        for (const row of whole.rows.slice(0, 50)) {
          if (isEmpty(read(row))) continue
          for (const path of pathsRead(row, read).filter((at) => typeof valueAt(row, at) === 'string')) expect(read(withValue(row, path, 'Unheard-of')), `${field} from ${path.join('.')}`).not.toBeNull()
        }
      }
    })

    it('goes on at any checkpoint as if it had never stopped', async () => {
      for (const { place, rowsBefore } of whole.places) {
        const resumed = await walk(resource, bench.send, { from: JSON.parse(JSON.stringify(place)) as typeof place })
        expect(resumed.rows).toEqual(whole.rows.slice(rowsBefore))
      }
    })

    it('asks only for what changed, where the vendor can tell', async () => {
      const { incremental } = resource.read
      const own = await openBench(provider, SIZE)
      const { newest } = await walk(resource, own.send)
      if (incremental === 'full_only') { expect(newest).toBeNull(); await own.close(); return }
      const at = new Date(Date.parse(newest!) + 86_400_000)
      const changed = vendor.change(own.sandbox.world, at)[resource.model.id as `ticketing.${string}`] ?? []
      expect(changed.length).toBeGreaterThan(0)
      own.asked.length = 0
      const read = await walk(resource, own.send, { since: at })
      for (const { query } of listRequests(resource, own.asked)) expect(holds(query, incremental.since(at))).toBe(true)
      expect(read.rows.map((row) => map(row).remoteId).toSorted()).toEqual([...changed].toSorted())
      expect(read.newest).toBe(at.toISOString().replace(/\.\d{3}Z$/, '.000Z'))
      await own.close()
    })

    it('keeps no secret in a row, a record or a log', () => {
      const secrets = [...vendor.secrets(bench.sandbox.world), ...Object.values(bench.sandbox.link.credentials)]
      expect(secrets.length).toBeGreaterThan(1)
      const kept = JSON.stringify([whole.rows, mapped, bench.log])
      expect(secrets.filter((secret) => kept.includes(secret))).toEqual([])
    })

    it('F12 F15 takes a web page, an empty answer or another shape for what it is: no rows, and a name', async () => {
      for (const [kind, code] of [['other_shape', 'upstream.unexpected'], ['empty', 'upstream.unexpected'], ['html', 'upstream.not_json'], ['garbage_json', 'upstream.not_json']] as const) {
        const { fault } = await failing({ kind, times: 1000 })
        expect(fault?.code, kind).toBe(code)
      }
    })

    it('F10 loses nothing to a connection that breaks off', async () => {
      const { fault, read } = await failing({ kind: 'drop' }, { kind: 'cut_short', at: 2 }, { kind: 'status', status: 502, at: 3 })
      expect(fault).toBeNull()
      expect(JSON.stringify(read!.rows).replaceAll(/127\.0\.0\.1:\d+/g, 'host')).toBe(JSON.stringify(whole.rows).replaceAll(/127\.0\.0\.1:\d+/g, 'host'))
    })

    it('F34 is not caught in a list that goes in circles', async () => {
      const { fault, bench: other } = await failing({ kind: 'loop', times: 100_000 })
      const pages = whole.places.length
      expect(fault?.code ?? null).toBe(pages === 1 ? null : 'upstream.loop')
      expect(listRequests(resource, other.asked).length).toBeLessThanOrEqual(Math.max(pages, 3))
    })
  })
})

describe('the secrets of the sandboxes', () => {
  it.each(providers.filter(({ secretKeys }) => secretKeys.length > 0).map((provider) => [provider.slug, provider as AnyProvider] as const))('%s does send what its adapter must drop', async (_slug, provider) => {
    const bench = await openBench(provider, 30)
    for (const resource of provider.resources) await walk(resource, bench.send)
    const secrets = ((await provider.sandbox()).secrets(bench.sandbox.world))
    const headers = provider.auth.kind === 'api_key' ? provider.auth.headers(bench.sandbox.link.credentials, bench.sandbox.link.setup) : {}
    const answers = await Promise.all(bench.asked.map(async ({ path, query }) => {
      const address = new URL(bench.baseUrl + path)
      for (const [key, value] of Object.entries(query ?? {})) if (value !== undefined) address.searchParams.set(key, String(value))
      return (await fetch(address, { headers })).text()
    }))
    expect(answers.some((text) => secrets.some((secret) => text.includes(secret)))).toBe(true)
    await bench.close()
  })
})
