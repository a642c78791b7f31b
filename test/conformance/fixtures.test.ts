import { globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { describe, expect, it } from 'vitest'
import { notOffered, type AnyProvider, type AnyResource, type MapContext, type Send } from '#kit'
import { providers } from '#providers'
import { Fault } from '#src/errors'
import { readPage } from '#src/sync/pages'
import { firstPlace } from '#src/sync/place'
import { mapRow, remoteIdOf } from '#src/sync/map'

interface Fixture {
  readonly origin: 'recorded' | 'spec'
  readonly system: string
  readonly model: string
  /** What the account told, where reads depend on it. */
  readonly setup?: Readonly<Record<string, string>>
  /** Fields that the adapter answers and this fixture leaves empty. */
  readonly unseen?: readonly string[]
  readonly exchanges: readonly { readonly request: { readonly method: string; readonly path: string; readonly query?: Readonly<Record<string, string>>; readonly body?: unknown }; readonly response: { readonly status: number; readonly body: unknown } }[]
}

const root = new URL('../../providers/', import.meta.url).pathname
const load = (slug: string): readonly Fixture[] => globSync(`${root}${slug}/fixtures/*.json`).map((file) => {
  const fixture = JSON.parse(readFileSync(file, 'utf8')) as Fixture
  expect(basename(file)).toBe(`${fixture.model}.json`)
  return fixture
})

/** What the vendor once answered to the same question; where a path was asked more than once, in that order. */
function replay(fixture: Fixture): Send {
  const left = [...fixture.exchanges]
  return async ({ method, path, body }) => {
    const asked = left.filter(({ request }) => request.method === method && request.path === path)
    const exchange = asked.find(({ request }) => body !== undefined && JSON.stringify(request.body) === JSON.stringify(body)) ?? asked[0]
    if (exchange === undefined) throw new Error(`${method} ${path} was not recorded${fixture.exchanges.some(({ request }) => request.path === path) ? ' that often' : ''}`)
    left.splice(left.indexOf(exchange), 1)
    if (exchange.response.status === 404) throw new Fault('upstream.not_found')
    if (exchange.response.status === 403) throw new Fault('upstream.forbidden')
    return { status: exchange.response.status, headers: new Headers(), body: structuredClone(exchange.response.body), logId: 'recorded' }
  }
}

const isEmpty = (value: unknown): boolean => value === null || (Array.isArray(value) && value.length === 0)
const isSparse = (value: unknown): boolean => value === null || value === '' || (typeof value === 'object' && (Object.values(value).length === 0 || Object.values(value).some(isSparse)))

describe.each(providers.map((provider) => [provider.slug, provider as AnyProvider] as const))('what %s really answered', (slug, provider) => {
  it('is on record for every resource, and says where it comes from', () => {
    expect(load(slug).map(({ model }) => model).toSorted()).toEqual(provider.resources.map(({ model }) => model.id as string).toSorted())
    for (const { origin, system } of load(slug)) expect([origin === 'recorded' || origin === 'spec', system]).toEqual([true, expect.stringMatching(/\d/)])
  })

  it.each(provider.resources.map((resource) => [resource.model.id as string, resource] as const))('maps %s without an issue', async (id, resource: AnyResource) => {
    const fixture = load(slug).find(({ model }) => model === id)!
    const { rows } = await readPage(resource, replay(fixture), { since: null, place: firstPlace(resource), setup: fixture.setup ?? {} })
    expect(rows.length).toBeGreaterThan(0)
    const records = rows.map(({ row }) => mapRow(resource, row, { linkedAccountId: '00000000-0000-8000-8000-000000000001', baseUrl: 'https://vendor.example.com', setup: fixture.setup ?? {} }))
    expect(records.flatMap(({ issues }) => issues)).toEqual([])
    // For people: what each row became, before relations are our ids. A change shows as a diff beside the fixture.
    const read = rows.map(({ row }) => ({ remote_id: remoteIdOf(resource, row), ...Object.fromEntries(Object.entries(resource.fields as Readonly<Record<string, typeof notOffered | ((row: unknown, context: MapContext) => unknown)>>).flatMap(([field, answer]) => (answer === notOffered ? [] : [[field, answer(row, { baseUrl: 'https://vendor.example.com', setup: fixture.setup ?? {} })]]))), ...(resource.remoteFields !== undefined && { remote_fields: resource.remoteFields(row) }) }))
    await expect(`${JSON.stringify(read, null, 1)}\n`).toMatchFileSnapshot(`${root}${slug}/mapped/${id}.json`)
    // Only what some fixture fills counts as covered; the rest is named, so that nobody takes it for proven.
    const fields = Object.entries(resource.fields as object).filter(([, read]) => read !== notOffered).map(([field]) => field)
    expect(fields.filter((field) => records.every((record) => isEmpty(record.fields[field]) && !(record.aside ?? '').includes(`"${field}":`))).toSorted()).toEqual([...fixture.unseen ?? []].toSorted())
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
