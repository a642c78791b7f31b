import { globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { describe, expect, it } from 'vitest'
import { notOffered, type AnyProvider, type AnyResource, type Send } from '#kit'
import { providers } from '#providers'
import { readPage } from '#src/sync/pages'
import { firstPlace } from '#src/sync/place'
import { mapRow } from '#src/sync/map'

interface Fixture {
  readonly origin: 'recorded' | 'spec'
  readonly system: string
  readonly model: string
  readonly exchanges: readonly { readonly request: { readonly method: string; readonly path: string; readonly query: Readonly<Record<string, string>> }; readonly response: { readonly status: number; readonly body: unknown } }[]
}

const root = new URL('../../providers/', import.meta.url).pathname
const load = (slug: string): readonly Fixture[] => globSync(`${root}${slug}/fixtures/*.json`).map((file) => {
  const fixture = JSON.parse(readFileSync(file, 'utf8')) as Fixture
  expect(basename(file)).toBe(`${fixture.model}.json`)
  return fixture
})

/** What the vendor once answered, to whoever asks for the same path. */
const replay = (fixture: Fixture): Send => async ({ path }) => {
  const exchange = fixture.exchanges.find(({ request }) => request.path === path)
  if (exchange === undefined) throw new Error(`${path} was not recorded`)
  return { status: exchange.response.status, headers: new Headers(), body: structuredClone(exchange.response.body), logId: 'recorded' }
}

const isSparse = (value: unknown): boolean => value === null || value === '' || (typeof value === 'object' && (Object.values(value).length === 0 || Object.values(value).some(isSparse)))

describe.each(providers.map((provider) => [provider.slug, provider as AnyProvider] as const))('what %s really answered', (slug, provider) => {
  it('is on record for every resource, and says where it comes from', () => {
    expect(load(slug).map(({ model }) => model).toSorted()).toEqual(provider.resources.map(({ model }) => model.id as string).toSorted())
    for (const { origin, system } of load(slug)) expect([origin === 'recorded' || origin === 'spec', system]).toEqual([true, expect.stringMatching(/\d/)])
  })

  it.each(provider.resources.map((resource) => [resource.model.id as string, resource] as const))('maps %s without an issue', async (id, resource: AnyResource) => {
    const fixture = load(slug).find(({ model }) => model === id)!
    const { rows } = await readPage(resource, replay(fixture), { since: null, place: firstPlace(resource) })
    expect(rows.length).toBeGreaterThan(0)
    const records = rows.map(({ row }) => mapRow(resource, row, { linkedAccountId: '00000000-0000-8000-8000-000000000001', baseUrl: 'https://vendor.example.com' }))
    expect(records.flatMap(({ issues }) => issues)).toEqual([])
    // A vendor leaves out and empties; a recording in which nothing is empty proves little. Lists of bare names have nothing to leave out.
    const answered = Object.values(resource.fields as object).filter((read) => read !== notOffered).length
    if (answered > 3) expect(rows.some(({ row }) => isSparse(row))).toBe(true)
  })

  it('holds no secret', () => {
    for (const fixture of load(slug)) {
      const kept: unknown[] = []
      JSON.stringify(fixture, (key, value: unknown) => { if (provider.secretKeys.includes(key)) kept.push(value); return value })
      expect(kept.filter((value) => value !== '<scrubbed>')).toEqual([])
    }
  })
})
