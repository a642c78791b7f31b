import { TypeCompiler, type ValueError } from '@sinclair/typebox/compiler'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { notOffered, secretsOf, whoamiRequest, type AnyResource, type AnySandboxVendor, type FormFields } from '#kit'
import { fieldShape, models } from '#models'
import { Fault } from '#src/errors'
import { mapRow, type Mapped } from '#src/sync/map'
import { fills, isEmpty } from './fixture.ts'
import { follows, oddValues, pathsRead, served, valueAt, withValue } from './recorder.ts'
import { everyProvider } from './every.ts'
import { openBench, walk, type Bench, type Walk } from './walk.ts'

// What the house promises of every provider and of every field, asked of all of them. A new provider brings fixtures and a box, not tests.
const SIZE = 260
const linkedAccountId = '00000000-0000-8000-8000-000000000001'
const deepFreeze = <T>(value: T): T => { if (value !== null && typeof value === 'object') { Object.values(value).forEach(deepFreeze); Object.freeze(value) } return value }

describe.each(everyProvider)('%s', (_slug, provider) => {
  let vendor: AnySandboxVendor
  let world: unknown
  beforeAll(async () => {
    vendor = await provider.sandbox()
    world = vendor.grow(SIZE)
  })

  it('speaks of every model of its categories once at most, and of models that exist', () => {
    const ids = provider.resources.map((resource) => resource.model.id as string)
    expect(new Set(ids).size).toBe(ids.length)
    for (const resource of provider.resources) {
      expect(models[resource.model.id as keyof typeof models]).toBe(resource.model)
      expect(provider.categories).toContain(resource.model.category)
    }
  })

  it('knows whose credentials they are, and that strangers are strangers', async () => {
    const bench = await openBench(provider, 10)
    expect(provider.whoami.identity((await bench.send(whoamiRequest(provider.whoami))).body)).toMatch(/\S/)
    for (const odd of [null, 'text', 7, [], {}, { data: null }]) expect(provider.whoami.identity(odd)).toBeNull()
    for (const odd of [null, 'text', {}]) expect(provider.whoami.learns?.(odd) ?? {}).toEqual({})
    await bench.close()
    const strange = await openBench(provider, 10, [], { strangers: true })
    const identity = await strange.send(whoamiRequest(provider.whoami)).then(({ body }) => provider.whoami.identity(body), (error: unknown) => (error instanceof Fault ? error.code : error))
    expect(['upstream.unauthorized', 'upstream.forbidden', null]).toContain(identity)
    await strange.close()
  })

  it('T47 gives link form values that its own patterns accept, and lets nobody choose the host', () => {
    const { setup, credentials } = vendor.link('http://127.0.0.1:4000')
    for (const [fields, values] of [[provider.setup as FormFields, setup], [provider.auth.fields as FormFields, credentials]] as const) {
      expect(Object.keys(values).toSorted()).toEqual(Object.keys(fields).toSorted())
      for (const [key, { pattern, maxLength }] of Object.entries(fields)) {
        expect(values[key]).toMatch(new RegExp(`^(?:${pattern.source})$`, pattern.flags))
        expect(values[key]!.length).toBeLessThanOrEqual(maxLength)
      }
    }
    const { protocol, host } = new URL(provider.baseUrl(setup))
    expect(protocol === 'https:' || host === '127.0.0.1:4000').toBe(true)
    for (const [name, { pattern, maxLength }] of Object.entries(provider.setup as FormFields)) {
      for (const evil of ['evil.example/', 'evil.example#', 'a@evil.example', 'a.evil.example?', 'evil.example\\', 'x/../y', ' a', 'http://user:pw@evil.example']) {
        const accepted = evil.length <= maxLength && new RegExp(`^(?:${pattern.source})$`, pattern.flags).test(evil)
        if (accepted) expect(new URL(provider.baseUrl({ ...setup, [name]: evil })).host, `${name} = ${evil}`).toBe(host)
      }
    }
  })

  describe.each(provider.resources.map((resource) => [resource.model.id as string, resource] as const))('%s', (_id, resource: AnyResource) => {
    const schema = TypeCompiler.Compile(served(resource.model.schema))
    const wrongIn = ({ fields }: Mapped): readonly ValueError[] => (schema.Check(fields) ? [] : [...schema.Errors(fields)])
    let bench: Bench
    let whole: Walk
    let mapped: readonly Mapped[]
    const map = (row: unknown): Mapped => mapRow(resource, row, { linkedAccountId, baseUrl: bench.baseUrl, setup: bench.setup })
    const readOf = (field: string) => (row: unknown): unknown => (resource.fields[field] as (row: unknown, context: object) => unknown)(row, { baseUrl: bench.baseUrl, setup: bench.setup })
    const answered = Object.keys(resource.model.schema.properties as object).filter((field) => resource.fields[field] !== notOffered)

    beforeAll(async () => {
      bench = await openBench(provider, SIZE, [], { world })
      whole = await walk(resource, bench.send, { setup: bench.setup })
      mapped = whole.rows.map(map)
    })
    afterAll(async () => { await bench.close() })

    it('maps every row without an issue, into what the common model allows', () => {
      expect(mapped.length).toBeGreaterThan(0)
      expect(mapped.flatMap(({ issues }) => issues)).toEqual([])
      expect(mapped.flatMap(wrongIn)).toEqual([])
    })

    it('gives every record an id of its own, and the same record where one comes up again', () => {
      const bodies = new Map<string, string>()
      for (const { remoteId, body } of mapped) {
        expect(remoteId).toMatch(/\S/)
        if (bodies.has(remoteId)) expect([remoteId, resource.identity.repeats, body]).toEqual([remoteId, true, bodies.get(remoteId)])
        bodies.set(remoteId, body)
      }
      if (resource.identity.repeats === true) expect(bodies.size).toBeLessThan(mapped.length)
    })

    it('never fills a field that the vendor is said not to have', () => {
      for (const field of Object.keys(resource.model.schema.properties as object).filter((name) => !answered.includes(name))) {
        for (const { fields } of mapped) expect(isEmpty(fields[field]), field).toBe(true)
      }
    })

    it.each(answered)('fills %s for some row, and from what the row says', (field) => {
      const read = readOf(field)
      expect(mapped.some((record) => fills(record, field))).toBe(true)
      expect(follows(whole.rows, read)).toBe(true)
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
        // Many fields read the same place.
        const paths = new Map(readers.flatMap((read) => pathsRead(row, read)).map((path) => [path.join('.'), path]))
        for (const [place, path] of paths) for (const odd of oddValues) {
          const spoilt = withValue(row, path, odd)
          try {
            const wrong = wrongIn(map(spoilt))
            if (wrong.length > 0) expect(wrong, `${place} = ${JSON.stringify(odd)}`).toEqual([])
          } catch (error) {
            // Only a row that has lost its id is lost.
            if (!(error instanceof Fault) || error.code !== 'mapping.unidentified') throw new Error(`${place} = ${JSON.stringify(odd)}`, { cause: error })
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

    it('keeps no secret in a row, a record or a log', () => {
      const secrets = [...vendor.secrets(bench.sandbox.world), ...secretsOf(provider.auth.fields as FormFields, bench.sandbox.link.credentials)]
      expect(secrets.length).toBeGreaterThan(0)
      const kept = JSON.stringify([whole.rows, mapped, bench.log])
      expect(secrets.filter((secret) => kept.includes(secret))).toEqual([])
    })
  })
})
